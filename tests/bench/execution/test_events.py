from __future__ import annotations

import json

from rich.console import Console

from bench.datasets import Dataset
from bench.execution.estimate import Estimate
from bench.execution.progress import Progress
from bench.store.records import Outcome, Status
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker


def test_every_run_begins_and_ends_as_an_object(dataset: Dataset) -> None:
    variants = {name: Variant(reducer="pca", label=name.upper()) for name in "ab"}
    runs = plan.make(Study(dataset="clouds", seeds=1, variants=variants), dataset, 1)
    lines: list[str] = []
    events = Progress(Console(quiet=True), runs, runs, Estimate({"a": 2.0, "b": 2.0}, {}), emit=lines.append)
    with events.shown():
        for run in runs:
            events.started(run)
            events.warmed(run, Outcome(status=Status.OK))
            late = maker.failed(Status.TIMEOUT, "took too long")
            outcome = late if run.variant == "b" else maker.successful(2.0)
            events.ended(run, maker.record(run.variant, run.seed, dataset, outcome))
    said = [json.loads(line) for line in lines]
    assert [one["event"] for one in said] == ["started", "ended"] * 2
    ends = {one["variant"]: one for one in said if one["event"] == "ended"}
    assert (ends["a"]["status"], ends["a"]["fit_s"], ends["a"]["seed"]) == ("ok", 2.0, 0)
    assert (ends["b"]["status"], ends["b"]["fit_s"], ends["b"]["reason"]) == ("timeout", None, "took too long")
    assert said[1]["remaining_s"] > 0
    assert said[-1]["remaining_s"] == 0
    assert (said[-1]["done"], said[-1]["runs"]) == (2, 2)
    assert len(events.done) == 2
