from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn import functional

import reducers
from reducers._neural import convolutions

AUTOENCODER, VAE, DENSE = "convolutional_autoencoder", "convolutional_vae", "cross_entropy_autoencoder"
X = (load_digits().data[:300] / 16).astype(np.float32)


@pytest.mark.filterwarnings("ignore:The codes of the training points")
def test_layers_and_their_sizes_are_those_of_the_paper() -> None:
    images = np.random.RandomState(0).rand(20, 784).astype(np.float32)
    fitted = reducers.create(VAE, hidden_layer_sizes=(512,), n_epochs=1, likelihood="bernoulli", random_state=0).fit(
        images
    )
    # As the summaries of the published notebook count them.
    assert sum(weights.numel() for weights in fitted.encoder_.parameters()) == 2_436_356
    assert sum(weights.numel() for weights in fitted.decoder_.parameters()) == 6_806_017
    maps = [tuple(layer.weight.shape) for layer in fitted.encoder_.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert maps == [(64, 1, 3, 3), (128, 64, 3, 3)]
    assert fitted.inverse_transform(fitted.embedding_).shape == images.shape


def test_biases_begin_at_zero_and_weights_within_the_bound_of_glorot() -> None:
    fitted = reducers.create(AUTOENCODER, hidden_layer_sizes=(16,), n_epochs=1, learning_rate=1e-12, random_state=0)
    first = fitted.fit(X).encoder_[1]
    bound = np.sqrt(6 / (9 + 9 * 64))
    assert float(first.bias.detach().abs().max()) < 1e-9
    assert 0.9 * bound < float(first.weight.detach().abs().max()) <= bound * 1.0001


@pytest.mark.parametrize("name", [AUTOENCODER, DENSE])
def test_the_loss_is_the_cross_entropy_of_pixels(name: str) -> None:
    fitted = reducers.create(name, hidden_layer_sizes=(16,), n_epochs=2, random_state=0).fit(X)
    rebuilt = torch.from_numpy(fitted.reconstruct(X)).clamp(1e-7, 1 - 1e-7)
    expected = functional.binary_cross_entropy(rebuilt, torch.from_numpy(X), reduction="none").sum(dim=1)
    assert fitted.score_samples(X) == pytest.approx(-expected.numpy(), rel=1e-3)


@pytest.mark.whole
def test_training_in_half_precision_follows_that_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    losses = []
    for half in (True, False):
        monkeypatch.setattr(convolutions, "has_bfloat16", lambda device, half=half: half)
        fitted = reducers.create(AUTOENCODER, hidden_layer_sizes=(32,), n_epochs=5, random_state=0).fit(X)
        losses.append([epoch.loss for epoch in fitted.history_])
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)


def test_images_that_are_not_square_are_refused() -> None:
    with pytest.raises(ValueError, match="expected those of a square image"):
        reducers.create(AUTOENCODER, hidden_layer_sizes=(16,)).fit(X[:, :60])


def test_cross_entropy_of_data_beyond_the_unit_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="within it"):
        reducers.create(DENSE, hidden_layer_sizes=(16,)).fit(X * 2)
