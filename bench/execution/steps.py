"""What the steps of a study cost with millions of points: loading, a fit of PCA, scoring an embedding, and another one.

They are carried out in a process of its own, `python -m bench.execution.steps N ANCHORS FILE`, on points that are made
from a seed. It says when each step begins and how long it took, a line of JSON each, and then the scores. The process
that started it watches the memory that it holds meanwhile; mapped files are none.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bench import datasets
from bench.datasets import Dataset
from bench.datasets.files import TEST_SHARE
from bench.errors import WorkerError
from bench.execution import environment, scratch, threads
from bench.execution.containment import Contained
from bench.execution.processes import glance
from bench.metrics.anchors import MIN_ANCHORS, Anchored, draw
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.registry import evaluate_by_anchors

Row = dict[str, Any]

COMMAND = (sys.executable, "-m", "bench.execution.steps")
ANCHORS = 5_000
N_FEATURES, N_CLASSES = 50, 10
BLOCK, REACH = 100_000, 8.0
"""Points that are made at a time, and where their values are cut, in standard deviations of a cluster."""
WARM_UP = 1_000
"""Points of a first round, in which what is compiled is compiled."""
WATCH_EVERY_S = 0.05


def measured(n: int, anchors: int = ANCHORS, began: Callable[[str], None] = lambda step: None) -> Iterator[Row]:
    """Yield what each step costs with `n` training points, and then each score of the first embedding.

    A row of a step has `step`, that of a score has `score`; both have `n` and `anchors`.

    Parameters
    ----------
    began : function
        Called with the name of each step as it begins.

    Raises
    ------
    StoreError
        If there is no temporary folder.
    WorkerError
        If the process ended before it was done.
    """
    budget = threads.available()
    where = {"threads": budget, "processor": environment.processor(), "machine": environment.fingerprint()}
    where["started"] = datetime.now(UTC).isoformat(timespec="seconds")
    scratch.remove_abandoned()  # the points of a process that was killed are gigabytes
    with scratch.folder() as folder:
        for row, held in _watched([*COMMAND, str(n), str(anchors), str(folder / "points.npy")], budget, began):
            about = {"n": n, "n_features": N_FEATURES, "anchors": anchors} | row
            yield about | ({"anonymous_mib": held / 2**20} | where if "step" in row else {})


def carried_out(n: int, anchors: int, file: Path) -> Iterator[Row]:
    """Yield `{"began": STEP}` before each step and its row after it, and then the scores; the points fill a file."""
    import reducers

    yield {"began": "making points"}
    write_points(file, n)

    yield {"began": "loading"}
    clock = perf_counter()
    data = _loaded(file)
    yield _row("loading", clock)

    yield {"began": "fit of PCA"}
    clock = perf_counter()
    Z = reducers.create("pca").fit_transform(data.X)
    yield _row("fit", clock)

    yield {"began": "scoring"}
    clock = perf_counter()
    space = ReferenceSpace(data)
    drawn = draw(space, anchors)
    scores = evaluate_by_anchors(Anchored(space, Z, anchors=drawn))
    yield _row("scoring", clock)

    yield {"began": "scoring another embedding"}
    other = np.ascontiguousarray(data.X[:, :2])
    clock = perf_counter()
    evaluate_by_anchors(Anchored(space, other, anchors=drawn))
    yield _row("further", clock)

    for value, error in scores:
        if value.split == "train" and not value.part:
            about = {"score": value.score, "k": value.k, "split": value.split, "method": "PCA"}
            yield about | {"value": value.value, "standard_error": error, "reason": value.reason}


def write_points(file: Path, n: int) -> None:
    """Write points from a seed and their labels: `n` for training, and as many more as a file of points is tested on.

    They are clusters in the unit cube, which lie one within another, in float32.
    """
    n_rows = round(n / (1 - TEST_SHARE))
    centres = np.random.RandomState(0).standard_normal((N_CLASSES, N_FEATURES))
    X = np.lib.format.open_memmap(file, "w+", np.float32, (n_rows, N_FEATURES))
    y = np.arange(n_rows) % N_CLASSES
    for number, start in enumerate(range(0, n_rows, BLOCK), start=1):
        rows = slice(start, min(start + BLOCK, n_rows))
        drawn = np.random.RandomState(number).standard_normal((rows.stop - start, N_FEATURES))
        X[rows] = np.clip(((drawn + centres[y[rows]]) / REACH + 1) / 2, 0, 1)
    X.flush()
    np.save(file.with_suffix(".labels.npy"), y)


def _loaded(file: Path) -> Dataset:
    """Return the training points of a file, without the others, once all are checked."""
    data = datasets.load(str(file))
    assert data.fingerprint
    return replace(data, X_test=data.X[:0], y_test=None if data.y is None else data.y[:0])


def _row(step: str, began: float) -> Row:
    return {"step": step, "seconds": perf_counter() - began}


def _watched(command: list[str], budget: int, began: Callable[[str], None]) -> Iterator[tuple[Row, int]]:
    """Yield the rows that a process writes, each with the most bytes that it held since the step began."""
    paths = filter(None, [str(environment.PROJECT), os.environ.get("PYTHONPATH")])
    own = {"PYTHONPATH": os.pathsep.join(paths)}
    process = Contained(command, pass_fds=(), environment={**os.environ, **threads.environment(budget), **own})
    step, tail, peak, ended = "starting", "", [0], threading.Event()

    def watch() -> None:
        while not ended.wait(WATCH_EVERY_S):
            peak[0] = max(peak[0], glance(process.pid).held)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for line in process.stdout:
            row = _message(line)
            if row is None:
                tail = line.decode(errors="replace").strip() or tail
            elif "began" in row:
                step, peak[0] = row["began"], glance(process.pid).held
                began(step)
            else:
                yield row, max(peak[0], glance(process.pid).held)
        if process.wait():
            raise WorkerError(f"Got no costs: the process ended while it was {step}. Its last line: {tail or 'none'}")
    finally:
        ended.set()
        watcher.join()
        process.end()


def _message(line: bytes) -> Row | None:
    """Return the row in a line; None if the line is something else, which a library printed."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def main() -> None:
    """Carry out the steps in this process, and write what they cost to the standard output."""
    n, anchors, file = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    for _ in carried_out(WARM_UP, MIN_ANCHORS, file.with_name("few.npy")):
        pass
    for row in carried_out(n, anchors, file):
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
