from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.metrics import silhouette_score

from bench.metrics import forgeries
from bench.metrics.functions import knn_accuracy, knn_recall, shepard_spearman, silhouette, space_of, stress
from bench.metrics.reference_space import ReferenceSpace
from tests.conftest import make_dataset

N = 240
seeded = partial(np.random.RandomState, 0)
DATA = make_dataset(N, 0, n_features=6)
X, Z = DATA.X, DATA.X[:, :2].astype(np.float64)


def labels() -> np.ndarray:
    assert DATA.y is not None
    return DATA.y


@pytest.fixture(scope="module")
def space() -> ReferenceSpace:
    return space_of(X, labels())


def test_class_spots_separate_classes_and_put_those_that_are_alike_far_apart(space: ReferenceSpace) -> None:
    y = np.arange(N) % 6
    along = np.column_stack([y, np.zeros((N, 2))]).astype(np.float32)
    forged = forgeries.class_spots(along, y, seeded())
    assert silhouette(forged, y) > 0.9
    means = np.stack([forged[y == label].mean(axis=0) for label in range(6)])
    assert spearmanr(pdist(means), pdist(np.arange(6)[:, None])).statistic < -0.2


def test_small_groups_have_neighbours_of_one_class_all_over_the_map() -> None:
    y = labels()
    forged = forgeries.small_groups(y, seeded())
    assert knn_accuracy(forged, y, k=10) == 1
    assert silhouette(forged, y) < 0.3


def test_a_torn_map_keeps_distances_within_pieces_alone(space: ReferenceSpace) -> None:
    forged = forgeries.torn(Z, 6, seeded())
    before, after = pdist(Z), pdist(forged)
    kept = np.isclose(before, after, rtol=1e-9, atol=1e-12)
    assert 0.05 < kept.mean() < 0.5
    assert after[~kept].min() > after[kept].max(), "pieces lie apart"


def test_a_fold_tears_nothing_and_halves_the_map() -> None:
    forged = forgeries.folded(Z, 2)
    assert (pdist(forged) <= pdist(Z) + 1e-9).all()
    assert np.ptp(forged, axis=0).max() < 0.7 * np.ptp(Z, axis=0).max()


def test_a_scrambled_map_has_the_same_positions_and_other_neighbours() -> None:
    spread = seeded().rand(N, 2)
    forged = forgeries.scrambled(spread, 15, seeded())
    assert {tuple(row) for row in forged} == {tuple(row) for row in spread} and len(np.unique(forged, axis=0)) == N
    assert np.linalg.norm(forged - spread, axis=1).max() < 0.75
    assert knn_recall(space_of(spread), forged, k=5) < 0.4
    assert shepard_spearman(space_of(spread), forged) > 0.7


def test_means_of_classes_lie_as_in_the_data_however_far_the_points_spread() -> None:
    y = labels()
    of_data = pdist(np.stack([X[y == label].mean(axis=0) for label in range(3)]))
    for spread in (0.1, 3.0):
        forged = forgeries.class_means(X, y, spread, seeded())
        of_map = pdist(np.stack([forged[y == label].mean(axis=0) for label in range(3)]))
        np.testing.assert_allclose(of_map / of_map.max(), of_data / of_data.max(), atol=0.02)
    assert knn_accuracy(forged, y, k=10) < 0.6


def test_the_map_of_least_stress_has_no_more_than_principal_components(space: ReferenceSpace) -> None:
    from sklearn.decomposition import PCA

    cloud = seeded().rand(N, 6)
    assert stress(space_of(cloud), forgeries.least_stress(cloud, seeded())) < stress(
        space_of(cloud), PCA(2).fit_transform(cloud)
    )


def test_the_line_of_densities_has_the_gaps_that_it_was_given() -> None:
    line = forgeries.density_line(np.array([3.0, 1.0, 2.0]))
    assert line.tolist() == [[6, 0], [1, 0], [3, 0]]


def test_copies_lie_where_their_row_lies() -> None:
    rows, positions = forgeries.copied(N, 20, seeded())
    assert np.unique(rows, return_counts=True)[1].tolist() == [20] * (N // 20)
    assert len(np.unique(np.column_stack([rows, positions]), axis=0)) == N // 20


def test_impostor_data_have_the_order_of_all_distances_and_next_to_no_silhouette() -> None:
    y, other = labels(), forgeries.impostor(X, 16.0)
    np.testing.assert_allclose(pdist(other.astype(float)) ** 2, pdist(X.astype(float)) ** 2 + 2 * 16.0**2, rtol=1e-5)
    assert silhouette_score(other, y) < 0.01 < 0.5 < silhouette_score(X, y)


def test_the_same_seed_gives_the_same_map() -> None:
    for forge in (partial(forgeries.torn, Z, 5), partial(forgeries.class_spots, X, labels())):
        assert np.array_equal(forge(seeded()), forge(seeded()))
