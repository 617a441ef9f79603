"""Finished samples of the data are kept in tables, and a later run measures only the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree

import numpy as np
import pytest
from rich.console import Console

from bench.analysis.caveats import Mark, caveats
from bench.analysis.comparisons import Design, ranking
from bench.commands.running import Asked, published
from bench.datasets import load
from bench.errors import StudyError
from bench.execution import extension, pipeline
from bench.store import elsewhere
from bench.store.results import Results
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import fakes
from tests.conftest import make_dataset

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("light_workers", "one_figure")]
SCORE = "knn_accuracy_k10_test"
OUT = Path("results/s")
BLURRED = """
from tests.bench.fakes import Fake


class Blurred(Fake):
    def _fit(self, X, rng):
        return X[:, :2] + 0.05 * rng.standard_normal((len(X), 2))
"""


def _run(asked: Asked, publish: Callable[..., object] = lambda *_: None) -> tuple[Path, int]:
    """Run a study; return its folder, and how many runs were measured."""
    request = asked.request()
    before = {path: path.stat().st_mtime_ns for path in request.out.glob("runs/*/*.npz")}
    pipeline.execute(request, Console(quiet=True), publish)
    after = {path: path.stat().st_mtime_ns for path in request.out.glob("runs/*/*.npz")}
    return request.out, sum(before.get(path) != time for path, time in after.items())


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    whole, folder = make_dataset(150, 0), tmp_path_factory.mktemp("data")
    file, blurred = folder / "clouds.npz", folder / "blurred.py"
    np.savez(file, X=whole.X, y=whole.y)
    blurred.write_text(BLURRED)
    named = {"a": f"{blurred}:Blurred", "b": f"{Path(fakes.__file__)}:Calm"}
    variants = {name: Variant(reducer=reducer, label=name.upper()) for name, reducer in named.items()}
    fields = {"samples": 3, "seeds": 2, "threads": 1, "repeat": False, "variants": variants, "figures": ("a",)}
    return Study.model_validate({"name": "s", "dataset": str(file)} | fields)


@pytest.fixture(scope="module")
def two_samples(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of two of three samples, with its runs."""
    folder, measured = _run(Asked(study, samples=2, out=tmp_path_factory.mktemp("run") / "s"))
    assert measured == 8
    return folder


