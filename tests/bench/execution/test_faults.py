"""What reducers do wrong, and how the harness reports it.

`python -m pytest tests/bench/execution/test_faults.py -s` prints the table.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.execution import threads, worker_handle
from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.records import Record, Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import light_worker
from tests.conftest import left_running, make_dataset

pytestmark = pytest.mark.whole
FAKES = Path(__file__).parents[1] / "fakes.py"

# fault: status, a part of the reason, whether the cost of fit is kept
EXPECTED = {
    "Calm": (Status.OK, "", True),
    "Sleeps": (Status.OK, "", True),
    "Burns": (Status.OK, "", True),
    "WidensPools": (Status.OK, "", True),
    "ShowsWhatItSees": (Status.OK, "", True),
    "Allocates": (Status.OK, "", True),
    "Hangs": (Status.TIMEOUT, "fit took longer than the limit of 5.0 s", False),
    "HangsAndPrints": (Status.TIMEOUT, "fit took longer than the limit of 5.0 s", False),
    "IgnoresSigterm": (Status.TIMEOUT, "fit took longer than the limit of 5.0 s", False),
    "LeavesGrandchildren": (Status.TIMEOUT, "fit took longer than the limit of 5.0 s", False),
    "Segfaults": (Status.CRASHED, "SIGSEGV", False),
    "Exits": (Status.CRASHED, "exit status 3", False),
    "Raises": (Status.FAILED, "fit: RuntimeError: no luck", False),
    "RaisesInTransform": (Status.FAILED, "transform: RuntimeError: no luck with new points", True),
    "ReturnsNaN": (Status.INVALID, "1 of 600 rows", False),
    "ReturnsWrongShape": (Status.INVALID, "shape (600, 3)", False),
    "ReturnsIntegers": (Status.INVALID, "dtype int64", False),
    "ReturnsComplex": (Status.INVALID, "dtype complex128", False),
    "ReturnsAList": (Status.INVALID, "a list", False),
    "MutatesInput": (Status.FAILED, "read-only", False),
    "FillsMemory": (Status.OUT_OF_MEMORY, "more than the limit of 700 MiB", False),
    "PrintsMegabytes": (Status.OK, "", True),
    "ClosesStdout": (Status.OK, "", True),
    "ChangesFolder": (Status.OK, "", True),
    "SeedsGlobalGenerators": (Status.OK, "", True),
    "Wanders": (Status.OK, "", True),
    "TiresAfterOnce": (Status.OK, "", True),
    "LeavesThreads": (Status.OK, "", True),
    "TakesALockAndDies": (Status.CRASHED, "SIGKILL", False),
    "FewRows": (Status.INVALID, "an embedding of shape (10, 2), but expected (600, 2)", False),
    "RaisesSurrogate": (Status.FAILED, r"ValueError: half of a pair: \ud800, red: \x1b[31m", False),
    "RaisesWithoutOutput": (Status.FAILED, "fit: RuntimeError: nobody listens", False),
    "NoFile": (Status.CRASHED, "the file of its arrays cannot be read: FileNotFoundError", True),
    "DamagedFile": (Status.CRASHED, "the file of its arrays cannot be read: ", True),
    "ForeignFile": (Status.INVALID, "the file of its arrays: Got an embedding of shape (10, 2)", True),
    "FifoForFile": (Status.CRASHED, "is no regular file", True),
    "LimitsFiles": (Status.FAILED, "File too large", True),
    "WritesThePoints": (Status.CRASHED, "SIGSEGV", False),
    "OpensTheData": (Status.FAILED, "fit: PermissionError", False),
    "KnowsItsWarmUp": (Status.OK, "", True),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def records(store: Store) -> dict[str, Record]:
    """Run every fake once, as a user's own reducers would be; only those that never end have little time."""
    variants = {name: Variant(reducer=f"{FAKES}:{name}", label=name) for name in EXPECTED}
    study = Study(name="faults", dataset="clouds", seeds=1, timeout="3m", memory="700MiB", variants=variants)
    data = make_dataset(600, 200)
    store.write("study.toml", study.to_toml())
    watcher = _Collector()
    runs = plan.make(study, data, 1)
    hanging = [run for run in runs if EXPECTED[run.variant][0] is Status.TIMEOUT]
    with store.locked(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_handle, "WORKER", light_worker.COMMAND)
        Runner(study.model_copy(update={"timeout": 5.0}), data, store, ThisMachine()).execute(hanging, watcher)
        Runner(study, data, store, ThisMachine()).execute([run for run in runs if run not in hanging], watcher)
    assert watcher.records == {record.variant: record for record in store.records()}
    return watcher.records


