"""One study from beginning to end: data, plan, runs, scores, tables; and what a reader looks at, by a callback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import numpy as np
from rich.console import Console

import reducers
from bench import datasets
from bench.datasets import Dataset
from bench.errors import DatasetError, StoreError
from bench.execution import environment, estimate, extension, reproducibility, scoring
from bench.execution.drawings import keep_drawings
from bench.execution.local import ThisMachine
from bench.execution.partial import Partial, Show
from bench.execution.progress import Progress, bar
from bench.execution.runner import Executor, Runner
from bench.metrics import METRICS
from bench.store import disk, elsewhere, machines, sums, test_set
from bench.store.export import export
from bench.store.records import Environment, Outcome
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
    base: Path | None = None
    """Folder of a study whose rows the tables show, too, as measured elsewhere."""
    note: str = ""
    """What must be said of where the results go."""
    data_dir: Path | None = None
    rerun: str | None = None
    """`failed`, `all` or a variant's name: what is repeated though it is done."""
    n: int | None = None
    """Training points that were asked for by number, so that fewer are an error."""
    monitored: bool = False
    """Whether trainings write events for TensorBoard."""
    yes: bool = False
    """Whether data with very many columns are meant."""
    cluster: str = ""
    """Scheduler whose hosts carry the runs out; see `cluster.connected`. Empty: this machine."""
    samples: int | None = None
    """How many samples of the data are run of a study that has several, the first ones; None runs all."""
    root: Path | None = None
    """Folder with the results of other studies, from which times are estimated; None takes the one that `out` is in."""

    def members(self) -> dict[str, RunRequest]:
        """Return a request for each dataset of a study over several, of as many points as each of them has."""
        found = {}
        for dataset in self.chosen.datasets:
            whole, chosen, folder = self.whole.on(dataset), self.chosen.on(dataset), self.whole.folders[dataset]
            base = self.base / folder if self.base and (self.base / folder / "study.toml").is_file() else None
            one = replace(self, whole=whole, chosen=chosen, out=self.out / folder, base=base)
            found[dataset] = replace(one, note="", n=None, root=self.out.parent)
        return found


def execute(
    request: RunRequest,
    console: Console,
    publish: Publish[Published],
    emit: Callable[[str], None] | None = None,
    show: Show = lambda results, load_data: None,
) -> Published:
    """Run what is not done yet, score it, and publish the results; progress goes to the console, or through `emit`.

    Tables that are there stay until the study is complete. Without a cluster, `show` writes first ones after rounds.

    Raises DatasetError if the data cannot be had, or have fewer points than were asked for; StoreError if the results
    folder cannot be written, or another study holds it.
    """
    with _executor(request) as executor:
        if request.cluster:
            console.print(str(executor), highlight=False, markup=False, soft_wrap=True)
        return _execute(request, executor, console, publish, emit, show)