@pytest.fixture
def clone(two_samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder as a fresh clone has it, in the working directory: without its runs."""
    monkeypatch.chdir(tmp_path)
    folder = copytree(two_samples, OUT)
    rmtree(folder / "runs")
    rmtree(folder / "references")
    return folder


def test_a_sample_has_the_same_points_however_many_are_run(study: Study) -> None:
    dataset = load(study.dataset)
    few, all_ = (plan.make(study, dataset, 1, samples) for samples in (2, None))
    assert [run.key for run in few] == [run.key for run in all_ if run.sample < 2]
    assert {run.sample for run in all_} == {0, 1, 2}
    assert len({dataset.select(sample=sample, samples=3).fingerprint for sample in range(3)}) == 3


def test_a_clone_measures_only_the_missing_sample(study: Study, clone: Path, two_samples: Path) -> None:
    out, measured = _run(Asked(study, out=OUT), published)
    assert (out, measured) == (clone, 4)
    found, before = Results(out), Results(two_samples)
    assert {path.stem for path in (out / "runs/a").glob("*.npz")} == {"sample-2-seed-0", "sample-2-seed-1"}
    assert found.run_ids("a") == [(sample, seed) for sample in range(3) for seed in range(2)]
    for key in (SCORE, "fit_s"):
        assert before.values("a", key).by_run.items() <= found.values("a", key).by_run.items()
        assert len(found.values("a", key).units()) == 3
    assert found.measured("a") == "earlier"
    [caveat] = [one for one in caveats(found) if one.mark is Mark.ELSEWHERE]
    assert caveat.text.startswith("Some samples of the data were measured earlier under the same conditions")
    assert len(found.values("pixels", "knn_accuracy_k10").by_run) == 3
    np.testing.assert_allclose(found.embedding("a"), before.embedding("a"), atol=1e-4)
    assert {f"correct/a/{sample}-{seed}" for sample, seed in found.run_ids("a")} <= set(found.arrays)
    pair = ranking(found, SCORE).between("a", "b")
    assert (pair.design, pair.n) == (Design.PAIRED_BY_SAMPLE, 3)
    assert "over 3 samples of the data, 2 seeds each" in (out / "summary.md").read_text()
    assert (out / "variance.csv").is_file()
    rows = (out / "runs.csv").read_bytes()
    assert _run(Asked(study, out=OUT)) == (out, 0), "all is done"
    pipeline.rebuild(out, None, Console(quiet=True), lambda *_: None)
    assert (out / "runs.csv").read_bytes() == rows
    rmtree(out / "elsewhere")
    assert not elsewhere.has_runs(Store(out)), "earlier rows are in its tables alone"


def test_what_is_complete_is_measured_again_in_a_clone(study: Study, clone: Path) -> None:
    assert _to_measure(study, samples=2) == [(name, sample) for sample in range(2) for name in "ab"]
    assert len(_to_measure(study, samples=3)) == 2, "it is the third sample that makes it incomplete"


def test_a_sample_of_other_code_is_measured_again(study: Study, clone: Path) -> None:
    runs = Results(clone).runs
    runs.loc[(runs["variant"] == "a") & (runs["sample"] == 1), "key"] = "of other code, versions or data"
    (clone / "SHA256SUMS").unlink()
    runs.to_csv(clone / "runs.csv", index=False)
    assert _to_measure(study) == [("a", 1), ("a", 2), ("b", 2)]
    assert _to_measure(study.model_copy(update={"seeds": 3})) == [(name, s) for s in range(3) for name in "ab"]


def test_what_is_asked_again_is_measured_again(study: Study, clone: Path) -> None:
    assert _to_measure(study) == [("a", 2), ("b", 2)]
    assert _to_measure(study, rerun="all") == [(name, sample) for sample in range(3) for name in "ab"]
    assert _to_measure(study, rerun="b") == [("b", 0), ("b", 1), ("a", 2), ("b", 2)]


def _to_measure(study: Study, samples: int = 3, rerun: str | None = None) -> list[tuple[str, int]]:
    """Return variants and samples that a run would measure, by sample."""
    dataset = load(study.dataset)
    runs = plan.make(study, dataset, 1, samples)
    found = extension.to_measure(Store(OUT), study, dataset, runs, rerun, keep=False)
    assert not (OUT / "elsewhere").exists()
    return sorted({(run.variant, run.sample) for run in found}, key=lambda pair: pair[::-1])


def test_costs_of_another_machine_are_left_out(study: Study, clone: Path) -> None:
    runs, dataset = Results(clone).runs, load(study.dataset)
    keys = {(run.variant, run.sample, run.seed): run.key for run in plan.make(study, dataset, 1)}
    runs["machine"] = "another"
    runs["key"] = [keys[run] for run in runs[["variant", "sample", "seed"]].itertuples(index=False, name=None)]
    (clone / "SHA256SUMS").unlink()
    runs.to_csv(clone / "runs.csv", index=False)
    environment = (clone / "environment.json").read_text()
    where = Store(clone).environment()
    assert where is not None
    Store(clone).write_model("environment.json", where.model_copy(update={"fingerprint": "another"}))
    assert environment != (clone / "environment.json").read_text()
    out, measured = _run(Asked(study, out=OUT))
    found = Results(out)
    assert measured == 4
    assert {*found.values("a", "fit_s").by_run} == {(2, 0), (2, 1)}
    assert len(found.values("a", SCORE).by_run) == 6
    [caveat] = [one for one in caveats(found) if one.mark is Mark.ELSEWHERE]
    assert "scores are compared, their costs are left out" in caveat.text


@pytest.mark.parametrize("samples", [0, 4])
def test_only_samples_of_the_study_can_be_asked(study: Study, samples: int) -> None:
    with pytest.raises(StudyError, match="expected 1 to 3"):
        Asked(study, samples=samples).request()
