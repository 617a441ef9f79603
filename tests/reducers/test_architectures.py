"""The networks that `hidden_layer_sizes` asks for."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

import reducers
from reducers._neural.architectures import Architecture, architecture
from reducers._neural.convolutions import Convolutions

X = (load_digits().data[:60] / 16).astype(np.float32)


def widths(network: torch.nn.Module) -> list[int]:
    return [layer.out_features for layer in network.modules() if isinstance(layer, torch.nn.Linear)]


def test_widths_are_mirrored() -> None:
    encoder, decoder = Architecture((30, 20)).networks(64, 4, 2, "relu", "sigmoid")
    assert (widths(encoder), widths(decoder)) == ([30, 20, 4], [20, 30, 64])


@pytest.mark.filterwarnings("ignore:The codes of the training points")
@pytest.mark.parametrize(("name", "params"), [("autoencoder", {}), ("vae", {"beta": 0.001})])
def test_the_convolutional_networks_are_those_of_the_convolutional_reducers(name: str, params: dict) -> None:
    rest = {"n_epochs": 2, "random_state": 0} | params
    named = reducers.create(name, hidden_layer_sizes="convolutional", **rest).fit(X)
    assert isinstance(named.encoder_, Convolutions) and isinstance(named.decoder_, Convolutions)
    assert named.inverse_transform(named.transform(X)).shape == X.shape
    if name == "vae":
        given = reducers.create("convolutional_vae", hidden_layer_sizes=(512,), **rest).fit(X)
        assert given.embedding_.tobytes() == named.embedding_.tobytes()


@pytest.mark.parametrize("wrong", ["resnet", (256, 0), (256.5,), ("256",)])
def test_what_is_no_architecture_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"but expected widths of layers such as \(256, 128\), or one of: conv") as got:
        reducers.create("autoencoder", hidden_layer_sizes=wrong).fit(X)
    assert f"Got hidden_layer_sizes={wrong!r}" in str(got.value)


def test_widths_of_numpy_and_lists_are_allowed() -> None:
    assert architecture([np.int64(8), 4]) == architecture((8, 4))


def test_convolutions_need_square_images() -> None:
    with pytest.raises(ValueError, match="Got 60 features, but expected those of a square image"):
        reducers.create("autoencoder", hidden_layer_sizes="convolutional").fit(X[:, :60])
