"""What the harness itself costs: a run of a reducer that does nothing, in a worker that is ready."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "bench" / "fakes.py"


@pytest.mark.parametrize("seeds", [1, 51])
def test_runs_of_a_reducer_that_does_nothing(benchmark: BenchmarkFixture, seeds: int) -> None:
    """The difference of the two, over 50, is the cost of one run beyond the worker's start."""
    study = Study(name="s", dataset="clouds", seeds=seeds, variants={"Calm": Variant(reducer=f"{FAKES}:Calm")})
    data = make_dataset(4_000, 1_000, 784)
    runs = plan.make(study, data, 1)

    def execute() -> None:
        with tempfile.TemporaryDirectory() as folder:
            Runner(study, data, Store(Path(folder)), ThisMachine()).execute(runs, MagicMock())

    benchmark.pedantic(execute, rounds=3, warmup_rounds=1)
