"""The project's own checks of a reducer: what scikit-learn does not ask, and what the measurements rely on."""

from __future__ import annotations

import pickle
import random
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits

from bench.commands.failures import Holds
from reducers.base import Reducer

ROWS = 60
UNLIKELY_SEED = 748_291_643

CHECKS: dict[str, tuple[Holds, str]] = {}
"""The checks by name, each with what to do if it fails."""


def make(cls: type[Reducer], **params: object) -> Reducer:
    """Return a reducer with its quick parameters and a seed, if it takes one."""
    reducer = cls(**{**cls.quick_params, **params})
    if "random_state" in reducer.get_params() and "random_state" not in params:
        reducer.set_params(random_state=0)
    return reducer


_digits = cache(load_digits)


def points() -> np.ndarray:
    """Return a few digits, in the type that studies hand over."""
    return (_digits().data[:ROWS] / 16).astype(np.float32)


def _to_fix(advice: str) -> Callable[[Holds], Holds]:
    """Make a function a check, with advice for when it fails."""

    def register(holds: Holds) -> Holds:
        CHECKS[holds.__name__.removeprefix("_")] = holds, advice
        return holds

    return register


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


@_to_fix("draw from rng only, and in a fixed order")
def _same_seed_same_bytes(cls: type[Reducer]) -> None:
    first, second = (make(cls).fit_transform(points()) for _ in range(2))
    assert _same(first, second), "two fits with random_state=0 differ"


@_to_fix("hand rng on, or take no random_state")
def _other_seed_other_embedding(cls: type[Reducer]) -> None:
    if "random_state" in cls().get_params():
        first, second = (make(cls, random_state=seed).fit_transform(points()) for seed in (0, 1))
        assert not np.allclose(first, second), "random_state=0 and random_state=1 give the same embedding"


@_to_fix("let fit and fit_transform be the base class's")
def _labels_are_not_used(cls: type[Reducer]) -> None:
    y = _digits().target[:ROWS]
    shuffled = np.random.RandomState(0).permutation(y)
    without, true, other = (make(cls).fit_transform(points(), labels) for labels in (None, y, shuffled))
    assert _same(without, true), "labels changed the embedding"
    assert _same(true, other), "shuffled labels changed the embedding"


@_to_fix("work on a copy")
def _input_is_untouched(cls: type[Reducer]) -> None:
    X = points()
    X.flags.writeable = False  # says where it is written to; compiled code may write all the same
    reducer = make(cls).fit(X)
    if hasattr(reducer, "transform"):
        reducer.transform(X)
    assert _same(X, points()), "the input was changed"


@_to_fix("copy X before writing to it")
def _read_only_memory_map_is_accepted(cls: type[Reducer]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.npy"
        np.save(path, points())
        X = np.load(path, mmap_mode="r")
        reducer = make(cls).fit(X)
        assert _same(reducer.embedding_, make(cls).fit_transform(points())), "mapped input gives another embedding"
        if hasattr(reducer, "transform"):
            reducer.transform(X)


@_to_fix("store parameters unchanged in __init__ and no open handles")
def _pickles_and_clones(cls: type[Reducer]) -> None:
    X = points()
    reducer = make(cls).fit(X)
    copy = pickle.loads(pickle.dumps(reducer))
    assert _same(copy.embedding_, reducer.embedding_), "the pickled embedding differs"
    if hasattr(reducer, "transform"):
        same = np.allclose(copy.transform(X[:20]), reducer.transform(X[:20]))
        assert same, "the pickled reducer transforms differently"
    twin = clone(reducer)
    assert not hasattr(twin, "embedding_"), "a clone is fitted"
    assert repr(twin.get_params()) == repr(reducer.get_params()), "a clone has other parameters"


@_to_fix("set every attribute again in _fit")
def _refitting_forgets(cls: type[Reducer]) -> None:
    X = points()
    refitted = make(cls).fit(X[:40]).fit(X[20:])
    assert _same(refitted.embedding_, make(cls).fit_transform(X[20:])), "the first fit left a trace"


@_to_fix("hand n_components on")
def _embeds_in_one_two_and_three_dimensions(cls: type[Reducer]) -> None:
    for n_components in (1, 2, 3):
        Z = make(cls, n_components=n_components).fit_transform(points())
        assert Z.shape == (ROWS, n_components), f"n_components={n_components} gives shape {Z.shape}"


@_to_fix("excuse it where the method cannot promise it")
def _transform_agrees_with_fit(cls: type[Reducer]) -> None:
    reducer = make(cls).fit(points())
    if hasattr(reducer, "transform"):
        gap = np.abs(reducer.transform(points()) - reducer.embedding_).max()
        scale = np.abs(reducer.embedding_).max()
        assert gap <= 1e-3 * scale, f"training points are mapped up to {gap:.2g} away from embedding_"


@_to_fix("return one row of features for each position")
def _inverse_returns_to_the_data(cls: type[Reducer]) -> None:
    reducer = make(cls).fit(points())
    if hasattr(reducer, "inverse_transform"):
        X = reducer.inverse_transform(reducer.embedding_)
        assert X.shape == points().shape, f"inverse_transform gives shape {X.shape}"
        assert np.isfinite(X).all(), "inverse_transform gives NaN or infinity"


@_to_fix("use rng, not np.random or torch's own")
def _global_generators_are_untouched(cls: type[Reducer]) -> None:
    def states() -> list[bytes]:
        torch = sys.modules.get("torch")
        found = [pickle.dumps(np.random.get_state()), pickle.dumps(random.getstate())]
        return found + ([torch.random.get_rng_state().numpy().tobytes()] if torch else [])

    make(cls).fit(points())  # whatever it imports has been imported by now
    before_numpy, before_python = np.random.get_state(), random.getstate()
    try:
        # A state that no seeding by a reducer is likely to bring about.
        np.random.seed(UNLIKELY_SEED)
        random.seed(UNLIKELY_SEED)
        before = states()
        make(cls).fit(points())
        assert states() == before, "a global random generator was seeded or drawn from"
    finally:
        np.random.set_state(before_numpy)
        random.setstate(before_python)
