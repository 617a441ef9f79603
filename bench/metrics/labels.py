"""Metrics that compare an embedding with the labels, which no reducer has seen."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.embedding import Embedding
from bench.metrics.metric import WIDE_KS, Metric
from bench.metrics.reference_space import Points


def knn_accuracy(embedding: Embedding, k: int, of: Points = "train") -> float:
    """Share of points whose label the majority of their k nearest (other) training points has."""
    return float(np.mean(correct(embedding, k, of)))


def correct(embedding: Embedding, k: int, of: Points = "train") -> np.ndarray:
    """Return for each point whether the majority of its k nearest (other) training points has its label.

    Returns
    -------
    ndarray of shape (n_points,), bool
        Their mean is the score `knn_accuracy`.
    """
    return np.asarray(majority(_neighbour_labels(embedding, k, of)) == _labels(embedding, of))


def neighbourhood_hit(embedding: Embedding, k: int, of: Points = "train") -> float:
    """Mean share of a point's k nearest (other) training points that have its label."""
    return float(np.mean(_neighbour_labels(embedding, k, of) == _labels(embedding, of)[:, None]))


def silhouette(embedding: Embedding, of: Points = "train") -> float:
    """Mean silhouette of the points of a split among themselves, under their labels (Rousseeuw 1987)."""
    return float(np.mean(_silhouettes(embedding, of)))


def silhouette_of_classes(embedding: Embedding, of: Points = "train") -> dict[str, float]:
    """Mean silhouette of each class's points."""
    values, y, names = _silhouettes(embedding, of), _labels(embedding, of), embedding.space.dataset.classes
    return {
        names[label] if label < len(names) else str(label): float(values[y == label].mean()) for label in np.unique(y)
    }


def davies_bouldin(embedding: Embedding) -> float:
    """Mean over classes of the largest ratio of spread within to distance between (Davies and Bouldin 1979)."""
    from sklearn.metrics import davies_bouldin_score

    _classes(embedding.y)
    return float(davies_bouldin_score(embedding.positions.T, embedding.y))


def calinski_harabasz(embedding: Embedding) -> float:
    """Variance between classes over variance within, each by its degrees of freedom (Calinski and Harabasz 1974)."""
    from sklearn.metrics import calinski_harabasz_score

    _classes(embedding.y)
    return float(calinski_harabasz_score(embedding.positions.T, embedding.y))


def distance_consistency(embedding: Embedding) -> float:
    """Share of points whose nearest class centroid is their own (Sips et al. 2009)."""
    to_centroids, codes = _to_centroids(embedding.positions.T, embedding.y)
    return float(np.mean(to_centroids.argmin(axis=1) == codes))


def label_trustworthiness(embedding: Embedding) -> float:
    r"""How far no two classes overlap more than in the original space (Jeon et al. 2023).

    .. math:: 1 - \frac{2}{C(C-1)} \sum_{a<b} \max(0, s_{ab}(X) - s_{ab}(Z))

    with the separation :math:`s_{ab} = 2 (d_{ab} - 1/2)` of two classes from their distance consistency :math:`d`.
    """
    return 1 - float(np.mean(np.maximum(-_separation_gained(embedding), 0)))


def label_continuity(embedding: Embedding) -> float:
    """How far no two classes are separated more than in the original space: the other direction of the above."""
    return 1 - float(np.mean(np.maximum(_separation_gained(embedding), 0)))


def majority(neighbour_labels: np.ndarray) -> np.ndarray:
    """Return the label that most neighbours in each row have; a tie goes to the nearest of the tied labels."""
    n, k = neighbour_labels.shape
    votes, rows = np.zeros((n, int(neighbour_labels.max()) + 1)), np.arange(n)
    for column in range(k):
        # Every vote counts one, and a nearer one a little more than all farther ones together could.
        votes[rows, neighbour_labels[:, column]] += 1 + 2.0 ** -(column + k)
    return votes.argmax(axis=1)


def _labels(embedding: Embedding, of: Points) -> np.ndarray:
    y = embedding.y if of == "train" else embedding.y_test
    assert y is not None
    return y


def _neighbour_labels(embedding: Embedding, k: int, of: Points) -> np.ndarray:
    neighbours = embedding.neighbours if of == "train" else embedding.test_neighbours
    if k > neighbours.shape[1]:
        raise UndefinedError("too few points")
    return _labels(embedding, "train")[neighbours[:, :k]]


def _classes(y: np.ndarray | None) -> tuple[np.ndarray, int]:
    """Return labels as 0, 1, ... and their number, if classes can be compared."""
    assert y is not None
    found, codes = np.unique(y, return_inverse=True)
    if len(found) < 2:
        raise UndefinedError("one class")
    if len(found) == len(y):
        raise UndefinedError("every point a class")
    return codes, len(found)


