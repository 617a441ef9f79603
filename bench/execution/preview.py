"""What a run would do: which runs, how long they take, and what they need. Nothing is run or written."""

from __future__ import annotations

from collections.abc import Iterator

import reducers
from bench import datasets
from bench.datasets import Dataset
from bench.errors import DatasetError
from bench.execution import estimate, extension, forecast, pipeline, tensorboard, threads
from bench.execution.local import ThisMachine
from bench.execution.pipeline import RunRequest
from bench.execution.runner import Runner
from bench.store.store import Store
from bench.studies import plan
from bench.studies.search import AXIS
from bench.studies.study import Study
from bench.studies.variant import AGAIN
from bench.units import counted, seconds_as_text


class _Hosts(ThisMachine):
    """Stands for the hosts of a cluster. Nobody asks them now: times that are stored count as theirs."""

    timed = False


def lines(request: RunRequest) -> Iterator[str]:
    """Yield what a request would do, a line each.

    Data that would have to be downloaded are not; what can be said without them is.

    Raises DatasetError if its data cannot be read, or have fewer points than were asked for.
    """
    study, note = request.chosen, request.note
    absent = datasets.missing(study.dataset, request.data_dir)
    if study.datasets:
        yield from _of_each(request)
    elif absent:
        yield f"would run {counted(study.n_runs, 'run')} ({counted(len(study.variants), 'variant')})"
        if (former := Store(request.out).environment()) is not None and former.wall_s:
            yield f"time: what is in {request.out} took {seconds_as_text(former.wall_s)}"
        else:
            yield "time: estimated once the data are here"
    else:
        dataset, runs, todo, expected = _planned(request)
        yield dataset.select(samples=study.samples).selection
        yield dataset.provenance
        if todo:
            yield f"would run {expected.as_text(todo)}"
            yield from forecast.lines(study, todo, dataset, request.root or request.out.parent)
            if dataset.in_place:
                yield f"data: {dataset.in_place.path} is mapped in place, and counts towards no limit of memory"
        else:
            note = ""
            yield f"all {counted(len(runs), 'run')} are done already" if len(runs) > 1 else "the run is done already"
    methods = [variant.label for variant in study.variants.values() if variant.axis not in (AXIS, AGAIN)]
    yield f"methods: {'; '.join(methods)}"
    if search := study.search:
        yield f"search: at most {search.configurations} configurations and {seconds_as_text(search.budget)} each"
    yield from filter(None, (note,))
    yield f"results: {request.out}"
    limit = f"at most {seconds_as_text(study.timeout)} and {study.memory / 2**30:g} GiB a run"
    yield f"needs: {counted(_budget(study), 'thread')}, {limit}"
    if absent:
        yield f"needs data that are not here: {absent}"
    if request.monitored and not tensorboard.is_installed():
        yield "needs for --monitor: TensorBoard, which comes with `pip install '.[monitor]'`"
    for name in dict.fromkeys(variant.reducer for variant in study.variants.values()):
        if missing := reducers.source(name).problem:
            yield f"needs for {name}: {missing}"


def _of_each(request: RunRequest) -> Iterator[str]:
    """Yield a line for each dataset of a study over several, and one for all of them together."""
    n_runs, seconds = 0, 0.0
    unknown: list[str] = []
    for name, one in request.members().items():
        try:
            if absent := datasets.missing(name, one.data_dir):
                raise DatasetError(absent)
            dataset, runs, todo, expected = _planned(one)
        except DatasetError as error:
            yield f"{name}: left out, because its data are not here: {error}"
            continue
        if not todo:
            yield f"{name}: all {counted(len(runs), 'run')} done already"
            continue
        yield f"{name}: {len(dataset.X):,} training points, {expected.as_text(todo)}"
        known = expected.seconds(todo)
        n_runs, seconds, unknown = n_runs + len(todo), seconds + (known or 0.0), unknown + [name] * (known is None)
    more = f", and that of {', '.join(unknown)}, which is not known yet" if unknown else ""
    yield f"would run {counted(n_runs, 'run')} in all, about {seconds_as_text(seconds)}{more}; then scores and figures"


def _planned(request: RunRequest) -> tuple[Dataset, list[plan.Run], list[plan.Run], estimate.Estimate]:
    """Return the data of a study, its runs, those of them that are to be done, and what these are expected to take."""
    dataset, store = pipeline.load(request), Store(request.out)
    study = request.chosen
    runs = plan.make(study, dataset, _budget(study), request.samples)
    wanted = extension.to_measure(store, study, dataset, runs, request.rerun, keep=False) if not request.base else runs
    runner = Runner(study, dataset, store, _Hosts() if request.cluster else ThisMachine())
    stored = [store.find(run.variant, run.sample, run.seed) for run in wanted]
    found = zip(wanted, stored, strict=True)
    todo = [run for run, record in found if runner.is_to_be_done(run, record, request.rerun)]
    return dataset, runs, todo, estimate.learn_from(request.root or request.out.parent, todo, len(dataset.X))


def _budget(study: Study) -> int:
    return study.threads or threads.available()
