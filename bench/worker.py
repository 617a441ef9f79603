"""The worker: a process of its own that imports one reducer, warms it up and runs it as often as it is asked to.

It is started as `python -m bench.worker REQUESTS REPLIES DATA`, two file descriptors and a folder. The folder holds
the points and no labels: a reducer cannot see what is not there. Each request and each reply is one line of JSON.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

import reducers
from bench import compiled, threads
from bench.meter import Measurement, measure
from bench.monitor import watched
from bench.records import Outcome, Status

WARM_UP_ROWS = 512
"""Rows of a warm-up, unless the method takes another code path on as many rows as the data have."""

REFIT_ROWS = 100
"""Fitted points that are placed once more, so few that it costs little where placing is slow."""
FEW_ROWS = 100
ALONE_ROWS = 10
"""Held-out points that are placed once more, in a batch of their own and one by one."""

REBUILT_ROWS = 16
GRID_PLACES = 12
"""Places along each axis of an embedding that are mapped back to data, for a picture."""
GRID_SHARE = 0.98
"""Middle share of the fitted points, along each axis, that these places span."""


class CannotWriteError(Exception):
    """The embedding could not be written, which is no fault of the reducer."""


@dataclass(frozen=True)
class Start:
    """Request to get ready: which reducer, with which parameters, on how many threads; and whether for scores."""

    reducer: str
    params: dict[str, Any]
    threads: int
    seeded: bool
    scored: bool = True


@dataclass(frozen=True)
class Fit:
    """Request for one run: the seed, where to put the embedding, and where events of its training; empty for none."""

    random_state: int | None
    output: str
    monitor: str = ""


@dataclass(frozen=True)
class Repeat:
    """Request to do the last fit once more, by `fit_transform` and with its seed."""

    random_state: int | None


def main() -> None:
    """Answer requests until there are no more."""
    requests_fd, replies_fd, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    for descriptor in (requests_fd, replies_fd):
        os.set_inheritable(descriptor, False)
    _die_with_parent()
    logging.basicConfig(stream=sys.stderr)
    X, X_test = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("X", "X_test"))
    home = Path.cwd()
    with os.fdopen(requests_fd) as requests, os.fdopen(replies_fd, "w") as replies:
        start = Start(**json.loads(requests.readline()))
        bench = Bench(start, X, X_test)
        _reply(replies, bench.get_ready().model_dump_json())
        for line in requests:
            request = json.loads(line)
            try:
                outcome = bench.run(Fit(**request)) if "output" in request else bench.repeat(Repeat(**request))
                reply = outcome.model_dump_json()
            except CannotWriteError as error:
                reply = json.dumps({"cannot_write": str(error)})
            os.chdir(home)
            _reply(replies, reply)


class Bench:
    """One reducer on the bench: made ready once, then run with one seed after the other."""

    def __init__(self, start: Start, X: np.ndarray, X_test: np.ndarray) -> None:
        self.start, self.X, self.X_test = start, X, X_test
        self.cls: Any = None
        self.embedding: np.ndarray | None = None
        self.early_end = ""
        self.threads_before: set[threading.Thread] = set()

    def get_ready(self) -> Outcome:
        """Import the reducer and call everything it can do once, on few rows and with tiny settings.

        A failure of the warm-up is printed and no more: the run itself will tell.
        """
        try:
            self.cls, imported = measure(lambda: reducers.get(self.start.reducer))
        except reducers.ReducerError as error:
            traceback.print_exc()
            return Outcome(status=Status.UNAVAILABLE, reason=str(error))
        threads.set_budget(self.start.threads)
        _, cold_start = measure(self._warm_up)
        # What the libraries made stays for good: no collection between runs needs to look at it again.
        gc.collect()
        gc.freeze()
        return Outcome(status=Status.OK, imported=imported, cold_start=cold_start, new_on_disk=compiled.new_on_disk())

    def run(self, fit: Fit) -> Outcome:
        """Fit, transform and invert under the meter, save what came out, and say how it went."""
        parts: dict[str, Any] = {}
        threads.set_budget(self.start.threads)
        self.threads_before, self.early_end = set(threading.enumerate()), ""
        try:
            arrays = self._measured(fit, parts)
        except Exception as error:  # noqa: BLE001 - whatever a reducer raises is a row of the results
            return self._failed(error, _phase(parts), parts)
        _save(fit.output, arrays)
        pools = tuple(threads.read_back())
        return Outcome(status=Status.OK, pools=pools, notes=tuple(self._notes(parts, pools)), **parts)

    def repeat(self, again: Repeat) -> Outcome:
        """Call `fit_transform` under the meter where the last run called `fit`, and compare the two embeddings."""
        try:
            embedding, cost = measure(lambda: self._create({}, again.random_state).fit_transform(self.X))
        except Exception as error:  # noqa: BLE001 - a reducer may raise anything
            return self._failed(error, "fit_transform", {})
        assert self.embedding is not None
        same = embedding.tobytes() == self.embedding.tobytes()
        return Outcome(status=Status.OK, fit_transform=cost, repeatable=same)

    def _failed(self, error: Exception, phase: str, parts: dict[str, Any]) -> Outcome:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, MemoryError):
            status = Status.OUT_OF_MEMORY
        else:
            status, reason = _status_of(error), f"{phase}: {reason}"
        pools = tuple(threads.read_back())
        return Outcome(status=status, reason=reason, pools=pools, notes=tuple(self._notes(parts, pools)), **parts)

    def _measured(self, fit: Fit, parts: dict[str, Any]) -> dict[str, np.ndarray]:
        """Return the arrays to keep, and put each cost into `parts` as soon as it is known."""
        reducer = self._create({}, fit.random_state)
        parts["can_transform"] = hasattr(reducer, "transform")
        parts["can_invert"] = hasattr(reducer, "inverse_transform")
        _touch(self.X, self.X_test)
        with watched(reducer, fit.monitor):
            _, parts["fit"] = measure(lambda: reducer.fit(self.X))
        self.embedding, self.early_end = np.array(reducer.embedding_), _early_end(reducer)
        embedding = self.embedding
        parts["n_components"] = embedding.shape[1]
        arrays = {"fit": embedding.astype(np.float32)}
        if not parts["can_transform"] or not len(self.X_test):
            return arrays
        held_out, parts["transform"] = measure(lambda: reducer.transform(self.X_test))
        arrays["test"] = held_out.astype(np.float32)
        if parts["can_invert"]:
            rebuilt, parts["inverse"] = measure(lambda: np.asarray(reducer.inverse_transform(held_out)))
            error = np.square(rebuilt.astype(np.float64) - self.X_test).sum(axis=1)
            arrays |= {"squared_error": error, "rebuilt": rebuilt[:REBUILT_ROWS].astype(np.float32)}
        # From here on outside the clock, though not outside the time limit.
        if self.start.scored:
            arrays |= self._placed_again(reducer)
        return arrays | self._pictures(reducer)

    def _placed_again(self, reducer: Any) -> dict[str, np.ndarray]:
        """Return where known points are put as if they were new, and new ones in other company."""
        again = reducer.transform(self.X[:REFIT_ROWS]).astype(np.float32)
        return {"refit": again} | self._in_other_company(reducer)

    def _in_other_company(self, reducer: Any) -> dict[str, np.ndarray]:
        """Return where held-out points are put in a small batch and alone; none where it places no such batches."""
        try:
            few = reducer.transform(self.X_test[:FEW_ROWS])
            alone = [reducer.transform(self.X_test[row : row + 1]) for row in range(min(ALONE_ROWS, len(self.X_test)))]
        except Exception:  # noqa: BLE001 - a reducer may raise anything
            traceback.print_exc()
            return {}
        return {"few": few.astype(np.float32), "alone": np.concatenate(alone).astype(np.float32)}

    def _pictures(self, reducer: Any) -> dict[str, np.ndarray]:
        """Return what is kept to be looked at; a reducer that cannot make it has still been measured."""
        arrays: dict[str, np.ndarray] = {}
        try:
            if hasattr(reducer, "inverse_transform") and reducer.embedding_.shape[1] == 2:
                arrays |= _grid(reducer)
            if hasattr(reducer, "extras"):
                arrays |= {f"extra_{name}": np.asarray(array) for name, array in reducer.extras(self.X_test).items()}
        except Exception:  # noqa: BLE001 - a reducer may raise anything
            traceback.print_exc()
        return arrays

    def _warm_up(self) -> None:
        """Run on rows enough to take the code path that the real data will take, in the same type and layout."""
        changes = [n for n in self.cls.algorithm_changes_at if n <= len(self.X)]
        rows = min(len(self.X), max([WARM_UP_ROWS, *(n + 100 for n in changes)]))
        try:
            reducer = self._create(self.cls.quick_params, 0 if self.start.seeded else None)
            reducer.fit_transform(self.X[:rows])
            if hasattr(reducer, "transform") and len(self.X_test):
                held_out = reducer.transform(self.X_test[:rows])
                if hasattr(reducer, "inverse_transform"):
                    reducer.inverse_transform(held_out[:WARM_UP_ROWS])
        except Exception:  # noqa: BLE001 - a reducer may raise anything
            traceback.print_exc()

    def _create(self, overrides: Any, random_state: int | None) -> Any:
        accepted = self.cls().get_params()
        given = {**self.start.params, **{name: value for name, value in overrides.items() if name in accepted}}
        if "random_state" in accepted:
            given["random_state"] = random_state
        if "n_jobs" in accepted:
            given.setdefault("n_jobs", self.start.threads)
        return self.cls(**given)

    def _notes(self, parts: dict[str, Any], pools: Sequence[threads.Pool]) -> list[str]:
        notes = [
            f"{pool.library} was set to {pool.threads} threads, more than the budget of {self.start.threads}"
            for pool in pools
            if pool.threads > self.start.threads
        ]
        fit: Measurement | None = parts.get("fit")
        if fit is not None and fit.cores > 1.1 * self.start.threads + 0.1:
            notes.append(f"used {fit.cores:.1f} cores, more than its budget of {self.start.threads}")
        left = [thread.name for thread in threading.enumerate() if thread not in self.threads_before]
        if left:
            notes.append(f"left {len(left)} thread(s) running")
        if self.early_end:
            notes.append(self.early_end)
        return notes


def _early_end(reducer: Any) -> str:
    """Return what to say of a training that ended before its last epoch; nothing of others."""
    done, most = getattr(reducer, "n_iter_", None), getattr(reducer, "n_epochs", None)
    return f"stopped early, after {done} of {most} epochs" if done and most and done < most else ""


def _status_of(error: Exception) -> Status:
    from reducers.base import InvalidEmbeddingError

    return Status.INVALID if isinstance(error, InvalidEmbeddingError) else Status.FAILED


def _phase(parts: dict[str, Any]) -> str:
    if "can_transform" not in parts:
        return "creating it"
    if "fit" not in parts:
        return "fit"
    return "transform" if "transform" not in parts else "inverse_transform"


def _grid(reducer: Any) -> dict[str, np.ndarray]:
    """Return the data of places on a lattice over the embedding, from its top left to its bottom right."""
    edges = [(1 - GRID_SHARE) / 2, (1 + GRID_SHARE) / 2]
    (left, bottom), (right, top) = np.quantile(reducer.embedding_, edges, axis=0)
    x, y = np.linspace(left, right, GRID_PLACES), np.linspace(top, bottom, GRID_PLACES)
    places = np.column_stack([np.tile(x, GRID_PLACES), np.repeat(y, GRID_PLACES)]).astype(reducer.embedding_.dtype)
    data = np.asarray(reducer.inverse_transform(places), dtype=np.float32)
    return {"grid": data, "grid_axes": np.array([x, y], dtype=np.float32)}


def _save(path: str, arrays: dict[str, np.ndarray]) -> None:
    try:
        with open(path, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise CannotWriteError(str(error)) from error


def _touch(*arrays: np.ndarray) -> None:
    """Read every page of memory-mapped data, so that no fit pays for bringing them in."""
    for array in arrays:
        array.sum()


def _reply(replies: IO[str], line: str) -> None:
    replies.write(line + "\n")
    replies.flush()


def _die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        import ctypes

        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
