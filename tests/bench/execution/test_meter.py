from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.execution import meter
from bench.execution.meter import WHOLE_LIFE, measure


def test_wall_time_is_the_calls_own() -> None:
    result, cost = measure(lambda: time.sleep(0.05) or "done")
    assert result == "done"
    assert cost.wall_s == pytest.approx(0.05, rel=0.2)
    assert cost.cpu_s < 0.02
    assert cost.cores < 0.5


def test_cpu_time_counts_work() -> None:
    _, cost = measure(lambda: sum(range(2_000_000)))
    assert cost.cpu_s == pytest.approx(cost.wall_s, rel=0.5)


def test_peak_is_of_this_call_and_not_of_an_earlier_one() -> None:
    # In a process of its own: what other tests freed may still be held, and would be used again.
    code = """
import numpy as np
from bench.execution.meter import measure

def allocate(mib):
    block = np.ones(mib * 2**20, dtype=np.uint8)
    block[::4096] = 2

for mib in (200, 50):
    _, cost = measure(lambda: allocate(mib))
    print(cost.peak_mib - cost.baseline_mib, cost.memory_method)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (large, method), (small, _) = (line.split() for line in done.stdout.splitlines())
    if method == WHOLE_LIFE:
        pytest.skip("the kernel's mark cannot be reset here")
    assert float(large) == pytest.approx(200, rel=0.1)
    assert float(small) == pytest.approx(50, rel=0.1)


def test_without_a_mark_the_fallback_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(meter, "_RESET", tmp_path / "missing" / "clear_refs")
    _, cost = measure(lambda: None)
    assert cost.memory_method == WHOLE_LIFE
    assert cost.peak_mib > 10


def test_the_garbage_collector_is_off_meanwhile() -> None:
    assert gc.isenabled()
    during, _ = measure(gc.isenabled)
    assert not during
    assert gc.isenabled()


def test_the_garbage_collector_is_on_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        measure(lambda: 1 / 0)
    assert gc.isenabled()


def test_a_tracer_is_refused() -> None:
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        with pytest.raises(RuntimeError, match="tracer"):
            measure(lambda: None)
    finally:
        sys.settrace(before)


def test_other_processes_are_only_counted_for_longer_calls() -> None:
    _, short = measure(lambda: None)
    _, longer = measure(lambda: time.sleep(0.6))
    assert short.other_cores is None
    assert longer.other_cores is not None
    assert longer.other_cores >= 0
