"""One study from beginning to end: data, plan, runs, scores, tables and figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from bench import datasets, estimate, judge, machine, plan, threads
from bench.datasets import Dataset
from bench.errors import DatasetError
from bench.plan import Run
from bench.progress import Progress
from bench.records import Record
from bench.results import Results, publish
from bench.runner import Runner
from bench.store import Store
from bench.study import Study
from bench.units import seconds_in_words


@dataclass(frozen=True)
class Order:
    """What is to be done: a resolved study, which of its variants, and where the results go.

    Attributes
    ----------
    chosen : Study
        The study with only the variants that are to run now.
    whole : Study
        The study with all variants that its tables show.
    rerun : str or None
        `failed`, `all` or a variant's name: what is repeated though it is done.
    n : int or None
        Points to fit that were asked for by number, so that fewer would not do.
    monitored : bool
        Whether trainings write events for TensorBoard.
    """

    whole: Study
    chosen: Study
    out: Path
    data_dir: Path | None
    rerun: str | None
    n: int | None
    monitored: bool = False


def execute(order: Order, console: Console, watch: Callable[..., Progress] = Progress) -> Results:
    """Run what is not done yet, score it, and write tables and figures.

    Parameters
    ----------
    watch : function
        Makes what is told of each run, from what `Progress` is made of.
    """
    started = perf_counter()
    study = order.chosen
    dataset = datasets.load(study.dataset, study.n, order.data_dir)
    if order.n is not None and len(dataset.X) < order.n:
        raise DatasetError(
            f"Got n={order.n}, but expected at most {len(dataset.X)}: {dataset.name} has no more points to fit."
        )
    console.print(dataset.provenance, highlight=False, soft_wrap=True)
    budget = study.threads or threads.available()
    runs = plan.make(study, dataset, budget, machine.fingerprint())
    store = Store(order.out)
    with store.locked():
        environment = machine.environment(dataset.name, dataset.fingerprint, dataset.provenance, budget)
        store.write("study.toml", order.whole.to_toml())
        runner = Runner(study, dataset, store, order.monitored)
        ended = _run(runner, runs, order, console, watch)
        found = {pool for record in ended for pool in record.outcome.pools}
        pools = tuple(sorted(found, key=lambda pool: (pool.library, pool.threads)))
        environment = environment.model_copy(update={"load_after": machine.load(), "pools": pools})
        if ended:
            store.write_model("environment.json", environment)
        _score(store, dataset, console)
        results = publish(store, dataset, anew=False)
        if ended:
            cost = {"wall_s": perf_counter() - started, "measured_s": sum(map(_measured_s, ended))}
            store.write_model("environment.json", environment.model_copy(update=cost))
            share = 1 - cost["measured_s"] / cost["wall_s"]
            console.print(f"{seconds_in_words(cost['wall_s'])}, {share:.0%} of it for the harness itself")
        return results


def _run(
    runner: Runner, runs: list[Run], order: Order, console: Console, watch: Callable[..., Progress]
) -> list[Record]:
    """Execute what is not done yet, with progress, and return its records."""
    todo = runner.pending(runs, order.rerun)
    if not todo:
        console.print(f"All {len(runs)} runs are done already; --rerun all repeats them.", highlight=False)
        return []
    expected = estimate.learn_from(order.out.parent, todo, len(runner.dataset.X))
    console.print(expected.in_words(todo), highlight=False, soft_wrap=True)
    progress = watch(console, runs, todo, expected)
    with progress.shown():
        runner.execute(todo, progress)
    return progress.done


def _measured_s(record: Record) -> float:
    """Return the seconds of a run inside the reducer's own code."""
    return sum(cost.wall_s for cost in record.outcome.costs.values() if cost is not None)


def rebuild(folder: Path, data_dir: Path | None, console: Console) -> Results:
    """Score what is not scored and write tables and figures of a results folder, without one fit."""
    store = Store(folder)
    study = store.study()
    dataset = datasets.load(study.dataset, study.n, data_dir)
    with store.locked():
        _score(store, dataset, console)
        return publish(store, dataset)


def _score(store: Store, dataset: Dataset, console: Console) -> None:
    """Score every run against the points that it was fitted on; references are of the whole data."""
    variants = store.study().variants
    scored = any(variant.scores for variant in variants.values())
    groups: dict[tuple[int | None, str], list[Record]] = {(None, ""): []} if scored else {}
    for record in store.records():
        variant = variants[record.variant]
        if record.ok and variant.scores:
            groups.setdefault((variant.n, variant.without), []).append(record)
    columns = (TextColumn("scores"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("scores", total=sum(map(len, groups.values())))
        for selection, records in groups.items():
            selected = dataset.select(*selection)
            whole = selected is dataset
            judge.judge(store, selected, records, lambda record: bar.advance(task), references=whole)
