"""Scores on the hosts of a cluster, wherever one is free: of several runs that were fitted on the same points."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from bench.datasets import Dataset
from bench.errors import WorkerError
from bench.execution import host_lock, scoring, sent_data
from bench.execution.cluster_members import Members
from bench.execution.progress import bar
from bench.execution.scorer import VERSIONS, ScoredRun, Scorer
from bench.execution.sent_data import Received
from bench.metrics import METRICS, ReferenceSpace
from bench.metrics.anchors import chosen
from bench.metrics.measure import Arrays
from bench.store.records import Record
from bench.store.score_store import Scored, ScoreStore
from bench.store.store import Store

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger(__name__)

SHARES = 4
"""Tasks that each worker gets of the runs of one selection of the data, about: who is faster takes more of them."""
LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class Points:
    """Which points runs were fitted on: the data that a host has under a fingerprint, and a selection of them."""

    fingerprint: str
    known: Dataset
    group: scoring.Group
    samples: int
    anchors: int | None


@dataclass(frozen=True)
class Unscored:
    """A run as it travels to be scored: the bytes of the file with its arrays, and what is known of its scores."""

    name: str
    subject: str
    arrays: bytes
    found: Scored | None

    def unpacked(self) -> Arrays:
        """Return its arrays."""
        with np.load(io.BytesIO(self.arrays), allow_pickle=False) as file:
            return dict(file)


def score(members: Members, store: Store, dataset: Dataset, console: Console, *, timed: bool) -> None:
    """Have the hosts compute the scores of runs that have none. What they could not is left to be scored here.

    Raises WorkerError if the scheduler is gone, or all workers are.
    """
    if not members.here:
        log.warning("All hosts are gone; what is missing of the scores is computed here")
        return
    scores, asked = ScoreStore(store), set(members.here)
    tasks = _submitted(members, store, dataset, timed)
    with bar(console, "scores, on hosts", sum(map(len, tasks.values()))) as advance:
        while tasks:
            members.meet()
            if asked.isdisjoint(members.here):
                log.warning("All hosts that were asked for scores are gone; what is missing is scored here")
                return
            for future in [future for future in tasks if future.done()]:
                if fault := members.fault_of(future):
                    names = ", ".join(map(scoring.run_name, tasks.pop(future)))
                    log.warning("%s cannot be scored by a host: %s", names, fault)
                elif (values := members.result_of(future)) is not None:
                    for record, found in zip(tasks.pop(future), values, strict=True):
                        scores.keep_run(record, found)
                        advance()
            time.sleep(LOOK_EVERY_S)


def _submitted(members: Members, store: Store, dataset: Dataset, timed: bool) -> dict[Future, Sequence[Record]]:
    """Return the tasks of scoring what lacks scores, each with its runs."""
    scores, study, known = ScoreStore(store), store.study(), sent_data.bare(dataset)
    tasks: dict[Future, Sequence[Record]] = {}
    for group, records in scoring.groups_of(store).items():
        points = Points(dataset.fingerprint, known, group, study.samples, study.anchors)
        data = dataset.select(group.n, group.without, group.sample, study.samples, group.rows)
        n_anchors = chosen(study.anchors, len(data.X), len(data.X_test)) or 0
        lacking = [record for record in records if group.scored and _lacks(scores.of_run(record), n_anchors)]
        for some in _shares(lacking, SHARES * len(members.here)):
            if not tasks:
                for member in members:
                    with suppress(WorkerError):  # its tasks fail, and are done here
                        members.send(member, dataset)
            runs = [_unscored(store, record, scores.of_run(record)) for record in some]
            tasks[members.submit(None, completed, points, runs, timed)] = some
    return tasks


def completed(points: Points, runs: list[Unscored], timed: bool) -> list[Scored]:
    """Return all that there is to know of some runs; called on a host, where no run is timed meanwhile."""
    with host_lock.held(lambda: None) if timed else ExitStack():
        scorer = Scorer(_space(points), anchors=points.anchors)
        return scorer.complete([ScoredRun(run.name, run.subject, run.unpacked, run.found) for run in runs])


_SPACES: dict[tuple[str, scoring.Group], ReferenceSpace] = {}
"""The space of the points that were asked for last."""


def _space(points: Points) -> ReferenceSpace:
    """Return the space of some points, with what has been computed of it."""
    key = (points.fingerprint, points.group)
    if key not in _SPACES:
        group, whole = points.group, Received(points.fingerprint).load(points.known)
        _SPACES.clear()
        data = whole.select(group.n, group.without, group.sample, points.samples, group.rows)
        _SPACES[key] = scoring.space_of(data, scoring.cache_folder())
    return _SPACES[key]


def _lacks(found: Scored | None, n_anchors: int = 0) -> bool:
    """Return whether any score is missing, or of another version or number of anchors."""
    wanted = {metric.key: metric.version for metric in METRICS.values()} | VERSIONS
    known = found.of_anchors(n_anchors).versions if found else {}
    return any(known.get(key) != version for key, version in wanted.items())


def _unscored(store: Store, record: Record, found: Scored | None) -> Unscored:
    return Unscored(scoring.run_name(record), record.arrays_sha256 or "", store.packed_arrays(record), found)


def _shares(records: Sequence[Record], most: int) -> Iterator[Sequence[Record]]:
    """Yield the records in at most so many parts, about."""
    size = -(-len(records) // most) if records else 1
    for start in range(0, len(records), size):
        yield records[start : start + size]
