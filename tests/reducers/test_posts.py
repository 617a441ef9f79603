"""One training step of each preset compared with the post's own formulas, written as the post writes them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import reducers
from reducers._neural.training import Recipe, Task, train
from reducers.posts.presets import PRESETS

N = 24


def pixels() -> np.ndarray:
    return np.random.RandomState(0).rand(N, 784).astype(np.float32)


def step_of(name: str, rows: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor], torch.Tensor]:
    """Return weights before and after one step of a preset on a batch, and the noise that it drew."""
    preset = reducers.preset(name)
    changes: dict = {"batch_size": len(rows), "n_epochs": 1, "random_state": 0}
    reducer = reducers.create(preset.reducer, **{**preset.params, **changes})
    reducer._check(rows.numpy())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        reducer._build(rows.shape[1], reducer._output(rows.numpy()))
    parameters = [*reducer.encoder_.parameters(), *reducer.decoder_.parameters()]
    before = [parameter.detach().clone() for parameter in parameters]
    # Without flips and rotations: how they are drawn is tested with the images.
    task = Task(parameters, reducer._terms, reducer._beta, reducer._beta_unit, rows, reducer.images_.preprocessed)
    recipe = Recipe(1, len(rows), reducer.optimizer, reducer.learning_rate, reducer.reconstruction_reduction)
    train(task, recipe, torch.Generator().manual_seed(7))
    same = torch.Generator().manual_seed(7)
    order = torch.randperm(len(rows), generator=same)
    noise = torch.randn((len(rows), reducer.n_components), generator=same)
    return before, [parameter.detach() for parameter in parameters], noise[order.argsort()]


class Copy:
    """The post's network with given weights: weight and bias of each layer in turn, the latent head split in two."""

    def __init__(self, weights: list[torch.Tensor]) -> None:
        self.weights = [weight.clone().requires_grad_() for weight in weights]

    def linear(self, layer: int, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, self.weights[2 * layer], self.weights[2 * layer + 1])


