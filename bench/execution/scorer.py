"""Scores of embeddings of one selection of data: what is missing is computed, wherever the runs lie."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import (
    METRICS,
    Embedding,
    ReferenceSpace,
    Value,
    corank_together,
    evaluate,
    evaluate_across,
    no_values,
    reference_values,
)
from bench.metrics.anchors import Anchored, by_anchors, chosen, compare_together, draw
from bench.metrics.labels import correct
from bench.metrics.measure import Arrays, Subject
from bench.metrics.measures import MEASURES
from bench.metrics.registry import UNEXPECTED, UNSCORED
from bench.store.score_store import Scored, pack

log = logging.getLogger(__name__)

UNREADABLE = (LookupError, TypeError, ValueError, OSError, EOFError, BadZipFile)
"""What reading arrays raises that are not those of an embedding of these data."""
CURVES = ("r_nx", "recall", "trustworthiness", "continuity")
"""Curves over the size of the neighbourhood that are kept of each embedding: attributes of a `Coranking`."""
CURVE_POINTS = 64
NEIGHBOURS = 10
"""Nearest training points whose majority tells the class of a test point; it is kept whether that is correct."""
VERSIONS = {"curves": 1, "correct": 1}
"""Versions of what is kept besides scores and measures."""
TOGETHER, TOGETHER_POINTS = 8, 2**25
"""Embeddings that share a pass over data with too many points for their ranks to be kept, and points of all of them."""


@dataclass(frozen=True)
class ScoredRun:
    """A run as it is scored, whatever store or host it lies on.

    `arrays` returns what it stored, or raises one of `UNREADABLE`; `subject` is the hash of that, and `found` what is
    known of its scores. `measured` returns it as measures look at it, if there are measures.
    """

    name: str
    subject: str
    arrays: Callable[[], Arrays]
    found: Scored | None = None
    measured: Callable[[ReferenceSpace], Subject] | None = None


class Scorer:
    """Completes scores of embeddings of the same data: measures and, if `scored`, scores and curves.

    It knows no store: it is given the data, and arrays of runs with what is known of them, and returns what is to be
    kept. `anchors` is how many points are compared with all others, if a study says so.
    """

    def __init__(
        self, space: ReferenceSpace, measures: tuple[str, ...] = (), scored: bool = True, anchors: int | None = None
    ) -> None:
        self.space, self.measures = space, measures
        n_anchors = chosen(anchors, space.n, len(space.dataset.X_test))
        self.anchors = None if n_anchors is None else draw(space, n_anchors)
        of_scores = {metric.key: metric.version for metric in METRICS.values()} | VERSIONS if scored else {}
        # A measure may have the name of a score.
        self.versions = of_scores | {f"measure:{name}": MEASURES[name].version for name in measures}

    @property
    def n_anchors(self) -> int:
        """How many points are compared with all others; 0 if all are."""
        return 0 if self.anchors is None else len(self.anchors["train"])

    @property
    def together(self) -> int:
        """How many embeddings are best scored at a time."""
        # Kernels use all cores by themselves: one at a time is as fast as several, unless they share a pass.
        if self.space.fits and self.anchors is None:
            return 1
        return max(1, min(TOGETHER, TOGETHER_POINTS // self.space.n))

    def missing(self, found: Scored | None) -> list[str]:
        """Return what has to be computed, in the order of the registry."""
        known = found.of_anchors(self.n_anchors).versions if found else {}
        return [key for key, version in self.versions.items() if known.get(key) != version]

    def complete(self, runs: Sequence[ScoredRun]) -> list[Scored]:
        """Return all that is to be known of some runs, with what was missing."""
        embeddings: list[Embedding | str] = []
        for run in runs:
            try:
                embeddings.append(self.embedding(run))
            except UNREADABLE as error:
                embeddings.append(str(error))
        # The ranks, whose search takes most of the time with many points, are computed for several embeddings at once.
        need_ranks = METRICS.keys() | {"curves"}
        ranked = [
            one
            for run, one in zip(runs, embeddings, strict=True)
            if isinstance(one, Embedding) and one.has_neighbours and not need_ranks.isdisjoint(self.missing(run.found))
        ]
        if self.anchors is not None:
            compare_together([one for one in ranked if isinstance(one, Anchored)])
        elif ranked and not self.space.fits:
            corank_together(ranked)
        return [
            self._without(run, one) if isinstance(one, str) else self._completed(run, one)
            for run, one in zip(runs, embeddings, strict=True)
        ]

    def embedding(self, run: ScoredRun) -> Embedding:
        """Return the embedding of a run; raises one of `UNREADABLE` if what is stored is no embedding of these data."""
        embedding = embedding_of_arrays(self.space, run.arrays())
        return embedding if self.anchors is None else by_anchors(embedding, self.anchors)

    def _without(self, run: ScoredRun, why: str) -> Scored:
        """Return that a run has no scores, and why; the others go on."""
        log.warning("%s cannot be scored: %s", run.name, why)
        values = no_values(f"{UNSCORED}: {why.rstrip('.')}", [key for key in self.versions if key in METRICS])
        nothing: dict[str, dict[str, float]] = {name: {} for name in self.measures}
        known = {"versions": self.versions, "anchors": self.n_anchors, "measures": nothing}
        return Scored(subject=run.subject, values=values, **known)

    def _measured(self, name: str, run: ScoredRun) -> dict[str, float]:
        try:
            subject = run.measured(self.space) if run.measured else Subject(self.space, run.arrays())
            return MEASURES[name].compute(subject)
        except UNEXPECTED as error:
            log.warning("%s has no measure %s: %r", run.name, name, error)
            return {}

    def _completed(self, run: ScoredRun, embedding: Embedding) -> Scored:
        missing = self.missing(run.found)
        found = (run.found or Scored(subject=run.subject, versions={})).of_anchors(self.n_anchors)
        measures = {}
        for name in self.measures:
            if f"measure:{name}" in missing:
                measures[name] = self._measured(name, run)
            else:
                measures[name] = found.measures[name]
        return Scored(
            subject=found.subject,
            versions=self.versions,
            anchors=self.n_anchors,
            values=found.current + evaluate(embedding, [key for key in missing if key in METRICS]),
            measures=measures,
            curves=_curves(embedding) if "curves" in missing else found.curves,
            correct=_correct(embedding) if "correct" in missing else found.correct,
        )

    def across(self, subject: str, runs: Sequence[ScoredRun], found: Scored | None) -> Scored | None:
        """Return the scores over the seeds of a variant, whose successful runs these are; None if none is missing."""

        def compute(missing: list[str]) -> list[Value]:
            embeddings = []
            for run in runs:
                with suppress(*UNREADABLE):  # named where its own scores are missing
                    embeddings.append(self.embedding(run))
            return evaluate_across(embeddings, missing)

        return self._renewed(subject, found, compute)

    def reference(self, name: str, found: Scored | None) -> Scored | None:
        """Return the scores of a reference; None if none is missing."""
        subject = self.space.dataset.fingerprint
        current = found if found and found.subject == subject else None
        return self._renewed(
            subject, current, lambda missing: reference_values(self.space, name, missing, self.anchors)
        )

    def _renewed(
        self, subject: str, found: Scored | None, compute: Callable[[list[str]], list[Value]]
    ) -> Scored | None:
        """Return what is found with the scores that it lacks; None if it lacks none."""
        missing = [key for key in self.missing(found) if key in METRICS]
        if not missing:
            return None
        values = found.of_anchors(self.n_anchors).current if found else []
        known = {"versions": self.versions, "anchors": self.n_anchors}
        return Scored(subject=subject, values=values + compute(missing), **known)


def embedding_of_arrays(space: ReferenceSpace, arrays: Arrays) -> Embedding:
    """Return the embedding that a run stored; raises one of `UNREADABLE` if it stored none of these data."""
    others = {name: arrays.get(name) for name in ("squared_error", "refit", "few", "alone")}
    return Embedding(space, arrays["train"], arrays.get("test"), **others)


def _curves(embedding: Embedding) -> dict[str, list[float]]:
    """Return the curves of an embedding; none if it is not finite, collapsed or of too few points."""
    n = len(embedding.Z)
    if not embedding.has_neighbours or n < 3:
        return {}
    most = min(n - 2, len(embedding.coranking.ks))  # by anchors, only so many neighbours are known
    ks = np.unique(np.geomspace(1, most, CURVE_POINTS).round().astype(np.int64))
    return {"k": ks.tolist()} | {name: getattr(embedding.coranking, name)[ks - 1].tolist() for name in CURVES}


def _correct(embedding: Embedding) -> str:
    """Return which test points are classified correctly, packed; empty if there are none, or no labels or positions.

    It is also empty if not all test points are looked at.
    """
    if embedding.y_test is None or not embedding.has_neighbours:
        return ""
    try:
        found, of_all = correct(embedding, NEIGHBOURS, "test"), np.zeros(len(embedding.y_test), bool)
    except UndefinedError:
        return ""
    if len(found) < len(of_all):
        return ""
    of_all[embedding.rows("test")] = found
    return pack(of_all)
