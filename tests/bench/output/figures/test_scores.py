"""Figures of scores: what is drawn is what the tables say."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from bench.analysis.quantities import QUANTITIES
from bench.datasets import Dataset
from bench.output.figures import palette, scores, values
from bench.store.results import Results
from tests.bench.output.figures.conftest import N_EPOCHS, history


def test_a_curve_is_the_median_over_seeds_and_its_band_their_range(results: Results) -> None:
    figure = scores.r_nx(results)
    assert figure is not None
    ax = figure.axes[0]
    of_seeds = results.curves[results.curves["variant"] == "good"].pivot(index="k", columns="seed", values="r_nx")
    assert np.allclose(ax.lines[0].get_ydata(), of_seeds.median(axis=1))
    assert np.allclose(ax.lines[0].get_xdata(), of_seeds.index)
    band = next(c for c in ax.collections if isinstance(c, FillBetweenPolyCollection)).get_paths()[0].vertices
    for k, row in of_seeds.iterrows():
        drawn = band[band[:, 0] == k][:, 1]
        assert (drawn.min(), drawn.max()) == pytest.approx((row.min(), row.max()))
    assert len(ax.lines) == 3, "a line a method that has an embedding"


def test_curves_end_where_their_normaliser_does(results: Results, dataset: Dataset) -> None:
    figure = scores.neighbourhoods(results)
    assert figure is not None
    ends = [ax.lines[0].get_xdata()[-1] for ax in figure.axes]
    n = len(dataset.X)
    assert ends[0] == n - 2
    assert max(ends[1:]) < n / 2


def test_dots_are_silhouettes_in_the_embedding_and_rings_those_in_the_data(results: Results) -> None:
    figure = scores.silhouettes(results)
    assert figure is not None
    drawn = {one.get_gid(): one for one in figure.axes[0].collections}
    data = results.parts("pixels", None, "silhouette_of_classes", "train")
    of_seeds = [results.parts("good", run, "silhouette_of_classes", "train") for run in results.run_ids("good")]
    for row, name in enumerate(("a", "b", "c")):
        median = np.median([parts[name] for parts in of_seeds])
        assert drawn["embedding"].get_offsets()[row].tolist() == pytest.approx([median, row])
        assert drawn["data"].get_offsets()[row].tolist() == pytest.approx([data[name], row])
        assert tuple(drawn["embedding"].get_facecolors()[row][:3]) == pytest.approx(palette(3)[row])


def test_rows_of_a_confusion_add_up_to_one_and_its_title_says_of_what(results: Results, dataset: Dataset) -> None:
    figure = scores.confusions(results)
    assert figure is not None and dataset.y is not None and dataset.y_test is not None
    titles = [ax.get_title() for ax in figure.axes[:4]]
    assert titles == ["GOOD\ntest", "STAYS\ntrain, leave-one-out", "HALF\ntest", "GONE"]
    pairs = (("good", "knn_accuracy_k10_test", dataset.y_test), ("stays", "knn_accuracy_k10", dataset.y))
    for (variant, quantity, y), ax in zip(pairs, figure.axes, strict=False):
        shares, run = np.asarray(ax.images[0].get_array()), results.shown(variant)
        assert np.allclose(shares.sum(axis=1), 1) and run is not None
        assert np.diag(shares) @ np.bincount(y) / len(y) == pytest.approx(results.values(variant, quantity).by_run[run])


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
    assert figure.axes[0].get_title() == f"GOOD\nrank correlation {spearman:.2f}"
    line = figure.axes[0].lines[0].get_ydata()
    assert np.nanmax(line) == pytest.approx(line[np.isfinite(line)][-1], rel=0.2)


def test_methods_are_ranked_in_the_direction_of_the_score(results: Results) -> None:
    found = scores.ranked(results)
    assert list(found.index) == ["good", "stays", "half"]
    for key, best in (("stress", np.argmin), ("trustworthiness_k15", np.argmax)):
        medians = [np.median(results.values(variant, key).array) for variant in found.index]
        assert found[QUANTITIES[key].title].iloc[best(medians)] == 1


def test_ranks_are_drawn_a_line_a_method_above_the_correlations(results: Results) -> None:
    found, figure = scores.ranked(results), scores.ranks(results)
    assert figure is not None
    above, below = figure.axes
    lines = {line.get_gid(): line for line in above.lines}
    for variant, expected in found.iterrows():
        assert np.array_equal(lines[variant].get_ydata(), expected)
        assert lines[variant].get_color() == values.looks(results)[str(variant)].colour
    assert above.yaxis_inverted(), "the best stands at the top"
    drawn = np.reshape(below.collections[0].get_array(), (len(found.columns), -1))
    assert drawn[0, 1] == pytest.approx(spearmanr(found.iloc[:, 0], found.iloc[:, 1]).statistic)


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


def test_training_curves_are_the_history_of_every_seed(results: Results) -> None:
    figure = scores.training(results)
    assert figure is not None
    loss, reconstruction, kl = figure.axes
    drawn = [line for line in loss.lines if line.get_gid() == "loss"]
    assert [line.get_ydata()[0] for line in drawn] == [history(seed)[0, 1] for seed in range(3)]
    assert len([line for line in loss.lines if line.get_gid() == "validation"]) == 3
    assert all(len(line.get_xdata()) == N_EPOCHS for line in [*reconstruction.lines, *kl.lines])
