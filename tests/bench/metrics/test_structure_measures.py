from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from bench import datasets
from bench.datasets import Dataset, Truth
from bench.datasets.tree import along_branches
from bench.metrics import ReferenceSpace
from bench.metrics.measure import Subject
from bench.metrics.measures import MEASURES
from bench.metrics.samples import triplets

KEYS = ("geodesic_spearman", "geodesic_recall")


@pytest.fixture(scope="module")
def roll() -> Dataset:
    return datasets.load("swiss-roll-hole", 1_500)


@pytest.fixture(scope="module")
def space(roll: Dataset) -> ReferenceSpace:
    return ReferenceSpace(roll)


def values(key: str, space: ReferenceSpace, Z: np.ndarray) -> dict[str, float]:
    return MEASURES[key].compute(Subject(space, {"train": Z.astype(np.float32)}))


def test_the_sheet_itself_keeps_what_the_rolled_up_data_do_not(roll: Dataset, space: ReferenceSpace) -> None:
    assert roll.truth is not None
    sheet, random = roll.truth.positions, np.random.RandomState(0).standard_normal((1_500, 2))
    found = {
        (key, name): values(key, space, Z)
        for key in (*KEYS, *(f"{key}_of_data" for key in KEYS))
        for name, Z in (("sheet", sheet), ("random", random))
    }
    assert 0.99 < found["geodesic_spearman", "sheet"][""] < 1, "the hole is no obstacle to a straight line"
    assert abs(found["geodesic_spearman", "random"][""]) < 0.05
    assert found["geodesic_recall", "sheet"]["15"] > 0.97 and found["geodesic_recall", "sheet"]["100"] > 0.9
    assert found["geodesic_recall", "random"] == pytest.approx({"15": 15 / 1_499, "100": 100 / 1_499}, abs=0.01)
    for key in KEYS:
        of_data = found[f"{key}_of_data", "sheet"]
        assert of_data == found[f"{key}_of_data", "random"], "it is of the data alone"
        part = next(reversed(of_data))
        assert found[key, "random"][part] < of_data[part] < found[key, "sheet"][part]


def test_the_values_are_those_of_plain_definitions(roll: Dataset) -> None:
    few = roll.select(60)
    assert few.truth is not None
    positions, space = few.truth.positions, ReferenceSpace(few)
    Z = np.random.RandomState(1).standard_normal((60, 2)) + positions / 20
    geodesic = few.truth.distances(positions[:, None], positions[None])
    embedded = np.linalg.norm(Z[:, None] - Z[None], axis=2)
    anchor, a, b = triplets(60)
    pairs = np.append(anchor, anchor), np.append(a, b)
    correlation = spearmanr(geodesic[pairs], embedded[pairs]).statistic
    assert values("geodesic_spearman", space, Z)[""] == pytest.approx(correlation, abs=1e-5)
    near, found = (
        [set(row[row != i][:15]) for i, row in enumerate(np.argsort(d, axis=1))] for d in (geodesic, embedded)
    )
    kept = np.mean([len(a & b) / 15 for a, b in zip(near, found, strict=True)])
    assert values("geodesic_recall", space, Z) == pytest.approx({"15": kept}), "no 100 neighbours of 60 points"


def test_the_unreduced_data_are_measured_by_their_own_distances() -> None:
    rng = np.random.RandomState(0)
    line = np.sort(rng.rand(200))[:, None]
    data = replace(datasets.load("noise", 200), X=line.astype(np.float32), truth=Truth(line, along_branches))
    data = replace(data, X_test=data.X_test[:, :1])
    space = ReferenceSpace(data)
    assert values("geodesic_spearman_of_data", space, line)[""] == pytest.approx(1, abs=1e-4)
    assert values("geodesic_recall_of_data", space, line)["15"] > 0.99
    assert values("geodesic_spearman", space, line**3)[""] < 1 - 1e-3


def test_there_is_no_value_without_a_truth_or_a_usable_embedding(space: ReferenceSpace) -> None:
    unknown = ReferenceSpace(datasets.load("noise", 200))
    for key in KEYS:
        assert values(key, unknown, np.random.RandomState(0).rand(200, 2)) == {}
        assert values(f"{key}_of_data", unknown, np.zeros((200, 2))) == {}
        assert values(key, space, np.zeros((1_500, 2))) == {}
        assert values(key, space, np.full((1_500, 2), np.nan)) == {}
