"""What a run would do: which runs, how long they take, and what they need. Nothing is run or written."""

from __future__ import annotations

from collections.abc import Iterator

import reducers
from bench import datasets
from bench.execution import environment, estimate, pipeline, tensorboard, threads
from bench.execution.pipeline import RunRequest
from bench.store.store import Store
from bench.studies import plan
from bench.studies.search import AXIS
from bench.units import counted, seconds_as_text


def lines(request: RunRequest) -> Iterator[str]:
    """Yield what a request would do, a line each.

    Data that would have to be downloaded are not; what can be said without them is.

    Raises DatasetError if its data cannot be read, or have fewer points than were asked for.
    """
    study = request.chosen
    budget = study.threads or threads.available()
    store, note = Store(request.out), request.note
    if absent := datasets.missing(study.dataset, request.data_dir):
        yield f"would run {counted(study.n_runs, 'run')} ({counted(len(study.variants), 'variant')})"
        if (former := store.environment()) is not None and former.wall_s:
            yield f"time: what is in {request.out} took {seconds_as_text(former.wall_s)}"
        else:
            yield "time: estimated once the data are here"
    else:
        dataset = pipeline.load(request)
        yield dataset.selection
        yield dataset.provenance
        runs = plan.make(study, dataset, budget, environment.fingerprint())
        if todo := [run for run in runs if _is_to_be_done(store, run)]:
            yield f"would run {estimate.learn_from(request.out.parent, todo, len(dataset.X)).as_text(todo)}"
        else:
            note = ""
            yield f"all {counted(len(runs), 'run')} are done already" if len(runs) > 1 else "the run is done already"
    yield f"methods: {'; '.join(variant.label for variant in study.variants.values() if variant.axis != AXIS)}"
    if search := study.search:
        yield f"search: at most {search.configurations} configurations and {seconds_as_text(search.budget)} each"
    yield from filter(None, (note,))
    yield f"results: {request.out}"
    limit = f"at most {seconds_as_text(study.timeout)} and {study.memory / 2**30:g} GiB a run"
    yield f"needs: {counted(budget, 'thread')}, {limit}"
    if absent:
        yield f"needs data that are not here: {absent}"
    if request.monitored and not tensorboard.is_installed():
        yield "needs for --monitor: TensorBoard, which comes with `pip install '.[monitor]'`"
    for name in dict.fromkeys(variant.reducer for variant in study.variants.values()):
        if missing := reducers.source(name).problem:
            yield f"needs for {name}: {missing}"


def _is_to_be_done(store: Store, run: plan.Run) -> bool:
    record = store.find(run.variant, run.sample, run.seed)
    return record is None or record.key != run.key
