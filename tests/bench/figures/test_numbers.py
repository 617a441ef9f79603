"""Figures of numbers: what is drawn is what the values say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import FillBetweenPolyCollection
from scipy.stats import spearmanr

from bench.figures import costs, curves, ranks, style, values
from bench.reading import Reading
from bench.statistics import interval


def test_a_curve_is_the_median_over_seeds_and_its_band_their_range(reading: Reading) -> None:
    figure = curves.r_nx(reading)
    assert figure is not None
    ax = figure.axes[0]
    of_seeds = [reading.curves(item) for item in reading.well("good")]
    lines = np.array([one["r_nx"] for one in of_seeds])
    assert np.allclose(ax.lines[0].get_ydata(), np.median(lines, axis=0))
    assert np.allclose(ax.lines[0].get_xdata(), of_seeds[0]["k"])
    band = next(c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)).get_paths()[0].vertices
    for x, low, high in zip(of_seeds[0]["k"], lines.min(axis=0), lines.max(axis=0), strict=True):
        drawn = band[band[:, 0] == x][:, 1]
        assert (drawn.min(), drawn.max()) == pytest.approx((low, high))
    assert len(ax.lines) == 3, "a line a method that has an embedding"


def test_curves_end_where_their_normaliser_does(reading: Reading) -> None:
    figure = curves.neighbourhoods(reading)
    assert figure is not None
    ends = [ax.lines[0].get_xdata()[-1] for ax in figure.axes]
    n = len(reading.dataset.X)
    assert ends[0] == n - 2
    assert max(ends[1:]) < n / 2


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
@pytest.mark.parametrize("higher_is_better", [True, False])
def test_the_front_is_what_nothing_dominates(higher_is_better: bool, points: list[tuple[int, int]]) -> None:
    def dominates(a: tuple[float, float], b: tuple[float, float]) -> bool:
        as_good = a[1] >= b[1] if higher_is_better else a[1] <= b[1]
        return a[0] <= b[0] and as_good and a != b

    found = costs.pareto([(float(t), float(s)) for t, s in points], higher_is_better)
    assert set(found) == {p for p in points if not any(dominates(other, p) for other in points)}
    assert found == sorted(set(found))


def test_marks_stand_at_medians_with_their_intervals(reading: Reading) -> None:
    figure = costs.quality_and_time(reading)
    assert figure is not None
    assert [ax.get_title() for ax in figure.axes] == [
        "kNN accuracy, k = 10",
        "silhouette",
        "trustworthiness, k = 5",
        "R_NX area",
    ]
    time, score = interval([1.0, 2.0, 3.0], lowest=0), values.score(reading, "good", "silhouette", None)
    assert time is not None and score is not None
    marks = {container.lines[0].get_gid(): container for container in figure.axes[1].containers}
    assert set(marks) == {"good", "stays", "half"}
    assert marks["good"].lines[0].get_xydata()[0] == pytest.approx([time.median, score.median])
    horizontal, vertical = (bars.get_segments()[0] for bars in marks["good"].lines[2])
    assert horizontal[:, 0] == pytest.approx([time.low, time.high])
    assert vertical[:, 1] == pytest.approx([score.low, score.high])
    assert not marks["half"].has_xerr, "one seed has no interval"


def test_a_cold_start_stands_apart_and_what_failed_says_so(reading: Reading) -> None:
    figure = costs.costs(reading)
    assert figure is not None
    warm, cold, memory = figure.axes
    drawn = [[(c.lines[0].get_gid(), *c.lines[0].get_xydata()[0]) for c in ax.containers] for ax in figure.axes]
    assert ("fit", 2.0, 0.0) in drawn[0] and ("transform", 0.1, 0.0) in drawn[0]
    assert ("first call", 0.7, 0.0) in drawn[1] and ("import", 0.5, 0.0) in drawn[1]
    assert ("peak", 200.0, 0.0) in drawn[2] and ("before", 150.0, 0.0) in drawn[2]
    assert not [one for one in drawn[0] if one[0] == "transform" and one[2] == 1], "it places no new points"
    assert {one[0] for one in drawn[0]} == {"fit", "transform"}
    assert warm.texts[0].get_text().startswith("timeout") and warm.texts[0].get_position()[1] == 3
    assert [label.get_text() for label in warm.get_yticklabels()] == ["GOOD", "STAYS", "HALF", "GONE"]
    assert [ax.get_xscale() for ax in (warm, cold, memory)] == ["log", "log", "linear"]
    assert memory.get_xlim()[0] == 0


def test_methods_are_ranked_in_the_direction_of_the_score(reading: Reading) -> None:
    found = ranks.order(reading)
    assert found is not None
    assert found.variants == ("good", "stays", "half")
    stress = next(i for i, name in enumerate(found.names) if name.startswith("stress"))
    medians = [values.score(reading, variant, "stress", None) for variant in found.variants]
    lowest = int(np.argmin([one.median for one in medians if one is not None]))
    assert found.ranks[stress, lowest] == 1
    trust = found.names.index("trustworthiness, k = 15")
    assert found.ranks[trust].argmin() == found.medians[trust].argmax()
    assert found.correlation[stress, trust] == pytest.approx(
        spearmanr(found.medians[stress], found.medians[trust]).statistic
    )


def test_ranks_are_drawn_a_line_a_method_above_the_correlations(reading: Reading) -> None:
    found, figure = ranks.order(reading), ranks.draw(reading)
    assert found is not None and figure is not None
    above, below = figure.axes
    lines = {line.get_gid(): line for line in above.lines}
    for variant, expected in zip(found.variants, found.ranks.T, strict=True):
        assert np.array_equal(lines[variant].get_ydata(), expected)
        assert lines[variant].get_color() == style.looks(reading.variants)[variant].colour
    assert above.yaxis_inverted(), "the best stands at the top"
    assert np.allclose(np.ravel(below.collections[0].get_array()), found.correlation.ravel())
