"""A cluster: what is the same as on this machine, what is refused, and what happens when a part of it dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import psutil
import pytest

from bench import load_results
from bench.errors import StudyError
from bench.execution import cluster
from bench.execution.cluster import blocks_of
from bench.execution.cluster_members import HostGoneError
from bench.store.records import Record, Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.search import Search
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"
KILLS = 3
with_dask = [pytest.mark.extra, pytest.mark.whole]


def _blocks(**changes: object) -> list[list[tuple[str, int, int]]]:
    variants = {"a": Variant(reducer="pca"), "b": Variant(reducer="random_projection")}
    study = Study(name="s", dataset="clouds", seeds=2, variants=variants).with_changes(changes)
    runs = plan.make(study.resolved(), make_dataset(), 1)
    return [[(run.variant, run.sample, run.seed) for run in block] for block in blocks_of(study.resolved(), runs)]


def test_a_block_is_a_round_so_that_its_pairs_share_a_host() -> None:
    blocks = _blocks(samples=2)
    assert [{run[1:] for run in block} for block in blocks] == [{(0, 0)}, {(0, 1)}, {(1, 0)}, {(1, 1)}]
    assert all({run[0] for run in block} == {"a", "b"} for block in blocks)


def test_without_rounds_a_block_is_a_variant() -> None:
    assert _blocks(rounds=False) == [[("a", 0, 0), ("a", 0, 1)], [("b", 0, 0), ("b", 0, 1)]]


def test_a_series_is_one_block_because_what_is_too_large_is_skipped() -> None:
    variants = {"a": {"reducer": "pca", "n_each": [40, 80]}, "b": {"reducer": "pca"}}
    blocks = _blocks(rounds=False, variants=variants, seeds=1)
    assert [len({run[0] for run in block}) for block in blocks] == [2, 1]


def test_the_configurations_of_a_search_are_one_block_because_they_share_a_budget() -> None:
    variants = {"a": {"reducer": "umap", "search": {"n_neighbors": [5, 10]}}, "b": {"reducer": "pca"}}
    search = Search(configurations=3, budget="1m").model_dump()
    blocks = _blocks(rounds=False, variants=variants, seeds=1, search=search)
    assert [{run[0].partition("-")[0] for run in block} for block in blocks] == [{"a"}, {"b"}]


def test_a_host_that_is_gone_keeps_nobody_from_waiting_for_the_others() -> None:
    asked: list[str] = []

    class Hosts(list[SimpleNamespace]):
        def on(self, member: SimpleNamespace, *_: object) -> bool:
            asked.append(member.address)
            if member.address == "gone":
                raise HostGoneError("Got no answer.")
            return asked.count("slow") < 3

    hosts = Hosts(SimpleNamespace(address=name, asked=None, opened=None) for name in ("gone", "slow"))
    cluster._Work(hosts, True, None, None, deque()).dismiss()  # type: ignore[arg-type]
    assert asked == ["gone", "slow", "slow", "slow"]


@pytest.mark.parametrize("address", ["local:0", "local:two", "local:", "local:-1", "local:²"])
def test_a_number_of_workers_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(StudyError, match="expected local:N"):
        cluster._n_local(address)


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StudyError, match=r"pip install '\.\[cluster\]'"):
        cluster.require()


def test_dask_is_imported_only_for_a_cluster() -> None:
    code = (
        "import sys, bench.execution.pipeline, bench.cli; sys.exit(not {'dask', 'distributed'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@dataclass
class Dask:
    """A scheduler and its workers, each a process that a test may kill."""

    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    @property
    def address(self) -> str:
        return str(self.folder / "scheduler.json")


Start = Callable[[int], Dask]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a scheduler with some workers."""
    with ExitStack() as started:

        def command(name: str, *arguments: str) -> subprocess.Popen[bytes]:
            file = str(tmp_path / "scheduler.json")
            words = [sys.executable, "-m", f"distributed.cli.dask_{name}", "--scheduler-file", file]
            log = started.enter_context((tmp_path / f"{name}.log").open("ab"))
            env = os.environ | {"OF_TEST": str(tmp_path)}
            process = subprocess.Popen([*words, *arguments], stdout=log, stderr=log, start_new_session=True, env=env)
            started.callback(_end, process)
            return process

        def dask(n_workers: int) -> Dask:
            scheduler = command("scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", "0")
            plain = ("--nthreads", "1", "--memory-limit", "0", "--no-dashboard", "--local-directory", str(tmp_path))
            return Dask(tmp_path, scheduler, [command("worker", *plain) for _ in range(n_workers)])

        yield dask


