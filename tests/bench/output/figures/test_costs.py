"""Figures of costs: what is drawn is what the tables say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.metrics.statistics import interval
from bench.output.figures import costs
from bench.store.results import Results
from tests.bench.output.figures.conftest import drawn


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_the_front_is_what_nothing_dominates(better: str, points: list[tuple[int, int]]) -> None:
    def dominates(a: tuple[float, float], b: tuple[float, float]) -> bool:
        as_good = a[1] >= b[1] if better == "higher" else a[1] <= b[1]
        return a[0] <= b[0] and as_good and a != b

    found = costs.pareto([(float(t), float(s)) for t, s in points], better)
    assert set(found) == {p for p in points if not any(dominates(other, p) for other in points)}
    assert found == sorted(set(found))


def test_marks_stand_at_means_with_their_intervals(results: Results) -> None:
    figure = costs.quality_and_time(results)
    assert figure is not None
    assert [ax.get_title() for ax in figure.axes] == [QUANTITIES[key].title for key in costs.AGAINST_TIME]
    time, score = interval([1.0, 2.0, 3.0], lowest=0, is_ratio=True), interval_of(results, "good", "silhouette")
    assert time is not None and score is not None
    marks = {container.lines[0].get_gid(): container for container in figure.axes[1].containers}
    assert set(marks) == {"good", "stays", "half"}
    assert [text.get_text() for text in figure.axes[1].texts] == ["GOOD", "STAYS", "HALF"]
    assert marks["good"].lines[0].get_xydata()[0] == pytest.approx([time.mean, score.mean])
    horizontal, vertical = (bars.get_segments()[0] for bars in marks["good"].lines[2])
    assert horizontal[:, 0] == pytest.approx([time.low, time.high])
    assert vertical[:, 1] == pytest.approx([score.low, score.high])
    assert not marks["half"].has_xerr, "one seed has no interval"


def test_a_cold_start_stands_apart_and_what_failed_says_so(results: Results) -> None:
    figure = costs.costs(results)
    assert figure is not None
    warm, cold, memory = figure.axes
    marks = [[(c.lines[0].get_gid(), *c.lines[0].get_xydata()[0]) for c in ax.containers] for ax in figure.axes]
    assert ("fit", pytest.approx(6 ** (1 / 3)), 0.0) in marks[0] and ("transform", 0.1, 0.0) in marks[0]
    assert ("first call", 0.7, 0.0) in marks[1] and ("import", 0.5, 0.0) in marks[1]
    assert ("peak", 200.0, 0.0) in marks[2] and ("before", 150.0, 0.0) in marks[2]
    assert not [one for one in marks[0] if one[0] == "transform" and one[2] == 1], "it is transductive"
    assert {one[0] for one in marks[0]} == {"fit", "transform"}
    assert warm.texts[0].get_text().startswith("timeout") and warm.texts[0].get_position()[1] == 3
    assert [label.get_text() for label in warm.get_yticklabels()] == ["GOOD", "STAYS", "HALF", "GONE"]
    assert [ax.get_xscale() for ax in (warm, cold, memory)] == ["log", "log", "linear"]
    assert memory.get_xlim()[0] == 0


def test_costs_are_where_they_were_measured_and_timeouts_stand_on_the_limit(growing: Results) -> None:
    figure = costs.scaling(growing)
    assert figure is not None
    fit, transform, memory = figure.axes
    lines = {line.get_gid(): line for line in fit.lines}
    assert np.allclose(lines["FAST"].get_xydata(), [(n, n / 1_000) for n in (1_000, 10_000, 14_000, 20_000, 40_000)])
    assert lines["SLOW"].get_xdata().tolist() == [1_000, 10_000, 14_000]
    assert np.allclose(lines["over SLOW"].get_xydata(), [(20_000, 60), (40_000, 60)])
    assert set(lines["limit"].get_ydata()) == {60}
    assert "over FAST" not in lines and "SLOW" not in {line.get_gid() for line in transform.lines}
    assert [line.get_gid() for line in memory.lines].count("limit") == 0
    marks = {name for name in lines if name and "line" not in name}
    assert marks == {"FAST", "SLOW", "over SLOW", "limit"}, "nothing is drawn but what was measured"
    assert {"FAST", "SLOW"} <= {text.get_text() for text in fit.texts}
    assert "UMAP" not in costs.switches(growing)


def test_no_other_figure_is_drawn_of_what_grows(growing: Results, results: Results) -> None:
    assert list(drawn(growing)) == ["scaling"]
    assert costs.scaling(results) is None
