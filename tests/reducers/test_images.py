from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from reducers._neural.images import Images
from reducers.posts.post3 import Post3Autoencoder, Post3AutoencoderFixed

DIGITS = torch.from_numpy((load_digits().data[:40] / 16).astype(np.float32))


def augmented(images: Images, seed: int = 0) -> torch.Tensor:
    return images.augmented(DIGITS, torch.Generator().manual_seed(seed))


def test_a_flip_is_sideways_and_as_frequent_as_asked() -> None:
    mirrored = DIGITS.view(-1, 8, 8).flip(2).view(-1, 64)
    torch.testing.assert_close(augmented(Images(64, flip=1.0)), mirrored)
    many = Images(64, flip=0.25).augmented(DIGITS[:1].expand(4_000, 64), torch.Generator().manual_seed(0))
    assert (many == mirrored[0]).all(dim=1).float().mean().item() == pytest.approx(0.25, abs=0.03)


def test_a_rotation_by_nothing_changes_nothing() -> None:
    torch.testing.assert_close(augmented(Images(64, rotation=1e-6)), DIGITS)


def test_a_rotation_by_90_degrees_is_numpys() -> None:
    image = DIGITS[:1]
    rotated = Images(64, rotation=90.0).augmented(image.expand(2_000, 64), torch.Generator().manual_seed(1))
    quarters = [torch.from_numpy(np.rot90(image.view(8, 8).numpy(), k).copy()).reshape(64) for k in (1, -1)]
    for quarter in quarters:
        assert (rotated - quarter).abs().sum(dim=1).min() < 1e-3, "no image among them is rotated by about 90 degrees"


def test_rotations_stay_within_their_bound_and_are_both_ways() -> None:
    # A bright pixel on the right of the middle row moves down when rotated clockwise and up otherwise.
    image = torch.zeros((1, 28, 28))
    image[0, 14, 25] = 1
    many = image.view(1, 784).expand(500, 784)
    rotated = Images(784, rotation=10.0).augmented(many, torch.Generator().manual_seed(0))
    rows = rotated.view(500, 28, 28).nonzero()[:, 1]
    assert rows.min() >= 14 - 3
    assert rows.max() <= 14 + 3
    assert (rows < 14).any() and (rows > 14).any()


def test_images_are_augmented_differently_each_time() -> None:
    images = Images(64, flip=0.5, rotation=10.0)
    generator = torch.Generator().manual_seed(0)
    first, second = (images.augmented(DIGITS, generator) for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(first, augmented(images))


def test_smaller_images_are_averages_and_come_back_enlarged() -> None:
    images = Images(64, resize=4)
    small = images.preprocessed(DIGITS)
    assert small.shape == (40, 16)
    assert images.restored(small).shape == DIGITS.shape
    flat = torch.full((1, 64), 0.3)
    torch.testing.assert_close(images.restored(images.preprocessed(flat)), flat)


def test_symmetric_pixels_come_back() -> None:
    images = Images(64, symmetric=True)
    given = images.preprocessed(DIGITS)
    assert (given.min().item(), given.max().item()) == (-1, 1)
    torch.testing.assert_close(images.restored(given), DIGITS)


def test_an_embedding_is_one_of_images_as_they_are() -> None:
    params = {"hidden_layer_sizes": (8,), "n_epochs": 2, "random_state": 0}
    reducer = Post3Autoencoder(**params).fit(DIGITS.numpy())
    assert np.array_equal(reducer.embedding_, reducer.transform(DIGITS.numpy()))
    rebuilt = reducer.inverse_transform(reducer.embedding_)
    assert rebuilt.shape == (40, 64)
    assert rebuilt.min() >= 0 and rebuilt.max() <= 1
    assert reducer.extras(DIGITS.numpy())["prior_samples"].shape == (64, 14 * 14)
    without_flips = Post3AutoencoderFixed(**params).fit(DIGITS.numpy())
    assert not np.array_equal(without_flips.embedding_, reducer.embedding_), "training images were not flipped"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (DIGITS[:, :60], "Got 60 features, but expected the pixels of a square"),
        (DIGITS * 2 - 1, "Got pixels from -1 to 1"),
    ],
)
def test_data_that_are_no_images_are_refused(data: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Post3Autoencoder(n_epochs=1).fit(data.numpy())
