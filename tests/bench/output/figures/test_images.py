"""Figures of decoded images: every image in its place."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from bench.datasets import Dataset
from bench.execution.pictured import in_8_bits
from bench.output.figures import film, images, values
from bench.output.figures.values import shown_array
from bench.store.results import Results
from bench.store.values import DataFacts


def array_of(results: Results, kind: str) -> np.ndarray:
    found = shown_array(results, kind, "good")
    assert found is not None
    return found


def test_a_mosaic_has_every_image_in_its_place() -> None:
    tiles = np.arange(6 * 6, dtype=float).reshape(6, 6)
    whole = images.mosaic(tiles, (2, 3), 3)
    assert whole.shape == (4, 9)
    for i in range(6):
        row, column = divmod(i, 3)
        assert np.array_equal(whole[2 * row : 2 * row + 2, 3 * column : 3 * column + 3].ravel(), tiles[i])


def test_originals_stand_above_their_reconstructions(results: Results, dataset: Dataset) -> None:
    figure = images.reconstructions(results)
    assert figure is not None
    above, below = (np.asarray(ax.images[0].get_array()) for ax in figure.axes)
    assert np.array_equal(above, images.mosaic(in_8_bits(dataset.X_test[:4]), (2, 3), 4))
    assert np.allclose(below, above / 2, atol=1)
    assert [ax.get_ylabel() for ax in figure.axes] == ["original", f"GOOD\n{values.seed(results, 'good')}\nMSE 0.100"]


def test_a_lattice_names_its_coordinates_from_the_top_left(results: Results) -> None:
    figure = images.latent_grids(results)
    assert figure is not None
    ax = figure.axes[0]
    assert np.array_equal(np.asarray(ax.images[0].get_array())[:2, 3:6], array_of(results, "grid")[1].reshape(2, 3))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2", "0", "-2"]
    assert ax.get_yticks()[0] < ax.get_yticks()[-1]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "images run downwards"


def test_a_row_of_prior_samples_is_an_epoch(results: Results) -> None:
    figure = images.prior_samples(results)
    assert figure is not None
    (ax,) = figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "4"]
    drawn = np.asarray(ax.images[0].get_array())
    assert drawn.shape == (2 * 2, 4 * 3), "two epochs of four images of 2 x 3"
    assert np.array_equal(drawn[2:, 3:6], array_of(results, "prior_samples")[1, 1].reshape(2, 3))


def test_an_interpolation_shows_both_its_ends(results: Results, dataset: Dataset) -> None:
    figure = images.interpolations(results)
    assert figure is not None
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    start, end = results.arrays["data/line_rows"]
    assert np.array_equal(drawn[:, :3], in_8_bits(dataset.X_test[start]).reshape(2, 3))
    assert np.array_equal(drawn[:, -3:], in_8_bits(dataset.X_test[end]).reshape(2, 3))
    assert not drawn[:, 3:6].any() and not drawn[:, -6:-3].any(), "a gap between what is true and what is decoded"
    assert np.array_equal(drawn[:, 6:9], in_8_bits(dataset.X_test[0]).reshape(2, 3)), "the line that the run kept"


def test_the_moving_picture_goes_there_and_back(results: Results) -> None:
    moving = images.moving_interpolation(results)
    assert moving is not None
    assert list(moving.frames) == [*range(24), *range(22, 0, -1)], "the ends are shown once"
    content = film.animated(moving._replace(frames=[0, 1, 2, 1]))
    assert len(content) < 100_000
    picture = Image.open(io.BytesIO(content))
    assert picture.n_frames == 4
    frames = []
    for i in range(4):
        picture.seek(i)
        frames.append(np.asarray(picture.convert("L")))
    np.testing.assert_array_equal(frames[1], frames[3])
    assert not np.array_equal(frames[0], frames[1])


def test_networks_that_resize_are_shown_at_their_own_size() -> None:
    assert images.shape_of(np.zeros((5, 196)), (28, 28)) == (14, 14)
    assert images.shape_of(np.zeros((5, 6)), (2, 3)) == (2, 3)


@pytest.mark.parametrize(
    "draw",
    [
        images.reconstructions,
        images.latent_grids,
        images.prior_samples,
        images.interpolations,
        images.moving_interpolation,
    ],
)
def test_what_is_no_image_is_not_drawn(draw: Callable[[Results], object], results: Results) -> None:
    plain = Results(results.folder)
    assert draw(plain) is not None
    plain.__dict__["data"] = DataFacts("clouds", ("a", "b", "c"), None, {})
    assert draw(plain) is None
