"""Scores of stored embeddings: each is computed only if it is missing or outdated. Nothing here affects a timing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from platformdirs import user_cache_path
from rich.console import Console

from bench.datasets import Dataset
from bench.errors import UndefinedError
from bench.execution.progress import bar
from bench.metrics import (
    METRICS,
    NEED_LABELS,
    REFERENCES,
    Embedding,
    ReferenceSpace,
    Value,
    corank_together,
    evaluate,
    evaluate_across,
    no_values,
    reference_values,
)
from bench.metrics.labels import correct
from bench.metrics.measure import Arrays, Subject
from bench.metrics.measures import MEASURES
from bench.metrics.registry import UNEXPECTED, UNSCORED
from bench.store.records import Record
from bench.store.score_store import Scored, ScoreStore, pack, subject_across
from bench.store.store import Store

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
TOGETHER = 8
"""Embeddings that share a pass over data with too many points for their ranks to be kept."""


def cache_folder() -> Path:
    """Return the user's cache folder for distances, ranks and neighbours of data; see `ReferenceSpace`."""
    return user_cache_path("reducers-bench") / "reference-spaces"


def score_study(store: Store, dataset: Dataset, console: Console) -> None:
    """Score every successful run against the points that it was fitted on, and the references of all points.

    Of variants that are not scored, only the measures are computed that the study asks for.
    """
    study = store.study()
    whole = (None, "", 0, "", True)
    groups: dict[tuple[int | None, str, int, str, bool], list[Record]] = {}
    is_scored = any(variant.scores for variant in study.variants.values())
    if is_scored:
        groups[whole] = []  # else nothing would be compared with references, which take minutes with many points
    for record in store.records():
        if is_scored and study.samples > 1:
            groups.setdefault((None, "", record.sample, "", True), [])
        spec = study.variants[record.variant]
        if record.ok and (spec.scores or study.measures):
            groups.setdefault((spec.n, spec.without, record.sample, spec.rows, spec.scores), []).append(record)
    with bar(console, "scores", sum(map(len, groups.values()))) as advance:
        for group, records in groups.items():
            n, without, sample, rows, scored = group
            data = dataset.select(n, without, sample, study.samples, rows)
            is_whole = group == (None, "", sample, "", True)
            score(store, data, records, lambda _: advance(), study.measures, scored, references=is_whole, sample=sample)


def score(
    store: Store,
    dataset: Dataset,
    records: Sequence[Record],
    progress: Callable[[Record], None],
    measures: Iterable[str] = (),
    scored: bool = True,
    *,
    references: bool = True,
    sample: int = 0,
    folder: Path | None = None,
) -> None:
    """Compute the scores of runs that are missing, outdated or of another embedding.

    All of these runs were fitted on the same training points. `progress` is called with each record as its scores are
    complete. If not `scored`, only the measures that the study asks for are computed, no scores and curves. The
    references, which embeddings are compared with, are of these data, which are the `sample` of that number, or left
    out. Arrays of the data are cached in `folder`, or else in the user's cache folder.
    """
    scorer = Scorer(store, ReferenceSpace(dataset, folder or cache_folder()), tuple(measures), scored)
    for name in REFERENCES if references else ():
        if dataset.y is not None or name not in NEED_LABELS:
            scorer.complete_reference(name, sample)
    # Kernels use all cores by themselves: one embedding at a time is as fast as several, and takes less memory.
    size = 1 if scorer.space.fits else TOGETHER
    for start in range(0, len(records), size):
        group = records[start : start + size]
        scorer.complete(group)
        for record in group:
            progress(record)
    first_sample = (record for record in records if record.sample == 0 and scored)
    for _, of_variant in groupby(first_sample, lambda record: record.variant):
        scorer.complete_across(list(of_variant))


