"""Figures of costs: what is drawn is what the tables say."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.metrics.statistics import interval
from bench.output.figures import DRAWINGS, costs, style
from bench.store.records import Status
from bench.store.results import Results
from tests.bench import results_maker as maker
from tests.bench.output.faq import made_up
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
    assert costs.scaling_note(growing).startswith("A triangle on the time limit"), "and no line where nothing changes"


def test_runs_are_small_dots_and_no_triangle_hides_another(tmp_path: Path) -> None:
    late = [maker.failed(Status.TIMEOUT, "took longer than the limit of 60 s")] * 3
    each = {n: [maker.successful(n * f / 1_000) for f in (0.8, 1.0, 1.25)] for n in (5_000, 10_000, 20_000)}
    figure = costs.scaling(maker.growing(tmp_path, dict.fromkeys("AB", each | {40_000: late}), timeout=60.0))
    assert figure is not None
    fit, _, memory = figure.axes
    lines = {line.get_gid(): line for line in fit.lines}
    assert lines["A"].get_ydata() == pytest.approx([5.0, 10.0, 20.0]), "geometric means"
    assert sorted(lines["runs of A"].get_ydata()) == pytest.approx([4, 5, 6.25, 8, 10, 12.5, 16, 20, 25])
    assert "runs of A" not in {line.get_gid() for line in memory.lines}, "it is that of one run"
    over = [lines[f"over {name}"].get_ydata()[0] for name in "AB"]
    assert over == pytest.approx([60.0, 60.0 * costs.STEP]) and over[1] > 1.3 * over[0], "as tall as a triangle"
    assert lines["A"].get_linestyle() != lines["B"].get_linestyle(), "they have one colour"


def test_on_one_thread_the_fit_alone_is_drawn_and_only_what_is_drawn_is_said(tmp_path: Path) -> None:
    times = {n: [maker.successful(n / 1_000)] * 2 for n in (5_000, 10_000, 20_000)}
    results = maker.growing(tmp_path / "both", dict.fromkeys("AB", times), B={"threads": 1})
    figure = costs.scaling(results)
    assert figure is not None
    assert [{text.get_text() for text in ax.texts} for ax in figure.axes] == [{"A", "B"}, {"A"}, {"A"}]
    assert costs.scaling_note(results) == "Small dots are single runs. On one thread the fit alone is drawn."
    once = maker.growing(tmp_path / "once", {"A": {n: of[:1] for n, of in times.items()}})
    assert costs.scaling_note(once) == ""


def test_grey_lines_stand_where_a_method_of_the_study_changes(tmp_path: Path) -> None:
    times = {n: maker.successful(n / 1_000) for n in (1_000, 5_000, 20_000)}
    specs = {"A": {"reducer": "umap"}, "B": {"reducer": "opentsne"}}
    results = maker.growing(tmp_path, dict.fromkeys("AB", times), **specs)
    assert costs.scaling_note(results) == (
        "Grey lines mark what changes: at 4,096 points UMAP's search of neighbours, at 10,000 points UMAP's number of "
        "epochs and openTSNE's approximation of forces."
    )
    figure = costs.scaling(results)
    assert figure is not None
    assert {"4,096", "10,000"} <= {text.get_text() for text in figure.axes[0].texts}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return made_up.time_to_quality().write(tmp_path_factory.mktemp("stopped"))


def test_a_line_leads_through_the_fits_of_a_method_to_the_one_with_all_iterations(stopped: Results) -> None:
    figure = costs.time_to_quality(stopped)
    assert figure is not None
    keys = ("knn_accuracy_k10", "r_nx_auc")
    assert [ax.get_title() for ax in figure.axes] == [QUANTITIES[key].title for key in keys], "what was scored"
    accuracy = figure.axes[0]
    path = next(line for line in accuracy.lines if line.get_gid() == "course of umap")
    variants = ("umap-n_epochs-50", "umap-n_epochs-150", "umap")
    means = [[interval_of(stopped, variant, key) for key in ("fit_s", keys[0])] for variant in variants]
    assert path.get_xydata() == pytest.approx(np.array([[one.mean for one in of if one] for of in means]))
    marks = {container.lines[0].get_gid(): container.lines[0] for container in accuracy.containers}
    assert set(marks) == set(stopped.variants)
    filled = {name for name, mark in marks.items() if mark.get_markerfacecolor() != "white"}
    assert filled == {"tsne", "umap", "vae"}
    dots = [line for line in accuracy.lines if line.get_alpha() == 0.4]
    assert sum(len(line.get_xdata()) for line in dots) == 3 * len(stopped.variants)
    assert [text.get_text() for text in accuracy.texts] == ["t-SNE", "UMAP", "VAE"]


def test_what_is_written_in_it_lies_on_nothing(stopped: Results) -> None:
    figure = next(one for one in DRAWINGS if one.name == "time-to-quality").draw(stopped)
    assert figure is not None
    with mpl.rc_context(style.RC):
        style.lay_out(figure)
        figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text).padded(-0.5) for ax in figure.axes for text in ax.texts]
    assert len(boxes) == 6
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    panels = [ax.get_window_extent() for ax in figure.axes]
    assert not any(panel.overlaps(box) for panel in panels for box in boxes)
    assert all(box.x1 <= figure.bbox.x1 for box in boxes)


def test_a_study_without_shorter_fits_has_no_time_to_quality(results: Results) -> None:
    assert costs.time_to_quality(results) is None


def test_no_other_figure_is_drawn_of_what_grows(growing: Results, results: Results) -> None:
    assert list(drawn(growing)) == ["scaling"]
    assert costs.scaling(results) is None
