"""Scores that compare an embedding with the labels, which no reducer has seen."""

from __future__ import annotations

import numpy as np

from bench.scores.case import Case
from bench.scores.score import WIDE_KS, Score, UndefinedError


def knn_accuracy_fit(case: Case, k: int | None) -> float:
    """Share of fitted points whose label the majority of their k nearest other fitted points has."""
    assert case.y is not None
    return float(np.mean(majority(case.y[_nearest(case.neighbours, k)]) == case.y))


def knn_accuracy_test(case: Case, k: int | None) -> float:
    """Share of held-out points whose label the majority of their k nearest fitted points has."""
    return float(np.mean(right_of_held_out(case, k)))


def right_of_held_out(case: Case, k: int | None) -> np.ndarray:
    """Return for each held-out point whether the majority of its k nearest fitted points has its label.

    Returns
    -------
    ndarray of shape (n_test,), bool
        Their mean is the score `knn_accuracy` of held-out points.
    """
    assert case.y is not None and case.y_test is not None
    return np.asarray(majority(case.y[_nearest(case.neighbours_of_held_out, k)]) == case.y_test)


def neighbourhood_hit_fit(case: Case, k: int | None) -> float:
    """Mean share of a fitted point's k nearest other fitted points that have its label."""
    assert case.y is not None
    return float(np.mean(case.y[_nearest(case.neighbours, k)] == case.y[:, None]))


def neighbourhood_hit_test(case: Case, k: int | None) -> float:
    """Mean share of a held-out point's k nearest fitted points that have its label."""
    assert case.y is not None and case.y_test is not None
    return float(np.mean(case.y[_nearest(case.neighbours_of_held_out, k)] == case.y_test[:, None]))


def silhouette_fit(case: Case, k: int | None) -> float:
    """Mean silhouette of the fitted points under their labels (Rousseeuw 1987)."""
    return float(np.mean(_silhouettes(case, held_out=False)))


def silhouette_test(case: Case, k: int | None) -> float:
    """Mean silhouette of the held-out points among themselves, under their labels."""
    return float(np.mean(_silhouettes(case, held_out=True)))


def silhouette_of_classes_fit(case: Case, k: int | None) -> dict[str, float]:
    """Mean silhouette of each class's fitted points."""
    return _by_class(case, _silhouettes(case, held_out=False), case.y)


def silhouette_of_classes_test(case: Case, k: int | None) -> dict[str, float]:
    """Mean silhouette of each class's held-out points."""
    return _by_class(case, _silhouettes(case, held_out=True), case.y_test)


def davies_bouldin(case: Case, k: int | None) -> float:
    """Mean over classes of the largest ratio of spread within to distance between (Davies and Bouldin 1979)."""
    from sklearn.metrics import davies_bouldin_score

    _classes(case.y)
    return float(davies_bouldin_score(case.positions.T, case.y))


def calinski_harabasz(case: Case, k: int | None) -> float:
    """Variance between classes over variance within, each by its degrees of freedom (Calinski and Harabasz 1974)."""
    from sklearn.metrics import calinski_harabasz_score

    _classes(case.y)
    return float(calinski_harabasz_score(case.positions.T, case.y))


def distance_consistency(case: Case, k: int | None) -> float:
    """Share of points whose nearest class centroid is their own (Sips et al. 2009)."""
    to_centroids, codes = _to_centroids(case.positions.T, case.y)
    return float(np.mean(to_centroids.argmin(axis=1) == codes))


def label_trustworthiness(case: Case, k: int | None) -> float:
    r"""How far no two classes overlap more than in the original space (Jeon et al. 2023).

    .. math:: 1 - \frac{2}{C(C-1)} \sum_{a<b} \max(0, s_{ab}(X) - s_{ab}(Z))

    with the separation :math:`s_{ab} = 2 (d_{ab} - 1/2)` of two classes from their distance consistency :math:`d`.
    """
    return 1 - float(np.mean(np.maximum(-_separation_gained(case), 0)))


def label_continuity(case: Case, k: int | None) -> float:
    """How far no two classes are separated more than in the original space: the other direction of the above."""
    return 1 - float(np.mean(np.maximum(_separation_gained(case), 0)))


def _nearest(neighbours: np.ndarray, k: int | None) -> np.ndarray:
    assert k is not None
    if k > neighbours.shape[1]:
        raise UndefinedError("too few points")
    return neighbours[:, :k]


def majority(neighbour_labels: np.ndarray) -> np.ndarray:
    """Return the label that most neighbours in each row have; a tie goes to the label that is met first."""
    n, k = neighbour_labels.shape
    votes, rows = np.zeros((n, int(neighbour_labels.max()) + 1)), np.arange(n)
    for place in range(k):
        # Every vote counts one, and a nearer one a little more than all farther ones together could.
        votes[rows, neighbour_labels[:, place]] += 1 + 2.0 ** -(place + k)
    return votes.argmax(axis=1)


def _classes(y: np.ndarray | None) -> tuple[np.ndarray, int]:
    """Return labels as 0, 1, ... and their number, where classes can be compared."""
    assert y is not None
    found, codes = np.unique(y, return_inverse=True)
    if len(found) < 2:
        raise UndefinedError("one class")
    if len(found) == len(y):
        raise UndefinedError("every point a class")
    return codes, len(found)


def _silhouettes(case: Case, held_out: bool) -> np.ndarray:
    """Return the silhouette of each point; of a point alone in its class it is 0."""
    codes, _ = _classes(case.y_test if held_out else case.y)
    sums = case.class_sums_of_held_out if held_out else case.class_sums
    sizes, rows = np.bincount(codes), np.arange(len(codes))
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    means = sums / sizes
    means[rows, codes] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    # Where all of two classes lie at one place nothing speaks for either.
    silhouettes = np.divide(other - own, larger, out=np.zeros(len(codes)), where=larger > 0)
    return np.where(sizes[codes] > 1, silhouettes, 0.0)


