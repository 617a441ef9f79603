"""A training step compared with the post's own loop, with the plain loop of tutorials, and with its matrix products.

The same steps on the same batches with the same result: every loop here must reach the loss curve of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

import reducers
from bench.datasets import Dataset as Data
from reducers._neural.reducer import NeuralReducer, Seeds

InTurn = Callable[..., dict[str, Any]]

N = 4_000
POST_1 = "post 1, an epoch of 400 steps (784-400-2, batch 10)"
HIDDEN = ((256, 128), (512, 256, 128, 64), (1000, 500, 250))
SEEDS = 3


@pytest.fixture(scope="module")
def X(images: Data) -> np.ndarray:
    return np.ascontiguousarray(images.X[:N], dtype=np.float32)


class OneByOne(Dataset):
    """The post's dataset: one image and its label at a time."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.x_data = torch.from_numpy(pixels)
        self.y_data = torch.zeros(len(pixels), dtype=torch.int64)

    def __len__(self) -> int:
        return len(self.x_data)

    def __getitem__(self, idx: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.x_data[idx], self.y_data[idx]


def layers(sizes: tuple[int, ...], *end: nn.Module) -> nn.Sequential:
    both = [layer for n_in, n_out in pairwise(sizes) for layer in (nn.Linear(n_in, n_out), nn.ReLU())]
    return nn.Sequential(*both[:-1], *end)


def mirrored(sizes: tuple[int, ...]) -> tuple[nn.Sequential, nn.Sequential]:
    return layers(sizes), layers(sizes[::-1], nn.Sigmoid())


def post_1_loop(pixels: np.ndarray) -> list[float]:
    """Return the losses of the post's batches, in its own unit, as its own loop computes them."""
    torch.manual_seed(1)
    encoder, decoder = layers((784, 400, 4)), layers((2, 400, 784), nn.Sigmoid())
    optimizer = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=0.01)
    losses = []
    for batch, _ in DataLoader(OneByOne(pixels), batch_size=10, shuffle=True):
        optimizer.zero_grad()
        u, logvar = encoder(batch).chunk(2, dim=1)
        stdev = torch.exp(0.5 * logvar)
        recon = decoder(u + torch.randn_like(stdev) * stdev)
        kld = -0.5 * torch.sum(1 + logvar - u.pow(2) - logvar.exp())
        loss = nn.functional.mse_loss(recon, batch) + kld
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def plain_loop(pixels: np.ndarray, sizes: tuple[int, ...], n_epochs: int) -> list[float]:
    """Return the loss of each epoch of the loop of tutorials, with the whole data in memory and Adam as it comes."""
    torch.manual_seed(1)
    encoder, decoder = mirrored(sizes)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()])
    data, losses = torch.from_numpy(pixels), []
    for _ in range(n_epochs):
        total = 0.0
        for rows in torch.randperm(len(data)).split(128):
            batch = data[rows]
            loss = ((decoder(encoder(batch)) - batch) ** 2).sum(dim=1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(data))
    return losses


def trained(reducer: NeuralReducer, X: np.ndarray) -> list[float]:
    """Train alone, without what a fit does afterwards; return the loss of each epoch."""
    seeds = Seeds(initialisation=1, training=1, split=2, augmentation=3, sampling=4)
    return [epoch.loss for epoch in reducer._train(X, seeds, None).history]


def products(layers: Sequence[tuple[int, int]], batch: int) -> Iterator[Callable[[], torch.Tensor]]:
    """Yield the products of one step: forward, and backward to weights and, behind the first layer, to inputs."""
    for index, (n_in, n_out) in enumerate(layers):
        x, weight, slope = torch.rand(batch, n_in), torch.rand(n_out, n_in), torch.rand(batch, n_out)
        yield lambda x=x, weight=weight: x @ weight.t()
        yield lambda x=x, slope=slope: slope.t() @ x
        if index:
            yield lambda weight=weight, slope=slope: slope @ weight


def multiplied(layers: Sequence[tuple[int, int]], batch: int, n_epochs: int = 1) -> Callable[[], None]:
    """Return what computes the bare products of a training, and nothing else."""
    whole, rest = list(products(layers, batch)), list(products(layers, N % batch)) if N % batch else []

    def multiply() -> None:
        for _ in range(n_epochs):
            for product in whole * (N // batch) + rest:
                product()

    return multiply


def test_post_1(in_turn: InTurn, X: np.ndarray) -> None:
    preset = reducers.preset("post1-vae")
    params = {**preset.params, "n_epochs": 1}
    found = in_turn(
        POST_1,
        {
            "ours": lambda: trained(reducers.create(preset.reducer, **params), X),
            "the post's loop": lambda: post_1_loop(X),
            "bare products": multiplied(((784, 400), (400, 4), (2, 400), (400, 784)), 10),
        },
    )
    assert found["ours"][0] / 784 == pytest.approx(np.mean(found["the post's loop"]), rel=0.05)


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_autoencoder(in_turn: InTurn, X: np.ndarray, hidden: tuple[int, ...]) -> None:
    sizes = (784, *hidden, 2)
    found = in_turn(
        f"autoencoder, 2 epochs of 32 steps ({'-'.join(map(str, sizes))}, batch 128)",
        {
            "ours": lambda: trained(reducers.create("autoencoder", hidden_layer_sizes=hidden, n_epochs=2), X),
            "plain loop": lambda: plain_loop(X, sizes, 2),
            "bare products": multiplied(tuple(pairwise((*sizes, *sizes[-2::-1]))), 128, n_epochs=2),
        },
    )
    assert found["ours"] == pytest.approx(found["plain loop"], rel=0.05)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")
@pytest.mark.parametrize("hidden", [*HIDDEN, "convolutional"], ids=str)
def test_cpu_against_gpu(in_turn: InTurn, X: np.ndarray, hidden: tuple[int, ...] | str) -> None:
    def fitted(device: str) -> list[float]:
        """Return the last loss of each seed."""
        made = (
            reducers.create("autoencoder", hidden_layer_sizes=hidden, n_epochs=5, device=device, random_state=seed)
            for seed in range(SEEDS)
        )
        return [reducer.fit(X).history_[-1].loss for reducer in made]

    found = in_turn(
        f"autoencoder, {SEEDS} fits of 5 epochs on CPU and GPU ({hidden})",
        {"ours": lambda: fitted("cpu"), "ours, GPU": lambda: fitted("cuda")},
        rounds=2,
    )
    cpu, gpu = np.array(found["ours"]), np.array(found["ours, GPU"])
    assert abs(cpu.mean() - gpu.mean()) < 2 * (cpu.std() + gpu.std())
