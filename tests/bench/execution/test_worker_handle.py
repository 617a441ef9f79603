"""What the parent believes of a worker, shown with programs that stand for one and speak badly."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.datasets import Dataset
from bench.errors import CannotWriteError
from bench.execution import worker_handle
from bench.execution.shared_data import Selections
from bench.execution.worker import Fit, Start
from bench.execution.worker_handle import Interrupt, WorkerHandle
from bench.store.records import Outcome, Status
from tests.bench import results_maker as maker

Launch = Callable[..., tuple[WorkerHandle, Outcome]]

FAKE = """
import os, sys, time
requests, replies = os.fdopen(int(sys.argv[1])), int(sys.argv[2])
def say(*lines):
    for line in lines:
        os.write(replies, (line + "\\n").encode())
def fit(claim, seconds, began='{"began": "fit"}', ended='{"ended": "fit"}'):
    say(began)
    time.sleep(seconds)
    say(ended, claim)
OK = '{"status": "ok"}'
requests.readline()
say(OK)
requests.readline()
"""
"""What a worker does until it is asked for its first run."""


@pytest.fixture
def launch(dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launch]:
    """Return a function that starts a program in place of a worker; what it runs is `code`."""
    handles = []
    with Selections(tmp_path) as selections, Interrupt() as interrupt:
        data = selections.of("all", dataset)

        def run(code: str, timeout_s: float = 30.0, memory: int = 2**30) -> tuple[WorkerHandle, Outcome]:
            monkeypatch.setattr(worker_handle, "WORKER", (sys.executable, "-S", "-c", FAKE + code))
            start = Start(reducer="pca", params={}, threads=1, seeded=True, data=data.facts)
            handles.append(WorkerHandle(start, data, interrupt, timeout_s=timeout_s, memory=memory))
            assert handles[-1].launch() == Outcome(status=Status.OK)
            return handles[-1], handles[-1].run(Fit(0, str(tmp_path / "out.npz")))

        yield run
        for handle in handles:
            handle.close()


def _claim(wall_s: float) -> str:
    return repr(Outcome(status=Status.OK, fit=maker.cost(wall_s)).model_dump_json())


@pytest.mark.parametrize(
    "said",
    [
        "'nonsense'",
        "'[]'",
        "'{}'",
        "'null'",
        "'1'",
        '\'{"status": "splendid"}\'',
        '\'{"status": "ok", "unknown": 1}\'',
        '\'{"began": "lunch"}\'',
        "'{\"began\": 1}'",
        "'[' * 100_000",
        "'9' * 10_000",
        "'x' * (2 << 20)",
        "OK + '\\n' + OK",
        "OK + '\\nx'",
    ],
)
def test_a_reply_that_is_no_message_ends_the_run_alone(launch: Launch, said: str) -> None:
    _, outcome = launch(f"say({said}); time.sleep(60)")
    assert outcome.status is Status.CRASHED
    assert outcome.reason.startswith("sent a reply that is no message")


def test_bytes_that_are_no_text_end_the_run_alone(launch: Launch) -> None:
    _, outcome = launch("os.write(replies, b'\\xff\\xfe\\n'); time.sleep(60)")
    assert outcome == worker_handle.NO_MESSAGE


def test_a_reply_without_end_ends_the_run_alone(launch: Launch) -> None:
    _, outcome = launch("while True: os.write(replies, b'x' * 65_536)")
    assert outcome == worker_handle.NO_MESSAGE


def test_a_reply_that_nobody_asked_for_is_not_taken_for_the_next(launch: Launch) -> None:
    handle, outcome = launch("say(OK); time.sleep(0.2); say(OK); time.sleep(60)")
    assert outcome.status is Status.OK
    time.sleep(0.5)
    assert handle.run(Fit(1, "")) == worker_handle.NO_MESSAGE


def test_a_forged_duration_is_not_believed(launch: Launch) -> None:
    _, outcome = launch(f"fit({_claim(1e-6)}, 1.5)")
    assert outcome.status is Status.INVALID and outcome.fit is None
    assert outcome.reason.startswith("fit claimed 0.001 ms, but took 1.")


def test_a_duration_that_is_none_is_told(launch: Launch) -> None:
    _, outcome = launch(f"fit({_claim(0.5)}.replace('0.5', '-0.5'), 0)")
    assert outcome.status is Status.CRASHED
    assert outcome.reason.startswith("sent a reply that is no message; fit.wall_s: Input should be greater than")


def test_a_forged_reply_in_the_middle_of_a_fit_is_not_believed(launch: Launch) -> None:
    _, outcome = launch(f'say(\'{{"began": "fit"}}\', {_claim(1e-6)}); time.sleep(60)')
    assert outcome.status is Status.INVALID
    assert "beginning and end were not seen" in outcome.reason


def test_an_honest_duration_is_believed(launch: Launch) -> None:
    _, outcome = launch(f"fit({_claim(0.3)}, 0.3)")
    assert outcome == Outcome(status=Status.OK, fit=maker.cost(0.3))


def test_an_embedding_that_cannot_be_written_is_told(launch: Launch) -> None:
    with pytest.raises(CannotWriteError, match="disk full"):
        launch('fit(\'{"cannot_write": "disk full"}\', 0); time.sleep(60)')


def test_a_full_disk_that_is_told_in_the_middle_of_a_fit_is_not_believed(launch: Launch) -> None:
    _, outcome = launch('say(\'{"began": "fit"}\', \'{"cannot_write": "disk full"}\'); time.sleep(60)')
    assert outcome.status is Status.CRASHED
    assert outcome.reason.startswith("sent a reply that is no message")


def test_a_pipe_that_is_closed_makes_nobody_busy(launch: Launch) -> None:
    before = time.process_time()
    _, outcome = launch("os.close(replies); time.sleep(60)", timeout_s=3.0)
    assert outcome.status is Status.TIMEOUT
    assert time.process_time() - before < 1.0


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        (["began fit"], "fit took longer than the limit of 2.0 s"),
        (["began fit", "ended fit", "began transform"], "took longer than the limit of 2.0 s, in transform"),
        (["began fit", "ended fit"], "took longer than the limit of 2.0 s, after fit"),
        ([], "took longer than the limit of 2.0 s"),
    ],
)
def test_a_limit_says_in_which_phase_it_was_passed(launch: Launch, marks: list[str], reason: str) -> None:
    said = [f'\'{{"{word}": "{phase}"}}\'' for word, phase in map(str.split, marks)]
    _, outcome = launch(f"say({', '.join(said)}); time.sleep(60)", timeout_s=2.0)
    assert (outcome.status, outcome.reason) == (Status.TIMEOUT, reason)


def test_a_worker_that_is_stopped_is_told_from_a_slow_one(launch: Launch) -> None:
    _, outcome = launch("os.kill(os.getpid(), 19)", timeout_s=2.0)
    assert outcome.status is Status.TIMEOUT
    assert outcome.reason.startswith("took longer than the limit of 2.0 s, ")
    assert outcome.reason.endswith(" of them stopped by a signal")


def test_a_worker_that_was_stopped_for_a_while_says_so(launch: Launch) -> None:
    wakes = "import os, time; time.sleep(1); os.kill({}, 18)"
    code = f"import subprocess; subprocess.Popen([sys.executable, '-S', '-c', {wakes!r}.format(os.getpid())]); "
    _, outcome = launch(code + "os.kill(os.getpid(), 19); time.sleep(0.2); say(OK)")
    assert outcome.status is Status.OK
    (note,) = outcome.notes
    assert note.startswith("was stopped for ") and note.endswith("; its times include that")


ORPHAN = """
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.execve(sys.executable, ["python", "-S", "-c", {code!r}], {{}})
os.wait()
"""


def test_an_orphan_is_ended_and_noted(launch: Launch) -> None:
    sleeper = ORPHAN.format(code="import time; time.sleep(3600)")
    _, outcome = launch(sleeper + "time.sleep(0.5); say(OK); time.sleep(60)")
    assert outcome == Outcome(status=Status.OK, notes=("left 1 process running, ended since",))


def test_what_an_orphan_holds_counts_towards_the_limit(launch: Launch) -> None:
    greedy = "import time; block = b'1' * (300 << 20); time.sleep(3600)"
    _, outcome = launch(ORPHAN.format(code=greedy) + "time.sleep(60)", memory=200 * 2**20)
    assert outcome.status is Status.OUT_OF_MEMORY
    assert "more than the limit of 200 MiB" in outcome.reason


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what processes share")
def test_what_forks_share_counts_once_towards_the_limit(launch: Launch) -> None:
    forks = "block = b'1' * (100 << 20)\nfor _ in range(3):\n    if not os.fork():\n        time.sleep(60)\n"
    _, outcome = launch(f"{forks}time.sleep(2.5); say(OK); time.sleep(60)", memory=250 * 2**20)
    assert outcome.status is Status.OK


def test_files_in_the_temporary_folder_are_noted_and_go_with_the_worker(launch: Launch, tmp_path: Path) -> None:
    code = f"open(os.environ['TMPDIR'] + '/a', 'w').write('x' * (1 << 20)); open({str(tmp_path / 'where')!r}, 'w')"
    handle, outcome = launch(f"{code}.write(os.environ['TMPDIR']); say(OK); time.sleep(60)")
    assert outcome.notes == ("left 1 file of 1.0 MiB (a) in the temporary folder, removed since",)
    folder = Path((tmp_path / "where").read_text())
    assert folder.is_dir()
    handle.close()
    assert not folder.exists()


def test_a_file_in_shared_memory_is_noted(launch: Launch) -> None:
    file = Path("/dev/shm") / f"test-{os.getpid()}"
    try:
        _, outcome = launch(f"open({str(file)!r}, 'w').write('x' * (1 << 20)); say(OK)")
        assert any(file.name in note and "appeared in /dev/shm" in note for note in outcome.notes)
    finally:
        file.unlink(missing_ok=True)


def test_a_death_is_told_by_its_cause(launch: Launch) -> None:
    assert "exit status 3" in launch("os._exit(3)")[1].reason
    assert "signal SIGSEGV" in launch("os.kill(os.getpid(), 11)")[1].reason
    assert "signal number 40" in launch("os.kill(os.getpid(), 40)")[1].reason


def test_no_path_of_the_data_is_among_the_arguments(launch: Launch) -> None:
    handle, _ = launch("print(sys.argv[1:], flush=True); say(OK); time.sleep(60)")
    words = handle.log_tail.strip("[]\n").replace("'", "").split(", ")
    assert len(words) == 4 and all(word.isdigit() for word in words)


def test_an_interruption_ends_the_worker(launch: Launch) -> None:
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGHUP])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        launch("time.sleep(60)")
    timer.join()
