"""What a run would do: which runs, how long they take, and what they need. Nothing is run or written."""

from __future__ import annotations

from collections.abc import Iterator

import reducers
from bench import datasets
from bench.datasets import Dataset
from bench.errors import DatasetError
from bench.execution import environment, estimate, pipeline, threads
from bench.execution.pipeline import RunRequest
from bench.store.store import Store
from bench.studies import plan
from bench.units import counted, seconds_as_text


def lines(request: RunRequest) -> Iterator[str]:
    """Yield what a request would do, a line each.

    Raises DatasetError if its data are a file that cannot be read, or have fewer points than were asked for.
    """
    study = request.chosen
    budget = study.threads or threads.available()
    problem = ""
    try:
        dataset: Dataset | None = pipeline.load(request)
    except DatasetError as error:
        if study.dataset not in datasets.SOURCES or "has no more training points" in str(error):
            raise
        dataset, problem = None, str(error)
    if dataset is not None:
        yield dataset.selection
        yield dataset.provenance
        runs, store = plan.make(study, dataset, budget, environment.fingerprint()), Store(request.out)
        todo = [run for run in runs if _is_to_be_done(store, run)]
        expected = estimate.learn_from(request.out.parent, todo, len(dataset.X))
        yield f"would run {expected.as_text(todo)}" if todo else f"all {counted(len(runs), 'run')} are done already"
    else:
        each = f"{counted(len(study.variants), 'variant')}, {counted(study.seeds, 'seed')} each"
        yield f"would run {counted(study.n_runs, 'run')} ({each})"
    yield f"methods: {', '.join(variant.label for variant in study.variants.values())}"
    yield from filter(None, (request.note,))
    yield f"results: {request.out}"
    limit = f"at most {seconds_as_text(study.timeout)} and {study.memory / 2**30:g} GiB a run"
    yield f"needs: {counted(budget, 'thread')}, {limit}"
    if problem:
        yield f"needs data that are not here: {problem}"
    for name in dict.fromkeys(variant.reducer for variant in study.variants.values()):
        if missing := reducers.source(name).problem:
            yield f"needs for {name}: {missing}"


def _is_to_be_done(store: Store, run: plan.Run) -> bool:
    record = store.find(run.variant, run.sample, run.seed)
    return record is None or record.key != run.key
