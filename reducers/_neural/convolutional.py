"""The convolutional networks of the Parametric UMAP paper, on the trainer of the dense ones."""

from __future__ import annotations

from math import isqrt

import numpy as np
import torch
from sklearn.utils import Tags
from torch import nn

from reducers._neural.networks import ACTIVATIONS, OUTPUTS, mlp
from reducers._neural.reducer import NeuralReducer

PAPER = "Sainburg, McInnes and Gentner 2021, Parametric UMAP embeddings for representation and semi-supervised learning"
CHANNELS = (64, 128)
"""Of the encoder's two convolutions, which halve the side of an image; the decoder goes back through both."""
WIDEST = 256
"""Channels that the decoder begins with, on a quarter of the side."""
ROWS = 512
"""Images that pass a network at once outside training: their maps take a hundred times the memory of their pixels."""


class Convolutional(NeuralReducer):
    """Convolutions around the hidden layers of a neural reducer; images are square, with a side divisible by 4."""

    def _check(self, X: np.ndarray) -> None:
        super()._check(X)
        side = isqrt(X.shape[1])
        if side**2 != X.shape[1] or side % 4 or side < 8:
            raise ValueError(
                f"Got {X.shape[1]} features, but expected those of a square image whose side is a multiple of 4, at "
                "least 8."
            )

    def _build(self, n_features: int, output: str) -> None:
        self.images_ = self._images(n_features)
        side, hidden, activation = isqrt(n_features), tuple(self.hidden_layer_sizes), ACTIVATIONS[self.activation]
        narrow, wide = CHANNELS
        # A convolution of 3 x 3 without padding, in steps of 2.
        small = ((side - 3) // 2 + 1 - 3) // 2 + 1
        self.encoder_ = Convolutions(
            nn.Unflatten(1, (1, side, side)),
            *(nn.Conv2d(1, narrow, 3, stride=2), activation()),
            *(nn.Conv2d(narrow, wide, 3, stride=2), activation()),
            nn.Flatten(),
            mlp((wide * small**2, *hidden, self._head_size), self.activation),
        )
        end = OUTPUTS[output]
        self.decoder_ = Convolutions(
            mlp((self.n_components, *reversed(hidden), WIDEST * (side // 4) ** 2), self.activation),
            *(activation(), nn.Unflatten(1, (WIDEST, side // 4, side // 4))),
            *(nn.ConvTranspose2d(WIDEST, wide, 3, stride=2, padding=1, output_padding=1), activation()),
            *(nn.ConvTranspose2d(wide, narrow, 3, stride=2, padding=1, output_padding=1), activation()),
            *(nn.ConvTranspose2d(narrow, 1, 3, padding=1), nn.Flatten()),
            *([end()] if end is not None else []),
        )
        for network in (self.encoder_, self.decoder_):
            _initialise(network.to(self.device))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags._skip_test = True  # scikit-learn's checks fit data that are no images
        return tags


class Convolutions(nn.Sequential):
    """Layers that are trained with products in bfloat16, which halves the time, and applied in float32."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return what the last layer gives, in float32."""
        layers = super().forward
        if torch.is_grad_enabled():
            with torch.autocast(input.device.type, torch.bfloat16):
                output: torch.Tensor = layers(input)
            return output.float()
        return torch.cat([layers(rows) for rows in input.split(ROWS)])


def _initialise(network: nn.Module) -> None:
    """Draw weights as Keras does by default: uniform after Glorot and Bengio 2010, biases 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_uniform_(layer.weight)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            # Channels innermost: a quarter of the time less on a CPU.
            layer.weight.data = layer.weight.data.contiguous(memory_format=torch.channels_last)
