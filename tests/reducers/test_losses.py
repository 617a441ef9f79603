from __future__ import annotations

from math import log, pi

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reducers._neural.losses import Posterior, optimal_sigma_nll, scale
from reducers.posts.post1 import Post1VAE
from reducers.posts.post2 import Post2VAE, Post2VAEFixed
from reducers.posts.post4 import Post4VAE, Post4VAEFixed
from reducers.vae import VAE

NORMAL = torch.distributions.Normal(0.0, 1.0)
HEAD = torch.randn((50, 6), generator=torch.Generator().manual_seed(0))


class Mixed(VAE):
    reconstruction_reduction = "sum"


def posterior_of(vae: VAE) -> tuple[Posterior, torch.distributions.Normal]:
    """Return ours and torch's, of one output of an encoder."""
    mean, spread = HEAD.chunk(2, dim=1)
    deviation = torch.exp(spread) if isinstance(vae, Post2VAEFixed) else torch.exp(spread / 2)
    return vae._posterior_of(HEAD), torch.distributions.Normal(mean, deviation)


@pytest.mark.parametrize("vae", [VAE(), Post2VAEFixed()], ids=["log variance", "log deviation"])
def test_the_kl_is_that_of_torch(vae: VAE) -> None:
    ours, theirs = posterior_of(vae)
    torch.testing.assert_close(ours.kl(), torch.distributions.kl_divergence(theirs, NORMAL))
    torch.testing.assert_close(vae._kl(ours), ours.kl())


def test_the_missing_half_is_a_narrower_prior() -> None:
    vae = Post2VAE()
    ours, theirs = posterior_of(vae)
    narrow = torch.distributions.Normal(0.0, 0.5**0.5)
    expected = torch.distributions.kl_divergence(theirs, narrow) + log(2) / 2
    torch.testing.assert_close(vae._kl(ours), expected, rtol=1e-5, atol=1e-5)


def test_a_head_of_relus_pays_for_a_deviation_of_zero_without_gradient() -> None:
    head = torch.tensor([[1.5, 2.0, -1.0, 0.5]], requires_grad=True)  # two means, then two deviations
    posterior = Post4VAE()._posterior_of(head)
    kl = posterior.kl()
    dead = 0.5 * (2.0**0 * 1.5**2 - 1 - log(1e-8))
    assert kl[0, 0].item() == pytest.approx(dead, rel=1e-5)
    assert 0.5 * (-1 - log(1e-8)) == pytest.approx(8.71, abs=0.01)
    exact = torch.distributions.kl_divergence(torch.distributions.Normal(2.0, 0.5), NORMAL)
    assert kl[0, 1].item() == pytest.approx(exact.item(), rel=1e-5)
    kl.sum().backward()
    assert head.grad is not None
    assert head.grad[0, 2] == 0


def test_a_sample_has_the_posteriors_mean_and_deviation() -> None:
    head = torch.tensor([[1.0, np.log(0.25)]]).float().expand(200_000, 2)
    drawn = VAE()._posterior_of(head).sample(torch.Generator().manual_seed(0))
    assert drawn.mean().item() == pytest.approx(1.0, abs=0.005)
    assert drawn.std().item() == pytest.approx(0.5, abs=0.005)


@given(st.floats(0.01, 1e3), st.integers(1, 900))
def test_the_optimal_sigma_is_a_likelihood_maximised(error: float, n_features: int) -> None:
    def nll(variance: float) -> float:
        return n_features / 2 * log(2 * pi * variance) + error / (2 * variance)

    best = error / n_features
    ours = optimal_sigma_nll(torch.tensor(error, dtype=torch.float64), n_features).item()
    assert ours == pytest.approx(nll(best), rel=1e-6, abs=1e-6)
    assert ours <= min(nll(best * 1.1), nll(best / 1.1)) + 1e-6


@pytest.mark.parametrize(("reduction", "of"), [("sum", torch.sum), ("mean", torch.mean)])
def test_reductions_are_torchs(reduction: str, of) -> None:
    errors = torch.rand((7, 5), generator=torch.Generator().manual_seed(0))
    per_sample = errors.sum(dim=1).mean()
    torch.testing.assert_close(per_sample * scale(reduction, 7, 5), of(errors))
    assert scale("sample", 7, 5) == 1


@pytest.mark.parametrize(
    ("vae", "expected"), [(Post1VAE(), 7840), (Post2VAE(), 1), (Post4VAEFixed(), 1), (VAE(), 1), (Mixed(), 0.1)]
)
def test_beta_has_one_unit(vae: VAE, expected: float) -> None:
    with torch.random.fork_rng(devices=[]):
        vae._build(784, "sigmoid")
    assert vae._beta(10) == pytest.approx(expected)
