"""Loaders on real copies, in the folder of BENCH_DATA_DIR: one nearest neighbour tells as many as it should."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from bench import datasets
from bench.datasets import Dataset, letter, satellite


def _folder(name: str) -> Path:
    folder = os.environ.get("BENCH_DATA_DIR_OF_TESTS")
    if not folder or datasets.missing(name, folder):
        pytest.skip(f"{name.upper()} IS NOT AT HAND: ITS LOADER WAS NOT TRIED ON A REAL COPY. Set BENCH_DATA_DIR.")
    return Path(folder)


def _load(name: str) -> Dataset:
    return datasets.load(name, data_dir=_folder(name))


@pytest.mark.parametrize(
    ("name", "accuracy"),
    [("usps", 0.9437), ("letter", 0.9525), ("satellite", 0.912), ("texture", 0.99), ("faces", 0.925)],
)
def test_one_nearest_neighbour_tells_as_many_as_it_should(name: str, accuracy: float) -> None:
    data = _load(name)
    found = KNeighborsClassifier(1).fit(data.X, data.y).score(data.X_test, data.y_test)
    assert found == pytest.approx(accuracy, abs=5e-5)


@pytest.mark.parametrize(
    ("loader", "n_train", "accuracy"),
    [(letter, 16_000, 0.9565), (satellite, 4_435, 0.8945)],
    ids=["letter", "satellite"],
)
def test_in_the_split_of_the_publisher_too(loader: object, n_train: int, accuracy: float) -> None:
    original = loader.ORIGINAL  # type: ignore[attr-defined]
    paths = original.find(_folder(original.name))
    if paths[0].name not in original.files[0]:
        pytest.skip(
            f"{original.name.upper()} IS AT HAND IN ANOTHER ORDER ONLY: {' and '.join(original.files[0])} HAVE IT."
        )
    X, y = loader.points(paths)  # type: ignore[attr-defined]
    found = KNeighborsClassifier(1).fit(X[:n_train], y[:n_train]).score(X[n_train:], y[n_train:])
    assert found == pytest.approx(accuracy, abs=5e-5)


def test_a_face_is_told_by_all_others() -> None:
    data = _load("faces")
    X, y = np.concatenate([data.X, data.X_test]), np.concatenate([data.y, data.y_test])
    assert cross_val_score(KNeighborsClassifier(1), X, y, cv=LeaveOneOut()).mean() == pytest.approx(0.945)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore")  # of anndata, whose older files scanpy brings
def test_cells_are_those_of_scanpy() -> None:
    pytest.importorskip("anndata")
    if text := datasets.missing("pbmc", os.environ.get("BENCH_DATA_DIR_OF_TESTS")):
        pytest.skip(f"PBMC IS NOT AT HAND: {text}")
    data = datasets.load("pbmc", data_dir=os.environ.get("BENCH_DATA_DIR_OF_TESTS"))
    assert (data.X.shape, data.X_test.shape, len(data.classes)) == ((560, 765), (140, 765), 10)
    found = KNeighborsClassifier(1).fit(data.X, data.y).score(data.X_test, data.y_test)
    assert found == pytest.approx(0.6643, abs=5e-5)
