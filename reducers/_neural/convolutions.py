"""Convolutional networks for square images, those of the Parametric UMAP paper."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import torch
from torch import nn

from reducers._neural.networks import ACTIVATIONS, OUTPUTS, mlp

PAPER = "Sainburg, McInnes and Gentner 2021, Parametric UMAP embeddings for representation and semi-supervised learning"
DENSE = (512,)
"""The paper's dense layer between the convolutions and the codes."""
CHANNELS = (64, 128)
"""Of the encoder's two convolutions, which halve the side of an image; the decoder goes back through both."""
WIDEST = 256
"""Channels that the decoder begins with, on a quarter of the side."""
ROWS = 512
"""Images that pass a network at once outside training: their maps take a hundred times the memory of their pixels."""


def check_square(n_features: int) -> None:
    """Raise ValueError if rows of so many features are no images that the convolutions take."""
    side = isqrt(n_features)
    if side**2 != n_features or side % 4 or side < 8:
        raise ValueError(
            f"Got {n_features} features, but expected those of a square image whose side is a multiple of 4, at least "
            "8."
        )


def convolutional(
    n_features: int, hidden: Sequence[int], n_head: int, n_components: int, activation: str, output: str
) -> tuple[nn.Sequential, nn.Sequential]:
    """Return an encoder and a decoder with convolutions around dense hidden layers.

    Parameters
    ----------
    n_head : int
        Width of the encoder's last layer.
    activation : str
        One of `networks.ACTIVATIONS`.
    output : str
        One of `networks.OUTPUTS`.
    """
    side, between, end, (narrow, wide) = isqrt(n_features), ACTIVATIONS[activation], OUTPUTS[output], CHANNELS
    # A convolution of 3 x 3 without padding, in steps of 2.
    small = ((side - 3) // 2 + 1 - 3) // 2 + 1
    encoder = Convolutions(
        nn.Unflatten(1, (1, side, side)),
        *(nn.Conv2d(1, narrow, 3, stride=2), between()),
        *(nn.Conv2d(narrow, wide, 3, stride=2), between()),
        nn.Flatten(),
        mlp((wide * small**2, *hidden, n_head), activation),
    )
    decoder = Convolutions(
        mlp((n_components, *reversed(hidden), WIDEST * (side // 4) ** 2), activation),
        *(between(), nn.Unflatten(1, (WIDEST, side // 4, side // 4))),
        *(nn.ConvTranspose2d(WIDEST, wide, 3, stride=2, padding=1, output_padding=1), between()),
        *(nn.ConvTranspose2d(wide, narrow, 3, stride=2, padding=1, output_padding=1), between()),
        *(nn.ConvTranspose2d(narrow, 1, 3, padding=1), nn.Flatten()),
        *([end()] if end is not None else []),
    )
    for network in (encoder, decoder):
        _initialise(network)
    return encoder, decoder


class Convolutions(nn.Sequential):
    """Layers that are trained with products in bfloat16 where the processor has them, and applied in float32."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return what the last layer gives, in float32."""
        layers = super().forward
        if torch.is_grad_enabled():
            with torch.autocast(input.device.type, torch.bfloat16, enabled=has_bfloat16(input.device)):
                output: torch.Tensor = layers(input)
            return output.float()
        return torch.cat([layers(rows) for rows in input.split(ROWS)])


def has_bfloat16(device: torch.device) -> bool:
    """Return whether convolutions in bfloat16 are fast on a device: half the time, else many times as long."""
    return device.type != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported()


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