class _Collector:
    """A watcher that keeps the records."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def started(self, run: plan.Run) -> None: ...

    def warmed(self, run: plan.Run, outcome: object) -> None: ...

    def began(self, phase: str) -> None: ...

    def ended(self, run: plan.Run, record: Record) -> None:
        self.records[run.variant] = record


@pytest.fixture(scope="module", autouse=True)
def table(records: dict[str, Record]) -> Iterator[None]:
    yield
    print(f"\n{'fault':<24}{'status':<15}kept")
    for name, record in records.items():
        outcome = record.outcome
        kept = "embedding and cost" if record.ok else "cost of fit, reason" if outcome.fit else "reason"
        print(f"{name:<24}{outcome.status.value:<15}{kept}: {outcome.reason or '; '.join(outcome.notes) or '-'}")


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_is_reported_as_what_it_is(records: dict[str, Record], fault: str) -> None:
    status, reason, fit_is_kept = EXPECTED[fault]
    outcome = records[fault].outcome
    assert (outcome.status, outcome.fit is not None) == (status, fit_is_kept), outcome
    assert reason in outcome.reason


def test_the_clock_is_right(records: dict[str, Record]) -> None:
    fit, slept = records["Sleeps"].outcome.fit, re.search(r"slept ([\d.]+) s", records["Sleeps"].log_tail)
    assert fit is not None and slept is not None
    assert 0 <= fit.wall_s - float(slept[1]) < 0.05
    assert fit.cpu_s < 0.05


def test_more_cores_than_the_budget_are_noted(records: dict[str, Record]) -> None:
    fit, notes = records["Burns"].outcome.fit, records["Burns"].outcome.notes
    assert fit is not None
    is_noted = any(note.startswith("used ") and "more than its budget of 1" in note for note in notes)
    assert is_noted == ((fit.cores or 0) > 1.2), "the note is about what was measured"
    if not is_noted:
        assert (fit.other_cores or 0) > 0.5 or threads.available() == 1, "no other program took the second core"
        pytest.skip("other programs left the threads no second core")


def test_the_memory_meter_is_right(records: dict[str, Record]) -> None:
    fit = records["Allocates"].outcome.fit
    assert fit is not None
    assert fit.peak_mib - fit.baseline_mib == pytest.approx(300, rel=0.1)


def test_pools_wider_than_the_budget_are_noted(records: dict[str, Record]) -> None:
    outcome = records["WidensPools"].outcome
    if all(pool.threads == 1 for pool in outcome.pools):
        pytest.skip("no thread pool here can be widened")
    assert any("threads, more than the budget of 1" in note for note in outcome.notes)
    assert {pool.threads for pool in records["Calm"].outcome.pools} == {1}


def test_a_worker_has_no_path_of_the_data_and_no_open_file_of_them(records: dict[str, Record]) -> None:
    assert "[False, False, False, False] [] 1" in records["ShowsWhatItSees"].log_tail


def test_a_warm_up_holds_no_row_of_the_run(records: dict[str, Record]) -> None:
    assert "warm-up: (512, 5) float32 shared=False inside=True" in records["KnowsItsWarmUp"].log_tail


def test_nobody_changes_the_data_of_another(store: Store, records: dict[str, Record]) -> None:
    if sys.platform == "linux":
        assert "2 maps" in records["OpensTheData"].log_tail
    expected = make_dataset(600, 200)
    for name in ("Calm", "Sleeps", "KnowsItsWarmUp"):
        np.testing.assert_array_equal(store.arrays(records[name])["train"], expected.X[:, :2])
        np.testing.assert_array_equal(store.arrays(records[name])["test"], expected.X_test[:, :2])


def test_nothing_is_left_running(records: dict[str, Record]) -> None:
    deadline = time.monotonic() + 5
    while left_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_running() == []


def test_the_last_words_are_kept(records: dict[str, Record]) -> None:
    assert "about to crash" in records["Segfaults"].log_tail
    assert records["PrintsMegabytes"].log_tail.endswith("the end\n")
    assert len(records["PrintsMegabytes"].log_tail) < 20_000
    assert "RuntimeError: no luck" in records["Raises"].log_tail


def test_left_threads_are_noted(records: dict[str, Record]) -> None:
    assert records["LeavesThreads"].outcome.notes == ("left 1 thread running",)


def test_fit_and_fit_transform_are_timed_apart_and_their_embeddings_compared(records: dict[str, Record]) -> None:
    calm, wanders = records["Calm"].outcome, records["Wanders"].outcome
    assert calm.fit is not None and calm.fit_transform is not None and calm.fit_transform != calm.fit
    assert (calm.repeatable, wanders.repeatable) == (True, False)


def test_a_second_fit_that_fails_is_a_note_beside_the_first(records: dict[str, Record]) -> None:
    outcome = records["TiresAfterOnce"].outcome
    assert outcome.fit is not None and outcome.fit_transform is None and outcome.repeatable is None
    assert any("once was enough" in note for note in outcome.notes)
