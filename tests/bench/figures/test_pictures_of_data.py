"""Figures of classes, distances, seeds and images."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist

from bench import figures
from bench.figures import classes, distances, neural, stability
from bench.reading import Reading
from bench.scores import SCORES
from tests.bench.figures.conftest import N_EPOCHS, history


def test_dots_are_silhouettes_in_the_embedding_and_rings_those_in_the_data(reading: Reading) -> None:
    figure = classes.silhouettes(reading)
    assert figure is not None
    drawn: dict[str, list[tuple[float, float]]] = {"now": [], "before": []}
    for line in figure.axes[0].lines:
        if line.get_gid() in drawn:
            drawn[line.get_gid()].append(tuple(line.get_xydata()[0]))
            assert line.get_color() == figures.palette(3)[int(line.get_ydata()[0])]
    for place, name in enumerate(reading.dataset.classes):
        of_seeds = [
            value.value
            for item in reading.well("good")
            for value in item.values
            if (value.score, value.split, value.part) == ("silhouette_of_classes", "fit", name)
        ]
        data = [v.value for v in reading.references["pixels"] if v.part == name and v.split == "fit"]
        assert drawn["now"][place] == pytest.approx((np.median(of_seeds), place))
        assert drawn["before"][place] == pytest.approx((data[0], place))


def test_rows_of_a_confusion_add_up_to_one_and_its_title_says_of_what(reading: Reading) -> None:
    figure = classes.confusions(reading)
    assert figure is not None
    titles = [ax.get_title() for ax in figure.axes[:4]]
    assert titles == ["GOOD\nheld out", "STAYS\nleave-one-out", "HALF\nheld out", "GONE"]
    for variant, split, ax in zip(("good", "stays"), ("test", "fit"), figure.axes, strict=False):
        shares = np.asarray(ax.images[0].get_array())
        assert np.allclose(shares.sum(axis=1), 1)
        y = reading.dataset.y_test if split == "test" else reading.dataset.y
        accuracy = np.diag(shares) @ np.bincount(y) / len(y)
        shown = reading.shown(variant)
        assert shown is not None
        assert accuracy == pytest.approx(shown.score("knn_accuracy", split, 10))


def test_the_commonest_mistake_is_named() -> None:
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    classes._name_worst(ax, np.array([[0.9, 0.1, 0.0], [0.0, 0.7, 0.3], [0.2, 0.0, 0.8]]), ("a", "b", "c"))
    assert ax.get_xlabel() == "b taken for c: 30%"


def test_pairs_are_all_where_those_are_few_and_never_a_point_with_itself() -> None:
    first, second = distances.pairs(20)
    assert len(first) == 190
    first, second = distances.pairs(5_000)
    assert len(first) == distances.N_PAIRS
    assert (first != second).all()
    assert max(first.max(), second.max()) < 5_000
    assert np.array_equal(first, distances.pairs(5_000)[0])


def test_lengths_are_distances() -> None:
    points = np.random.RandomState(0).rand(120, 3).astype(np.float32)
    assert np.allclose(distances.lengths(points, *distances.pairs(120)), pdist(points), atol=1e-6)


def test_a_shepard_diagram_counts_every_pair_and_names_the_exact_score(reading: Reading) -> None:
    figure = distances.shepard(reading)
    assert figure is not None
    shown = reading.shown("good")
    assert shown is not None
    counts = np.expm1(np.asarray(figure.axes[0].images[0].get_array().filled(0)))
    n = len(reading.dataset.X)
    assert 0.99 * n * (n - 1) / 2 <= counts.sum().round() <= n * (n - 1) / 2
    assert figure.axes[0].get_title() == f"GOOD\nrank correlation {shown.score('shepard_spearman'):.2f}"
    line = figure.axes[0].lines[0].get_ydata()
    assert line[-1] > line[0]


@pytest.mark.parametrize("n_components", [1, 2, 3])
def test_laying_over_undoes_a_turn_a_mirror_and_a_shift(n_components: int) -> None:
    rng = np.random.RandomState(0)
    a = rng.standard_normal((50, n_components))
    turn = np.linalg.qr(rng.standard_normal((n_components, n_components)))[0]
    turn[:, 0] *= -1
    over, under, residual = stability.aligned(a, a @ turn * 3 + 7)
    assert np.allclose(over, under)
    assert residual == pytest.approx(0, abs=1e-12)
    b = rng.standard_normal(a.shape)
    assert stability.aligned(a, b)[2] == pytest.approx(procrustes(a, b)[2])


def test_two_seeds_lie_over_each_other_with_the_score_between_them(reading: Reading) -> None:
    figure = stability.overlays(reading)
    assert figure is not None
    titles = [ax.get_title() for ax in figure.axes]
    stays = {value.score: value.value for value in reading.across["stays"]}
    assert titles[1] == f"STAYS\nseeds 0 and 1\nresidual {stays['procrustes_residual']:.3f}"
    said = [" ".join(text.get_text().split()) for ax in figure.axes for text in ax.texts]
    assert said[0] == "one seed only" and said[1].startswith("timeout: took longer")
    lines, dots = figure.axes[0].collections
    assert len(lines.get_segments()) == len(dots.get_offsets()) == len(reading.dataset.X)
    assert np.allclose([segment[1] for segment in lines.get_segments()], dots.get_offsets())


def test_stability_is_drawn_by_method_with_reasons(reading: Reading) -> None:
    figure = stability.scores(reading)
    assert figure is not None
    for ax, (key, k) in zip(figure.axes, stability.ACROSS, strict=True):
        dots = [tuple(line.get_xydata()[0]) for line in ax.lines if line.get_marker() == "o"]
        expected = [
            (value.value, place)
            for place, variant in enumerate(reading.variants)
            for value in reading.across[variant]
            if (value.score, value.k) == (key, k) and value.value is not None
        ]
        assert np.allclose(dots, expected)
        assert len(dots) == 2
        assert ("higher" if SCORES[key].higher_is_better else "lower") in ax.get_xlabel()
        assert ax.texts[2].get_text() == "n/a (one seed)"


def test_a_mosaic_has_every_image_in_its_place() -> None:
    images = np.arange(6 * 6, dtype=float).reshape(6, 6)
    whole = neural.mosaic(images, (2, 3), 3)
    assert whole.shape == (4, 9)
    for place in range(6):
        row, column = divmod(place, 3)
        assert np.array_equal(whole[2 * row : 2 * row + 2, 3 * column : 3 * column + 3].ravel(), images[place])


def test_originals_stand_above_what_came_back(reading: Reading) -> None:
    figure = neural.reconstructions(reading)
    assert figure is not None
    above, below = (np.asarray(ax.images[0].get_array()) for ax in figure.axes)
    assert np.allclose(above, neural.mosaic(reading.dataset.X_test[:4], (2, 3), 4))
    assert np.allclose(below, above / 2)
    assert [ax.get_ylabel() for ax in figure.axes] == ["original", "GOOD\nMSE 0.100"]


def test_a_lattice_names_its_places_from_the_top_left(reading: Reading) -> None:
    figure = neural.latent_grids(reading)
    assert figure is not None
    ax, shown = figure.axes[0], reading.shown("good")
    assert shown is not None
    tile = reading.arrays(shown)["grid"][1].reshape(2, 3)
    assert np.allclose(np.asarray(ax.images[0].get_array())[:2, 3:6], tile)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2", "0", "-2"]
    assert ax.get_yticks()[0] < ax.get_yticks()[-1]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "images run downwards"


def test_training_curves_are_the_history_of_every_seed(reading: Reading) -> None:
    figure = neural.training(reading)
    assert figure is not None
    loss, reconstruction, kl = figure.axes
    drawn = [line for line in loss.lines if line.get_gid() == "loss"]
    assert [line.get_ydata()[0] for line in drawn] == [history(seed)[0, 1] for seed in range(3)]
    assert len([line for line in loss.lines if line.get_gid() == "validation"]) == 3
    assert all(len(line.get_xdata()) == N_EPOCHS for line in reconstruction.lines + kl.lines)
