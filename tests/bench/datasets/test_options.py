"""Own files: what is done to their columns by default, and by which option that changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.neighbors import KNeighborsClassifier

from bench import datasets
from bench.datasets import DataOptions, Dataset, large
from bench.datasets.points import Points
from bench.errors import DatasetError

ROWS = 60


def _frame() -> pd.DataFrame:
    """Two classes that one narrow column tells apart, beside a wide one of noise."""
    rng = np.random.RandomState(0)
    kind = np.arange(ROWS) % 2
    columns = {
        "width": kind + 0.1 * rng.standard_normal(ROWS),
        "height": kind + 0.2 * rng.standard_normal(ROWS),
        "mass": 1000 * rng.standard_normal(ROWS),
    }
    return pd.DataFrame(columns | {"kind": np.array(["ant", "bee"])[kind]})


def _write(folder: Path, frame: pd.DataFrame, name: str = "own.csv") -> str:
    frame.to_csv(folder / name, index=False)
    return str(folder / name)


def _load(path: str, n: int | None = None, **options: object) -> Dataset:
    return datasets.load(path, n, options=DataOptions.model_validate(options))


def _accuracy(data: Dataset) -> float:
    return KNeighborsClassifier(5).fit(data.X, data.y).score(data.X_test, data.y_test)


def test_columns_of_several_units_are_standardised_and_it_is_said(tmp_path: Path) -> None:
    path = _write(tmp_path, _frame())
    own, raw, each = _load(path), _load(path, scale="none"), _load(path, scale="minmax")
    spread = np.concatenate([own.X, own.X_test]).std(axis=0)
    assert spread == pytest.approx(spread[0], rel=1e-4)
    assert "each column standardised" in own.provenance
    assert "column mass spreads at least" in own.provenance and "(--scale none keeps that)" in own.provenance
    assert "--scale standard evens that out" in raw.provenance
    together = np.concatenate([each.X, each.X_test])
    assert together.min(axis=0).tolist() == [0, 0, 0] and together.max(axis=0).tolist() == [1, 1, 1]
    assert _accuracy(own) == _accuracy(each) == 1 > _accuracy(raw)
    assert len({data.fingerprint for data in (own, raw, each)}) == 3


@pytest.mark.parametrize(("factor", "is_standardised"), [(9, False), (11, True)])
def test_ten_times_the_spread_of_half_of_the_columns_is_the_border(
    tmp_path: Path, factor: float, is_standardised: bool
) -> None:
    X = np.column_stack([np.random.RandomState(i).permutation(ROWS) for i in range(3)]) * [1, 1, factor]
    np.savez(tmp_path / "own.npz", X=X)
    assert ("standardised" in _load(str(tmp_path / "own.npz")).provenance) == is_standardised


def test_pixels_keep_their_proportions(tmp_path: Path) -> None:
    X = np.random.RandomState(0).rand(ROWS, 12) * np.geomspace(1, 1000, 12)
    np.save(tmp_path / "own.npy", X)
    path = str(tmp_path / "own.npy")
    assert "standardised" in _load(path).provenance
    images = _load(path, image="3x4")
    assert images.image_shape == (3, 4)
    assert "standardised" not in images.provenance and "--scale" not in images.provenance
    with pytest.raises(DatasetError, match="Got --image 5x5, which is 25 pixels, for rows of 12 values"):
        _load(path, image="5x5")
    with pytest.raises(ValidationError, match="such as 28x28"):
        DataOptions(image="28")


def test_columns_of_one_unit_keep_their_proportions_and_are_warned_about() -> None:
    X = np.random.RandomState(0).rand(ROWS, 3) * [1, 1, 1000]
    for same_unit in (False, True):
        _, done, notes = Points(Path("own.h5ad"), X, ["a", "b", "c"], same_unit=same_unit).scaled()
        assert ("standardised" in done) != same_unit
        assert notes[0].endswith("(--scale standard evens that out)") == same_unit


def test_text_columns_are_named_all_at_once(tmp_path: Path) -> None:
    frame = _frame()
    frame.insert(0, "place", ["north", "south", "west"] * (ROWS // 3))
    frame.insert(2, "day", [f"2024-01-{1 + i % 28:02}" for i in range(ROWS)])
    path = _write(tmp_path, frame)
    with pytest.raises(DatasetError, match=r"text in 2 of 5 columns of .*: place, day; .* --drop COLUMN, .* --label"):
        _load(path)
    assert _load(path, drop=["place", "day"]).classes == ("ant", "bee")
    assert _load(path, label="place", drop=["day", "kind"]).classes == ("north", "south", "west")


def test_an_unknown_column_is_answered_with_the_nearest(tmp_path: Path) -> None:
    path = _write(tmp_path, _frame())
    for options in ({"label": "kinds"}, {"drop": ["kinds"]}, {"keep": ["kinds"]}):
        with pytest.raises(DatasetError, match=r"Got column of .* 'kinds', but expected one of: .* mean 'kind'"):
            _load(path, **options)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("count", np.arange(ROWS)),
        ("shuffled", np.random.RandomState(0).permutation(ROWS) + 1000),
        ("Id", np.arange(ROWS) ** 2),
        ("patient_id", np.arange(ROWS) * 7),
    ],
)
def test_an_id_is_left_out_unless_it_is_asked_for(tmp_path: Path, name: str, cells: np.ndarray) -> None:
    path = _write(tmp_path, _frame().assign(**{name: cells})[[name, "width", "height", "mass", "kind"]])
    data = _load(path)
    assert data.X.shape[1] == 3
    assert f"left out as an id: {name} (a feature with --keep)" in data.provenance
    assert _load(path, keep=[name]).X.shape[1] == 4


def test_whole_numbers_that_repeat_or_leave_gaps_are_features(tmp_path: Path) -> None:
    frame = _frame().assign(age=np.arange(ROWS) // 2, year=np.arange(ROWS) * 3)
    assert _load(_write(tmp_path, frame[["age", "year", "width", "kind"]])).X.shape[1] == 3


def test_a_single_column_that_counts_is_a_feature(tmp_path: Path) -> None:
    frame = pd.DataFrame({"time": np.arange(ROWS), "kind": _frame()["kind"]})
    assert _load(_write(tmp_path, frame)).X.shape[1] == 1


def test_columns_named_as_labels_can_be_kept_or_left_out(tmp_path: Path) -> None:
    frame = _frame().rename(columns={"mass": "y"})
    path = _write(tmp_path, frame)
    with pytest.raises(DatasetError, match=r"different labels .*--drop COLUMN.*--keep COLUMN"):
        _load(path, drop=["kind"])
    kept = _load(path, keep=["y"], drop=["kind"])
    assert (kept.X.shape[1], kept.y) == (3, None)
    assert _load(path, label="kind").X.shape[1] == 2
    assert _load(path, label="kind", keep=["y"]).X.shape[1] == 3


def _with_gaps() -> pd.DataFrame:
    frame = _frame()
    frame.loc[3, ["width", "mass"]] = np.nan
    frame.loc[8, "mass"] = np.nan
    return frame


@pytest.mark.parametrize("ending", [".csv", ".npz", ".npy"])
def test_missing_values_are_counted_and_the_options_named(tmp_path: Path, ending: str) -> None:
    frame = _with_gaps()
    path = _write(tmp_path, frame)
    if ending != ".csv":
        path = str(tmp_path / f"own{ending}")
        X = frame[["width", "height", "mass"]].to_numpy()
        np.savez(path, X=X) if ending == ".npz" else np.save(path, X)
    first, last = ("width", "mass") if ending == ".csv" else ("1", "3")
    found = rf"Found 3 missing values in 2 of 60 rows, in columns {first} \(1\), {last} \(2\)"
    said = rf"row 4, column {first} of .* {found}"
    with pytest.raises(DatasetError, match=rf"{said}.* --drop COLUMN .* --missing drop .* --missing mean"):
        _load(path)
    fewer, filled = _load(path, missing="drop"), _load(path, missing="mean", scale="minmax")
    assert len(fewer.X) + len(fewer.X_test) == ROWS - 2
    assert "with missing values in columns" in fewer.provenance
    assert "3 missing values filled with the mean of columns" in filled.provenance
    mass = frame["mass"]
    mean = (mass.mean() - mass.min()) / (mass.max() - mass.min())
    assert np.isclose(np.concatenate([filled.X, filled.X_test])[:, 2], mean, atol=1e-6).sum() == 2


def test_rows_without_a_label_are_left_out_only_if_asked_for(tmp_path: Path) -> None:
    frame = _frame()
    frame.loc[5, "kind"] = None
    path = _write(tmp_path, frame)
    for missing in ("refuse", "mean"):
        with pytest.raises(DatasetError, match=r"first in row 6.* --missing drop"):
            _load(path, missing=missing)
    data = _load(path, missing="drop")
    assert len(data.X) + len(data.X_test) == ROWS - 1
    assert "left out are rows without a label: 1" in data.provenance


def test_a_row_has_its_number_in_the_file_whatever_was_left_out(tmp_path: Path) -> None:
    frame = _frame()
    frame.loc[0, "kind"] = None
    frame.loc[4, "mass"] = np.inf
    with pytest.raises(DatasetError, match="Got 'inf' in row 5, column mass"):
        _load(_write(tmp_path, frame), missing="drop")
    with pytest.raises(DatasetError, match="Got no value or NaN in row 2, column width"):
        _load(_write(tmp_path, frame.assign(width=np.nan, mass=0.0)), missing="drop")


def test_what_cannot_be_dropped_or_filled_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, _frame().assign(empty=np.nan)[["empty", "width", "kind"]])
    for missing in ("drop", "mean"):
        with pytest.raises(DatasetError, match=r"column empty .* in column empty \(60\)"):
            _load(path, missing=missing)
    assert _load(path, drop=["empty"]).X.shape[1] == 1


def test_labels_of_an_npy_stand_beside_it(tmp_path: Path) -> None:
    frame = _frame()
    path = tmp_path / "own.npy"
    np.save(path, frame[["width", "height"]].to_numpy())
    assert "there is no own.labels.npy beside it" in _load(str(path)).provenance
    with pytest.raises(DatasetError, match=r"Got --label kind for .* in own\.labels\.npy"):
        _load(str(path), label="kind")
    np.save(tmp_path / "own.labels.npy", frame["kind"].to_numpy().astype(str))
    assert _load(str(path)).classes == ("ant", "bee")
    np.save(tmp_path / "own.labels.npy", np.arange(3))
    with pytest.raises(DatasetError, match=r"Got y of shape \(3,\) in .*own\.labels\.npy, but expected \(60,\)"):
        _load(str(path))
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DatasetError, match="They are pickles"):
        _load(str(path))
    path.write_bytes(b"\x93NUMPY nothing")
    with pytest.raises(DatasetError, match=r"no readable \.npy"):
        _load(str(path))


def test_an_archive_may_name_its_labels(tmp_path: Path) -> None:
    path = str(tmp_path / "own.npz")
    np.savez(path, X=_frame()[["width", "height"]], species=np.arange(ROWS) % 3)
    assert _load(path).y is None
    assert _load(path, label="species").classes == ("0", "1", "2")
    with pytest.raises(DatasetError, match=r"Got arrays X, species in .* expected X and kind"):
        _load(path, label="kind")
    with pytest.raises(DatasetError, match="names of columns for tables only"):
        _load(path, drop=["1"])


def test_options_are_for_files(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="Got --scale for digits, but expected it for a file of your own only"):
        _load("digits", scale="none")


def test_a_selection_says_how_to_change_it(tmp_path: Path) -> None:
    path = _write(tmp_path, _frame())
    few, every = _load(path, 20), _load(path)
    assert few.selection == "own: 20 of 48 training points are fitted, 12 others tested; --n 48 fits all"
    assert every.selection == "own: 48 points are fitted, 12 others tested; --n NUMBER fits fewer"
    assert datasets.load("digits", 100).selection.startswith("digits: 100 of 1,437 training points")


@pytest.mark.parametrize(("ending", "library"), [("parquet", "pyarrow"), ("h5ad", "anndata")])
def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str) -> None:
    (tmp_path / f"own.{ending}").write_bytes(b"PAR1")
    monkeypatch.setitem(__import__("sys").modules, library, None)
    extra = {"pyarrow": "parquet"}.get(library, library)
    with pytest.raises(
        DatasetError, match=rf"{library} is not installed. Install it with: pip install '\.\[{extra}\]'"
    ):
        _load(str(tmp_path / f"own.{ending}"))


@pytest.mark.extra
def test_parquet_is_read_as_a_table_of_text_is(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = _frame().assign(id=np.arange(ROWS), count=pd.array(np.arange(ROWS) % 7, dtype="Int64"))
    frame = frame[["id", "count", "width", "height", "mass", "kind"]]
    frame.to_parquet(tmp_path / "own.parquet")
    path = str(tmp_path / "own.parquet")
    assert _load(path).fingerprint == _load(_write(tmp_path, frame)).fingerprint
    frame.loc[3, "count"] = pd.NA
    frame.assign(day=pd.date_range("2024", periods=ROWS))[["day", *frame]].to_parquet(path)
    with pytest.raises(DatasetError, match=r"Got text in 1 of 5 columns of .*: day"):
        _load(path)
    with pytest.raises(DatasetError, match="row 4, column count"):
        _load(path, drop=["day"])
    Path(path).write_bytes(Path(path).read_bytes()[:500])
    with pytest.raises(DatasetError, match="no readable Parquet file"):
        _load(path)


@pytest.mark.extra
def test_an_index_of_a_large_parquet_file_is_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    _frame().set_index("kind").to_parquet(tmp_path / "own.parquet")
    small = _load(str(tmp_path / "own.parquet"), label="kind")
    monkeypatch.setattr(large, "LARGE", 100)
    data = _load(str(tmp_path / "own.parquet"), label="kind")
    assert data.in_place is not None
    assert (data.classes, data.X.shape[1]) == (small.classes, small.X.shape[1]) == (("ant", "bee"), 3)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore")  # of anndata while it writes the files
def test_h5ad_is_read_with_labels_of_obs(tmp_path: Path) -> None:
    anndata, sparse = pytest.importorskip("anndata"), pytest.importorskip("scipy.sparse")
    X = np.random.RandomState(0).poisson(1, (ROWS, 5)).astype(np.float32) * np.float32([1, 1, 1, 1, 50])
    names = pd.Index([f"g{i}" for i in range(5)], dtype=object)
    obs = pd.DataFrame({"cluster": pd.Categorical(_frame()["kind"].astype(object))})
    obs.index = pd.Index([f"c{i}" for i in range(ROWS)], dtype=object)
    found = []
    for matrix in (X, sparse.csr_matrix(X)):
        anndata.AnnData(matrix, obs=obs, var=pd.DataFrame(index=names)).write_h5ad(tmp_path / "own.h5ad")
        found.append(_load(str(tmp_path / "own.h5ad"), label="cluster"))
    assert found[0].fingerprint == found[1].fingerprint
    assert found[0].classes == ("ant", "bee")
    assert "column g4 spreads" in found[0].provenance and "standardised" not in found[0].provenance
    assert _load(str(tmp_path / "own.h5ad"), drop=["g4"]).X.shape[1] == 4
    assert "--label names a column of obs (cluster)" in _load(str(tmp_path / "own.h5ad")).provenance
    (tmp_path / "own.h5ad").write_bytes((tmp_path / "own.h5ad").read_bytes()[:1000])
    with pytest.raises(DatasetError, match=r"no readable \.h5ad file"):
        _load(str(tmp_path / "own.h5ad"))