def post1_vae(net: Copy, x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    u, logvar = net.linear(1, torch.relu(net.linear(0, x))).chunk(2, dim=1)
    stdev = torch.exp(0.5 * logvar)
    z = u + (noise * stdev)
    recon_x = torch.sigmoid(net.linear(3, torch.relu(net.linear(2, z))))
    mse = functional.mse_loss(recon_x, x)
    kld = -0.5 * torch.sum(1 + logvar - u.pow(2) - logvar.exp())
    return mse + (1.0 * kld)


def post2_ae(net: Copy, x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    z = net.linear(1, functional.relu(net.linear(0, x)))
    x_hat = torch.sigmoid(net.linear(3, functional.relu(net.linear(2, z))))
    return ((x - x_hat) ** 2).sum()


def post2_vae(net: Copy, x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    mu, log_sigma = net.linear(1, functional.relu(net.linear(0, x))).chunk(2, dim=1)
    sigma = torch.exp(log_sigma)
    z = mu + sigma * noise
    kl = (sigma**2 + mu**2 - torch.log(sigma) - 1 / 2).sum()
    x_hat = torch.sigmoid(net.linear(3, functional.relu(net.linear(2, z))))
    return ((x - x_hat) ** 2).sum() + kl


def post3_images(x: torch.Tensor) -> torch.Tensor:
    small = functional.interpolate(x.view(-1, 1, 28, 28), (14, 14), mode="bilinear", antialias=True)
    return ((small - 0.5) / 0.5).view(-1, 14 * 14)


def post3_encoded(net: Copy, x: torch.Tensor) -> torch.Tensor:
    h = functional.leaky_relu(net.linear(0, x), 0.2)
    return net.linear(2, functional.leaky_relu(net.linear(1, h), 0.2))


def post3_decoded(net: Copy, z: torch.Tensor) -> torch.Tensor:
    h = functional.leaky_relu(net.linear(3, z), 0.2)
    return torch.tanh(net.linear(5, functional.leaky_relu(net.linear(4, h), 0.2)))


def post3_ae(net: Copy, x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    images = post3_images(x)
    return nn.MSELoss()(post3_decoded(net, post3_encoded(net, images)), images)


def post3_vae(net: Copy, x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    images = post3_images(x)
    mean, log_var = post3_encoded(net, images).chunk(2, dim=1)
    x_hat = post3_decoded(net, mean + noise * torch.exp(0.5 * log_var))
    reproduction_loss = functional.mse_loss(x_hat, images, reduction="sum")
    return reproduction_loss - 0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())


def post4_vae(net: Copy, x: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    h = torch.relu(net.linear(1, torch.relu(net.linear(0, x))))
    mu, sigma = torch.relu(net.linear(2, h)).chunk(2, dim=1)
    h = torch.relu(net.linear(3, mu + sigma * noise))
    x_hat = torch.sigmoid(net.linear(5, torch.relu(net.linear(4, h))))
    inside = torch.pow(mu, 2) + torch.pow(sigma, 2) - torch.log(1e-8 + torch.pow(sigma, 2)) - 1
    return nn.MSELoss()(x_hat, x) + 1.0 * 0.5 * torch.sum(inside) / (len(x) * 28 * 28)


FORMULAS: dict[str, tuple[Callable, type[torch.optim.Optimizer], float]] = {
    "post1-vae": (post1_vae, torch.optim.SGD, 0.01),
    "post2-ae": (post2_ae, torch.optim.Adam, 1e-3),
    "post2-vae": (post2_vae, torch.optim.Adam, 1e-3),
    "post3-ae": (post3_ae, torch.optim.Adam, 1e-3),
    "post3-vae": (post3_vae, torch.optim.Adam, 1e-3),
    "post4-vae": (post4_vae, torch.optim.Adam, 1e-3),
}


def test_every_program_has_its_formula() -> None:
    assert [name for name in PRESETS if not name.endswith("-fixed")] == list(FORMULAS)


@pytest.mark.parametrize("name", FORMULAS)
def test_one_step_is_the_posts_own(name: str) -> None:
    formula, optimizer, learning_rate = FORMULAS[name]
    x = torch.from_numpy(pixels())
    before, after, noise = step_of(name, x)
    net = Copy(before)
    loss = formula(net, x, noise)
    loss.backward()
    optimizer(net.weights, lr=learning_rate).step()
    for ours, theirs, start in zip(after, net.weights, before, strict=True):
        moved = (theirs.detach() - start).abs().max()
        assert moved > 0 or name == "post4-vae"  # a dead unit of its ReLU heads does not move
        # Adam divides a gradient by itself: where it is nearly 0, rounding decides on a hundredth of a step.
        torch.testing.assert_close(ours, theirs.detach(), rtol=1e-5, atol=float(moved) * 1e-2)


@pytest.mark.parametrize("name", ["post1-vae", "post2-vae", "post3-vae", "post4-vae"])
def test_a_wrong_formula_would_be_noticed(name: str) -> None:
    x = torch.from_numpy(pixels())
    before, after, noise = step_of(name, x)
    net = Copy(before)
    formula, optimizer, learning_rate = FORMULAS[name]
    (formula(net, x, noise) + 0.1 * formula(net, x.flip(0), noise)).backward()
    optimizer(net.weights, lr=learning_rate).step()
    gaps = [float((ours - theirs.detach()).abs().max()) for ours, theirs in zip(after, net.weights, strict=True)]
    assert max(gaps) > 1e-4


@pytest.mark.filterwarnings("ignore::reducers.PosteriorCollapseWarning")
@pytest.mark.parametrize(
    ("name", "side"), [("post2-ae", 28), ("post2-vae", 28), ("post3-vae-fixed", 14), ("post4-vae", 28)]
)
def test_a_run_keeps_what_the_post_displays(name: str, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reducers.posts.displayed.DISPLAYED", 5)
    preset, X = reducers.preset(name), pixels()
    reducer = reducers.create(preset.reducer, **{**preset.params, "n_epochs": 1, "batch_size": 8, "random_state": 0})
    displayed = reducer.fit(X).extras(X)["displayed"]
    codes = reducer._sampled(X[:5]) if "vae" in name else reducer.encode(X[:5])
    assert displayed.shape == (5, side**2) and displayed.dtype == np.float32
    assert np.array_equal(displayed, reducer._shown(codes))
    if "vae" in name:
        assert not np.allclose(displayed, reducer._shown(reducer.encode(X[:5]))), "means are shown instead of samples"
