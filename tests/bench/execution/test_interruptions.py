"""What happens to a study itself: killed, interrupted, without disk space, twice at once, with damaged files."""

from __future__ import annotations

import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from bench import cli
from bench.errors import BenchError, StoreError
from bench.execution import environment, processes, scratch, worker_handle
from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.records import SCHEMA, Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import light_worker
from tests.bench import results_maker as maker
from tests.conftest import left_running, make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("light_workers", "one_figure")]

SEEDS = 4
KILLS = 3


@pytest.fixture
def study(tmp_path: Path) -> list[str]:
    """Return a command that runs a study of two reducers, one of them slow, into `tmp_path / "out"`."""
    return _command(tmp_path, ["Slow", "Calm"])


def _command(folder: Path, fakes: list[str], seeds: int = SEEDS, file: Path = FAKES) -> list[str]:
    """Return a command that runs fakes without scores and figures: the torture kills studies that make them."""
    data = make_dataset(750, 0)
    np.savez(folder / "clouds.npz", X=data.X, y=data.y)
    variants = "".join(f'[variants.{name}]\nreducer = "{file}:{name}"\nscores = false\n' for name in fakes)
    path = folder / "interrupted.toml"
    path.write_text(f'dataset = "{folder / "clouds.npz"}"\nseeds = {seeds}\ntimeout = "20s"\n{variants}')
    return [sys.executable, "-m", "bench", "run", str(path), "--out", str(folder / "out"), "--threads", "1"]


def _run_here(command: list[str]) -> Result:
    """Run such a command in this process, which takes less time than to start another."""
    return CliRunner().invoke(cli.app, command[3:])


def _finished(folder: Path) -> dict[str, str]:
    """Return what is stored: when each finished run began."""
    paths = (folder / "out" / "runs").glob("*/seed-*.json")
    return {str(path): json.loads(path.read_text())["started"] + _written(path) for path in paths}


def _written(path: Path) -> str:
    return f" {path.stat().st_mtime_ns}"


def test_a_killed_study_continues_where_it_was(tmp_path: Path, study: list[str]) -> None:
    moments = random.Random(0)
    for _ in range(KILLS):
        before = _finished(tmp_path)
        process = subprocess.Popen(study, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2.0 + 3.0 * moments.random())
        process.kill()
        process.wait()
        deadline = time.monotonic() + 5
        while left_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left_running() == []
        assert before.items() <= _finished(tmp_path).items(), "a finished run was lost or repeated"
    before = _finished(tmp_path)
    done = _run_here(study)
    assert done.exit_code == 0, done.output
    assert len(_finished(tmp_path)) == 2 * SEEDS
    assert before.items() <= _finished(tmp_path).items(), "a finished run was lost or repeated"
    assert f"[{2 * SEEDS - len(before)}/{2 * SEEDS - len(before)}]" in done.stdout or len(before) == 2 * SEEDS
    assert list((tmp_path / "out").rglob("*partial*")) == []


