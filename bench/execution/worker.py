"""The worker: a process of its own that imports one reducer, warms it up and runs it as often as it is asked to.

It is started as `python -m bench.execution.worker REQUESTS REPLIES DATA`, two file descriptors and a folder. The folder
holds the points and no labels: a reducer cannot see what is not there. Each request and each reply is one line of JSON.

What this module imports is part of the memory that is measured; a test holds it.
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
from typing import Any

import numpy as np

import reducers
from bench.errors import CannotWriteError
from bench.execution import capture, numba_cache, threads
from bench.execution.meter import measure
from bench.execution.tensorboard import watched
from bench.store.records import Measurement, Outcome, Pool, Status

WARM_UP_ROWS = 512
"""Rows of a warm-up, unless the method takes another code path on as many rows as the data have."""


@dataclass(frozen=True)
class Start:
    """Request to get ready: which reducer, with which parameters, on how many threads, and whether it is scored."""

    reducer: str
    params: dict[str, Any]
    threads: int
    seeded: bool
    scored: bool = True


@dataclass(frozen=True)
class Fit:
    """Request for one run."""

    random_state: int | None
    output: str
    """File for the embedding and other arrays."""
    monitor: str = ""
    """Folder for the events of the training; empty for none."""
    retrain_s: float = 0.0
    """A fit that took less time is repeated outside the clock, for pictures of the training epoch by epoch."""


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
    with os.fdopen(requests_fd) as requests, os.fdopen(replies_fd, "w", buffering=1) as replies:
        start = Start(**json.loads(requests.readline()))
        session = WorkerSession(start, X, X_test)
        replies.write(session.get_ready().model_dump_json() + "\n")
        for line in requests:
            request = json.loads(line)
            try:
                outcome = session.run(Fit(**request)) if "output" in request else session.repeat(Repeat(**request))
                reply = outcome.model_dump_json()
            except CannotWriteError as error:
                reply = json.dumps({"cannot_write": str(error)})
            os.chdir(home)
            replies.write(reply + "\n")


class WorkerSession:
    """One reducer in a worker: made ready once, then run with one seed after the other."""

    def __init__(self, start: Start, X: np.ndarray, X_test: np.ndarray) -> None:
        self.start, self.X, self.X_test = start, X, X_test
        self.cls: Any = None
        self.embedding: np.ndarray = np.empty(0)
        self.early_end = ""
        self.threads_before: set[threading.Thread] = set()

    def get_ready(self) -> Outcome:
        """Import the reducer and call everything it can do once, on few rows and with tiny settings.

        A failure of the warm-up is only printed: the run itself will show it.
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
        return Outcome(
            status=Status.OK, imported=imported, cold_start=cold_start, new_on_disk=numba_cache.new_on_disk()
        )

    def run(self, fit: Fit) -> Outcome:
        """Fit, transform and invert under the meter, save what came out, and return how it went."""
        parts: dict[str, Any] = {}
        threads.set_budget(self.start.threads)
        self.threads_before, self.early_end = set(threading.enumerate()), ""
        try:
            arrays = self._measured(fit, parts)
        except Exception as error:  # noqa: BLE001 - whatever a reducer raises is a row of the results
            return self._failed(error, _phase(parts), parts)
        capture.save(fit.output, arrays)
        return self._ended(Status.OK, "", parts)

    def repeat(self, again: Repeat) -> Outcome:
        """Call `fit_transform` under the meter where the last run called `fit`, and compare the two embeddings."""
        try:
            embedding, cost = measure(lambda: self._create({}, again.random_state).fit_transform(self.X))
        except Exception as error:  # noqa: BLE001 - a reducer may raise anything
            return self._failed(error, "fit_transform", {})
        same = embedding.tobytes() == self.embedding.tobytes()
        return Outcome(status=Status.OK, fit_transform=cost, repeatable=same)

    def _failed(self, error: Exception, phase: str, parts: dict[str, Any]) -> Outcome:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, MemoryError):
            return self._ended(Status.OUT_OF_MEMORY, reason, parts)
        is_invalid = isinstance(error, reducers.InvalidEmbeddingError)
        return self._ended(Status.INVALID if is_invalid else Status.FAILED, f"{phase}: {reason}", parts)

    def _ended(self, status: Status, reason: str, parts: dict[str, Any]) -> Outcome:
        pools = tuple(threads.read_back())
        return Outcome(status=status, reason=reason, pools=pools, notes=tuple(self._notes(parts, pools)), **parts)

    def _measured(self, fit: Fit, parts: dict[str, Any]) -> dict[str, np.ndarray]:
        """Return the arrays to keep, and put each cost into `parts` as soon as it is known."""
        reducer = self._create({}, fit.random_state)
        parts["can_transform"] = hasattr(reducer, "transform")
        parts["can_invert"] = hasattr(reducer, "inverse_transform")
        for array in (self.X, self.X_test):
            array.sum()  # reads every page of memory-mapped data, so that no fit pays for bringing them in
        with watched(reducer, fit.monitor):
            _, parts["fit"] = measure(lambda: reducer.fit(self.X))
        self.embedding, self.early_end = np.array(reducer.embedding_), _early_end(reducer)
        parts["n_components"] = self.embedding.shape[1]
        arrays = {"train": self.embedding.astype(np.float32)}
        if not parts["can_transform"] or not len(self.X_test):
            return arrays
        Z_test, parts["transform"] = measure(lambda: reducer.transform(self.X_test))
        arrays["test"] = Z_test.astype(np.float32)
        if parts["can_invert"]:
            rebuilt, parts["inverse"] = measure(lambda: np.asarray(reducer.inverse_transform(Z_test)))
            arrays |= capture.of_reconstructions(rebuilt, self.X_test)
        # From here on outside the clock, though not outside the time limit.
        if self.start.scored:
            arrays |= capture.for_scores(reducer, self.X, self.X_test)
        by_epoch = parts["fit"].wall_s < fit.retrain_s
        return arrays | capture.for_pictures(reducer, self.X, self.X_test, by_epoch=by_epoch)

    def _warm_up(self) -> None:
        """Run on enough rows to take the code path that the real data will take, in the same type and layout."""
        changes = [n for n in self.cls.algorithm_changes_at if n <= len(self.X)]
        rows = min(len(self.X), max([WARM_UP_ROWS, *(n + 100 for n in changes)]))
        try:
            reducer = self._create(self.cls.quick_params, 0 if self.start.seeded else None)
            reducer.fit_transform(self.X[:rows])
            if hasattr(reducer, "transform") and len(self.X_test):
                Z_test = reducer.transform(self.X_test[:rows])
                if hasattr(reducer, "inverse_transform"):
                    reducer.inverse_transform(Z_test[:WARM_UP_ROWS])
        except Exception:  # noqa: BLE001 - a reducer may raise anything
            traceback.print_exc()

    def _create(self, overrides: Any, random_state: int | None) -> Any:
        accepted = self.cls().get_params()
        given = self.start.params | {name: value for name, value in overrides.items() if name in accepted}
        if "random_state" in accepted:
            given["random_state"] = random_state
        if "n_jobs" in accepted:
            given.setdefault("n_jobs", self.start.threads)
        return self.cls(**given)

    def _notes(self, parts: dict[str, Any], pools: Sequence[Pool]) -> list[str]:
        notes = [
            f"{pool.library} was set to {pool.threads} threads, more than the budget of {self.start.threads}"
            for pool in pools
            if pool.threads > self.start.threads
        ]
        fit: Measurement | None = parts.get("fit")
        if fit is not None and fit.cores > 1.1 * self.start.threads + 0.1:
            notes.append(f"used {fit.cores:.1f} cores, more than its budget of {self.start.threads}")
        if left := set(threading.enumerate()) - self.threads_before:
            notes.append(f"left {len(left)} thread(s) running")
        return notes + ([self.early_end] if self.early_end else [])


def _early_end(reducer: Any) -> str:
    """Return the note on a training that ended before its last epoch."""
    done, most = getattr(reducer, "n_iter_", None), getattr(reducer, "n_epochs", None)
    return f"stopped early, after {done} of {most} epochs" if done and most and done < most else ""


def _phase(parts: dict[str, Any]) -> str:
    """Return what a run was doing, from what it had measured by then."""
    done = {"can_transform": "creating it", "fit": "fit", "transform": "transform"}
    return next((doing for part, doing in done.items() if part not in parts), "inverse_transform")


def _die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        import ctypes

        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
