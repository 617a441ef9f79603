"""Two people measure a study, each on a machine of their own, and their folders become one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from bench.analysis.other_machines import repetitions
from bench.cli import app
from bench.commands import verify
from bench.commands.running import Asked
from bench.execution import pipeline
from bench.store.results import Results
from bench.studies.study import Study, Variant
from tests.bench import fakes
from tests.conftest import make_dataset

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("light_workers", "one_figure")]
BLURRED = """
from tests.bench.fakes import Fake


class Blurred(Fake):
    def _fit(self, X, rng):
        return X[:, :2] + 0.05 * rng.standard_normal((len(X), 2))
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    whole, folder = make_dataset(60, 0), tmp_path_factory.mktemp("data")
    file, blurred = folder / "clouds.npz", folder / "blurred.py"
    np.savez(file, X=whole.X, y=whole.y)
    blurred.write_text(BLURRED)
    named = {"a": f"{blurred}:Blurred", "b": f"{fakes.__file__}:Calm"}  # no seed changes the second
    variants = {name: Variant(reducer=reducer, label=name.upper()) for name, reducer in named.items()}
    return Study(name="s", dataset=str(file), seeds=2, threads=1, repeat=False, variants=variants, figures=("a",))


def _run(asked: Asked) -> Path:
    request = asked.request()
    pipeline.execute(request, Console(quiet=True), lambda *_: None)
    return request.out


@pytest.fixture(scope="module")
def folders(study: Study, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the folders of two machines, of which the second is told to be an older one and has one seed more."""
    from bench.execution import worker_handle
    from bench.store import sums
    from tests.bench import light_worker

    above = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_handle, "WORKER", light_worker.COMMAND)
        first = _run(Asked(study, out=above / "first"))
        patch.setenv("OPENBLAS_CORETYPE", "Haswell")
        second = _run(Asked(study, seeds=3, out=above / "second"))
    for folder in (first, second):
        sums.write(folder)
    return first, second


def _merge(*folders: Path, out: Path) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["merge", *map(str, folders), "--out", str(out)])
    return found.exit_code, found.output


def test_what_two_machines_measured_is_one_study(folders: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, said = _merge(*folders, out=out)
    assert status == 0 and "first: 4 of 4 runs" in said
    assert "second: 2 of 6 runs, and 4 as repeated on another machine" in said
    assert "OPENBLAS_CORETYPE=Haswell" in said and "no further seeds" in said
    results = Results(out)
    assert results.has_machines and len(results.run_ids("b")) == 3 and len(results.values("b", "fit_s")) == 2
    assert list(verify.faults(out)) == []
    summary = (out / "summary.md").read_text()
    assert "Several machines: 4 runs on machine 1" in summary and "What another machine changes" in summary
    assert "Costs are of 2 of 3 runs: the others ran on another machine." in summary
    page = (out / "report.html").read_text()
    assert "<dt>Machine 2</dt>" in page and page.count("costs, and what follows, are of this one") == 1
    assert results.distinct_runs("a") == 3 and results.distinct_runs("b") == 1
    for one in repetitions(results):
        assert one.n == 2 and one.stays is not None and one.same_bits is not None
        assert abs(one.differences["trustworthiness_k5"].mean) < 0.1
    # Nothing new: what was merged can be published again, and is the same.
    before = {path: path.read_bytes() for path in out.rglob("*.csv")}
    pipeline.rebuild(out, None, Console(quiet=True), lambda *_: None)
    assert {path: path.read_bytes() for path in out.rglob("*.csv")} == before


def test_tables_alone_are_merged_too(folders: tuple[Path, Path], tmp_path: Path) -> None:
    copies = [shutil.copytree(folder, tmp_path / folder.name) for folder in folders]
    for copy in copies:
        shutil.rmtree(copy / "runs")
        shutil.rmtree(copy / "references")
    status, said = _merge(*copies, out=tmp_path / "out")
    assert status == 0 and "Its runs are not on this computer" in said
    results = Results(tmp_path / "out")
    assert results.run_ids("b") == [(0, 0), (0, 1), (0, 2)] and list(verify.faults(results.folder)) == []
    found = repetitions(results)
    assert [(one.variant, one.n, one.same_bits) for one in found] == [("a", 2, None), ("b", 2, None)]
    assert all("trustworthiness_k5" in one.differences for one in found)
    summary = (results.folder / "summary.md").read_text()
    assert "What another machine changes" in summary and "same bits" not in summary


def test_a_damaged_folder_is_not_merged(folders: tuple[Path, Path], tmp_path: Path) -> None:
    copy = shutil.copytree(folders[1], tmp_path / "second")
    record = copy / "runs" / "a" / "seed-0.json"
    record.write_bytes(record.read_bytes().replace(b'"seed": 0', b'"seed": 1'))
    found = CliRunner().invoke(app, ["merge", str(folders[0]), str(copy), "--out", str(tmp_path / "out")])
    assert found.exit_code == 1 and "which is not what was written" in str(found.exception)
    assert not (tmp_path / "out").exists()


def test_without_the_data_the_merged_tables_are_published(
    folders: tuple[Path, Path], study: Study, tmp_path: Path
) -> None:
    data, aside = Path(study.dataset), tmp_path / "aside.npz"
    shutil.move(data, aside)
    try:
        status, said = _merge(*folders, out=tmp_path / "out")
    finally:
        shutil.move(aside, data)
    assert status == 0 and "tables are those that were merged" in said
    assert len(Results(tmp_path / "out").values("b", "trustworthiness_k5")) == 3
    assert (tmp_path / "out" / "summary.md").is_file()
