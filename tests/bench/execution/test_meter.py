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
    def sleep() -> float:
        began = time.perf_counter()
        time.sleep(0.05)
        return time.perf_counter() - began  # longer on a busy machine

    slept, cost = measure(sleep)
    assert 0 <= cost.wall_s - slept < 0.02
    assert cost.cpu_s < 0.02
    assert cost.cores is not None and cost.cores < 0.5


def test_cpu_time_counts_work() -> None:
    def compute() -> float:
        began = time.process_time()
        sum(range(2_000_000))
        return time.process_time() - began

    computed, cost = measure(compute)
    assert computed <= cost.cpu_s < computed + 0.02
    assert cost.cpu_s <= cost.wall_s * 1.1 + 0.01


WORKS_WHEN_ASKED = """
import time
for _ in iter(input, ""):
    end = time.process_time() + 0.7
    while time.process_time() < end:
        pass
    print(flush=True)
"""


def test_work_of_a_process_that_goes_on_is_the_calls_own() -> None:
    command = [sys.executable, "-S", "-c", WORKS_WHEN_ASKED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        ask, answers = child.stdin, child.stdout
        assert ask is not None and answers is not None
        _, working = measure(lambda: (print("work", file=ask, flush=True), answers.readline()))
        _, waiting = measure(lambda: time.sleep(0.05))
        _, ending = measure(lambda: (print(file=ask, flush=True), child.wait()))
    assert working.cpu_s == pytest.approx(0.7, abs=0.1)
    assert waiting.cpu_s < 0.05 and ending.cpu_s < 0.05, "what it used before is none of these calls"


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
    print(cost.peak_mib - cost.baseline_mib, cost.memory_method, sep=":")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (large, method), (small, _) = (line.split(":") for line in done.stdout.splitlines())
    if method == WHOLE_LIFE:
        pytest.skip("the kernel's mark cannot be reset here")
    assert float(large) == pytest.approx(200, rel=0.1)
    assert float(small) == pytest.approx(50, rel=0.1)


@pytest.mark.parametrize("seal", [True, False])
def test_memory_is_what_the_process_itself_holds(seal: bool) -> None:
    code = f"""
import mmap, sys, tempfile
from pathlib import Path
import numpy as np
from bench.execution.meter import measure
from bench.execution.shared_data import SharedArray, mapped

folder = Path(tempfile.gettempdir())
shared = SharedArray(np.ones(100 * 2**20, np.uint8), folder, seal={seal})
X = mapped(shared.descriptor, shared.facts)
X.sum()
handed_in = X.nbytes if shared.sealed else 0

def own():
    block = np.ones(40 * 2**20, np.uint8)
    return block, mmap.mmap(-1, 30 * 2**20), X.sum()

def touch(found):
    found[1].write(bytes(30 * 2**20))

with tempfile.NamedTemporaryFile(dir=folder) as file:
    file.write(bytes(60 * 2**20))
    file.flush()
    library = np.memmap(file.name, np.uint8, "r")
    found, first = measure(own, handed_in)
    _, second = measure(lambda: touch(found), handed_in)
    _, third = measure(lambda: library.sum(), handed_in)
for cost in (first, second, third):
    print(cost.peak_mib - cost.baseline_mib, cost.baseline_mib, cost.mapped_mib, cost.memory_method, sep=":")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = [line.split(":") for line in done.stdout.splitlines()]
    if lines[0][3] == WHOLE_LIFE:
        pytest.skip("the kernel's mark cannot be reset here")
    first, second, third = ([float(number) for number in line[:3]] for line in lines)
    assert first[0] == pytest.approx(40, abs=5), "memory of its own counts"
    assert second[1] - first[1] == pytest.approx(40, abs=5)
    assert third[1] - second[1] == pytest.approx(30, abs=5), "and shared memory of its own"
    assert first[1] < 100 and first[2] > 100, "the data that it was handed do not, wherever they lie"
    assert third[2] - second[2] == pytest.approx(60, abs=5), "nor files that it maps"


def test_the_marks_are_set_just_around_the_clock() -> None:
    moments: list[str] = []
    measure(lambda: moments.append("runs"), 0, moments.append)
    assert moments == ["began", "runs", "ended"]
    with pytest.raises(ZeroDivisionError):
        measure(lambda: 1 / 0, 0, moments.append)
    assert moments[3:] == ["began", "ended"]


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
