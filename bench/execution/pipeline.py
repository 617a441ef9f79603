"""One study from beginning to end: data, plan, runs, scores, tables; and what a reader looks at, by a callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from rich.console import Console

from bench import datasets
from bench.datasets import Dataset
from bench.errors import DatasetError, StoreError
from bench.execution import environment, estimate, reproducibility, scoring, threads
from bench.execution.drawings import keep_drawings
from bench.execution.progress import Progress, bar
from bench.execution.runner import Runner
from bench.store import sums, test_set
from bench.store.export import export
from bench.store.records import Outcome
from bench.store.results import Results
from bench.store.store import Store
from bench.studies import plan
from bench.studies.plan import Run
from bench.studies.study import Study
from bench.units import seconds_as_text

Published = TypeVar("Published")
LoadData = Callable[[], Dataset | None]
Publish = Callable[[Results, LoadData, bool], Published]
"""Writes what a reader looks at, made from the results alone, and returns what was written.

It is given a function that returns the data, for the images that are shown, or None if they cannot be had; and whether
to write again what would not change.
"""


@dataclass(frozen=True)
class RunRequest:
    """What is to be done: a resolved study, which of its variants, and where the results go."""

    whole: Study
    """The study with all variants that its tables show."""
    chosen: Study
    """The study with only the variants that are to run now."""
    out: Path
    data_dir: Path | None = None
    rerun: str | None = None
    """`failed`, `all` or a variant's name: what is repeated though it is done."""
    n: int | None = None
    """Training points that were asked for by number, so that fewer are an error."""
    monitored: bool = False
    """Whether trainings write events for TensorBoard."""
    yes: bool = False
    """Whether data with very many columns are meant."""


def execute(
    request: RunRequest,
    console: Console,
    publish: Publish[Published],
    emit: Callable[[str], None] | None = None,
) -> Published:
    """Run what is not done yet, score it, and publish the results; progress goes to the console, or through `emit`.

    Raises DatasetError if the data cannot be had, or have fewer points than were asked for; StoreError if the results
    folder cannot be written, or another study holds it.
    """
    started = perf_counter()
    study = request.chosen
    dataset = datasets.load(study.dataset, study.n, request.data_dir, study.data, unlimited=request.yes)
    if request.n is not None and len(dataset.X) < request.n:
        raise DatasetError(
            f"Got n={request.n}, but expected at most {len(dataset.X)}: {dataset.name} has no more training points."
        )
    for line in (dataset.selection, dataset.provenance):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    budget = study.threads or threads.available()
    runs = plan.make(study, dataset, budget, environment.fingerprint())
    store = Store(request.out)
    with store.locked():
        store.set_aside_damaged()
        before = environment.environment(dataset.name, dataset.fingerprint, dataset.provenance, budget)
        store.write("study.toml", request.whole.to_toml())
        outcomes = _run(Runner(study, dataset, store, request.monitored), runs, request, console, emit)
        pools = sorted({pool for outcome in outcomes for pool in outcome.pools}, key=attrgetter("library", "threads"))
        after = before.model_copy(update={"load_after": environment.load(), "pools": tuple(pools)})
        if outcomes:
            store.write_model("environment.json", after)
        _compute(store, dataset, console)
        published = publish(Results(request.out), lambda: dataset, False)
        if outcomes:
            wall_s = perf_counter() - started
            # Inside the reducer's own code.
            measured_s = sum(cost.wall_s for outcome in outcomes for cost in outcome.costs.values() if cost is not None)
            cost = {"wall_s": wall_s, "measured_s": measured_s}
            store.write_model("environment.json", after.model_copy(update=cost))
            sums.write(request.out)
            console.print(f"{seconds_as_text(wall_s)}, {1 - measured_s / wall_s:.0%} of it for the harness itself")
        return published


def rebuild(folder: Path, data_dir: Path | None, console: Console, publish: Publish[Published]) -> Published:
    """Publish a results folder again, without one fit.

    If its runs are there, what is missing of their scores is computed first; that needs the data. If they are not, as
    in a fresh clone, everything is made from the tables and arrays that are committed.

    Raises StoreError if the folder holds no results, or another study holds it; DatasetError if scores have to be
    computed and the data cannot be had.
    """
    store = Store(folder)
    study = store.study()
    with store.locked():
        if _is_measured_here(store):
            store.set_aside_damaged()
            dataset = datasets.load(study.dataset, study.n, data_dir, study.data, unlimited=True)
            _compute(store, dataset, console)
            return publish(Results(folder), lambda: dataset, True)
        where = store.environment()

        def load_data() -> Dataset | None:
            """Return the data of the study, if those of its results can be had."""
            try:
                found = datasets.load(study.dataset, study.n, data_dir, study.data, unlimited=True)
            except DatasetError:
                return None
            return found if where is None or found.fingerprint == where.dataset_fingerprint else None

        return publish(Results(folder), load_data, True)


def _is_measured_here(store: Store) -> bool:
    """Return whether the tables are made from the stored runs: those have all that are listed, or newer ones."""
    stored = {record.key for record in store.records()}
    try:
        listed = set(Results(store.folder).runs["key"])
    except StoreError:
        return bool(stored)  # nothing is listed yet, or what is listed is damaged
    return listed <= stored or not stored <= listed


def _run(
    runner: Runner, runs: list[Run], request: RunRequest, console: Console, emit: Callable[[str], None] | None
) -> list[Outcome]:
    """Execute what is not done yet, with progress, and return how that went."""
    todo = runner.pending(runs, request.rerun)
    if not todo:
        console.print(f"All {len(runs)} runs are done already; --rerun all repeats them.", highlight=False)
        return []
    expected = estimate.learn_from(request.out.parent, todo, len(runner.dataset.X))
    console.print(expected.as_text(todo), highlight=False, soft_wrap=True)
    progress = Progress(console, runs, todo, expected, emit)
    with progress.shown():
        runner.execute(todo, progress)
    return [record.outcome for record in progress.done]


def _compute(store: Store, dataset: Dataset, console: Console) -> None:
    """Compute and write everything that needs the data: scores, tables, and the arrays that pictures show."""
    scoring.score_study(store, dataset, console)
    export(store)
    reproducibility.write(store, dataset, console)
    with bar(console, "drawings", len(Results(store.folder).variants)) as advance:
        keep_drawings(store, dataset, lambda _: advance(), scoring.cache_folder())
    test_set.write(store)
