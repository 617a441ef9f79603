"""Collapse where theory puts it: a linear VAE keeps a direction of the data if it varies by more than beta / 2."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reducers import PosteriorCollapseWarning
from reducers._neural.collapse import _largest_variance
from reducers.vae import VAE

EIGENVALUES = (4.0, 2.0, 1.0, 0.25)


def cloud(n: int = 1_500) -> np.ndarray:
    """Return points whose covariance has exactly the eigenvalues above, in directions of no axis."""
    rng = np.random.RandomState(0)
    points = rng.standard_normal((n, 4))
    points -= points.mean(axis=0)
    white = points @ np.linalg.inv(np.linalg.cholesky(points.T @ points / n)).T
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    return (white * np.sqrt(EIGENVALUES) @ turn.T).astype(np.float32)


def linear_vae(beta: float) -> VAE:
    return VAE(
        4, (), output_activation="identity", beta=beta, n_epochs=60, learning_rate=5e-3, batch_size=50, random_state=0
    )


@pytest.mark.whole
@pytest.mark.parametrize(("beta", "active"), [(0.1, 4), (1.0, 3), (3.0, 2), (6.0, 1)])
def test_active_units_of_a_linear_vae_are_eigenvalues_above_half_of_beta(beta: float, active: int) -> None:
    assert active == sum(eigenvalue > beta / 2 for eigenvalue in EIGENVALUES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vae = linear_vae(beta).fit(cloud())
    assert vae.active_units_ == active
    assert not vae.is_collapsed_


def test_a_linear_vae_above_the_largest_eigenvalue_collapses_and_says_why() -> None:
    with pytest.warns(
        PosteriorCollapseWarning, match="beta is 12 on the squared error of a sample, a decoder variance of 6"
    ):
        vae = linear_vae(12.0).fit(cloud())
    assert vae.active_units_ == 0
    assert vae.is_collapsed_
    assert vae.extras(cloud())["kl_per_dimension"].max() < 0.01


def test_a_training_too_short_is_another_cause() -> None:
    vae = VAE(2, (8,), n_epochs=1, learning_rate=1e-9, beta=1e-9, random_state=0)
    with pytest.warns(PosteriorCollapseWarning, match="training was too short"):
        vae.fit(cloud() * 0.01)


def test_the_warning_points_at_the_caller() -> None:
    with pytest.warns(PosteriorCollapseWarning) as caught:
        VAE(2, (8,), n_epochs=1, random_state=0).fit_transform(cloud() * 0.01)
    assert caught[0].filename == __file__


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 60), st.integers(1, 30), st.integers(0, 100))
def test_the_largest_variance_is_the_largest_eigenvalue(n: int, n_features: int, seed: int) -> None:
    X = np.random.RandomState(seed).standard_normal((n, n_features))
    expected = np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T)))[-1]
    assert _largest_variance(X) == pytest.approx(expected, rel=1e-6, abs=1e-9)
