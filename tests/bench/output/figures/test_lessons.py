"""Figures that teach: embeddings by setting, the trap of the silhouette, distances between classes, collapse, film."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.output.colours import palette
from bench.output.figures import DRAWINGS, film, lessons, settings
from bench.store.results import Results
from tests.bench.output.figures.lesson_maker import make


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return make(tmp_path_factory.mktemp("taught"))


def test_a_panel_a_setting_in_order_with_its_scores_and_the_default_named(taught: Results) -> None:
    figure = settings.by_setting(taught, "perplexity")
    assert figure is not None
    titles = [ax.get_title().split("\n") for ax in figure.axes]
    assert [lines[0] for lines in titles] == ["perplexity 5", "perplexity 30 (default)", "perplexity 100"]
    assert titles[1][1:] == ["neighbours kept 0.310", "silhouette 0.110"]
    assert all(len(ax.collections[0].get_offsets()) == 40 for ax in figure.axes)
    assert settings.by_setting(taught, "n_epochs") is None


def test_the_trap_is_the_pair_of_one_parameter_that_differs_most(taught: Results) -> None:
    assert lessons.trap(taught) == ("umap-min_dist-0.0", "umap")
    figure = lessons.silhouette_trap(taught)
    assert figure is not None
    left, a, b = figure.axes
    places = {line.get_gid(): tuple(line.get_xydata()[0]) for line in left.lines}
    assert places["umap-min_dist-0.0"] == (0.2, 0.5) and len(places) == len(taught.methods)
    assert [text.xy for text in left.texts] == [places["umap-min_dist-0.0"], places["umap"]]
    assert a.get_title().startswith("A: UMAP, min_dist") and b.get_title().startswith("B: UMAP")


def test_without_a_pair_there_is_no_trap(taught: Results) -> None:
    assert lessons.trap(taught.only(("pca", "tsne"))) is None
    assert lessons.silhouette_trap(taught.only(("pca", "tsne"))) is None


def test_a_dot_a_pair_of_classes_and_those_farthest_from_the_line_are_named(taught: Results) -> None:
    figure = lessons.class_distances(taught)
    assert figure is not None
    assert [ax.get_title().split("\n")[0] for ax in figure.axes] == ["PCA", "t-SNE", "UMAP", "VAE"]
    of_vae = figure.axes[3]
    dots = next(line for line in of_vae.lines if line.get_marker() == "o")
    assert len(dots.get_xdata()) == 6
    assert (1.0, pytest.approx(0.2)) in [tuple(dot) for dot in dots.get_xydata()]
    assert {text.get_text(): text.xy for text in of_vae.texts}["a, c"] == (1.0, pytest.approx(0.2))


def test_collapse_stands_above_what_is_decoded(taught: Results) -> None:
    figure = settings.collapse(taught)
    assert figure is not None
    above = [ax.get_title().split("\n") for ax in figure.axes if ax.get_title()]
    assert [(lines[0], lines[-1]) for lines in above] == [
        ("beta 0", "2 latent dimensions used"),
        ("beta 1 (default)", "2 latent dimensions used"),
        ("beta 64", "0 latent dimensions used"),
    ]
    decoded = [np.asarray(ax.images[0].get_array()) for ax in figure.axes if ax.images]
    assert [picture.shape for picture in decoded] == [(4, 6)] * 3


def test_a_film_shows_epochs_and_keeps_the_colours_of_classes(taught: Results) -> None:
    still, moving = film.training_film(taught), film.moving_training(taught)
    assert still is not None and moving is not None
    assert [ax.get_title() for ax in still.axes] == ["epoch 1", "epoch 4", "epoch 10"]
    assert len(moving.sheet.axes) == 1, "other settings of a network are left out"
    content = next(one for one in DRAWINGS if one.name == "film").gif(taught)
    assert content is not None and len(content) < 500_000
    picture = Image.open(io.BytesIO(content))
    assert picture.n_frames == 3
    shown = {colour for _, colour in picture.convert("RGB").getcolors(2**24) or []}
    for colour in palette(4):
        assert tuple(round(255 * part) for part in colour) in shown
    assert (255, 255, 255) in shown


def test_what_has_no_film_is_not_filmed(results: Results, tmp_path: Path) -> None:
    assert film.training_film(results) is not None
    assert film.training_film(make(tmp_path).only(("pca",))) is None
    assert film.moving_training(make(tmp_path).only(("pca",))) is None
