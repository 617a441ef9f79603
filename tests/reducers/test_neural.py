from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError

import reducers
from reducers import Epoch, TrainingDivergedError
from reducers.autoencoder import Autoencoder
from reducers.posts.post2 import Post2VAE
from reducers.posts.post3 import Post3VAE
from reducers.vae import VAE

QUICK: dict = {"hidden_layer_sizes": (16,), "n_epochs": 8, "batch_size": 32, "learning_rate": 5e-3, "random_state": 0}
OF_VAE = {"vae": {"beta": 0.1}, "autoencoder": {}}

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


def fitted(cls: type[VAE] = VAE, **params: object) -> VAE:
    """Return a small VAE that has learnt something; beta is well below the variance of these small images."""
    return cls(**{**QUICK, "beta": 0.1, **params}).fit(X)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli", "optimal_sigma"])
def test_the_vae_loss_is_a_likelihood_and_beta_times_kl(likelihood: str) -> None:
    vae = fitted(likelihood=likelihood)
    batch = torch.from_numpy(X[:32].copy())
    loss, reconstruction, kl = vae._terms(batch, 0.7, torch.Generator().manual_seed(3))
    mean, log_variance = vae.encoder_(batch)[:, :2], vae.encoder_(batch)[:, 2:]
    posterior = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
    exact = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    noise = torch.randn(mean.shape, generator=torch.Generator().manual_seed(3))
    rebuilt = vae.decoder_(mean + noise * torch.exp(log_variance / 2))
    error = ((rebuilt - batch) ** 2).sum() / len(batch)
    sigma = (error / 64).sqrt()
    expected = {
        "gaussian": error,
        "bernoulli": torch.nn.functional.binary_cross_entropy(rebuilt, batch, reduction="sum") / len(batch),
        "optimal_sigma": -torch.distributions.Normal(rebuilt, sigma).log_prob(batch).sum() / len(batch),
    }[likelihood]
    torch.testing.assert_close(kl, exact)
    torch.testing.assert_close(reconstruction, error if likelihood == "optimal_sigma" else expected)
    torch.testing.assert_close(loss, expected + 0.7 * exact)


def test_beta_of_an_optimal_sigma_is_given_in_the_unit_of_the_squared_error() -> None:
    last = fitted(likelihood="optimal_sigma").history_[-1]
    assert last.beta == pytest.approx(0.1 * 2 * last.reconstruction / 64)


def test_beta_warms_up_in_a_line() -> None:
    betas = [epoch.beta for epoch in fitted(n_epochs=8, kl_warm_up=0.5, beta=0.2).history_]
    assert betas == pytest.approx([0.05, 0.1, 0.15, 0.2, 0.2, 0.2, 0.2, 0.2])


def test_the_embedding_of_a_vae_is_its_posterior_mean() -> None:
    vae = fitted()
    with torch.no_grad():
        head = vae.encoder_(torch.from_numpy(X.copy()))
    mean, deviation = vae.encode(X, return_std=True)
    assert np.array_equal(vae.embedding_, head[:, :2].numpy())
    assert np.array_equal(vae.embedding_, mean)
    assert np.allclose(deviation, torch.exp(head[:, 2:] / 2).numpy())
    assert np.array_equal(vae.transform(X), vae.transform(X))


class Sampled(VAE):
    _embedding = Post2VAE._embedding


def test_a_sampled_embedding_is_drawn_around_the_mean_and_stays() -> None:
    sampled = fitted(Sampled)
    mean, deviation = sampled.encode(X, return_std=True)
    z = (sampled.embedding_ - mean) / deviation
    assert np.array_equal(mean, fitted().embedding_), "what is plotted must not change what is learnt"
    assert np.array_equal(sampled.transform(X), sampled.embedding_)
    assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=0.1)
    other = fitted(Sampled, random_state=1)
    mean, deviation = other.encode(X, return_std=True)
    assert not np.allclose((other.embedding_ - mean) / deviation, z, atol=0.01), "two seeds drew the same noise"


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_training_improves_and_is_recorded(name: str) -> None:
    reducer = reducers.create(name, **{**QUICK, **OF_VAE[name], "n_epochs": 12}).fit(X)
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
        ({"batch_size": 0}, X, "Got batch_size=0, but expected at least 1, or 'auto'"),
        ({"batch_size": "many"}, X, "Got batch_size='many'"),
        ({"batch_size": 601}, X, "Got batch_size=601, but expected at most the 600 samples"),
        ({"batch_size": 541, "early_stopping": True}, X, "Got batch_size=541, but expected at most the 540 samples"),
        ({"early_stopping": True, "validation_fraction": 0.0}, X, "Got validation_fraction=0.0"),
        ({"early_stopping": True, "validation_fraction": 1e-9}, X, "leave rows on both sides of n_samples=600"),
        ({"n_iter_no_change": 0}, X, "Got n_iter_no_change=0"),
        ({"tol": -1}, X, "Got tol=-1, but expected at least 0"),
        ({"optimizer": "lbfgs"}, X, "Got optimizer='lbfgs', but expected one of: adam, sgd"),
        ({"output_activation": "softmax"}, X, "Got output_activation='softmax'"),
        ({"output_activation": "tanh"}, X * 2, r"Got values from 0 to 2, but a tanh output reaches only \[-1, 1\]"),
        ({}, np.where(X[0, 3] == X, np.nan, X), "Input X contains NaN"),
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


