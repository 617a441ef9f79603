from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.datasets import Dataset
from bench.figures import latent, style
from bench.reading import Reading
from tests.bench.figures.conftest import poor


def test_three_dimensions_are_drawn_in_three(tmp_path: Path, dataset: Dataset) -> None:
    reading = poor(tmp_path, dataset, n_components=3)
    figure = latent.in_three_dimensions(reading)
    assert figure is not None
    (ax,) = figure.axes
    (cloud,) = ax.collections
    drawn = np.column_stack(cloud._offsets3d)  # type: ignore[attr-defined]
    order = np.random.RandomState(style.DRAW_SEED).permutation(len(dataset.X))
    np.testing.assert_allclose(drawn, reading.arrays(reading.judged[0])["fit"][order])
    assert dataset.y is not None
    np.testing.assert_allclose(cloud._facecolors[:, :3], np.array(style.palette(3))[dataset.y[order]])


def test_two_dimensions_are_not(reading: Reading) -> None:
    assert latent.in_three_dimensions(reading) is None


def test_a_row_of_prior_samples_is_an_epoch(reading: Reading) -> None:
    figure = latent.prior_samples(reading)
    shown = reading.shown("good")
    assert figure is not None and shown is not None
    (ax,) = figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "4"]
    samples = reading.arrays(shown)["extra_prior_samples_by_epoch"]
    drawn = np.asarray(ax.images[0].get_array())
    assert drawn.shape == (2 * 2, 4 * 3), "two epochs of four images of 2 x 3"
    np.testing.assert_allclose(drawn[2:, 3:6], samples[1, 1].reshape(2, 3))


def test_an_interpolation_shows_both_its_ends(reading: Reading) -> None:
    figure = latent.interpolations(reading)
    assert figure is not None
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(drawn[:, :3], reading.dataset.X_test[0].reshape(2, 3), atol=1e-6)
    np.testing.assert_allclose(drawn[:, -3:], reading.dataset.X_test[1].reshape(2, 3), atol=1e-6)


def test_the_moving_picture_goes_there_and_back(reading: Reading) -> None:
    content = latent.moving_interpolation(reading)
    assert content is not None
    moving = Image.open(io.BytesIO(content))
    assert moving.n_frames == 12 + 10, "the ends are shown once"
    frames = []
    for place in range(moving.n_frames):
        moving.seek(place)
        frames.append(np.asarray(moving.convert("L")))
    for place in range(1, 11):
        np.testing.assert_array_equal(frames[place], frames[-place])
    assert not np.array_equal(frames[0], frames[11])


def test_networks_that_resize_are_shown_at_their_own_size() -> None:
    assert latent._shape(np.zeros((5, 196)), (28, 28)) == (14, 14)
    assert latent._shape(np.zeros((5, 6)), (2, 3)) == (2, 3)


@pytest.mark.parametrize("draw", [latent.prior_samples, latent.interpolations, latent.moving_interpolation])
def test_what_is_no_image_is_not_drawn(draw: object, reading: Reading) -> None:
    assert callable(draw)
    assert draw(replace(reading, dataset=replace(reading.dataset, image_shape=None))) is None
