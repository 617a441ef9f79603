"""The networks of the neural reducers: multilayer perceptrons, built under a seed of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import torch
from torch import nn

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "leaky_relu": lambda: nn.LeakyReLU(0.2)}
"""Activations between layers."""
OUTPUTS: dict[str, Callable[[], nn.Module] | None] = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "identity": None}
"""Activations behind the last layer of a decoder."""

ROWS = 8_192
"""Rows that pass a network at once outside training, which bounds the memory of its activations."""


def mlp(sizes: Sequence[int], activation: str = "relu", output: str = "identity") -> nn.Sequential:
    """Return linear layers of the given sizes with an activation between them, and another behind the last.

    Parameters
    ----------
    sizes : sequence of int
        Width of every layer, input and output included.
    activation : str
        One of `ACTIVATIONS`.
    output : str
        One of `OUTPUTS`.
    """
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), ACTIVATIONS[activation]()]
    layers.pop()
    end = OUTPUTS[output]
    return nn.Sequential(*layers, *([end()] if end is not None else []))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's global generator, which initialises layers, and restore its state afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def to_tensor(X: np.ndarray) -> torch.Tensor:
    """Return a float32 copy of `X`, the only copy made of it; `X` may be read-only or memory-mapped."""
    tensor = torch.empty(X.shape, dtype=torch.float32)
    tensor.numpy()[...] = X
    return tensor


def in_blocks(function: Callable[[torch.Tensor], torch.Tensor], X: np.ndarray, device: torch.device) -> np.ndarray:
    """Return `function` of the rows of `X`, computed on a device, few enough rows at once to bound the memory."""
    with torch.inference_mode():
        blocks = [function(to_tensor(X[i : i + ROWS]).to(device)).cpu().numpy() for i in range(0, len(X), ROWS)]
    return np.concatenate(blocks)


def squared_errors(X: np.ndarray, rebuilt: np.ndarray) -> np.ndarray:
    """Return the squared error of each row."""
    return np.square(X - rebuilt).sum(axis=1, dtype=np.float64)
