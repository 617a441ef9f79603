"""Figures of scores: what is drawn is what the tables say."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.figure import Figure

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES
from bench.datasets import Dataset
from bench.metrics.statistics import interval
from bench.output.colours import palette
from bench.output.figures import scores, values
from bench.store.results import Results


def test_a_curve_is_the_mean_over_seeds_up_to_half_of_the_points_and_its_band_an_interval(results: Results) -> None:
    figure = scores.r_nx(results)
    assert figure is not None
    ax = figure.axes[0]
    of_seeds = results.curves[results.curves["variant"] == "good"].pivot(index="k", columns="seed", values="r_nx")
    of_seeds = of_seeds[of_seeds.index < 40]
    assert np.allclose(ax.lines[0].get_ydata(), of_seeds.mean(axis=1))
    assert np.allclose(ax.lines[0].get_xdata(), of_seeds.index)
    band = next(c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)).get_paths()[0].vertices
    for k, row in of_seeds.iterrows():
        drawn = band[band[:, 0] == k][:, 1]
        expected = interval(row, highest=1.0)
        assert expected is not None
        assert (drawn.min(), drawn.max()) == pytest.approx((expected.low, expected.high))
    assert len(ax.lines) == 3, "a line a method that has an embedding"
    assert [text.get_text() for text in ax.texts] == ["GOOD", "STAYS", "HALF"], "each has its name"


def test_lines_in_one_place_have_markers_at_different_sizes(results: Results) -> None:
    figure = scores.neighbourhoods(results)
    assert figure is not None
    assert len({line.get_markevery() for line in figure.axes[0].lines}) == 3
    looks = values.looks(results)
    assert {line.get_gid(): line.get_marker() for line in figure.axes[0].lines} == {
        variant: looks[variant].marker for variant in ("good", "stays", "half")
    }


def test_curves_end_where_chance_comes_near_to_one(results: Results, dataset: Dataset) -> None:
    figure = scores.neighbourhoods(results)
    assert figure is not None
    ends = [ax.lines[0].get_xdata()[-1] for ax in figure.axes]
    assert 30 < max(ends) < len(dataset.X) / 2


def test_dots_are_silhouettes_in_the_embedding_and_rings_those_in_the_data(results: Results) -> None:
    figure = scores.silhouettes(results)
    assert figure is not None
    drawn = {one.get_gid(): one for one in figure.axes[0].collections}
    data = results.parts("pixels", None, "silhouette_of_classes", "train")
    of_seeds = [results.parts("good", run, "silhouette_of_classes", "train") for run in results.run_ids("good")]
    for row, name in enumerate(("a", "b", "c")):
        mean = np.mean([parts[name] for parts in of_seeds])
        assert drawn["embedding"].get_offsets()[row].tolist() == pytest.approx([mean, row])
        assert drawn["data"].get_offsets()[row].tolist() == pytest.approx([data[name], row])
        assert tuple(drawn["embedding"].get_facecolors()[row][:3]) == pytest.approx(palette(3)[row])


def test_rows_of_a_confusion_add_up_to_one_and_all_are_of_test_points(results: Results, dataset: Dataset) -> None:
    figure, run = scores.confusions(results), results.shown("good")
    assert figure is not None and dataset.y_test is not None and run is not None
    titles = [ax.get_title() for ax in figure.axes[:4]]
    assert titles == [f"GOOD\nseed {run[1]}\ntest points", "STAYS", "HALF\nseed 0\ntest points", "GONE"]
    assert " ".join(figure.axes[1].texts[0].get_text().split()) == "no transform for test points"
    shares = np.asarray(figure.axes[0].images[0].get_array())
    assert np.allclose(shares.sum(axis=1), 1)
    accuracy = results.values("good", "knn_accuracy_k10_test").by_run[run]
    assert np.diag(shares) @ np.bincount(dataset.y_test) / len(dataset.y_test) == pytest.approx(accuracy)


def test_the_most_frequent_mistake_is_named() -> None:
    ax = Figure().subplots()
    scores.name_worst(ax, np.array([[0.9, 0.1, 0.0], [0.0, 0.7, 0.3], [0.2, 0.0, 0.8]]), ("a", "b", "c"))
    assert ax.get_xlabel() == "b taken for c: 30%"


def test_a_shepard_diagram_counts_every_pair_and_names_the_exact_score(results: Results, dataset: Dataset) -> None:
    figure, run = scores.shepard(results), results.shown("good")
    assert figure is not None and run is not None
    counts = np.expm1(np.asarray(figure.axes[0].images[0].get_array().filled(0)))
    n = len(dataset.X)
    assert 0.99 * n * (n - 1) / 2 <= counts.sum().round() <= n * (n - 1) / 2
    spearman = results.values("good", "shepard_spearman").by_run[run]
    assert figure.axes[0].get_title() == f"GOOD\nseed {run[1]}\nrank correlation {spearman:.3f}"
    line = figure.axes[0].lines[0].get_ydata()
    assert np.nanmax(line) == pytest.approx(line[np.isfinite(line)][-1], rel=0.2)


def test_a_table_of_means_is_shaded_by_rank_in_the_direction_of_the_score(results: Results) -> None:
    found, figure = scores.ranked(results), scores.ranks(results)
    assert figure is not None and list(found.index) == ["good", "stays", "half"]
    assert found.loc["good", "silhouette"] == results.values("good", "silhouette").array.mean()
    (ax,) = figure.axes
    shades = np.asarray(ax.images[0].get_array())
    written = np.reshape([text.get_text() for text in ax.texts], found.shape, order="F")
    bold = np.reshape([text.get_weight() == "bold" for text in ax.texts], found.shape, order="F")
    for column, key in enumerate(found):
        best = found[key].to_numpy().argmax()
        assert QUANTITIES[key].better == "higher"
        assert shades[:, column].argmax() == best
        assert set(found.index[bold[:, column]]) == set(ranking(results, key).bold)
        assert written[best, column] == f"{found[key].max():.3f}"
    assert shades.min() == 0 and bold.any()


def test_stability_is_drawn_by_method_with_reasons(results: Results) -> None:
    figure = scores.stability(results)
    assert figure is not None
    for ax, key in zip(figure.axes, scores.STABILITY, strict=True):
        dots = [tuple(line.get_xydata()[0]) for line in ax.lines]
        values = [(results.single(variant, key)[0], row) for row, variant in enumerate(results.variants)]
        assert np.allclose(dots, [(value, row) for value, row in values if value is not None])
        assert len(dots) == 2
        assert f"({QUANTITIES[key].better} is more stable)" in ax.get_xlabel()
        assert ax.texts[2].get_text() == "n/a (one seed)"
