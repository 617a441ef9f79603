from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.analysis.quantities import Quantity
from bench.datasets import Dataset
from bench.output.report import Report, build
from bench.output.tables.model import Cell, Row, Table
from bench.store.arrays import FILE, Arrays, packed
from bench.store.records import Status
from bench.store.results import Results
from bench.store.values import Kind
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


def make_results(folder: Path, dataset: Dataset) -> Results:
    """Return a study of a method with two seeds, a transductive one, a failed one and one with a hostile name."""
    records = [maker.record("good", seed, dataset, params={"perplexity": 30}) for seed in range(2)]
    records += [maker.record("stays", 0, dataset, maker.successful(2.0, transductive=True))]
    records += [maker.record("gone", 0, dataset, maker.failed(Status.TIMEOUT, f"took too long {HOSTILE}"))]
    records += [maker.record("bad", 0, dataset, label=HOSTILE, log_tail=f"said {HOSTILE}")]
    return Results(maker.folder(folder, dataset, records, drawn=True).folder)


def with_local_scores(results: Results) -> None:
    """Give all runs local scores that are known: one half of the points is worse."""
    arrays = {name: array for name, array in Arrays(results.folder).items()}
    first = np.arange(N) < N // 2
    known = np.column_stack([np.where(first, 0.5, 1.0), np.where(first, 1.0, 0.8)])
    positions = {name: array for name, array in arrays.items() if name.split("/")[0] in ("embedding", "aligned")}
    local = {name: known for name in arrays if name.startswith("local/")}
    others = {name: array for name, array in arrays.items() if name not in {*positions, *local}}
    (results.folder / FILE).write_bytes(packed(positions | local, others))


def make_table() -> Table:
    columns = (
        Quantity("score", "score", "quality", better="higher", meaning="What it means.", weakness=HOSTILE),
        Quantity("fit_s", "fit", "cost", unit="s", better="lower"),
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
    return Cell(f"{value}", interval, value, low, high, best, notes=(0,) if value in (0.5, 10.0) else ())


def make_report(results: Results, dataset: Dataset | None, **changes: object) -> Report:
    said = {"findings": [f"found {HOSTILE}"], "advice": ["take this"], "caveats": [f"caveat {HOSTILE}"]}
    return build(results, lambda: dataset, [make_table()], [make_table()], **(said | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return make_images()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Results:
    """Return a study whose local scores are known."""
    made = make_results(tmp_path_factory.mktemp("study"), dataset)
    with_local_scores(made)
    return Results(made.folder)


@pytest.fixture(scope="session")
def report(results: Results, dataset: Dataset) -> Report:
    return make_report(results, dataset)


@pytest.fixture(scope="session")
def page(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(report.html)
    return path.as_uri()