def _execute(
    request: RunRequest,
    executor: Executor,
    console: Console,
    publish: Publish[Published],
    emit: Callable[[str], None] | None,
    show: Show,
) -> Published:
    started = perf_counter()
    dataset = load(request)
    for line in filter(None, (dataset.select(samples=request.chosen.samples).selection, dataset.provenance)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    budget = request.chosen.threads or executor.cores
    runs = plan.make(request.chosen, dataset, budget, request.samples)
    store = Store(request.out)
    with store.locked():
        store.set_aside_damaged()
        former = store.environment()
        before = _environment(request.chosen, former, dataset, budget)
        if request.base is not None:
            elsewhere.copy(store, request.base, dataset.fingerprint)
        else:
            planned, runs = len(runs), extension.to_measure(store, request.chosen, dataset, runs, request.rerun)
            if n_there := planned - len(runs):
                console.print(f"{n_there:,} of {planned:,} runs are in the tables that are there, and stay.")
        if not Results(request.out).exists:  # one that is interrupted can be reported, too
            store.write("study.toml", request.whole.to_toml())
            store.write_model("environment.json", before)
        partial = Partial(request.whole, store, dataset, before, console, show)
        runner = Runner(request.chosen, dataset, store, executor, request.monitored, after_round=partial.after_round)
        outcomes = _run(runner, runs, request, console, emit)
        runs = [run for run in runs if not runner.is_left_out(run)]
        store.write("study.toml", request.whole.to_toml())
        pools = sorted({pool for outcome in outcomes for pool in outcome.pools}, key=attrgetter("library", "threads"))
        after = before.model_copy(update={"load_after": environment.load(), "pools": tuple(pools)})
        if outcomes:
            known = {**machines.known(former), **executor.machines}
            store.write_model("environment.json", machines.joined(after, known, store.records()))
        executor.score(store, dataset, console)
        _compute(store, dataset, console)
        published = publish(Results(request.out), lambda: dataset, False)
        if outcomes:
            _note_cost(store, outcomes, len(runs), perf_counter() - started, console)
        disk.discard(store.folder / sums.PARTIAL)
        return published


@contextmanager
def _executor(request: RunRequest) -> Iterator[Executor]:
    """Hold what carries the runs out."""
    if not request.cluster:
        yield ThisMachine()
        return
    from bench.execution import cluster  # dask takes a second to import

    with cluster.connected(request.cluster, request.chosen) as executor:
        yield executor


def load(request: RunRequest) -> Dataset:
    """Return the data of a study; DatasetError if they cannot be had, or have fewer points than were asked for."""
    study = request.chosen
    dataset = load_data_of(study, request.data_dir, unlimited=request.yes)
    if request.n is not None and len(dataset.X) < request.n:
        raise DatasetError(
            f"Got n={request.n}, but expected at most {len(dataset.X)}: {dataset.name} has no more training points."
        )
    return dataset


def load_data_of(study: Study, data_dir: Path | None, *, unlimited: bool) -> Dataset:
    """Return the data that a study of one dataset names; DatasetError if they cannot be had."""
    n, rest = study.n_fitted, study.map == "all"
    return datasets.load(study.dataset, n, data_dir, study.data, unlimited=unlimited, rest=rest)


def rebuild(
    folder: Path, data_dir: Path | None, console: Console, publish: Publish[Published], anchors: int | None = None
) -> Published:
    """Publish a results folder again, without one fit.

    If its runs are there, what is missing of their scores is computed first; that needs the data. If they are not, as
    in a fresh clone, everything is made from the tables and arrays that are committed. `anchors` is how many points
    scores compare with all others from now on; None leaves it to the study.

    Raises StudyError if there cannot be so many anchors; StoreError if the folder holds no results, or another study
    holds it; DatasetError if scores have to be computed and the data cannot be had.
    """
    store = Store(folder)
    study = store.study()
    with store.locked():
        if elsewhere.has_runs(store):
            store.set_aside_damaged()
            dataset = load_data_of(study, data_dir, unlimited=True)
            if anchors is not None:
                store.write("study.toml", study.with_changes({"anchors": anchors}).to_toml())
            _compute(store, dataset, console)
            return publish(Results(folder), lambda: dataset, True)
        if not Results(folder).exists:
            raise StoreError(
                f"Got {folder}, which has neither tables nor runs: no run of it is complete. Run it again."
            )
        console.print(
            "Its runs are not on this computer. Tables, figures and report are made from the tables that are; scores "
            "stay as they are.",
            soft_wrap=True,
        )
        where = store.environment()

        def load_data() -> Dataset | None:
            """Return the data of the study, if those of its results can be had."""
            try:
                found = load_data_of(study, data_dir, unlimited=True)
            except DatasetError:
                return None
            return found if where is None or found.fingerprint == where.dataset_fingerprint else None

        return publish(Results(folder), load_data, True)


def _environment(study: Study, former: Environment | None, dataset: Dataset, budget: int) -> Environment:
    """Return where the study runs now, and of which code; of reducers that do not run now it is as it was."""
    now = environment.environment(dataset.name, dataset.fingerprint, dataset.provenance, budget)
    code = {variant.reducer: reducers.digest(variant.reducer) for variant in study.variants.values()}
    spent = former.model_dump(include={"wall_s", "measured_s"}) if former else {}
    code = (former.reducers if former else {}) | code
    of_data = {"class_size": _class_size(dataset), "metrics": _versions()}
    return now.model_copy(update={"reducers": code, **of_data, **spent})


def _class_size(dataset: Dataset) -> int | None:
    """Return how many training points the class of the median point has; None without labels."""
    if dataset.y is None:
        return None
    _, classes, sizes = np.unique(dataset.y, return_inverse=True, return_counts=True)
    return int(np.median(sizes[classes]))


def _versions() -> dict[str, int]:
    return {key: metric.version for key, metric in METRICS.items()}


def _note_cost(store: Store, outcomes: list[Outcome], n_runs: int, wall_s: float, console: Console) -> None:
    """Write down how long the study took, and how much of it inside the reducers' own code.

    A study that was continued took as long as its parts together; if one of them is not known, neither is the whole.
    """
    measured_s = sum(cost.wall_s for outcome in outcomes for cost in outcome.costs.values() if cost is not None)
    where = store.environment()
    assert where is not None
    spent: dict[str, float | None] = {"wall_s": wall_s, "measured_s": measured_s}
    if len(outcomes) < n_runs:
        former = {name: getattr(where, name) for name in spent}
        spent = {name: None if former[name] is None else former[name] + now for name, now in spent.items()}
    store.write_model("environment.json", where.model_copy(update=spent))
    sums.write(store.folder)
    console.print(f"{seconds_as_text(wall_s)}, {1 - measured_s / wall_s:.0%} of it for the harness itself")


def _run(
    runner: Runner, runs: list[Run], request: RunRequest, console: Console, emit: Callable[[str], None] | None
) -> list[Outcome]:
    """Execute what is not done yet, with progress, and return how that went."""
    todo = runner.pending(runs, request.rerun)
    runs = [run for run in runs if not runner.is_left_out(run)]
    if request.note and (todo or request.base is not None):
        console.print(request.note, highlight=False, markup=False, soft_wrap=True)
    if not todo:
        done = "The run is" if len(runs) == 1 else f"All {len(runs):,} runs are"
        console.print(f"{done} done already; --rerun all repeats them.", highlight=False)
        return []
    expected = estimate.learn_from(request.root or request.out.parent, todo, len(runner.dataset.X))
    console.print(expected.as_text(todo), highlight=False, soft_wrap=True)
    if search := runner.study.search:
        budget = seconds_as_text(search.budget)
        line = f"Fewer, if a search takes {budget} of fit and transform: it begins no further run then."
        console.print(line, highlight=False, soft_wrap=True)
    progress = Progress(console, runs, todo, expected, emit)
    with progress.shown():
        runner.execute(todo, progress)
    return [record.outcome for record in progress.done]


def _compute(store: Store, dataset: Dataset, console: Console) -> None:
    """Compute and write everything that needs the data: scores, tables, and the arrays that pictures show."""
    scoring.score_study(store, dataset, console)
    if where := store.environment():
        store.write_model("environment.json", where.model_copy(update={"metrics": _versions()}))
    export(store)
    reproducibility.write(store, dataset, console)
    with bar(console, "drawings", len(Results(store.folder).variants)) as advance:
        keep_drawings(store, dataset, lambda _: advance(), scoring.cache_folder())
    elsewhere.keep_arrays(store)
    test_set.write(store)