def test_ctrl_c_keeps_completed_runs(tmp_path: Path, study: list[str]) -> None:
    process = subprocess.Popen(study, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "seed 0: ok" in line:
            process.send_signal(signal.SIGINT)
            break
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 130, "".join(lines) + rest
    assert "the same command continues" in " ".join(rest.split())
    assert 1 <= len(_finished(tmp_path)) < 2 * SEEDS
    assert left_running() == []


ESCAPES = """
import os, sys, time
from tests.bench.fakes import Fake

class Escapes(Fake):
    def mischief(self, X):
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            deaf = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
            deaf += "open('{folder}/written', 'w').write(str(os.getpid())); "
            deaf += "os.rename('{folder}/written', '{folder}/pid'); time.sleep(3600)"
            os.execve(sys.executable, ["python", "-S", "-c", deaf], {{}})
        time.sleep(3600)
"""
"""A reducer whose grandchild has no parent, a session of its own, no environment and no ear for SIGTERM."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_no_process_and_no_folder_outlives_a_study(
    tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    file = tmp_path / "escapes.py"
    file.write_text(ESCAPES.format(folder=tmp_path))
    process = subprocess.Popen(_command(tmp_path, ["Escapes"], file=file), stdout=subprocess.DEVNULL)
    _until((tmp_path / "pid").exists)
    escaped = int((tmp_path / "pid").read_text())
    assert processes.is_running(escaped)
    process.send_signal(number)
    assert process.wait(timeout=60) == (-signal.SIGKILL if number == signal.SIGKILL else 130)
    _until(lambda: not processes.is_running(escaped))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    _until(lambda: left_running() == [])
    scratch.remove_abandoned()
    assert list((tmp_path / "temporary").glob("*reducers-bench-*")) == []


def _until(is_true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_true()


def test_an_innocent_program_with_a_name_like_a_mark_ends_no_study(tmp_path: Path) -> None:
    runner, runs = _runner(tmp_path)
    runner.store.write("study.toml", _study().to_toml())
    with subprocess.Popen(["sleep", "60"], env=os.environ | {processes.MARK: "abc"}) as innocent:
        runner.execute(runs[:1], MagicMock())
        assert innocent.poll() is None
        innocent.kill()
    assert [record.outcome.status for record in runner.store.records()] == [Status.OK]


def test_a_second_run_repeats_nothing(tmp_path: Path) -> None:
    command = _command(tmp_path, ["Calm"], seeds=2)
    assert _run_here(command).exit_code == 0
    before = _finished(tmp_path)
    again = _run_here(command)
    assert "All 2 runs are done already" in again.stdout
    assert _finished(tmp_path) == before


def test_two_studies_cannot_share_a_folder(tmp_path: Path) -> None:
    with Store(tmp_path / "out").locked():
        second = subprocess.run(_command(tmp_path, ["Calm"]), capture_output=True, text=True, check=False)
    assert second.returncode == 2
    assert f"another study is writing to it (process {os.getpid()})" in second.stderr


FILLS_THE_DISK = """
import errno, os
import numpy as np
from tests.bench.fakes import Fake

class FillsTheDisk(Fake):
    def mischief(self, X):
        def savez(*args, **kwargs):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        np.savez = savez
"""


def test_a_full_disk_is_no_fault_of_the_reducer(tmp_path: Path) -> None:
    file = tmp_path / "full.py"
    file.write_text(FILLS_THE_DISK)
    stopped = _run_here(_command(tmp_path, ["FillsTheDisk"], file=file)).exception
    assert isinstance(stopped, BenchError) and "No space left on device" in str(stopped)
    assert _finished(tmp_path) == {}
    assert left_running() == []


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"), Store(tmp_path / "file" / "out").locked():
        pass


def test_more_points_are_not_tried_once_fewer_passed_a_limit(tmp_path: Path) -> None:
    data = make_dataset(60, 20)
    calm = f"{FAKES}:Calm"
    variants = {f"a-{n}": Variant(reducer=calm, n=n, series="A") for n in (20, 30, 40)}
    variants |= {"b-40": Variant(reducer=calm, n=40, series="B"), "alone": Variant(reducer=calm, n=40)}
    study = Study(name="s", dataset="clouds", seeds=1, timeout=60.0, rounds=False, repeat=False, variants=variants)
    runs = plan.make(study, data, 1)
    store = Store(tmp_path)
    store.write("study.toml", study.to_toml())
    late = maker.failed(Status.TIMEOUT, "took longer than the limit of 1 min 00 s")
    facts = {"machine": environment.fingerprint(), "timeout_s": 60.0, "memory_cap_mib": study.memory / 2**20}
    maker.keep(store, maker.record("a-30", 0, data.select(30), late, key=runs[1].key, **facts), data)
    runner = Runner(study, data, store, ThisMachine())
    todo = runner.pending(runs)
    assert [run.variant for run in todo] == ["a-20", "a-40", "b-40", "alone"]
    runner.execute(todo, MagicMock())
    ends = {record.variant: record.outcome for record in store.records()}
    assert {name for name, outcome in ends.items() if outcome.status is Status.OK} == {"a-20", "b-40", "alone"}
    assert ends["a-40"].status is Status.TIMEOUT
    assert ends["a-40"].reason == "not tried; on 30 points: took longer than the limit of 1 min 00 s"
    assert runner.pending(runs) == []
    patient = study.model_copy(update={"timeout": 90.0})
    assert [run.variant for run in Runner(patient, data, store, ThisMachine()).pending(runs)] == ["a-30", "a-40"]
    anew = Runner(patient, data, store, ThisMachine())
    assert anew.skip_reason(runs[2]) is None, "under the old limit it was skipped"


def _study(seeds: int = 2) -> Study:
    return Study(name="s", dataset="clouds", seeds=seeds, variants={"Calm": Variant(reducer=f"{FAKES}:Calm")})


def _runner(folder: Path) -> tuple[Runner, list[plan.Run]]:
    data = make_dataset(600, 100)
    return Runner(_study(), data, Store(folder), ThisMachine()), plan.make(_study(), data, 1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two completed runs."""
    folder = tmp_path_factory.mktemp("finished")
    runner, runs = _runner(folder)
    runner.store.write("study.toml", _study().to_toml())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_handle, "WORKER", light_worker.COMMAND)
        runner.execute(runs, MagicMock())
    assert runner.pending(runs) == []
    return folder


