"""Whether a reducer keeps the contract: scikit-learn's checks and our own, each with advice how to fix it."""

from __future__ import annotations

import pickle
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.utils.estimator_checks import check_estimator

import reducers
from bench.execution import numba_cache, threads
from reducers.base import Reducer

ROWS = 60
UNLIKELY_SEED = 748_291_643


@dataclass(frozen=True)
class Finding:
    """How one check ended.

    Attributes
    ----------
    name : str
        Name of the check, as `excused_checks` names it.
    advice : str
        What went wrong and how to fix it, or the reason of an excuse.
    """

    name: str
    status: Literal["passed", "failed", "excused"]
    advice: str = ""


@dataclass(frozen=True)
class Check:
    """One rule of the contract, and what to do if it is broken."""

    name: str
    holds: Callable[[type[Reducer]], None]
    advice: str


def check(name: str) -> Iterator[Finding]:
    """Run every check on a reducer with its quick parameters, and yield each finding as it is known.

    Raises
    ------
    reducers.ReducerError
        If there is no such reducer, or it cannot be imported.
    """
    cls = reducers.get(name)
    numba_cache.keep()
    # The data are tiny: more threads would only wait for each other.
    threads.set_budget(1)
    yield from contract_findings(cls)
    yield from estimator_findings(cls)


def contract_findings(cls: type[Reducer]) -> Iterator[Finding]:
    """Run the project's own checks."""
    for item in CHECKS:
        yield _finding(cls, item.name, item.advice, _failure_of(item, cls))


def estimator_findings(cls: type[Reducer]) -> list[Finding]:
    """Run scikit-learn's `check_estimator`; a check that it runs several times is one finding."""
    failures: dict[str, str | None] = {}
    with _unwarned():
        results = check_estimator(_make(cls), on_fail=None, on_skip=None)
    for result in results:
        name, failed = result["check_name"], result["status"] == "failed"
        if result["status"] != "skipped":
            failures[name] = failures.get(name) or (_one_line(result["exception"]) if failed else None)
    advice = "scikit-learn's estimator contract; see its documentation on developing estimators"
    return [_finding(cls, name, advice, failure) for name, failure in failures.items()]


def _finding(cls: type[Reducer], name: str, advice: str, failure: str | None) -> Finding:
    """Return the finding; an excuse that is not needed also fails."""
    excuse = cls.excused_checks.get(name)
    if failure is None and excuse is None:
        return Finding(name, "passed")
    if failure is None:
        return Finding(name, "failed", f"it passes; remove {name!r} from excused_checks")
    if excuse is not None:
        return Finding(name, "excused", excuse)
    return Finding(name, "failed", f"{failure}. To fix: {advice}")


def _failure_of(item: Check, cls: type[Reducer]) -> str | None:
    try:
        with _unwarned():
            item.holds(cls)
    except Exception as error:  # noqa: BLE001 - a reducer may raise anything
        return _one_line(error)
    return None


@contextmanager
def _unwarned() -> Iterator[None]:
    """Ignore warnings: so few points and so short a training cause many, and only the outcome counts here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _make(cls: type[Reducer], **params: object) -> Reducer:
    reducer = cls(**{**cls.quick_params, **params})
    if "random_state" in reducer.get_params() and "random_state" not in params:
        reducer.set_params(random_state=0)
    return reducer


def _points() -> np.ndarray:
    return (load_digits().data[:ROWS] / 16).astype(np.float32)


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


def same_seed_same_bytes(cls: type[Reducer]) -> None:
    """Two fits with one seed give the same bytes."""
    first, second = (_make(cls).fit_transform(_points()) for _ in range(2))
    assert _same(first, second), "two fits with random_state=0 differ"


def other_seed_other_embedding(cls: type[Reducer]) -> None:
    """A reducer that takes a seed uses it."""
    if "random_state" in cls().get_params():
        first, second = (_make(cls, random_state=seed).fit_transform(_points()) for seed in (0, 1))
        assert not np.allclose(first, second), "random_state=0 and random_state=1 give the same embedding"


def labels_are_not_used(cls: type[Reducer]) -> None:
    """Labels, true or shuffled, change nothing."""
    y = load_digits().target[:ROWS]
    shuffled = np.random.RandomState(0).permutation(y)
    embeddings = [_make(cls).fit_transform(_points(), labels) for labels in (None, y, shuffled)]
    assert _same(embeddings[0], embeddings[1]), "labels changed the embedding"
    assert _same(embeddings[1], embeddings[2]), "shuffled labels changed the embedding"


def input_is_untouched(cls: type[Reducer]) -> None:
    """The points given are not written to."""
    X = _points()
    reducer = _make(cls).fit(X)
    if hasattr(reducer, "transform"):
        reducer.transform(X)
    assert _same(X, _points()), "the input was changed"


def read_only_memory_map_is_accepted(cls: type[Reducer]) -> None:
    """Points may be mapped from a file that cannot be written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.npy"
        np.save(path, _points())
        X = np.load(path, mmap_mode="r")
        reducer = _make(cls).fit(X)
        assert _same(reducer.embedding_, _make(cls).fit_transform(_points())), "mapped input gives another embedding"
        if hasattr(reducer, "transform"):
            reducer.transform(X)