def _end(process: subprocess.Popen[bytes]) -> None:
    for one in (*psutil.Process(process.pid).children(recursive=True), process) if process.poll() is None else ():
        one.kill()
    process.wait()


def _command(folder: Path, address: str, *fakes: str, seeds: int) -> list[str]:
    """Return a command that runs fakes into `folder / "out"` on a cluster."""
    data = make_dataset(750, 0)  # fewer do no mischief
    np.savez(folder / "clouds.npz", X=data.X, y=data.y)
    text = f'dataset = "{folder / "clouds.npz"}"\nseeds = {seeds}\ntimeout = "30s"\nrepeat = false\n'
    text += "".join(f'[variants.{name}]\nreducer = "{FAKES}:{name}"\nscores = false\n' for name in fakes)
    (folder / "fakes.toml").write_text(text)
    words = ["run", str(folder / "fakes.toml"), "--out", str(folder / "out"), "--threads", "1", "--cluster", address]
    return [sys.executable, "-m", "bench", *words]


def _begun(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _said(command: list[str], status: int = 0, seconds: float = 120) -> str:
    """Return what a command printed, as one line."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds)
    assert done.returncode == status, done.stdout
    return " ".join(done.stdout.split())


def _n_ended(folder: Path) -> int:
    return len(list((folder / "out" / "runs").glob("*/seed-*.json")))


def _kill_worker(dask: Dask) -> None:
    """Kill the dask worker below its nanny, which starts another one."""
    for child in psutil.Process(dask.workers[0].pid).children(recursive=True):
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()


def _records(folder: Path) -> list[Record]:
    return Store(folder / "out").records()


def _workers_alive(folder: Path) -> list[int]:
    """Return the worker processes that the hosts of a test started."""
    found = []
    for process in psutil.process_iter():
        try:
            is_worker = "bench.execution.worker" in process.cmdline() and process.environ().get("OF_TEST") == str(
                folder
            )
            if is_worker and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def _until(holds: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class TestWithDask:
    pytestmark = with_dask

    def test_the_same_study_gives_the_same_arrays_and_scores(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "bench", "run", "quick", "--n", "300", "--seeds", "2"]
        command += ["--dataset", "digits", "--reducers", "pca,tsne,autoencoder"]
        for name, more in (("far", ["--cluster", "local:2"]), ("near", [])):
            _said([*command, "--out", str(tmp_path / name), *more])
        far, near = Store(tmp_path / "far"), Store(tmp_path / "near")
        assert len(far.records()) == len(near.records()) == 6
        for one, other in zip(far.records(), near.records(), strict=True):
            assert (one.key, one.timed, one.exclusive) == (other.key, False, False)
            found, expected = far.arrays(one), near.arrays(other)
            assert found.keys() == expected.keys()
            for name in found.keys() - {key for key in found if "history" in key}:  # a history has seconds in it
                assert found[name].tobytes() == expected[name].tobytes(), (one.variant, name)
        scores, expected_scores = (pd.read_csv(tmp_path / name / "scores.csv") for name in ("far", "near"))
        assert scores.drop(columns="value").equals(expected_scores.drop(columns="value"))
        np.testing.assert_allclose(scores["value"], expected_scores["value"], rtol=0, atol=1e-12)
        assert load_results(tmp_path / "far").runs["fit_s"].isna().all(), "no cost is measured on a shared machine"

    def test_runs_of_two_workers_of_one_machine_are_never_timed_at_once(
        self, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CLOCKED", str(tmp_path / "clocked.txt"))
        dask = start(2)
        _said(_command(tmp_path, dask.address, "Clocked", seeds=6))
        spans = sorted(tuple(map(float, line.split())) for line in (tmp_path / "clocked.txt").read_text().splitlines())
        assert len(spans) >= 6
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans)), spans
        assert all(record.timed and record.exclusive for record in _records(tmp_path))

    def test_lost_workers_are_noticed_and_their_runs_done_again(self, tmp_path: Path, start: Start) -> None:
        dask, moments = start(1), random.Random(0)
        study = _begun(_command(tmp_path, dask.address, "Slow", seeds=6 * KILLS))
        for _ in range(KILLS):
            before = _n_ended(tmp_path)
            _until(lambda: _n_ended(tmp_path) > before, 60, "the next runs")  # noqa: B023 -- called before it changes
            time.sleep(moments.random())
            _kill_worker(dask)
            _until(lambda: not _workers_alive(tmp_path), 5, "the processes of the lost worker are gone")
        output, _ = study.communicate(timeout=240)
        assert study.returncode == 0, output
        records = _records(tmp_path)
        assert len(records) == 6 * KILLS and all(record.ok for record in records)
        assert sum(record.attempts - 1 for record in records) == output.count("was lost with") >= 1
        assert not _workers_alive(tmp_path)

    def test_a_run_that_takes_its_worker_along_is_lost_after_three_times(self, tmp_path: Path, start: Start) -> None:
        dask = start(1)
        study = _begun(_command(tmp_path, dask.address, "Hangs", "Calm", seeds=1))
        killed = 0
        deadline = time.monotonic() + 120
        while study.poll() is None and time.monotonic() < deadline:
            if _workers_alive(tmp_path) and killed < 3:
                time.sleep(2.0)  # its fit has begun by now
                _kill_worker(dask)
                killed += 1
                _until(lambda: not _workers_alive(tmp_path), 5, "its processes are gone")
            time.sleep(0.1)
        output, _ = study.communicate(timeout=30)
        lost = {record.variant: record for record in _records(tmp_path)}
        assert lost["Calm"].ok, output
        assert lost["Hangs"].outcome.status is Status.LOST, output
        assert lost["Hangs"].attempts == 3

    @pytest.mark.parametrize("victim", ["client", "scheduler"])
    def test_nothing_outlives_client_or_scheduler(self, tmp_path: Path, start: Start, victim: str) -> None:
        dask = start(1)
        command = _command(tmp_path, dask.address, "Slow", seeds=40)
        study = _begun(command)
        _until(lambda: _n_ended(tmp_path) >= 2, 60, "the first runs")
        os.kill(study.pid if victim == "client" else dask.scheduler.pid, signal.SIGKILL)
        _until(lambda: not _workers_alive(tmp_path), 5, "its processes are gone")
        output, _ = study.communicate(timeout=60)
        done = {record.seed: record.started for record in _records(tmp_path)}
        assert 2 <= len(done) < 40
        if victim == "scheduler":
            assert study.returncode == 2, output
            assert "Got no answer from the scheduler" in " ".join(output.split())
            return
        _said([*command, "--seeds", "8"])
        after = {record.seed: record.started for record in _records(tmp_path)}
        assert {seed: after[seed] for seed in done if seed < 8} == {seed: done[seed] for seed in done if seed < 8}

    def test_ctrl_c_leaves_nothing_on_the_host(self, tmp_path: Path, start: Start) -> None:
        dask = start(1)
        study = _begun(_command(tmp_path, dask.address, "Slow", seeds=40))
        _until(lambda: _n_ended(tmp_path) >= 2, 60, "the first runs")
        study.send_signal(signal.SIGINT)
        output, _ = study.communicate(timeout=20)
        assert study.returncode == 130, output
        assert not _workers_alive(tmp_path)

    def test_an_address_that_nobody_answers(self, tmp_path: Path) -> None:
        began = time.monotonic()
        said = _said(_command(tmp_path, "tcp://127.0.0.1:9", "Calm", seeds=1), status=2)
        assert time.monotonic() - began < 30 and "where no scheduler answers" in said
