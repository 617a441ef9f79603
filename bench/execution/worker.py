"""The worker: a process of its own that imports one reducer, warms it up and runs it as often as it is asked to.

It is started as `python -m bench.execution.worker REQUESTS REPLIES X X_TEST`, four file descriptors. The last two are
the points, and no labels: a reducer cannot see what is not there. Each request and each message is one line of JSON.
Messages are `{"began": PHASE}` and `{"ended": PHASE}` around each timed call, outside its clock, and then the reply.

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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import TypeAdapter

import reducers
from bench.errors import CannotWriteError
from bench.execution import border, capture, numba_cache, threads
from bench.execution.batches import batches_of, inverted, materialised, transformed
from bench.execution.border import Sizes
from bench.execution.meter import measure
from bench.execution.shared_data import DataFacts, mapped
from bench.execution.tensorboard import watched
from bench.execution.warm_up import stand_ins
from bench.store.records import Measurement, Outcome, Pool, Status
from bench.units import counted

T = TypeVar("T")
Say = Callable[[dict[str, str]], None]

WARM_UP_ROWS = 512
"""Rows of a warm-up, unless the method takes another code path on as many rows as the data have."""


@dataclass(frozen=True)
class Start:
    """Request to get ready: which reducer, with which parameters, on how many threads, which data, and if scored."""

    reducer: str
    params: dict[str, Any]
    threads: int
    seeded: bool
    data: DataFacts
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
    requests_fd, replies_fd, *data_fds = map(int, sys.argv[1:5])
    for descriptor in (requests_fd, replies_fd, *data_fds):
        os.set_inheritable(descriptor, False)
    _die_with_parent()
    logging.basicConfig(stream=sys.stderr)
    home = Path.cwd()
    with os.fdopen(requests_fd) as requests, os.fdopen(replies_fd, "w", buffering=1, encoding="utf-8") as replies:
        start = TypeAdapter(Start).validate_json(requests.readline())
        X, X_test = (mapped(*one) for one in zip(data_fds, (start.data.X, start.data.X_test), strict=True))
        for descriptor in data_fds:
            os.close(descriptor)
        session = WorkerSession(start, X, X_test, lambda message: print(json.dumps(message), file=replies))
        print(session.get_ready().model_dump_json(), file=replies)
        for line in requests:
            request = json.loads(line)
            try:
                outcome = session.run(Fit(**request)) if "output" in request else session.repeat(Repeat(**request))
                reply = outcome.model_dump_json()
            except CannotWriteError as error:
                reply = json.dumps({"cannot_write": str(error)})
            os.chdir(home)
            print(reply, file=replies)


class WorkerSession:
    """One reducer in a worker: made ready once, then run with one seed after the other.

    It calls `say` just before and after each call that is timed.
    """

    def __init__(self, start: Start, X: np.ndarray, X_test: np.ndarray, say: Say = lambda message: None) -> None:
        self.start, self.X, self.X_test, self.say = start, X, X_test, say
        self.handed_in = X.nbytes + X_test.nbytes if start.data.sealed else 0
        self.cls: Any = None
        self.embedding: np.ndarray = np.empty(0)
        self.notes: list[str] = []
        self.threads_before: set[threading.Thread] = set()

    def get_ready(self) -> Outcome:
        """Import the reducer and call everything it can do once, on few random rows and with tiny settings.

        A failure of the warm-up is only printed: the run itself will show it.
        """
        try:
            self.cls, imported = self._timed("import", lambda: reducers.get(self.start.reducer))
        except reducers.ReducerError as error:
            capture.print_traceback()
            return Outcome(status=Status.UNAVAILABLE, reason=str(error))
        threads.set_budget(self.start.threads)
        rows = self._warm_up_rows()
        X, X_test = (stand_ins(array, rows, (self.X, self.X_test)) for array in (self.X, self.X_test))
        _, cold_start = self._timed("cold_start", lambda: self._warm_up(X, X_test))
        # What the libraries made stays for good: no collection between runs needs to look at it again.
        gc.collect()
        gc.freeze()
        return Outcome(
            status=Status.OK, imported=imported, cold_start=cold_start, new_on_disk=numba_cache.new_on_disk()
        )

    def run(self, fit: Fit) -> Outcome:
        """Fit, transform and invert under the meter, save what came out, and return how it went.

        Raises CannotWriteError if it cannot be saved, by no fault of the reducer.
        """
        parts: dict[str, Any] = {}
        threads.set_budget(self.start.threads)
        self.threads_before, self.notes = set(threading.enumerate()), []
        try:
            arrays = self._measured(fit, parts)
            capture.save(fit.output, arrays)
        except CannotWriteError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a reducer raises is a row of the results
            return self._failed(error, _phase(parts), parts)
        return self._ended(Status.OK, "", parts)

    def repeat(self, again: Repeat) -> Outcome:
        """Call `fit_transform` under the meter where the last run called `fit`, and compare the two embeddings."""
        try:
            reducer = self._create({}, again.random_state)
            sizes = self._sizes(reducer)
            got, cost = self._timed("fit_transform", lambda: materialised(reducer.fit_transform(self.X)))
            border.checked("train", got, sizes)
        except Exception as error:  # noqa: BLE001 - a reducer may raise anything
            return self._failed(error, "fit_transform", {})
        same = got.tobytes() == self.embedding.tobytes()
        return Outcome(status=Status.OK, fit_transform=cost, repeatable=same)

    def _timed(self, phase: str, work: Callable[[], T]) -> tuple[T, Measurement]:
        return measure(work, self.handed_in, lambda word: self.say({word: phase}))

    def _failed(self, error: Exception, phase: str, parts: dict[str, Any]) -> Outcome:
        capture.print_traceback()
        reason = border.described(error)
        if isinstance(error, MemoryError):
            return self._ended(Status.OUT_OF_MEMORY, reason, parts)
        is_invalid = isinstance(error, reducers.InvalidEmbeddingError)
        return self._ended(Status.INVALID if is_invalid else Status.FAILED, f"{phase}: {reason}", parts)

    def _ended(self, status: Status, reason: str, parts: dict[str, Any]) -> Outcome:
        pools = tuple(threads.read_back())
        return Outcome(status=status, reason=reason, pools=pools, notes=tuple(self._notes(parts, pools)), **parts)

    def _measured(self, fit: Fit, parts: dict[str, Any]) -> dict[str, np.ndarray]:
        """Return the arrays to keep, and put each cost into `parts` once what it paid for has been checked."""
        reducer = self._create({}, fit.random_state)
        sizes = self._sizes(reducer)
        parts["can_transform"] = hasattr(reducer, "transform")
        parts["can_invert"] = hasattr(reducer, "inverse_transform")
        for array in (self.X, self.X_test):
            array.sum()  # reads every page of memory-mapped data, so that no fit pays for bringing them in

        def fitted() -> Any:
            reducer.fit(self.X)
            return materialised(reducer.embedding_)  # read once and inside the clock: it may be computed only now

        with watched(reducer, fit.monitor) as notes:
            got, cost = self._timed("fit", fitted)
        arrays = {"train": border.checked("train", got, sizes)}
        self.embedding, sizes = np.array(got), replace(sizes, n_components=got.shape[1])
        parts |= {"fit": cost, "n_components": got.shape[1]}
        course, cut_short = _course(reducer)
        parts |= course
        self.notes += [*notes, *cut_short]
        if not parts["can_transform"] or not len(self.X_test):
            return arrays
        batches = batches_of(self.X_test)
        Z_test, cost = self._timed("transform", lambda: transformed(reducer.transform, self.X_test, batches))
        arrays["test"], parts["transform"] = border.checked("test", Z_test, sizes), cost
        if parts["can_invert"]:
            rebuilt, cost = self._timed("inverse", lambda: inverted(reducer.inverse_transform, Z_test, batches))
            if rebuilt is not None:
                arrays |= capture.of_reconstructions(rebuilt, self.X_test, sizes)
            else:
                arrays |= capture.of_batches(reducer, Z_test, self.X_test, sizes, batches)
            parts["inverse"] = cost
        # From here on outside the clock, though not outside the time limit.
        if self.start.scored:
            arrays |= capture.for_scores(reducer, self.X, self.X_test, sizes)
        by_epoch = parts["fit"].wall_s < fit.retrain_s
        more, notes = capture.for_pictures(reducer, self.embedding, self.X, self.X_test, sizes, by_epoch=by_epoch)
        self.notes += notes
        return arrays | more

    def _sizes(self, reducer: Any) -> Sizes:
        n_components = getattr(reducer, "n_components", None)
        n_components = int(n_components) if isinstance(n_components, int | np.integer) else None
        return Sizes(len(self.X), len(self.X_test), self.X.shape[1], n_components)

    def _warm_up_rows(self) -> int:
        """Return enough rows to take the code path that the real data will take."""
        changes = [n for n in self.cls.algorithm_changes_at if n <= len(self.X)]
        return min(len(self.X), max([WARM_UP_ROWS, *(n + 100 for n in changes)]))

    def _warm_up(self, X: np.ndarray, X_test: np.ndarray) -> None:
        try:
            reducer = self._create(self.cls.quick_params, 0 if self.start.seeded else None)
            reducer.fit_transform(X)
            if hasattr(reducer, "transform") and len(X_test):
                Z_test = reducer.transform(X_test)
                if hasattr(reducer, "inverse_transform"):
                    reducer.inverse_transform(Z_test[:WARM_UP_ROWS])
        except Exception:  # noqa: BLE001 - a reducer may raise anything
            capture.print_traceback()

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
        if fit is not None and fit.cores and fit.cores > 1.1 * self.start.threads + 0.1:
            notes.append(f"used {fit.cores:.1f} cores, more than its budget of {self.start.threads}")
        if left := set(threading.enumerate()) - self.threads_before:
            notes.append(f"left {counted(len(left), 'thread')} running")
        return notes + self.notes


def _course(reducer: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the length of a training and whether it converged, if told, and a note if it was cut short otherwise."""
    try:
        done, most, converged = (getattr(reducer, name, None) for name in ("n_iter_", "n_epochs", "converged_"))
    except Exception as error:  # noqa: BLE001 - a property of a reducer may raise anything
        return {}, [f"it cannot be told whether training ended early: {border.described(error)}"]
    course: dict[str, Any] = {"converged": bool(converged)} if isinstance(converged, bool | np.bool_) else {}
    if not isinstance(done, int | np.integer) or done <= 0:
        return course, []
    is_short = isinstance(most, int | np.integer) and done < most and not course.get("converged")
    return course | {"n_iter": int(done)}, [f"stopped early, after {done} of {most} epochs"] if is_short else []


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
