"""The networks of the neural reducers: multilayer perceptrons, built under a seed of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import torch
from torch import nn


def mlp(sizes: Sequence[int], output: nn.Module | None = None) -> nn.Sequential:
    """Return linear layers of the given sizes with ReLU between them, and `output` behind the last.

    Parameters
    ----------
    sizes : sequence of int
        Width of every layer, input and output included.
    output : Module or None
        What follows the last linear layer; nothing where None.
    """
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    layers.pop()
    return nn.Sequential(*layers, *([output] if output is not None else []))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's global generator, which initialises layers, and leave it afterwards as it was before."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def to_tensor(X: np.ndarray) -> torch.Tensor:
    """Return a float32 copy of `X`, the only copy made of it; `X` may be read-only or memory-mapped."""
    tensor = torch.empty(X.shape, dtype=torch.float32)
    tensor.numpy()[...] = X
    return tensor
