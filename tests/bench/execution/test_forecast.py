"""Whether a study will fit is told from earlier runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.datasets import Dataset
from bench.execution import forecast
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

VARIANTS = {"pca": Variant(reducer="pca", label="PCA"), "tsne": Variant(reducer="tsne", label="t-SNE")}


def runs_of(data: Dataset, **limits: str) -> tuple[Study, list[plan.Run]]:
    study = Study(dataset="clouds", seeds=2, variants=VARIANTS, **limits)
    return study, plan.make(study, data, 1)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Write a folder in which t-SNE took n^1.5 and 2 KiB a point on 20,000 to 80,000 points, and PCA ran once."""
    rows = []
    for n in (20_000, 40_000, 80_000):
        for seed in range(2):
            first = seed == 0
            cost = {"fit_s": 10 * (n / 20_000) ** 1.5, "baseline_mib": 100, "peak_mib": 100 + n / 512 * first}
            rows.append({"label": "t-SNE", "reducer": "tsne", "n_train": n, "import_s": 1.0 if first else None} | cost)
    cost = {"fit_s": 2.0, "baseline_mib": 90, "peak_mib": 110}
    rows.append({"label": "PCA", "reducer": "pca", "n_train": 10_000, "import_s": 1.0} | cost)
    table = pd.DataFrame(rows).assign(variant="any", status="ok", transform_s=None, inverse_s=None)
    table = table.assign(cold_start_s=None, fit_transform_s=None)
    (tmp_path / "scaling").mkdir()
    table.to_csv(tmp_path / "scaling" / "runs.csv", index=False)
    return tmp_path


def points(n: int) -> Dataset:
    return replace(make_dataset(60, 20), X=np.broadcast_to(np.float32(0), (n, 5)), y=None, y_test=None, classes=())


def said(study: Study, runs: list[plan.Run], n: int, folder: Path) -> list[str]:
    return list(forecast.lines(study, runs, points(n), folder))


def test_what_fits_is_said_with_the_most_that_it_takes(earlier: Path, dataset: Dataset) -> None:
    study, runs = runs_of(dataset, memory="1GiB")
    assert said(study, runs, 40_000, earlier) == [
        "expected to fit: 2 methods of 2, at most 28 s (t-SNE) and 0.2 GiB (t-SNE) a fit",
        "extrapolated: 1 method, up to 4 times as many points as were measured",
    ]


def test_what_passes_a_limit_is_named_with_the_reason(earlier: Path, dataset: Dataset) -> None:
    study, runs = runs_of(dataset, timeout="600s")
    lines = said(study, runs, 320_000, earlier)
    assert lines[1] == (
        "will not fit: t-SNE would take 10 min 40 s, more than the limit of 10 min 00 s (measured on 80,000 points; it "
        "grows as n^1.50)"
    )
    study, runs = runs_of(dataset, memory="512MiB")
    lines = said(study, runs, 320_000, earlier)
    text = "\n".join(sorted(lines))
    assert "t-SNE would hold 0.7 GiB, more than the limit of 0.5 GiB (measured on 80,000 points; it grows by 1" in text
    assert "PCA would hold 0.7 GiB, more than the limit of 0.5 GiB (measured on 10,000 points; it grows in pro" in text
    assert lines[-1].startswith("extrapolated: 2 methods, up to 32 times")


def test_who_reads_large_data_in_blocks_holds_no_more_of_more(
    earlier: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "LARGE", 0)
    study, runs = runs_of(dataset, memory="512MiB")
    mapped = replace(points(320_000), in_place=object())
    assert next(forecast.lines(study, runs, mapped, earlier)).startswith("expected to fit: 1 method of 2")


def of_machines(folder: Path, *runs: tuple[str, int, float]) -> None:
    """Write a results folder of t-SNE, which took so many seconds with so many points on machines of some classes."""
    usual = {"label": "t-SNE", "reducer": "tsne", "import_s": 1.0, "baseline_mib": 100, "peak_mib": 150}
    rows = [usual | {"machine": machine, "n_train": n, "fit_s": seconds} for machine, n, seconds in runs]
    table = pd.DataFrame(rows).assign(variant="any", status="ok")
    table["measured"] = table["machine"].map({"copied": "elsewhere"}).fillna("here")
    folder.mkdir()
    table.to_csv(folder / "runs.csv", index=False)


@pytest.mark.parametrize(
    ("here", "seconds", "measured"),
    [("this", "1 min 20 s", "40,000"), ("other", "13 min 20 s", "80,000"), ("unknown", "13 min 20 s", "80,000")],
)
def test_costs_of_two_classes_of_machines_are_not_mixed(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, here: str, seconds: str, measured: str
) -> None:
    monkeypatch.setattr("bench.execution.environment.fingerprint", lambda: here)
    of_machines(tmp_path / "cluster", ("this", 20_000, 10.0), ("this", 40_000, 20.0), ("other", 80_000, 400.0))
    study, runs = runs_of(dataset, timeout="60s")
    assert said(study, runs, 160_000, tmp_path)[0] == (
        f"will not fit: t-SNE would take {seconds}, more than the limit of 1 min 00 s (measured on {measured} points; "
        "it grows in proportion to them)"
    )


def test_what_was_measured_elsewhere_is_of_another_machine(tmp_path: Path) -> None:
    of_machines(tmp_path / "cluster", ("this", 40_000, 20.0), ("copied", 40_000, 400.0))
    assert {name: len(tables) for name, tables in forecast._earlier(tmp_path).items()} == {
        "this": 1,
        "copied, elsewhere": 1,
    }


def test_how_costs_grow_on_another_machine_goes_for_this_one(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.execution.environment.fingerprint", lambda: "this")
    others = [("other", n, 900 * (n / 20_000) ** 1.5) for n in (20_000, 40_000, 80_000)]
    of_machines(tmp_path / "cluster", ("this", 20_000, 10.0), *others)
    study, runs = runs_of(dataset, timeout="60s")
    assert said(study, runs, 80_000, tmp_path)[0] == (
        "will not fit: t-SNE would take 1 min 20 s, more than the limit of 1 min 00 s (measured on 20,000 points; it "
        "grows as n^1.50)"
    )


def test_without_earlier_runs_nothing_is_claimed(tmp_path: Path, earlier: Path, dataset: Dataset) -> None:
    study, runs = runs_of(dataset)
    unknown = "not known whether it fits, as there is no earlier run: "
    (tmp_path / "other").mkdir(exist_ok=True)
    (tmp_path / "other" / "runs.csv").write_text("no,such,table\n1,2,3\n")
    assert said(study, runs, 1_000, tmp_path / "other") == [
        f"{unknown}{'; '.join(dict.fromkeys(run.spec.label for run in runs))}"
    ]