class Scorer:
    """Completes what is stored of embeddings of the same data: measures and, if `scored`, scores and curves."""

    def __init__(self, store: Store, space: ReferenceSpace, measures: tuple[str, ...], scored: bool) -> None:
        self.store, self.space, self.measures = store, space, measures
        self.scores = ScoreStore(store)
        of_scores = {metric.key: metric.version for metric in METRICS.values()} | VERSIONS if scored else {}
        # A measure may have the name of a score.
        self.versions = of_scores | {f"measure:{name}": MEASURES[name].version for name in measures}

    def missing(self, found: Scored | None) -> list[str]:
        """Return what has to be computed, in the order of the registry."""
        known = found.versions if found else {}
        return [key for key, version in self.versions.items() if known.get(key) != version]

    def complete(self, records: Sequence[Record]) -> None:
        """Compute what is missing of some runs."""
        todo = []
        for record in records:
            found = self.scores.of_run(record)
            if missing := self.missing(found):
                try:
                    todo.append((record, found, missing, embedding_of(self.store, self.space, record)))
                except UNREADABLE as error:
                    self.scores.keep_run(record, self._without(record, str(error)))
        # The ranks, whose search takes most of the time with many points, are computed for several embeddings at once.
        need_ranks = METRICS.keys() | {"curves"}
        ranked = [one for *_, missing, one in todo if one.is_finite and not need_ranks.isdisjoint(missing)]
        if ranked and not self.space.fits:
            corank_together(ranked)
        for record, found, missing, embedding in todo:
            self.scores.keep_run(record, self._completed(record, found, missing, embedding))

    def _without(self, record: Record, why: str) -> Scored:
        """Return that a run has no scores, and why; the others go on."""
        log.warning("%s cannot be scored: %s", run_name(record), why)
        values = no_values(f"{UNSCORED}: {why.rstrip('.')}", [key for key in self.versions if key in METRICS])
        nothing: dict[str, dict[str, float]] = {name: {} for name in self.measures}
        return Scored(subject=record.arrays_sha256 or "", versions=self.versions, values=values, measures=nothing)

    def _measured(self, name: str, record: Record) -> dict[str, float]:
        try:
            return MEASURES[name].compute(subject_of(self.store, self.space, record))
        except UNEXPECTED as error:
            log.warning("%s has no measure %s: %r", run_name(record), name, error)
            return {}

    def _completed(self, record: Record, found: Scored | None, missing: list[str], embedding: Embedding) -> Scored:
        found = found or Scored(subject=record.arrays_sha256 or "", versions={})
        measures = {}
        for name in self.measures:
            if f"measure:{name}" in missing:
                measures[name] = self._measured(name, record)
            else:
                measures[name] = found.measures[name]
        return Scored(
            subject=found.subject,
            versions=self.versions,
            values=found.current + evaluate(embedding, [key for key in missing if key in METRICS]),
            measures=measures,
            curves=_curves(embedding) if "curves" in missing else found.curves,
            correct=_correct(embedding) if "correct" in missing else found.correct,
        )

    def complete_across(self, records: Sequence[Record]) -> None:
        """Compute what is missing of the scores over the seeds of a variant, whose successful runs these are."""

        def compute(missing: list[str]) -> list[Value]:
            return evaluate_across(self.embeddings(records), missing)

        if scored := self._renewed(subject_across(records), self.scores.across(records), compute):
            self.scores.keep_across(records, scored)

    def embeddings(self, records: Sequence[Record]) -> list[Embedding]:
        """Return the embeddings of those runs that have one."""
        found = []
        for record in records:
            with suppress(*UNREADABLE):  # named where its own scores are missing
                found.append(embedding_of(self.store, self.space, record))
        return found

    def complete_reference(self, name: str, sample: int = 0) -> None:
        """Compute what is missing of the scores of a reference."""
        subject, found = self.space.dataset.fingerprint, self.scores.reference(name, sample)
        current = found if found and found.subject == subject else None
        if scored := self._renewed(subject, current, lambda missing: reference_values(self.space, name, missing)):
            self.scores.keep_reference(name, scored, sample)

    def _renewed(
        self, subject: str, found: Scored | None, compute: Callable[[list[str]], list[Value]]
    ) -> Scored | None:
        """Return what is found with the scores that it lacks; None if it lacks none."""
        missing = [key for key in self.missing(found) if key in METRICS]
        values = found.current if found else []
        return Scored(subject=subject, versions=self.versions, values=values + compute(missing)) if missing else None


def run_name(record: Record) -> str:
    """Return how messages name a run."""
    sample = f", sample {record.sample}" if record.sample else ""
    return f"{record.variant}, seed {record.seed}{sample}"


def embedding_of(store: Store, space: ReferenceSpace, record: Record) -> Embedding:
    """Return the embedding of a run and what else its scores look at.

    Raises one of `UNREADABLE` if what is stored is no embedding of these data.
    """
    arrays = store.arrays(record)
    others = {name: arrays.get(name) for name in ("squared_error", "refit", "few", "alone")}
    return Embedding(space, arrays["train"], arrays.get("test"), **others)


def subject_of(store: Store, space: ReferenceSpace, record: Record) -> Subject:
    """Return a run as measures look at it."""
    variants = store.study().variants
    spec = variants[record.variant]

    def sibling(reducer: str) -> Arrays | None:
        """Return the arrays of a reducer's run with the same seed, sample and value on the same axis."""
        for name, other in variants.items():
            alike = (other.reducer, other.axis, other.value) == (reducer, spec.axis, spec.value)
            run = store.find(name, record.sample, record.seed) if alike and name != record.variant else None
            if run is not None and run.ok:
                return store.arrays(run)
        return None

    return Subject(space, store.arrays(record), spec.without, sibling)


def _curves(embedding: Embedding) -> dict[str, list[float]]:
    """Return the curves of an embedding; none if it is not finite, collapsed or of too few points."""
    n = len(embedding.Z)
    if not embedding.has_neighbours or n < 3:
        return {}
    ks = np.unique(np.geomspace(1, n - 2, CURVE_POINTS).round().astype(np.int64))
    return {"k": ks.tolist()} | {name: getattr(embedding.coranking, name)[ks - 1].tolist() for name in CURVES}


def _correct(embedding: Embedding) -> str:
    """Return which test points are classified correctly, packed; empty if there are none, or no labels or positions."""
    if embedding.y_test is None or not embedding.has_neighbours:
        return ""
    try:
        return pack(correct(embedding, NEIGHBOURS, "test"))
    except UndefinedError:
        return ""
