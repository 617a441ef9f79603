from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from reducers import Epoch, TrainingDivergedError
from reducers.autoencoder import Autoencoder
from reducers.parametric_umap import ParametricUMAP

DIGITS, LABELS = load_digits(return_X_y=True)
X, Y = (DIGITS[:300] / 16).astype(np.float32), LABELS[:300]
SMALL: dict = {"hidden_layer_sizes": (64, 32), "random_state": 0}


def _accuracy(Z: np.ndarray) -> float:
    """Return how many of the five nearest neighbours have the class of their point."""
    rows = NearestNeighbors(n_neighbors=5).fit(Z).kneighbors(return_distance=False)
    return float((Y[rows] == Y[:, None]).mean())


def test_it_keeps_far_more_neighbours_than_pca() -> None:
    found = ParametricUMAP(**SMALL, n_epochs=60).fit_transform(X)
    assert _accuracy(found) > _accuracy(PCA(2).fit_transform(X)) + 0.2


def test_the_codes_begin_standardised_and_from_the_weights_of_an_autoencoder() -> None:
    still = ParametricUMAP(**SMALL, n_epochs=1, learning_rate=0.0).fit(X)
    np.testing.assert_allclose(np.cov(still.embedding_.T, ddof=0), np.eye(2), atol=1e-3)
    np.testing.assert_allclose(still.embedding_.mean(axis=0), 0, atol=1e-3)
    autoencoder = Autoencoder(hidden_layer_sizes=(64, 32), n_epochs=1, learning_rate=0.0, random_state=0).fit(X)
    for layer in (0, 2):
        assert still.encoder_[layer].weight.equal(autoencoder.encoder_[layer].weight)


def test_codes_that_begin_with_random_weights_lose_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    standardised = ParametricUMAP(**SMALL, n_epochs=15).fit_transform(X)
    monkeypatch.setattr(ParametricUMAP, "_standardise", lambda self, X: None)
    assert _accuracy(ParametricUMAP(**SMALL, n_epochs=15).fit_transform(X)) < _accuracy(standardised) - 0.05


def test_training_ends_by_itself_and_says_so() -> None:
    epochs: list[Epoch] = []
    until = {"early_stopping": True, "learning_rate_schedule": "plateau", "n_iter_no_change": 2, "n_epochs": 300}
    found = ParametricUMAP(**SMALL, **until, tol=0.02, callback=epochs.append).fit(X)
    assert found.converged_
    assert found.n_iter_ == len(found.history_) == len(epochs) < 300
    assert found.history_[-1].loss < found.history_[0].loss
    assert found.extras(X)["history"].shape == (found.n_iter_, 7)
    assert not ParametricUMAP(**SMALL, n_epochs=2).fit(X).converged_


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_neighbors": 300}, "n_neighbors=300, but expected less than n_samples=300"),
        ({"batch_size": 301}, "batch_size=301, but expected 1 to n_samples=300"),
        ({"batch_size": "large"}, "batch_size='large'"),
        ({"learning_rate_schedule": "cosine"}, "expected one of: constant, plateau"),
        ({"negative_sample_rate": -1}, "negative_sample_rate=-1"),
        ({"n_epochs": 0}, "n_epochs=0"),
    ],
)
def test_parameters_that_are_not_allowed_are_refused(params: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ParametricUMAP(**{**SMALL, **params}).fit(X)


def test_a_training_that_diverges_is_an_error() -> None:
    with pytest.raises(TrainingDivergedError, match="learning_rate"):
        ParametricUMAP(**SMALL, learning_rate=1e30).fit(X)
