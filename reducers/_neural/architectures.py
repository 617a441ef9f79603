"""Which layers a network has, from the parameter `hidden_layer_sizes`: widths of dense layers, or a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from reducers._neural import convolutions
from reducers._neural.networks import mlp

EXAMPLE = (256, 128)


@dataclass(frozen=True)
class Architecture:
    """Dense hidden layers of an encoder, which the decoder mirrors, with or without convolutions around them."""

    hidden: tuple[int, ...]
    is_convolutional: bool = False

    def check(self, n_features: int) -> None:
        """Raise ValueError if it does not fit points of so many features."""
        if self.is_convolutional:
            convolutions.check_square(n_features)

    def networks(
        self, n_features: int, n_head: int, n_components: int, activation: str, output: str
    ) -> tuple[nn.Sequential, nn.Sequential]:
        """Return an encoder that ends in `n_head` numbers and a decoder; see `networks.mlp` for the last two."""
        if self.is_convolutional:
            return convolutions.convolutional(n_features, self.hidden, n_head, n_components, activation, output)
        encoder = mlp((n_features, *self.hidden, n_head), activation)
        return encoder, mlp((n_components, *reversed(self.hidden), n_features), activation, output)


NAMED: Mapping[str, Architecture] = {"convolutional": Architecture(convolutions.DENSE, is_convolutional=True)}
"""Architectures that `hidden_layer_sizes` can name."""


def architecture(hidden_layer_sizes: Sequence[int] | str) -> Architecture:
    """Return the architecture that a parameter asks for; ValueError if there is none."""
    if isinstance(hidden_layer_sizes, str):
        if hidden_layer_sizes in NAMED:
            return NAMED[hidden_layer_sizes]
    elif all(isinstance(width, int | np.integer) and width > 0 for width in hidden_layer_sizes):
        return Architecture(tuple(int(width) for width in hidden_layer_sizes))
    raise ValueError(
        f"Got hidden_layer_sizes={hidden_layer_sizes!r}, but expected widths of layers such as {EXAMPLE}, or one of: "
        f"{', '.join(NAMED)}."
    )
