from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from reducers.auto_decoder import AutoDecoder

X = (load_digits().data[:300] / 16).astype(np.float32)


def _error(points: np.ndarray, found: AutoDecoder) -> float:
    return float(np.square(points - found.inverse_transform(found.embedding_)).sum(axis=1).mean())


def _error_of_pca(points: np.ndarray) -> float:
    pca = PCA(2).fit(points)
    return float(np.square(points - pca.inverse_transform(pca.transform(points))).sum(axis=1).mean())


@pytest.mark.parametrize("init", ["pca", "random"])
def test_a_linear_decoder_reaches_the_error_of_pca(init: str) -> None:
    points = np.random.RandomState(0).standard_normal((300, 10)) * np.array([5, 3, *[0.5] * 8])
    points = (points - points.mean(axis=0)).astype(np.float32)
    params = {"hidden_layer_sizes": (), "learning_rate": 1e-2, "n_epochs": 150, "batch_size": 32}
    linear = AutoDecoder(**params, init=init, random_state=0).fit(points)
    assert _error(points, linear) == pytest.approx(_error_of_pca(points), rel=0.02)


def test_positions_and_decoder_reconstruct_better_than_pca() -> None:
    found = AutoDecoder(hidden_layer_sizes=(64, 32), n_epochs=100, batch_size=32, random_state=0).fit(X)
    assert _error(X, found) < 0.8 * _error_of_pca(X)
    assert found.history_[-1].loss < found.history_[0].loss


def test_positions_begin_with_principal_components() -> None:
    still = AutoDecoder(n_epochs=1, learning_rate=0.0, random_state=0).fit(X)
    components = PCA(2, svd_solver="covariance_eigh").fit_transform(X)
    np.testing.assert_allclose(np.abs(still.embedding_), np.abs(components / components[:, 0].std()), atol=1e-3)


def test_it_has_no_transform() -> None:
    assert not hasattr(AutoDecoder(), "transform")
    assert hasattr(AutoDecoder(), "inverse_transform")


def test_a_start_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(ValueError, match="init='spectral', but expected one of: pca, random"):
        AutoDecoder(init="spectral").fit(X)
