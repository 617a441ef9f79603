from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.execution import scoring
from bench.execution.drawings import keep_drawings
from bench.metrics.clustering import hdbscan
from bench.output.colours import palette
from bench.output.figures import DRAWINGS
from bench.output.figures.structure import OUTSIDE, colours_of, false_structure
from bench.store.export import export
from bench.store.results import Results
from bench.studies.study import read
from tests.bench import results_maker as maker
from tests.bench.output.figures.conftest import keep
from tests.conftest import make_dataset

N = 150


def noise(name: str) -> Dataset:
    return replace(make_dataset(N, 20, n_features=6, labels=False), name=name)


def made(folder: Path, dataset: Dataset, measures: tuple[str, ...] = ("hdbscan_clusters",)) -> Results:
    """Return a study of one method whose embedding is three islands and points between them."""
    one = maker.record("islands", 0, dataset)
    store = maker.folder(folder, dataset, [one])
    study = store.study().model_copy(update={"measures": measures, "dataset": dataset.name})
    store.write("study.toml", study.to_toml())
    rng = np.random.RandomState(0)
    Z = rng.standard_normal((N, 2)) + 30 * np.array([[0, 0], [1, 0], [0, 1]])[np.repeat([0, 1, 2], (70, 50, 30))]
    Z[:3] = [[200, 0], [0, 200], [-200, -200]]
    keep(store, one, train=Z.astype(np.float32), test=dataset.X_test[:, :2])
    scoring.score(store, dataset, store.records(), lambda _: None, measures)
    export(store)
    keep_drawings(store, dataset, lambda _: None)
    return Results(store.folder)


@pytest.fixture(scope="module")
def islands(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return made(tmp_path_factory.mktemp("islands"), noise("noise"))


def test_points_have_the_colour_of_their_cluster_and_the_number_stands_above(islands: Results) -> None:
    figure = false_structure(islands)
    assert figure is not None
    (ax,) = figure.axes
    clusters = islands.arrays["clusters/islands/0-0"]
    n = int(clusters.max()) + 1
    assert np.array_equal(clusters, hdbscan(islands.embedding("islands"))) and n > 2
    assert ax.get_title() == f"ISLANDS\n{n} clusters"
    assert islands.values("islands", "hdbscan_clusters:n_clusters").array.tolist() == [n]
    assert ax.get_xlabel() == f"seed 0; {np.mean(clusters < 0):.0%} in no cluster"
    shown = {tuple(colour) for colour in ax.collections[0].get_facecolors()[:, :3].round(6)}
    assert shown == {tuple(np.round(colour, 6)) for colour in (*palette(n), OUTSIDE)}


def test_the_largest_cluster_has_the_first_colour() -> None:
    colours = colours_of(np.array([1, 1, 1, 0, 0, 2, -1], np.int16))
    assert [tuple(row) for row in colours[[0, 3, 5, 6]]] == [*palette(3), OUTSIDE]
    assert {tuple(row) for row in colours_of(np.full(4, -1, np.int16))} == {OUTSIDE}


def test_only_noise_whose_clusters_were_counted_is_drawn(tmp_path: Path) -> None:
    other = made(tmp_path / "other", noise("clouds"))
    assert "clusters/islands/0-0" in other.arrays and false_structure(other) is None
    uncounted = made(tmp_path / "uncounted", noise("noise"), ())
    assert not [name for name in uncounted.arrays if name.startswith("clusters/")]
    assert false_structure(uncounted) is None


def test_the_whole_figure_has_its_title_and_says_how_clusters_are_found(islands: Results) -> None:
    figure = next(drawing for drawing in DRAWINGS if drawing.name == "false-structure").draw(islands)
    assert figure is not None
    assert "clusters" in figure._suptitle.get_text()  # type: ignore[attr-defined]


def test_the_study_counts_what_the_figure_draws() -> None:
    study = read("false-structure").resolved()
    assert study.dataset == "noise"
    assert {"hdbscan_clusters", "kmeans_clusters", "hdbscan_clusters_of_data", "kmeans_clusters_of_data"} == set(
        study.measures
    )
    used = {variant.reducer for variant in study.variants.values()}
    assert used == {
        *("pca", "tsne", "opentsne", "umap", "densmap", "parametric_umap", "pacmap", "localmap"),
        *("autoencoder", "vae", "random_projection"),
    }
