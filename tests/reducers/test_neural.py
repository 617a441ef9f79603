from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import reducers
from reducers._training import TrainingDivergedError
from reducers.autoencoder import Autoencoder
from reducers.vae import VAE

X = (load_digits().data[:600] / 16).astype(np.float32)


def test_a_linear_autoencoder_spans_the_subspace_of_pca() -> None:
    # Standard deviations far enough apart that the subspace is found soon.
    points = np.random.RandomState(0).standard_normal((600, 10)) * np.array([5, 3, *[0.5] * 8])
    points = (points - points.mean(axis=0)).astype(np.float32)
    linear = Autoencoder(hidden_layer_sizes=(), n_epochs=150, learning_rate=1e-2, random_state=0).fit(points)
    pca = PCA(2).fit(points)
    error = np.square(points - linear.inverse_transform(linear.embedding_)).sum(axis=1).mean()
    best = np.square(points - pca.inverse_transform(pca.transform(points))).sum(axis=1).mean()
    assert error == pytest.approx(best, rel=0.02)
    decoder = linear.decoder_[0].weight.detach().numpy()
    cosines = np.linalg.svd(np.linalg.qr(decoder)[0].T @ pca.components_.T, compute_uv=False)
    assert cosines.min() > 0.999


def test_the_vae_loss_is_squared_error_plus_beta_times_kl() -> None:
    vae = VAE(beta=0.7, hidden_layer_sizes=(8,), n_epochs=1, random_state=0).fit(X)
    batch = torch.from_numpy(X[:32].copy())
    loss, reconstruction, kl = vae._loss(batch, torch.Generator().manual_seed(3))
    mean, log_variance = vae.encoder_(batch)[:, :2], vae.encoder_(batch)[:, 2:]
    posterior = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
    exact = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(3))
    rebuilt = vae.decoder_(mean + noise * torch.exp(log_variance / 2))
    error = ((rebuilt - batch) ** 2).sum() / len(batch)
    torch.testing.assert_close(kl, exact)
    torch.testing.assert_close(reconstruction, error)
    torch.testing.assert_close(loss, error + 0.7 * exact)


def test_the_embedding_of_a_vae_is_its_posterior_mean() -> None:
    vae = VAE(hidden_layer_sizes=(8,), n_epochs=2, random_state=0).fit(X)
    with torch.no_grad():
        mean = vae.encoder_(torch.from_numpy(X.copy()))[:, :2].numpy()
    assert np.array_equal(vae.embedding_, mean)
    assert np.array_equal(vae.transform(X), vae.transform(X))


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_training_improves_and_is_recorded(name: str) -> None:
    reducer = reducers.create(name, hidden_layer_sizes=(32,), n_epochs=12, random_state=0).fit(X)
    losses = [epoch.loss for epoch in reducer.history_]
    assert [epoch.epoch for epoch in reducer.history_] == list(range(1, 13))
    assert reducer.n_iter_ == 12
    assert losses[-1] < 0.8 * losses[0]
    assert all(epoch.seconds > 0 for epoch in reducer.history_)
    assert all((epoch.kl > 0) == (name == "vae") for epoch in reducer.history_)


def test_the_output_is_bounded_where_the_data_are() -> None:
    inside = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1).fit(X)
    outside = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1).fit(X * 5 - 1)
    assert isinstance(inside.decoder_[-1], torch.nn.Sigmoid)
    assert isinstance(outside.decoder_[-1], torch.nn.Linear)


@pytest.mark.parametrize(
    ("params", "data", "message"),
    [
        ({"n_epochs": 0}, X, "Got n_epochs=0, but expected at least 1"),
        ({"batch_size": 0}, X, "Got batch_size=0, but expected at least 1"),
        ({"output_activation": "tanh"}, X, "Got output_activation='tanh'"),
        (
            {"output_activation": "sigmoid"},
            X * 2,
            r"Got values from 0 to 2, but a sigmoid output reaches only \[0, 1\]",
        ),
    ],
)
def test_bad_parameters_are_refused(params: dict, data: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Autoencoder(**{"n_epochs": 1, **params}).fit(data)


def test_a_loss_that_is_no_number_fails_with_its_epoch() -> None:
    with pytest.raises(TrainingDivergedError, match=r"Got loss=(nan|inf) in epoch \d+ of 5"):
        Autoencoder(
            hidden_layer_sizes=(), output_activation="identity", learning_rate=1e18, n_epochs=5, random_state=0
        ).fit(X * 1e3)


def test_a_batch_larger_than_the_data_is_the_data() -> None:
    whole = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1, batch_size=len(X), random_state=0).fit(X)
    larger = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1, batch_size=10_000, random_state=0).fit(X)
    assert np.array_equal(whole.embedding_, larger.embedding_)
