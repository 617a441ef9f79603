from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.reading import Reading, read
from bench.records import Status
from bench.report import local
from bench.report.build import Report, build
from bench.scores.local import Local
from bench.tables.model import Cell, Column, Kind, Row, Table
from tests.bench import results_maker as maker

HOSTILE = "</script><script>document.title = 'ran'</script>"
N, N_TEST = 240, 60


def make_images(labels: bool = True, images: bool = True) -> Dataset:
    """Return images of 8 x 8 pixels in 16 levels, no two alike."""
    rng = np.random.RandomState(0)
    X = (rng.randint(0, 16, (N + N_TEST, 64)) / 15).astype(np.float32)
    y = rng.randint(3, size=N + N_TEST) if labels else None
    return Dataset(
        name="images",
        X=X[:N],
        X_test=X[N:],
        y=None if y is None else y[:N],
        y_test=None if y is None else y[N:],
        classes=("zero", "one", HOSTILE) if labels else (),
        image_shape=(8, 8) if images else None,
        levels=15,
        provenance="made up",
    )


def halves(n: int) -> Local:
    """Return local scores that are known: one half of the points is worse."""
    first = np.arange(n) < n // 2
    return Local(np.where(first, 0.5, 1.0), np.where(first, 1.0, 0.8))


def make_reading(folder: Path, dataset: Dataset) -> Reading:
    """Return a study of a method with two seeds, a transductive one, a failed one and one with a hostile name."""
    records = [maker.record("good", seed, dataset, params={"perplexity": 30}) for seed in range(2)]
    records += [maker.record("stays", 0, dataset, maker.well(2.0, transductive=True))]
    records += [maker.record("gone", 0, dataset, maker.ill(Status.TIMEOUT, f"took too long {HOSTILE}"))]
    records += [maker.record("bad", 0, dataset, label=HOSTILE, log_tail=f"said {HOSTILE}")]
    return read(maker.folder(folder, dataset, records), dataset)


def make_table() -> Table:
    columns = (
        Column("score", "score", "quality", better="higher", meaning="What it means.", weakness=HOSTILE),
        Column("fit_s", "fit", "cost", unit="s", better="lower"),
    )
    rows = (
        Row("good", "GOOD", Kind.METHOD, (_cell(0.9, 0.85, 0.95, best=True), _cell(3.0, 2.0, 4.0))),
        Row("stays", "STAYS", Kind.METHOD, (_cell(0.88, 0.8, 0.93, best=True), _cell(0.01, 0.009, 0.02, best=True))),
        Row("gone", "GONE", Kind.METHOD, (Cell("timeout"), Cell("n/a", "(not run)"))),
        Row("bad", HOSTILE, Kind.METHOD, (_cell(0.5, 0.4, 0.6), _cell(10.0, 9.0, 11.0))),
        Row("none", "no reduction", Kind.REFERENCE, (_cell(0.95), Cell("n/a"))),
    )
    return Table("made-up", f"Quality {HOSTILE}", columns, rows, notes=(f"note {HOSTILE}",))


def _cell(value: float, low: float | None = None, high: float | None = None, best: bool = False) -> Cell:
    interval = "" if low is None else f"[{low}, {high}]"
    return Cell(f"{value}", interval, value, low, high, best, notes=(0,) if value == 0.5 else ())


def make_report(reading: Reading, **changes: object) -> Report:
    words = {"findings": [f"found {HOSTILE}"], "advice": ["take this"], "doubts": [f"doubt {HOSTILE}"]}
    return build(reading, [make_table()], [make_table()], **(words | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return make_reading(tmp_path_factory.mktemp("study"), make_images())


@pytest.fixture(scope="session")
def report(reading: Reading) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "of_runs", lambda *_: lambda item: halves(item.record.n_fit))
        return make_report(reading)


@pytest.fixture(scope="session")
def page(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(report.html)
    return path.as_uri()
