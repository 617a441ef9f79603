from __future__ import annotations

import io

import pytest
from rich.console import Console

from bench.datasets import Dataset
from bench.execution.estimate import Estimate
from bench.execution.progress import Progress, bar
from bench.store.records import Outcome, Status
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker


@pytest.fixture
def runs(dataset: Dataset) -> list[plan.Run]:
    variants = {"a": Variant(reducer="pca", label="A"), "b": Variant(reducer="pca", label="B")}
    return plan.make(Study(dataset="clouds", seeds=2, variants=variants), dataset, 1)


def _go_through(progress: Progress, runs: list[plan.Run], dataset: Dataset) -> None:
    for run in runs:
        progress.started(run)
        progress.warmed(run, Outcome(status=Status.OK))
        failed = run.variant == "b" and run.seed == 1
        outcome = maker.failed(Status.TIMEOUT, "took too long") if failed else maker.successful(2.0)
        progress.ended(run, maker.record(run.variant, run.seed, dataset, outcome))


def test_without_a_terminal_there_is_one_line_a_run(runs: list[plan.Run], dataset: Dataset) -> None:
    out = io.StringIO()
    progress = Progress(Console(file=out, width=200), runs, runs, Estimate({"a": 2.1, "b": 2.1}, {}))
    with progress.shown():
        _go_through(progress, runs, dataset)
    lines = out.getvalue().splitlines()
    assert len(lines) == 4
    assert "seed 0: ok, fit 2.0 s; about 6.3 s left" in lines[0]
    assert any("b, seed 1: timeout, took too long" in line for line in lines)


def test_on_a_terminal_there_is_a_line_a_variant(runs: list[plan.Run], dataset: Dataset) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, record=True)
    progress = Progress(console, runs, runs[1:], Estimate({}, {}))
    with progress.shown():
        _go_through(progress, runs[1:], dataset)
        console.print(progress._table())
    text = console.export_text()
    assert "3 of 3 runs done" in text
    assert "timeout" in text
    assert "2/2" in text


def test_the_title_says_method_seed_and_phase(runs: list[plan.Run]) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, record=True)
    progress = Progress(console, runs, runs[:1], Estimate({"a": 30.0, "b": 30.0}, {}))
    progress.started(runs[0])
    progress.began("fit_transform")
    console.print(progress._table())
    text = console.export_text()
    assert f"0 of 1 run done; {runs[0].spec.label}, seed 0: fit transform; about 30 s left" in text
    assert "fit transform, " in text


def test_a_bar_moves_one_step_at_a_time() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, record=True)
    with bar(console, "scores", 2) as advance:
        advance()
        advance()
    text = console.export_text()
    assert "scores" in text and "2/2" in text
