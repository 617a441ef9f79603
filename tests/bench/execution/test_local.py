"""Runs on this machine: one at a time, of all studies that run here."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer
from time import monotonic
from unittest.mock import MagicMock

import pytest

from bench.execution import host_lock
from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.store import Store
from bench.studies import plan
from bench.studies.plan import Run
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
pytestmark = pytest.mark.usefixtures("light_workers")
BUSY_S = 0.5


class Taken(Exception): ...


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(host_lock.NAMED, str(tmp_path / "lock"))
    return tmp_path / "lock"


@pytest.fixture
def another(lock: Path) -> Iterator[ExitStack]:
    """Hold the machine as another study does; who closes this lets go of it."""
    with ExitStack() as held:
        held.enter_context(host_lock.held(lambda: None))
        yield held


@pytest.fixture
def study(tmp_path: Path) -> tuple[Runner, list[Run]]:
    """Return a study of two short runs."""
    variants = {"Calm": Variant(reducer=f"{FAKES}:Calm")}
    study = Study(name="s", dataset="clouds", seeds=2, repeat=False, variants=variants)
    data, store = make_dataset(60, 20), Store(tmp_path / "out")
    store.write("study.toml", study.to_toml())
    return Runner(study, data, store, ThisMachine()), plan.make(study, data, 1)


def test_no_run_begins_while_another_study_is_timed(
    study: tuple[Runner, list[Run]], another: ExitStack, caplog: pytest.LogCaptureFixture
) -> None:
    runner, runs = study
    free: list[float] = []
    began: list[float] = []

    def let_go() -> None:
        free.append(monotonic())
        another.close()

    watcher = MagicMock()
    watcher.started.side_effect = lambda run: began.append(monotonic())
    timer = Timer(BUSY_S, let_go)
    timer.start()
    runner.execute(runs, watcher)
    timer.join()
    assert len(began) == 2 and min(began) >= free[0]
    assert all(record.ok for record in runner.store.records())
    assert caplog.text.count("another study is timed on this machine") == 1


def test_a_run_holds_the_machine_until_it_is_stored(study: tuple[Runner, list[Run]], lock: Path) -> None:
    runner, runs = study

    def refused() -> None:
        raise Taken

    def ask(*_: object) -> None:
        with pytest.raises(Taken), host_lock.held(refused):
            pass

    watcher = MagicMock()
    watcher.started.side_effect = watcher.ended.side_effect = ask
    runner.execute(runs, watcher)
    assert watcher.ended.call_count == 2
    with host_lock.held(refused):
        pass


def test_ctrl_c_ends_a_study_that_waits(study: tuple[Runner, list[Run]], another: ExitStack) -> None:
    runner, runs = study
    timer = Timer(BUSY_S, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        runner.execute(runs, MagicMock())
    timer.join()
    assert runner.store.records() == []


def test_where_there_can_be_no_lock_runs_go_on(
    study: tuple[Runner, list[Run]], lock: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock.symlink_to("elsewhere")
    runner, runs = study
    runner.execute(runs, MagicMock())
    assert [record.ok for record in runner.store.records()] == [True, True]
    assert caplog.text.count("the lock of this machine, which cannot be opened") == 1
