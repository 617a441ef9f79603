"""Datasets that are made here: that they are always the same, and of the structure that they are said to have."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from bench import datasets
from bench.datasets import Dataset, Truth, gaussians, made, swiss_roll, tree
from bench.errors import DatasetError
from bench.execution.shared_data import SharedData

FINGERPRINTS = {
    "gaussians": "6e077989a00850b8bb15f651c70d3a6e32d483c78e7588108e791670b5fef670",
    "swiss-roll-hole": "72a8d367743aa81a43da88a50fc0f29b043d22d88b0a9192d3aad2135cb4b332",
    "tree": "b252f52ed1e51122e7ccc6617caf555c69cba5e42789a0fd6fba6b89e82d46e0",
    "noise": "ea548e6049cc37a03017ffde4d0fcc716d0c818e05027072eafa2b5864e31768",
}


@pytest.fixture(scope="module")
def all_made() -> dict[str, Dataset]:
    return {name: datasets.load(name) for name in FINGERPRINTS}


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_it_is_the_same_on_every_computer(name: str, all_made: dict[str, Dataset]) -> None:
    found = all_made[name]
    assert (len(found.X), len(found.X_test)) == (5_000, 1_000)
    assert found.X.dtype == found.X_test.dtype == np.float32
    assert found.fingerprint == FINGERPRINTS[name]
    assert datasets.missing(name) == ""


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_no_point_is_cut_off_and_all_lie_on_a_grid(name: str, all_made: dict[str, Dataset]) -> None:
    found = all_made[name]
    assert found.levels is not None
    for X in (found.X, found.X_test):
        assert X.min() > 0 and X.max() < 1
        assert np.array_equal(X * found.levels, np.rint(X * found.levels))


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_fewer_points_are_the_first_and_more_can_be_had(name: str, all_made: dict[str, Dataset]) -> None:
    few, more = datasets.load(name, 300), datasets.load(name, 5_500)
    assert np.array_equal(few.X, all_made[name].X[:300]) and np.array_equal(more.X[:5_000], all_made[name].X)
    assert np.array_equal(few.X_test, all_made[name].X_test) and np.array_equal(more.X_test, few.X_test)
    if few.y is not None:
        assert np.array_equal(few.y, all_made[name].y[:300])
    assert not {row.tobytes() for row in more.X} & {row.tobytes() for row in more.X_test}


def test_more_points_than_memory_holds_are_refused() -> None:
    with pytest.raises(DatasetError, match=r"Got tree, which needs .* GiB"):
        datasets.load("tree", 10**11)


def test_noise_has_no_structure_and_no_labels(all_made: dict[str, Dataset]) -> None:
    noise = all_made["noise"]
    assert noise.y is None and noise.y_test is None and noise.classes == () and noise.truth is None
    variances = np.linalg.eigvalsh(np.cov(noise.X, rowvar=False))
    edge = (1 + np.sqrt(50 / 5_000)) ** 2  # of Marchenko and Pastur: the largest variance that chance gives
    assert variances[-1] / np.mean(variances) < edge * 1.02
    assert np.abs(noise.X.mean(axis=0) - 0.5).max() < 0.01


def test_each_group_of_gaussians_is_unequal_in_one_property(all_made: dict[str, Dataset]) -> None:
    data = all_made["gaussians"]
    of = {name: data.X[data.y == i].astype(np.float64) * 2 * gaussians.REACH for i, name in enumerate(data.classes)}
    sizes = np.array([len(points) for points in of.values()])
    spread = np.array([points.std(axis=0).mean() for points in of.values()])
    means = np.array([points.mean(axis=0) for points in of.values()])
    apart = np.linalg.norm(means[:, None] - means, axis=2)
    assert sizes[:3] / 5_000 == pytest.approx([0.02, 0.08, 0.32], abs=0.02)
    assert sizes[3:] / 5_000 == pytest.approx([0.58 / 6] * 6, abs=0.02)
    assert spread == pytest.approx([1, 1, 1, 0.5, 1, 2, 1, 1, 1], abs=0.07)
    assert [apart[0, 1], apart[1, 2], apart[3, 4], apart[4, 5]] == pytest.approx([12] * 4, abs=1)
    assert [apart[6, 7], apart[7, 8], apart[6, 8]] == pytest.approx([6, 24, 30], abs=0.5)
    between = [apart[i, j] for i in range(9) for j in range(9) if i // 3 != j // 3]
    assert min(between) > 50


def test_the_roll_has_a_hole_and_distances_around_it(all_made: dict[str, Dataset]) -> None:
    roll = all_made["swiss-roll-hole"]
    assert roll.truth is not None
    length, height = roll.truth.positions.T
    from_middle = np.linalg.norm(roll.truth.positions - (length.max() / 2, 10.5), axis=1)
    assert from_middle.min() == pytest.approx(6, abs=0.3) and (length.max(), height.max()) == pytest.approx(
        (89.4, 21), abs=0.1
    )
    # Points that are near on the sheet are as far apart in the data: it is rolled, not stretched.
    near = roll.truth.nearest(20)
    i, j = np.repeat(np.arange(5_000), 20), near.ravel()
    in_data = np.linalg.norm((roll.X[i] - roll.X[j]) * 2 * swiss_roll.REACH, axis=1)
    on_sheet = roll.truth.between(i, j)
    noise = 2 * 10 * swiss_roll.NOISE**2
    assert np.mean(in_data**2) == pytest.approx(np.mean(on_sheet**2) + noise, rel=0.05)
    # And some that are far on it are near in the data: the layers of a roll lie 6.3 apart.
    far = np.linalg.norm(roll.X[:1] - roll.X, axis=1) * 2 * swiss_roll.REACH < 7.5
    assert roll.truth.between(np.zeros(5_000, int), np.arange(5_000))[far].max() > 20


def test_a_way_around_the_hole_has_two_tangents_and_an_arc() -> None:
    def way(*ends: tuple[float, float]) -> float:
        """Return the distance of two positions, both counted from the middle of the hole."""
        p, q = (swiss_roll._middle() + np.array(end) for end in ends)
        return float(swiss_roll.around_the_hole(p, q))

    tangent, arc = np.sqrt(12**2 - 36), np.pi - 2 * np.arccos(6 / 12)
    assert way((-12, 0), (12, 0)) == pytest.approx(2 * tangent + 6 * arc)
    assert way((-12, 6.5), (12, 6.5)) == pytest.approx(24), "the straight line misses the hole"
    assert way((-12, 6), (12, 6)) == pytest.approx(24), "it touches the hole"
    assert way((-12, 0), (-12, 0)) == 0
    assert way((-6, 0), (6, 0)) == pytest.approx(6 * np.pi), "along the edge"


def test_ways_in_the_tree_are_shortest_paths(all_made: dict[str, Dataset]) -> None:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    few = datasets.load("tree", 400)
    assert few.truth is not None and few.y is not None
    # A graph of the points and the beginning of each branch, joined along each branch in order.
    walks = np.concatenate([few.truth.positions, tree._starts()])
    edges = []
    for branch, (parent, at, _) in enumerate(tree.BRANCHES):
        on = [(walks[i, branch], i) for i in np.flatnonzero(few.y == branch)] + [(0.0, 400 + branch)]
        on += [(start, 400 + child) for child, (p, start, _) in enumerate(tree.BRANCHES) if p == branch]
        on.sort()
        edges += [(i, j, max(b - a, 1e-12)) for (a, i), (b, j) in pairwise(on)]
        assert parent is None or at <= tree.BRANCHES[parent][2]
    i, j, length = zip(*edges, strict=True)
    graph = coo_matrix((length, (i, j)), shape=(410, 410)).tocsr()
    expected = dijkstra(graph, directed=False)[:400, :400]
    found = few.truth.distances(few.truth.positions[:, None], few.truth.positions[None])
    assert found == pytest.approx(expected, abs=1e-9)
    exact = made.turned(few.truth.positions, tree.N_FEATURES, seed=2)
    in_data = (few.X.astype(np.float64) * 2 - 1) * tree.REACH
    assert np.std(in_data - exact) == pytest.approx(tree.NOISE, rel=0.05)


def test_the_truth_follows_its_points(all_made: dict[str, Dataset]) -> None:
    whole = all_made["tree"]
    assert whole.truth is not None
    of_row = {row.tobytes(): position for row, position in zip(whole.X, whole.truth.positions, strict=True)}
    for part in (whole.select(200), whole.select(100, "branch 2", 1, 3), datasets.split(whole, 50, 300)):
        assert part.truth is not None and len(part.truth.positions) == len(part.X)
        assert all(
            (of_row[row.tobytes()] == position).all()
            for row, position in zip(part.X, part.truth.positions, strict=True)
        )
        assert part.truth.distances is whole.truth.distances


def test_nearest_points_are_others_and_in_order() -> None:
    truth = Truth(np.array([[0.0], [1.0], [3.0], [3.5], [10.0]]), tree.along_branches)
    assert truth.nearest(2).tolist() == [[1, 2], [0, 2], [3, 1], [2, 1], [3, 2]]
    with pytest.raises(ValueError, match="Got k=5, but expected 1 to 4"):
        truth.nearest(5)


def test_neither_labels_nor_truth_are_shared_with_workers() -> None:
    assert [field.name for field in fields(SharedData)] == ["X", "X_test"]