def test_a_loss_that_is_not_finite_fails_with_its_epoch() -> None:
    with pytest.raises(TrainingDivergedError, match=r"Got loss=(nan|inf) in epoch \d+ of 5"):
        Autoencoder(
            hidden_layer_sizes=(), output_activation="identity", learning_rate=1e18, n_epochs=5, random_state=0
        ).fit(X * 1e3)


def test_the_default_batch_adapts_to_the_data() -> None:
    few = X[:50]
    whole = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1, batch_size=50, random_state=0).fit(few)
    automatic = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1, random_state=0).fit(few)
    assert np.array_equal(whole.embedding_, automatic.embedding_)
    given = Autoencoder(hidden_layer_sizes=(8,), n_epochs=1, batch_size=128, random_state=0).fit(X)
    assert np.array_equal(
        given.embedding_, Autoencoder(hidden_layer_sizes=(8,), n_epochs=1, random_state=0).fit(X).embedding_
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"likelihood": "poisson"}, "expected one of: gaussian, optimal_sigma, bernoulli"),
        ({"beta": -1}, "Got beta=-1, but expected at least 0"),
        ({"kl_warm_up": 2}, "Got kl_warm_up=2, but expected a share of the steps"),
        ({"likelihood": "bernoulli", "output_activation": "identity"}, "expected data in"),
    ],
)
def test_bad_parameters_of_a_vae_are_refused(params: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VAE(**params).fit(X)


def test_a_seed_gives_the_same_bytes_and_leaves_torchs_generator_alone() -> None:
    before = torch.random.get_rng_state()
    first, second = (fitted(Post3VAE, early_stopping=True) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert first.embedding_.tobytes() == second.embedding_.tobytes()
    assert [epoch.validation for epoch in first.history_] == [epoch.validation for epoch in second.history_]
    for name, array in first.extras(X).items():
        if name != "history":  # it has seconds in it
            assert array.tobytes() == second.extras(X)[name].tobytes(), name


def test_early_stopping_keeps_the_best_weights() -> None:
    params = {"hidden_layer_sizes": (32,), "learning_rate": 0.05, "early_stopping": True, "n_iter_no_change": 3}
    stopped = Autoencoder(**params, n_epochs=200, random_state=0).fit(X)
    losses = [epoch.validation for epoch in stopped.history_]
    best = int(np.argmin(losses)) + 1
    assert best < stopped.n_iter_ < 200
    earlier = [min(losses[: epoch + 1]) for epoch in range(len(losses))]
    waited = [loss >= before - 1e-4 for loss, before in zip(losses[1:], earlier, strict=False)]
    assert waited[-4:] == [True] * 4 and not any(all(waited[i : i + 4]) for i in range(len(waited) - 4))
    until_then = Autoencoder(**params, n_epochs=best, random_state=0).fit(X)
    assert np.array_equal(stopped.embedding_, until_then.embedding_)


def test_no_early_stopping_validates_nothing() -> None:
    assert all(np.isnan(epoch.validation) for epoch in fitted().history_)


def test_a_callback_stops_the_training() -> None:
    seen: list = []

    def stop(record: Epoch) -> bool:
        seen.append(record)
        return record.epoch == 3

    reducer = fitted(callback=stop)
    assert reducer.n_iter_ == 3
    assert tuple(seen) == reducer.history_
    assert np.array_equal(reducer.embedding_, fitted(n_epochs=3).embedding_)


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_methods_return_the_shapes_that_they_document(name: str) -> None:
    params = QUICK | OF_VAE[name]
    reducer = reducers.create(name, **params).fit(X)
    assert np.array_equal(reducer.inverse_transform(reducer.encode(X)), reducer.reconstruct(X))
    found = reducer.training_extras(X)["fitted_squared_error"]
    assert found == pytest.approx(np.square(X - reducer.reconstruct(X)).sum(axis=1), rel=1e-4)
    assert reducer.sample(5, random_state=0).shape == (5, 64)


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_noise_scores_lower_than_digits(name: str) -> None:
    reducer = reducers.create(name, **QUICK, **OF_VAE[name]).fit(X)
    noise = np.random.RandomState(0).rand(50, 64).astype(np.float32)
    assert reducer.score_samples(noise).max() < np.median(reducer.score_samples(X))


def test_a_score_is_minus_the_loss_without_noise() -> None:
    ae = Autoencoder(hidden_layer_sizes=(16,), n_epochs=2, random_state=0).fit(X)
    assert -ae.score_samples(X) == pytest.approx(np.square(X - ae.reconstruct(X)).sum(axis=1), rel=1e-4)
    vae = fitted(beta=0.3)
    mean, deviation = vae.encode(X, return_std=True)
    kl = 0.5 * (mean**2 + deviation**2 - 1 - 2 * np.log(deviation)).sum(axis=1)
    error = np.square(X - vae.reconstruct(X)).sum(axis=1)
    assert -vae.score_samples(X) == pytest.approx(error + 0.3 * kl, rel=1e-3)


def test_extras_are_small_arrays_of_plain_numbers() -> None:
    vae = fitted(n_epochs=12)
    extras = vae.extras(X[:100])
    assert extras["history"].shape == (12, len(reducers.HISTORY_COLUMNS))
    assert extras["history"][:, 0].tolist() == list(range(1, 13))
    assert extras["anomaly_score"] == pytest.approx(-vae.score_samples(X[:100]))
    assert {str(array.dtype) for array in extras.values()} == {"float32", "int32"}
    assert extras["squared_error_through_sample"].mean() > np.square(X[:100] - vae.reconstruct(X[:100])).sum(1).mean()
    assert not hasattr(reducers.create("pca"), "extras")


def test_prior_samples_during_training_are_those_of_the_fit() -> None:
    vae = fitted(Post3VAE, n_epochs=12, beta=1.0)
    weights = [parameter.clone() for parameter in vae.decoder_.parameters()]
    extras = vae.training_extras(X, by_epoch=True)
    assert extras["prior_sample_epochs"].tolist() == [1, 3, 5, 8, 10, 12]
    assert extras["prior_samples_by_epoch"].shape == (6, 16, 14 * 14)
    assert np.array_equal(extras["prior_samples_by_epoch"][-1], vae.extras(X)["prior_samples"][:16])
    after_three = fitted(Post3VAE, n_epochs=3, beta=1.0)
    assert np.array_equal(extras["prior_samples_by_epoch"][1], after_three.extras(X)["prior_samples"][:16])
    assert extras["embedding_epochs"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert np.array_equal(extras["embedding_by_epoch"][2], after_three.transform(X))
    assert np.array_equal(extras["embedding_by_epoch"][-1], vae.transform(X))
    assert all(map(torch.equal, weights, vae.decoder_.parameters())), "the fitted networks were trained further"


def test_prior_samples_end_where_training_did() -> None:
    stopped = fitted(n_epochs=12, callback=lambda record: record.epoch == 4)
    extras = stopped.training_extras(X, by_epoch=True)
    assert extras["prior_sample_epochs"].tolist() == [1, 2, 3, 4]


def test_a_fit_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []
    monkeypatch.setattr(VAE, "_inverse_transform", lambda self, Z: decoded.append(len(Z)))
    monkeypatch.setattr(VAE, "_shown", lambda self, Z: decoded.append(len(Z)))
    vae = fitted()
    assert decoded == []
    vae.inverse_transform(vae.embedding_)
    assert decoded == [len(X)]


def test_extras_are_those_of_a_fitted_reducer() -> None:
    with pytest.raises(NotFittedError):
        VAE().extras(X)
    with pytest.raises(NotFittedError):
        VAE().training_extras(X)


@pytest.mark.whole
def test_a_fit_holds_one_copy_of_the_data() -> None:
    code = """
import threading, numpy as np, psutil, reducers
make = lambda: reducers.create("autoencoder", hidden_layer_sizes=(16,), n_epochs=1)
X = np.random.RandomState(0).rand(30_000, 784).astype(np.float32)
make().fit(X[:500])  # whatever is loaded once has been loaded by now
memory, ended = psutil.Process().memory_info, threading.Event()
before, most = memory().rss, 0
def watch():
    global most
    while not ended.wait(0.005):
        most = max(most, memory().rss)
thread = threading.Thread(target=watch)
thread.start()
make().fit(X)
ended.set()
thread.join()
print((most - before) / X.nbytes)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 0.9 < float(done.stdout) < 1.5


def test_stopped_by_a_callback_in_its_best_epoch_it_keeps_that_epoch() -> None:
    params = {**QUICK, "early_stopping": True}
    reducer = Autoencoder(**params, callback=lambda record: record.epoch == 2).fit(X)
    losses = [epoch.validation for epoch in reducer.history_]
    assert losses[1] < losses[0]
    assert np.array_equal(reducer.embedding_, Autoencoder(**{**params, "n_epochs": 2}).fit(X).embedding_)