def pickles_and_clones(cls: type[Reducer]) -> None:
    """A fitted reducer survives a pickle, a clone keeps its parameters and forgets its fit."""
    X = _points()
    reducer = _make(cls).fit(X)
    copy = pickle.loads(pickle.dumps(reducer))
    assert _same(copy.embedding_, reducer.embedding_), "the pickled embedding differs"
    if hasattr(reducer, "transform"):
        assert np.allclose(copy.transform(X[:20]), reducer.transform(X[:20])), (
            "the pickled reducer transforms differently"
        )
    twin = clone(reducer)
    assert not hasattr(twin, "embedding_"), "a clone is fitted"
    assert repr(twin.get_params()) == repr(reducer.get_params()), "a clone has other parameters"


def refitting_forgets(cls: type[Reducer]) -> None:
    """A second fit is as if there had been no first."""
    X = _points()
    refitted = _make(cls).fit(X[:40]).fit(X[20:])
    assert _same(refitted.embedding_, _make(cls).fit_transform(X[20:])), "the first fit left a trace"


def embeds_in_one_two_and_three_dimensions(cls: type[Reducer]) -> None:
    """`n_components` is respected."""
    for n_components in (1, 2, 3):
        Z = _make(cls, n_components=n_components).fit_transform(_points())
        assert Z.shape == (ROWS, n_components), f"n_components={n_components} gives shape {Z.shape}"


def transform_agrees_with_fit(cls: type[Reducer]) -> None:
    """The training points, transformed, have the positions of `embedding_`."""
    reducer = _make(cls).fit(_points())
    if hasattr(reducer, "transform"):
        gap = np.abs(reducer.transform(_points()) - reducer.embedding_).max()
        scale = np.abs(reducer.embedding_).max()
        assert gap <= 1e-3 * scale, f"training points are mapped up to {gap:.2g} away from embedding_"


def inverse_returns_to_the_data(cls: type[Reducer]) -> None:
    """`inverse_transform` gives finite points of the data's shape."""
    reducer = _make(cls).fit(_points())
    if hasattr(reducer, "inverse_transform"):
        X = reducer.inverse_transform(reducer.embedding_)
        assert X.shape == _points().shape, f"inverse_transform gives shape {X.shape}"
        assert np.isfinite(X).all(), "inverse_transform gives NaN or infinity"


def global_generators_are_untouched(cls: type[Reducer]) -> None:
    """A fit leaves the global random generators as they were."""
    _make(cls).fit(_points())  # whatever it imports has been imported by now
    before_numpy, before_python = np.random.get_state(), random.getstate()
    try:
        # A state that no seeding by a reducer is likely to bring about.
        np.random.seed(UNLIKELY_SEED)
        random.seed(UNLIKELY_SEED)
        before = _generator_states()
        _make(cls).fit(_points())
        assert _generator_states() == before, "a global random generator was seeded or drawn from"
    finally:
        np.random.set_state(before_numpy)
        random.setstate(before_python)


def _generator_states() -> list[bytes]:
    torch = sys.modules.get("torch")
    states = [pickle.dumps(np.random.get_state()), pickle.dumps(random.getstate())]
    return states + ([torch.random.get_rng_state().numpy().tobytes()] if torch else [])


CHECKS = [
    Check("same_seed_same_bytes", same_seed_same_bytes, "draw from rng only, and in a fixed order"),
    Check("other_seed_other_embedding", other_seed_other_embedding, "hand rng on, or take no random_state"),
    Check("labels_are_not_used", labels_are_not_used, "let fit and fit_transform be the base class's"),
    Check("input_is_untouched", input_is_untouched, "work on a copy"),
    Check("read_only_memory_map_is_accepted", read_only_memory_map_is_accepted, "copy X before writing to it"),
    Check("pickles_and_clones", pickles_and_clones, "store parameters unchanged in __init__ and no open handles"),
    Check("refitting_forgets", refitting_forgets, "set every attribute again in _fit"),
    Check("embeds_in_one_two_and_three_dimensions", embeds_in_one_two_and_three_dimensions, "hand n_components on"),
    Check("transform_agrees_with_fit", transform_agrees_with_fit, "excuse it where the method cannot promise it"),
    Check("inverse_returns_to_the_data", inverse_returns_to_the_data, "return one row of features for each position"),
    Check("global_generators_are_untouched", global_generators_are_untouched, "use rng, not np.random or torch's own"),
]
