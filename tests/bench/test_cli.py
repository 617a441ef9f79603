from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import reducers
from bench import cli
from bench.commands import doctor
from bench.errors import BenchError, DatasetError, StudyError

FAKES = Path(__file__).parent / "fakes.py"
pytestmark = pytest.mark.usefixtures("one_figure")


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), catch_exceptions=True)


def test_list_tells_every_kind() -> None:
    for kind in ("reducers", "datasets", "scores", "studies"):
        rows = json.loads(_call("list", kind, "--json").stdout)
        assert rows
        assert all(all(isinstance(cell, str) for cell in row.values()) for row in rows)
    assert "umap" in _call("list").stdout


def test_a_kind_that_does_not_exist() -> None:
    result = _call("list", "reducer")
    assert isinstance(result.exception, StudyError)
    assert "Did you mean 'reducers'" in str(result.exception)


def test_an_error_that_a_user_can_fix_is_one_message_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "run", "defualt"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    shown = capsys.readouterr().err
    assert "Did you mean 'default'" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--reducers", "pcaa"], "Did you mean 'pca'"),
        (["--dataset", "mnst-5k"], "Did you mean 'mnist-5k'"),
        (["--timeout", "soon"], "expected one like 90s"),
        (["--memory", "much"], "expected one like 512MiB"),
        (["--seeds", "0"], "Got seeds = 0"),
        (["--reducer", "missing.py:Class"], "missing.py"),
        (["--n", "100000"], "expected at most 4000"),
        (["--rerun", "nope"], "Got --rerun 'nope', but expected one of: all, autoencoder, failed"),
        (["--rerun", "pcaa"], "Did you mean 'pca'"),
        (["--rerun", "pca", "--reducers", "umap"], "Got --rerun 'pca', but expected one of: all, failed, umap"),
        (["--seeds", "1000000000"], "runs, but expected at most 100,000"),
        (["--dataset", "a\x1b[31m.csv"], "without control characters"),
        (["--reducer", "pca"], "expected FILE.py:Class"),
    ],
)
def test_a_slip_in_an_option_is_answered(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = _call("run", "quick", "--out", str(tmp_path / "out"), *arguments)
    assert isinstance(result.exception, BenchError | reducers.ReducerError)
    assert message in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.whole
def test_a_study_of_ones_own_reducer_and_data(tmp_path: Path, clouds_file: Callable[[int], Path]) -> None:
    out = tmp_path / "out"
    arguments = ["run", "quick", "--dataset", str(clouds_file(700)), "--n", "520", "--threads", "1", "--out", str(out)]
    result = _call(*arguments, "--reducers", "fakes,pca", "--reducer", f"{FAKES}:Calm")
    assert result.exit_code == 0, result.output
    assert "[2/2]" in result.stdout
    said = result.stdout.splitlines()
    assert [line.split()[0] for line in said[-3:]] == ["report", "tables", "figures"]
    assert max(map(len, said[said.index("Quality and cost") : -3])) <= 100
    assert str(out / "report.html") in result.stdout.replace("\n", "")
    assert {path.parent.name for path in (out / "runs").glob("*/seed-0.json")} == {"fakes", "pca"}
    again = _call(*arguments, "--reducers", "fakes,pca", "--reducer", f"{FAKES}:Calm")
    assert "All 2 runs are done already" in again.stdout
    assert "Nothing has changed since these were written" in again.stdout
    assert "Quality and cost" in again.stdout
    (out / "summary.csv").unlink()
    again = _call("report", str(out))
    assert again.exit_code == 0, again.output
    assert (out / "summary.csv").is_file()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(tmp_path: Path, clouds_file: Callable[[int], Path]) -> None:
    out = tmp_path / "out"
    result = _call(
        "run", "quick", "--dataset", str(clouds_file(60)), "--reducers", "pca", "--out", str(out), "--dry-run"
    )
    assert result.exit_code == 0, result.output
    assert "would run 1 run (1 variant)" in result.stdout
    assert "methods: PCA" in result.stdout
    assert "at most 1 min 00 s and 8 GiB a run" in result.stdout
    assert not out.exists()


def test_a_dry_run_names_data_that_would_be_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.datasets.mnist.find", lambda name, data_dir: None)
    monkeypatch.setattr("bench.datasets.mnist.download", lambda name: pytest.fail("it downloads"))
    result = _call("run", "full", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "needs data that are not here: MNIST, 12 MB" in result.stdout
    assert re.search(r"^time: what is in results/full took \d+ (h|min)", result.stdout, re.MULTILINE)
    assert "time: estimated once" in _call("run", "full", "--seeds", "2", "--dry-run").stdout
    assert isinstance(_call("run", "quick", "--dataset", "no.csv", "--dry-run").exception, DatasetError)


def test_as_json_standard_output_has_one_object_a_line_and_nothing_else(
    tmp_path: Path, clouds_file: Callable[[int], Path]
) -> None:
    out = tmp_path / "out"
    arguments = ["--dataset", str(clouds_file(60)), "--threads", "1", "--out", str(out), "--reducers", "pca", "--json"]
    result = _call("run", "quick", *arguments)
    assert result.exit_code == 0, result.output
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["event"] for one in said] == ["started", "ended", "finished"]
    assert said[1]["status"] == "ok" and said[1]["fit_s"] > 0
    assert str(out / "summary.csv") in said[2]["paths"]
    assert all(Path(path).is_file() for path in said[2]["paths"])
    again = _call("run", "quick", *arguments)
    assert [json.loads(line)["event"] for line in again.stdout.splitlines()] == ["finished"]


def test_a_reducer_whose_library_is_missing_is_a_row(tmp_path: Path, clouds_file: Callable[[int], Path]) -> None:
    needy = tmp_path / "needy.py"
    needy.write_text(FAKES.read_text().replace("import os\n", "import no_such_library\n"))
    out = tmp_path / "out"
    arguments = ["--dataset", str(clouds_file(60)), "--out", str(out), "--reducers", "needy"]
    result = _call("run", "quick", *arguments, "--reducer", f"{needy}:Calm")
    assert result.exit_code == 0, result.output
    assert "unavailable" in (out / "summary.csv").read_text()
    assert "needs no_such_library, which is not installed" in (out / "summary.csv").read_text()


def test_new_writes_a_file_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reducers, "FOLDER", tmp_path)
    assert _call("new", "kernel_map").exit_code == 0
    assert reducers.create("kernel_map").n_components == 2
    for name in ("kernel_map", "Kernel", "two words", "class", "_hidden"):
        assert isinstance(_call("new", name).exception, StudyError)


def test_check_tells_what_fails_and_how_to_fix_it(tmp_path: Path) -> None:
    assert _call("check", "random_projection").exit_code == 0
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import numpy as np\nfrom reducers.base import Reducer\n\nclass Broken(Reducer):\n"
        "    def __init__(self, n_components=2):\n        self.n_components = n_components\n"
        "    def _fit(self, X, rng):\n        return np.random.rand(len(X), self.n_components)\n"
    )
    result = _call("check", f"{broken}:Broken")
    assert result.exit_code == 1
    assert "same_seed_same_bytes" in result.stdout
    assert "To fix: draw from rng only" in " ".join(result.stdout.split())


def test_the_doctor_speaks_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.mnist, "find", lambda name, data_dir: None)
    monkeypatch.setattr(doctor.environment, "load", lambda: 0.0)
    signs = {sign.subject: sign for sign in doctor.examine()}
    assert signs["load"].ok
    assert "not at hand" in signs["mnist"].text
    assert {"memory", "cores", "frequency", "threads", "clock", "libraries", "mnist-5k"} <= signs.keys()
    monkeypatch.setattr(doctor.environment, "load", lambda: 99.0)
    assert _call("doctor").exit_code == 1
    assert "caveat load: 99.00" in _call("doctor").stdout
