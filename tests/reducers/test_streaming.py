"""Reducers that read bytes in blocks: the same results as with float32, and no copy of all of it."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from sklearn.decomposition import PCA

import reducers
from reducers import _covariance
from reducers import rows as rows_of_bytes
from reducers._neural import in_place
from reducers.rows import Rows, blocks, stretch_of

BYTES = np.random.RandomState(0).randint(256, size=(3_000, 40)).astype(np.uint8)
BYTES[:, :5] = BYTES[:, 5:6] // 2 + BYTES[:, :5] // 2  # one direction with most variance
FLOATS = (BYTES / 255).astype(np.float32)
ROWS = Rows(BYTES, 255.0)


def test_rows_are_what_an_array_of_float32_is() -> None:
    np.testing.assert_array_equal(np.asarray(ROWS), FLOATS)
    assert (ROWS.shape, ROWS.dtype, len(ROWS), ROWS.ndim) == (FLOATS.shape, FLOATS.dtype, len(FLOATS), 2)
    for key in (slice(3, 9), np.array([5, 2]), 7, (slice(None), 3), BYTES[:, 0] > 100):
        np.testing.assert_array_equal(ROWS[key], FLOATS[key])
        assert ROWS[key].dtype == np.float32
    for name in ("min", "max"):
        np.testing.assert_array_equal(getattr(ROWS, name)(axis=0), getattr(FLOATS, name)(axis=0))
        assert getattr(ROWS, name)() == getattr(FLOATS, name)()
    np.testing.assert_allclose(ROWS.mean(axis=0), FLOATS.mean(axis=0, dtype=np.float64), rtol=1e-6)
    assert ROWS.sum() == pytest.approx(FLOATS.sum(dtype=np.float64))
    np.testing.assert_array_equal(np.square(ROWS - FLOATS.mean(axis=0)), np.square(FLOATS - FLOATS.mean(axis=0)))
    np.testing.assert_array_equal(ROWS.astype(np.float64), FLOATS.astype(np.float64))
    with pytest.raises(ValueError, match="only by a copy"):
        np.asarray(ROWS, copy=False)


def test_blocks_and_stretches_hold_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_of_bytes, "BLOCK_VALUES", 40 * 700)
    for X in (ROWS, FLOATS):
        found = list(blocks(X))
        assert [rows for rows, _ in found][-1] == slice(2_800, 3_000)
        np.testing.assert_array_equal(np.concatenate([block for _, block in found]), FLOATS)
        part = stretch_of(X, slice(5, 50))
        assert type(part) is type(X)
        np.testing.assert_array_equal(np.asarray(part), FLOATS[5:50])


@pytest.mark.parametrize("X", [ROWS, FLOATS.astype(np.float64)], ids=["bytes", "float64"])
@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_pca_by_blocks_is_that_of_scikit_learn(X: object, shift: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_covariance, "STREAMED", 0)
    monkeypatch.setattr(rows_of_bytes, "BLOCK_VALUES", 40 * 700)
    exact = FLOATS.astype(np.float64) + (0 if isinstance(X, Rows) else shift)
    expected = PCA(3, svd_solver="full").fit(exact)
    found = reducers.create("pca", n_components=3).fit(X if isinstance(X, Rows) else exact)
    # Which way a direction points is a convention of each solver.
    signs = np.sign((found.pca_.components_ * expected.components_).sum(axis=1))
    np.testing.assert_allclose(found.pca_.components_, expected.components_ * signs[:, None], atol=1e-6)
    np.testing.assert_allclose(found.embedding_, expected.transform(exact) * signs, atol=2e-6)
    for name in ("explained_variance_", "explained_variance_ratio_", "singular_values_", "noise_variance_"):
        np.testing.assert_allclose(getattr(found.pca_, name), getattr(expected, name), rtol=1e-6)
    np.testing.assert_allclose(found.transform(X)[:9] if not shift else found.embedding_[:9], found.embedding_[:9])
    rebuilt = found.inverse_transform(found.embedding_[:9])
    np.testing.assert_allclose(rebuilt, expected.inverse_transform(expected.transform(exact))[:9], atol=2e-6, rtol=1e-6)


def test_pca_of_bytes_copies_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_of_bytes, "BLOCK_VALUES", 2**12)
    many = Rows(np.random.RandomState(1).randint(256, size=(100_000, 16)).astype(np.uint8), 255.0)
    tracemalloc.start()
    reducers.create("pca").fit(many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < many.nbytes, "as float32 they would take four times as much"


def test_of_ordinary_data_pca_is_as_ever() -> None:
    found, expected = reducers.create("pca").fit(FLOATS), PCA(2, svd_solver="covariance_eigh").fit_transform(FLOATS)
    np.testing.assert_array_equal(found.embedding_, expected)


@pytest.mark.filterwarnings("ignore::reducers.PosteriorCollapseWarning")  # after two epochs
@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_a_network_trained_in_place_is_the_same_to_the_byte(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    params = {"n_epochs": 2, "hidden_layer_sizes": (8,), "early_stopping": True, "random_state": 0}
    expected = reducers.create(name, **params).fit(FLOATS)
    of_bytes = reducers.create(name, **params).fit(ROWS)
    monkeypatch.setattr(in_place, "LARGE", 0)
    of_floats = reducers.create(name, **params).fit(FLOATS)
    for found, X in ((of_bytes, ROWS), (of_floats, FLOATS)):
        np.testing.assert_array_equal(found.embedding_, expected.embedding_)
        np.testing.assert_array_equal(found.transform(X), expected.transform(FLOATS))
        for offered in ("extras", "training_extras"):
            one, other = (getattr(reducer, offered)(data) for reducer, data in ((found, X), (expected, FLOATS)))
            assert one.keys() == other.keys()
            for key in one.keys() - {"history"}:
                np.testing.assert_allclose(one[key], other[key], rtol=1e-5, atol=1e-7)


def test_who_streams_says_so_and_checks_what_it_gets() -> None:
    assert [name for name in reducers.names() if reducers.source(name).streams] == ["autoencoder", "pca", "vae"]
    with pytest.raises(ValueError, match="Got 30 features, but expected 40"):
        reducers.create("pca").fit(ROWS).transform(Rows(BYTES[:, :30], 255.0))
    found = reducers.create("random_projection", random_state=0)  # which does not, takes a copy
    np.testing.assert_array_equal(found.fit_transform(ROWS), found.fit_transform(FLOATS))