def _silhouettes(embedding: Embedding, of: Points) -> np.ndarray:
    """Return the silhouette of each point; of a point alone in its class it is 0."""
    codes, _ = _classes(_labels(embedding, of))
    sums = embedding.class_sums if of == "train" else embedding.test_class_sums
    sizes, rows = np.bincount(codes), np.arange(len(codes))
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    means = sums / sizes
    means[rows, codes] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    # Where all points of two classes lie at one position, neither is nearer.
    silhouettes = np.divide(other - own, larger, out=np.zeros(len(codes)), where=larger > 0)
    return np.where(sizes[codes] > 1, silhouettes, 0.0)


def _to_centroids(points: np.ndarray, y: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance of each point to each class mean, as a share of the largest, and the classes as 0, 1, ..."""
    codes, n_classes = _classes(y)
    centroids = np.stack([points[codes == c].mean(axis=0, dtype=np.float64) for c in range(n_classes)])
    distances = np.stack([np.linalg.norm(points - centroid, axis=1) for centroid in centroids], axis=1)
    # Rounded, so that rounding of the means does not decide for a point as far from two: the first class gets it.
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


def _separation_gained(embedding: Embedding) -> np.ndarray:
    """Return for every two classes by how much the embedding separates them more than the original space does."""
    space = embedding.space
    of_data = space.once("separation", lambda: _separation(space.points, space.dataset.y))
    return _separation(embedding.positions.T, embedding.y) - of_data


_metric = partial(Metric, family="labels", needs=("labels",))
_silhouette = partial(_metric, low=-1, unit="ratio", chance="0 or a little below", reference="Rousseeuw 1987")
_of_pairs_of_classes = partial(
    _metric, needs=("labels", "original space"), reference="Jeon et al. 2023, with distance consistency"
)

RECORDS = (
    _metric(
        key="knn_accuracy",
        label="kNN accuracy",
        train=knn_accuracy,
        test=partial(knn_accuracy, of="test"),
        ks=(1, 5, 10),
        chance="share of the largest class",
        reference="Cover and Hart 1967",
        meaning="How often the nearest neighbours in the embedding have a point's label: leave-one-out for training "
        "points; the neighbours of test points are training points.",
        weakness="Blind to everything beyond k neighbours: clusters may be torn apart at no cost.",
    ),
    _metric(
        key="neighbourhood_hit",
        label="neighbourhood hit",
        train=neighbourhood_hit,
        test=partial(neighbourhood_hit, of="test"),
        ks=WIDE_KS,
        chance="sum of squared class shares",
        reference="Paulovich et al. 2008",
        meaning="Mean share of the nearest neighbours that have a point's own label.",
        weakness="Elsewhere also called kNN accuracy, and sometimes counts the point itself.",
    ),
    _silhouette(
        key="silhouette",
        label="silhouette",
        train=silhouette,
        test=partial(silhouette, of="test"),
        meaning="How much nearer a point lies to its own class than to the next one.",
        weakness="Rewards round, compact islands whether or not the data have them; not evidence of fidelity.",
    ),
    _silhouette(
        key="silhouette_of_classes",
        label="silhouette by class",
        train=silhouette_of_classes,
        test=partial(silhouette_of_classes, of="test"),
        several=True,
        meaning="The mean silhouette of each class.",
        weakness="Low for elongated classes, even if they are well separated.",
    ),
    _metric(
        key="davies_bouldin",
        label="Davies-Bouldin",
        train=davies_bouldin,
        high=float("inf"),
        unit="ratio",
        higher_is_better=False,
        chance="large",
        reference="Davies and Bouldin 1979",
        meaning="Spread within a class over its distance to the class most like it, averaged over classes.",
        weakness="Made for round clusters; of elongated or broken classes it says little.",
    ),
    _metric(
        key="calinski_harabasz",
        label="Calinski-Harabasz",
        train=calinski_harabasz,
        high=float("inf"),
        unit="ratio of variances",
        chance="about 1",
        reference="Calinski and Harabasz 1974",
        meaning="Variance between classes over variance within.",
        weakness="Made for round clusters, and grows with the number of points.",
    ),
    _metric(
        key="distance_consistency",
        label="distance consistency",
        train=distance_consistency,
        chance="1 / number of classes",
        reference="Sips et al. 2009",
        meaning="Share of points whose nearest class centroid is their own.",
        weakness="A class in two islands has its centroid between them, perhaps in another class.",
    ),
    _of_pairs_of_classes(
        key="label_trustworthiness",
        label="label-trustworthiness",
        train=label_trustworthiness,
        chance="1 - mean separation of the data",
        meaning="1 where no two classes overlap more than they do in the original space.",
        weakness="Measures separation by centroids, which suits round classes.",
    ),
    _of_pairs_of_classes(
        key="label_continuity",
        label="label-continuity",
        train=label_continuity,
        chance="1",
        meaning="1 where no two classes are separated more than they are in the original space.",
        weakness="Random points score 1: read it together with label-trustworthiness.",
    ),
)
