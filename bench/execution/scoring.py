"""Scores of stored embeddings: each is computed only if it is missing or outdated. Nothing here affects a timing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path
from rich.console import Console

from bench.datasets import Dataset
from bench.execution.progress import bar
from bench.execution.scorer import UNREADABLE, ScoredRun, Scorer, embedding_of_arrays
from bench.metrics import NEED_LABELS, REFERENCES, Embedding, ReferenceSpace
from bench.metrics.measure import Arrays, Subject
from bench.metrics.reference_space import MAX_EXACT, MEMORY
from bench.store.records import Record
from bench.store.score_store import Scored, ScoreStore, subject_across
from bench.store.store import Store

__all__ = ["UNREADABLE", "cache_folder", "embedding_of", "run_name", "score", "score_study", "space_of"]


def cache_folder() -> Path:
    """Return the user's cache folder for distances, ranks and neighbours of data; see `ReferenceSpace`."""
    return user_cache_path("reducers-bench") / "reference-spaces"


class Group(NamedTuple):
    """Runs that were fitted on the same points: how many, without which class, of which sample, with which rows."""

    n: int | None = None
    without: str = ""
    sample: int = 0
    rows: str = ""
    scored: bool = True
    """Whether they are scored; otherwise only the measures are computed that the study asks for."""


def groups_of(store: Store) -> dict[Group, list[Record]]:
    """Return the successful runs that are to be scored, and groups without runs where references alone are."""
    study = store.study()
    groups: dict[Group, list[Record]] = {}
    is_scored = any(variant.scores for variant in study.variants.values())
    if is_scored:
        groups[Group()] = []  # else nothing would be compared with references, which take minutes with many points
    for record in store.records():
        if is_scored and study.samples > 1:
            groups.setdefault(Group(sample=record.sample), [])
        spec = study.variants[record.variant]
        if record.ok and (spec.scores or study.measures):
            group = Group(spec.n, spec.without, record.sample, spec.rows, spec.scores)
            groups.setdefault(group, []).append(record)
    return groups


def score_study(store: Store, dataset: Dataset, console: Console) -> None:
    """Score every successful run against the points that it was fitted on, and the references of all points."""
    study, groups = store.study(), groups_of(store)
    with bar(console, "scores", sum(map(len, groups.values()))) as advance:
        for group, records in groups.items():
            data = dataset.select(group.n, group.without, group.sample, study.samples, group.rows)
            is_whole = group == Group(sample=group.sample)
            given = store, data, records, lambda _: advance(), study.measures, group.scored
            score(*given, references=is_whole, sample=group.sample, anchors=study.anchors)


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
    anchors: int | None = None,
) -> None:
    """Compute the scores of runs that are missing, outdated or of another embedding.

    All of these runs were fitted on the same training points. `progress` is called with each record as its scores are
    complete. If not `scored`, only the measures that the study asks for are computed, no scores and curves. The
    references, which embeddings are compared with, are of these data, which are the `sample` of that number, or left
    out. Arrays of the data are cached in `folder`, or else in the user's cache folder. `anchors` is how many points are
    compared with all others; None compares all points, and of very many the usual number.
    """
    space, scores = space_of(dataset, folder or cache_folder()), ScoreStore(store)
    scorer = Scorer(space, tuple(measures), scored, anchors)
    for name in REFERENCES if references else ():
        is_defined = dataset.y is not None or name not in NEED_LABELS
        if is_defined and (found := scorer.reference(name, scores.reference(name, sample))):
            scores.keep_reference(name, found, sample)
    for start in range(0, len(records), scorer.together):
        group = records[start : start + scorer.together]
        runs = [run_of(store, record, scores.of_run(record)) for record in group]
        todo = [(record, run) for record, run in zip(group, runs, strict=True) if scorer.missing(run.found)]
        for (record, _), found in zip(todo, scorer.complete([run for _, run in todo]), strict=True):
            scores.keep_run(record, found)
        for record in group:
            progress(record)
    first_sample = (record for record in records if record.sample == 0 and scored)
    for _, of_variant in groupby(first_sample, lambda record: record.variant):
        successful = list(of_variant)
        if found := scorer.across(
            subject_across(successful), [run_of(store, one) for one in successful], scores.across(successful)
        ):
            scores.keep_across(successful, found)


def space_of(dataset: Dataset, folder: Path | None = None) -> ReferenceSpace:
    """Return the space of a study's data, cached in a folder; of very many points not all are compared with all."""
    few = max(len(dataset.X), len(dataset.X_test)) <= MAX_EXACT
    # With room for them, the distances of a few pairs would be looked up among those of all.
    return ReferenceSpace(dataset, folder, MEMORY if few else 0, all_pairs=few)


def run_name(record: Record) -> str:
    """Return how messages name a run."""
    sample = f", sample {record.sample}" if record.sample else ""
    return f"{record.variant}, seed {record.seed}{sample}"


def embedding_of(store: Store, space: ReferenceSpace, record: Record) -> Embedding:
    """Return the embedding of a run and what else its scores look at.

    Raises one of `UNREADABLE` if what is stored is no embedding of these data.
    """
    return embedding_of_arrays(space, store.arrays(record))


def run_of(store: Store, record: Record, found: Scored | None = None) -> ScoredRun:
    """Return a stored run as it is scored."""
    subject, measured = record.arrays_sha256 or "", partial(subject_of, store, record)
    return ScoredRun(run_name(record), subject, partial(store.arrays, record), found, measured)


def subject_of(store: Store, record: Record, space: ReferenceSpace) -> Subject:
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