def _by_class(case: Case, values: np.ndarray, y: np.ndarray | None) -> dict[str, float]:
    assert y is not None
    names = case.original.dataset.classes
    return {
        names[label] if label < len(names) else str(label): float(values[y == label].mean()) for label in np.unique(y)
    }


def _to_centroids(points: np.ndarray, y: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance of each point to each class mean, as a share of the largest, and the classes as 0, 1, ..."""
    codes, n_classes = _classes(y)
    centroids = np.stack([points[codes == c].mean(axis=0, dtype=np.float64) for c in range(n_classes)])
    distances = np.stack([np.linalg.norm(points - centroid, axis=1) for centroid in centroids], axis=1)
    # A point as far from two means must not go to either by how they were rounded; it goes to the class that is first.
    return np.round(distances / max(distances.max(), np.finfo(float).tiny), 9), codes


def _separation(points: np.ndarray, y: np.ndarray | None) -> np.ndarray:
    """Return for every two classes how far their points are on their own side, from 0 at chance to 1."""
    distances, codes = _to_centroids(points, y)
    n_classes = distances.shape[1]
    separation = []
    for a in range(n_classes):
        for b in range(a + 1, n_classes):
            rows = (codes == a) | (codes == b)
            nearer_b = distances[rows, b] < distances[rows, a]
            separation.append(2 * (np.mean(nearer_b == (codes[rows] == b)) - 0.5))
    return np.array(separation)


def _separation_gained(case: Case) -> np.ndarray:
    """Return for every two classes by how much the embedding separates them more than the original space does."""
    original = case.original
    of_data = original.once("separation", lambda: _separation(original.points, original.dataset.y))
    return _separation(case.positions.T, case.y) - of_data


RECORDS = (
    Score(
        key="knn_accuracy",
        label="kNN accuracy",
        family="labels",
        fit=knn_accuracy_fit,
        test=knn_accuracy_test,
        ks=(1, 5, 10),
        chance="share of the largest class",
        needs=("labels",),
        reference="Cover and Hart 1967",
        meaning="How often the nearest neighbours in the embedding tell a point's label: leave-one-out on fitted "
        "points; on held-out points their neighbours are fitted ones.",
        weakness="Blind to everything beyond k neighbours: clusters may be torn apart at no cost.",
    ),
    Score(
        key="neighbourhood_hit",
        label="neighbourhood hit",
        family="labels",
        fit=neighbourhood_hit_fit,
        test=neighbourhood_hit_test,
        ks=WIDE_KS,
        chance="sum of squared class shares",
        needs=("labels",),
        reference="Paulovich et al. 2008",
        meaning="Mean share of the nearest neighbours that have a point's own label.",
        weakness="Elsewhere also called kNN accuracy, and sometimes counts the point itself.",
    ),
    Score(
        key="silhouette",
        label="silhouette",
        family="labels",
        fit=silhouette_fit,
        test=silhouette_test,
        low=-1,
        unit="ratio",
        chance="0 or a little below",
        needs=("labels",),
        reference="Rousseeuw 1987",
        meaning="How much nearer a point lies to its own class than to the next one.",
        weakness="Rewards round, compact islands whether or not the data have them; not evidence of fidelity.",
    ),
    Score(
        key="silhouette_of_classes",
        label="silhouette by class",
        family="labels",
        fit=silhouette_of_classes_fit,
        test=silhouette_of_classes_test,
        low=-1,
        unit="ratio",
        chance="0 or a little below",
        needs=("labels",),
        several=True,
        reference="Rousseeuw 1987",
        meaning="The mean silhouette of each class.",
        weakness="Low for elongated classes, however well they stand apart.",
    ),
    Score(
        key="davies_bouldin",
        label="Davies-Bouldin",
        family="labels",
        fit=davies_bouldin,
        high=float("inf"),
        unit="ratio",
        higher_is_better=False,
        chance="large",
        needs=("labels",),
        reference="Davies and Bouldin 1979",
        meaning="Spread within a class over its distance to the class most like it, averaged over classes.",
        weakness="Made for round clusters; of elongated or broken classes it says little.",
    ),
    Score(
        key="calinski_harabasz",
        label="Calinski-Harabasz",
        family="labels",
        fit=calinski_harabasz,
        high=float("inf"),
        unit="ratio of variances",
        chance="about 1",
        needs=("labels",),
        reference="Calinski and Harabasz 1974",
        meaning="Variance between classes over variance within.",
        weakness="Made for round clusters, and grows with the number of points.",
    ),
    Score(
        key="distance_consistency",
        label="distance consistency",
        family="labels",
        fit=distance_consistency,
        chance="1 / number of classes",
        needs=("labels",),
        reference="Sips et al. 2009",
        meaning="Share of points whose nearest class centroid is their own.",
        weakness="A class in two islands has its centroid between them, perhaps in another class.",
    ),
    Score(
        key="label_trustworthiness",
        label="label-trustworthiness",
        family="labels",
        fit=label_trustworthiness,
        chance="1 - mean separation of the data",
        needs=("labels", "original space"),
        reference="Jeon et al. 2023, with distance consistency",
        meaning="1 where no two classes overlap more than they do in the original space.",
        weakness="Measures separation by centroids, which suits round classes.",
    ),
    Score(
        key="label_continuity",
        label="label-continuity",
        family="labels",
        fit=label_continuity,
        chance="1",
        needs=("labels", "original space"),
        reference="Jeon et al. 2023, with distance consistency",
        meaning="1 where no two classes are separated more than they are in the original space.",
        weakness="Random points score 1: read it beside label-trustworthiness.",
    ),
)