@pytest.mark.parametrize("damage", ["truncated", "garbled", "foreign", "older schema", "damaged embedding"])
def test_a_damaged_record_is_done_again(
    tmp_path: Path, finished: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = shutil.copytree(finished, tmp_path / "out")
    record, other = (folder / "runs" / "Calm" / f"seed-{seed}.json" for seed in (0, 1))
    content = record.read_bytes()
    if damage == "truncated":
        record.write_bytes(content[: len(content) // 2])
    elif damage == "garbled":
        record.write_bytes(random.Random(0).randbytes(len(content)))
    elif damage == "foreign":
        record.write_bytes(other.read_bytes())
    elif damage == "older schema":
        record.write_bytes(content.replace(f'"schema_version": {SCHEMA}'.encode(), b'"schema_version": 0'))
    else:
        embedding = record.with_suffix(".npz")
        embedding.write_bytes(embedding.read_bytes()[:-100])
    runner, runs = _runner(folder)
    assert [run.seed for run in runner.pending(runs)] == [0]
    assert "ignored" in caplog.text
    assert other.is_file()


def test_a_clock_set_back_changes_nothing(tmp_path: Path, finished: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "out")
    store = Store(folder)
    found = store.record("runs/Calm/seed-0.json")
    store.write_model("runs/Calm/seed-0.json", found.model_copy(update={"started": "2999-01-01T00:00:00+00:00"}))
    runner, runs = _runner(folder)
    assert runner.pending(runs) == []


def test_what_is_no_longer_valid_is_done_again(tmp_path: Path, finished: Path) -> None:
    folder = shutil.copytree(finished, tmp_path / "out")
    runner, _ = _runner(folder)
    other_threads = plan.make(_study(), runner.dataset, 2)
    assert len(runner.pending(other_threads)) == 2
    assert Store(folder).records() == [], "an outdated run is still shown"


def test_runs_can_be_asked_for_again(finished: Path) -> None:
    runner, runs = _runner(finished)
    assert runner.pending(runs, "failed") == []
    assert runner.pending(runs, "all") == runs
    assert runner.pending(runs, "Calm") == runs
    assert runner.pending(runs, "another") == []


def test_a_worker_sees_no_points_but_those_of_its_variant(tmp_path: Path) -> None:
    data = make_dataset(600, 100)
    variants = {
        name: Variant(reducer=f"{FAKES}:Calm", **spec)
        for name, spec in {"all": {}, "few": {"n": 50}, "without": {"without": "b"}}.items()
    }
    study = Study(name="s", dataset="clouds", seeds=1, rounds=False, variants=variants)
    store = Store(tmp_path)
    Runner(study, data, store, ThisMachine()).execute(plan.make(study, data, 1), MagicMock())
    for name, expected in {"all": data.X, "few": data.X[:50], "without": data.X[data.y != 1]}.items():
        record = store.find(name, 0, 0)
        assert record is not None and record.n_train == len(expected)
        np.testing.assert_array_equal(store.arrays(record)["train"], expected[:, :2])
        np.testing.assert_array_equal(store.arrays(record)["test"], data.X_test[:, :2])


def test_every_sample_of_the_data_has_runs_of_its_own(tmp_path: Path) -> None:
    data = make_dataset(600, 100)
    variants = {"Calm": Variant(reducer=f"{FAKES}:Calm")}
    study = Study(name="s", dataset="clouds", seeds=1, samples=2, variants=variants)
    store = Store(tmp_path)
    store.write("study.toml", study.to_toml())
    Runner(study, data, store, ThisMachine()).execute(plan.make(study, data, 1), MagicMock())
    records = store.records()
    assert [(record.sample, record.seed, record.n_train) for record in records] == [(0, 0, 300), (1, 0, 300)]
    for record, expected in zip(records, (data.X[:300], data.X[300:]), strict=True):
        np.testing.assert_array_equal(store.arrays(record)["train"], expected[:, :2])


def test_a_record_has_its_machine_and_whether_it_was_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = iter([True, False])
    monkeypatch.setattr("bench.execution.host.another_study_runs", lambda: not next(alone))
    runner, runs = _runner(tmp_path)
    runner.store.write("study.toml", _study().to_toml())
    runner.execute(runs, MagicMock())
    records = runner.store.records()
    assert [record.exclusive for record in records] == [True, False]
    assert {(record.host, record.machine, record.attempts) for record in records} == {
        (platform.node(), environment.fingerprint(), 1)
    }
