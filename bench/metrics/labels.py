"""Metrics that compare an embedding with the labels, which no reducer has seen."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import checks
from bench.metrics.embedding import Embedding
from bench.metrics.grid import Grid
from bench.metrics.metric import WIDE_KS, metric
from bench.metrics.reference_space import Points

BLOCK = 2**16
"""Points that are looked at together where arrays of all of them would be large."""

_metric = partial(metric, family="labels", needs=("labels",))
_of_both = partial(_metric, splits=("train", "test"))
_silhouette = partial(_of_both, low=-1, unit="ratio", chance="0 or a little below", reference="Rousseeuw 1987")
_to_infinity = partial(_metric, high=float("inf"))
_of_pairs_of_classes = partial(
    _metric, needs=("labels", "original space"), reference="Jeon et al. 2023, with distance consistency"
)


@_of_both("kNN accuracy", ks=(1, 5, 10), chance="share of the largest class", reference="Cover and Hart 1967")
def knn_accuracy(embedding: Embedding, k: int, of: Points = "train") -> float:
    """How often the nearest neighbours in the embedding have a point's label: leave-one-out for training points; the
    neighbours of test points are training points.

    Blind to everything beyond k neighbours: clusters may be torn apart at no cost.
    """
    if of == "train" and embedding.everywhere is not None:
        embedding = embedding.everywhere
    return float(np.mean(correct(embedding, k, of)))


@_of_both("neighbourhood hit", ks=WIDE_KS, chance="sum of squared class shares", reference="Paulovich et al. 2008")
def neighbourhood_hit(embedding: Embedding, k: int, of: Points = "train") -> float:
    """Mean share of the nearest neighbours that have a point's own label.

    Elsewhere also called kNN accuracy, and sometimes counts the point itself.
    """
    return float(np.mean(_neighbour_labels(embedding, k, of) == embedding.row_labels(of)[:, None]))


@_silhouette("silhouette")
def silhouette(embedding: Embedding, of: Points = "train") -> float:
    """How much nearer a point lies to its own class than to the next one.

    Rewards round, compact islands whether or not the data have them; not evidence of fidelity.
    """
    return float(np.mean(_silhouettes(embedding, of)))


@_silhouette("silhouette by class", several=True)
def silhouette_of_classes(embedding: Embedding, of: Points = "train") -> dict[str, float]:
    """The mean silhouette of each class.

    Low for elongated classes, even if they are well separated.
    """
    values, y, names = _silhouettes(embedding, of), embedding.row_labels(of), embedding.space.dataset.classes
    return {
        names[label] if label < len(names) else str(label): float(values[y == label].mean()) for label in np.unique(y)
    }


@_to_infinity(
    "Davies-Bouldin", unit="ratio", higher_is_better=False, chance="large", reference="Davies and Bouldin 1979"
)
def davies_bouldin(embedding: Embedding) -> float:
    """Spread within a class over its distance to the class most like it, averaged over classes.

    Made for round clusters; of elongated or broken classes it says little.
    """
    from sklearn.metrics import davies_bouldin_score

    _classes(y := embedding.labels())
    return float(davies_bouldin_score(embedding.positions.T, y))


@_to_infinity("Calinski-Harabasz", unit="ratio of variances", chance="about 1", reference="Calinski and Harabasz 1974")
def calinski_harabasz(embedding: Embedding) -> float:
    """Variance between classes over variance within.

    Made for round clusters, and grows with the number of points.
    """
    from sklearn.metrics import calinski_harabasz_score

    _classes(y := embedding.labels())
    return float(calinski_harabasz_score(embedding.positions.T, y))


@_metric("distance consistency", chance="1 / number of classes", reference="Sips et al. 2009")
def distance_consistency(embedding: Embedding) -> float:
    """Share of points whose nearest class centroid is their own.

    A class in two islands has its centroid between them, perhaps in another class.
    """
    to_centroids, codes = _to_centroids(embedding.positions.T, embedding.labels())
    return float(np.mean(to_centroids.argmin(axis=1) == codes))


@_of_pairs_of_classes("label-trustworthiness", chance="1 - mean separation of the data")
def label_trustworthiness(embedding: Embedding) -> float:
    r"""1 where no two classes overlap more than they do in the original space.

    Measures separation by centroids, which suits round classes, and rewards any more of it: read it together with
    label-continuity.

    .. math:: 1 - \frac{2}{C(C-1)} \sum_{a<b} \max(0, s_{ab}(X) - s_{ab}(Z))

    with the separation :math:`s_{ab} = 2 (d_{ab} - 1/2)` of two classes from their distance consistency :math:`d`.
    """
    return 1 - float(np.mean(np.maximum(-_separation_gained(embedding), 0)))


@_of_pairs_of_classes("label-continuity", chance="1")
def label_continuity(embedding: Embedding) -> float:
    """1 where no two classes are separated more than they are in the original space.

    Random points score 1: read it together with label-trustworthiness.
    """
    return 1 - float(np.mean(np.maximum(_separation_gained(embedding), 0)))


def correct(embedding: Embedding, k: int, of: Points = "train") -> np.ndarray:
    """Return for each point whether the majority of its k nearest (other) training points has its label.

    Returns
    -------
    ndarray of shape (n_points,), bool
        Their mean is the score `knn_accuracy`.
    """
    return np.asarray(majority(_neighbour_labels(embedding, k, of)) == embedding.row_labels(of))


def confusion(embedding: Embedding, k: int, of: Points = "train") -> np.ndarray:
    """Return how often points of each class (rows) are taken for each class (columns) by their k nearest neighbours.

    Returns
    -------
    ndarray of shape (n_classes, n_classes), int64
        The share on its diagonal is the score `knn_accuracy`.

    Raises
    ------
    UndefinedError
        If the embedding is not finite or collapsed, or has no more than k points.
    """
    if not embedding.has_neighbours:
        raise UndefinedError("not finite, or all points at one position")
    y = embedding.labels(of)
    found = majority(_neighbour_labels(embedding, k, of))
    n_classes = max(len(embedding.space.dataset.classes), int(max(y.max(), embedding.labels().max())) + 1)
    return np.bincount(y * n_classes + found, minlength=n_classes**2).reshape(n_classes, n_classes)


def majority(neighbour_labels: np.ndarray) -> np.ndarray:
    """Return the label that most neighbours in each row have; a tie goes to the nearest of the tied labels."""
    if neighbour_labels.ndim != 2 or neighbour_labels.dtype.kind not in "iu" or neighbour_labels.min(initial=0) < 0:
        raise ValueError(f"Got labels of shape {neighbour_labels.shape}, but expected (n_points, k), as indices.")
    if len(neighbour_labels) > BLOCK:
        blocks = range(0, len(neighbour_labels), BLOCK)
        return np.concatenate([majority(neighbour_labels[start : start + BLOCK]) for start in blocks])
    n, k = neighbour_labels.shape
    votes, rows = np.zeros((n, int(neighbour_labels.max()) + 1)), np.arange(n)
    for column in range(k):
        # Every vote counts one, and a nearer one a little more than all farther ones together could.
        votes[rows, neighbour_labels[:, column]] += 1 + 2.0 ** -(column + k)
    return votes.argmax(axis=1)


def _neighbour_labels(embedding: Embedding, k: int, of: Points) -> np.ndarray:
    near = embedding.neighbours_of(of)
    return embedding.labels()[near[:, : checks.neighbours(k, near.shape[1])]]


def _classes(y: np.ndarray) -> tuple[np.ndarray, int]:
    """Return labels as 0, 1, ... and their number, if classes can be compared."""
    found, codes = np.unique(y, return_inverse=True)
    if len(found) < 2:
        raise UndefinedError("one class")
    if len(found) == len(y):
        raise UndefinedError("every point a class")
    return codes, len(found)


def _silhouettes(embedding: Embedding, of: Points) -> np.ndarray:
    """Return the silhouette of each row; of a point alone in its class it is 0."""
    return embedding.by_row(lambda whole: _compute_silhouettes(whole, of), "silhouettes", of)


def _compute_silhouettes(embedding: Embedding, of: Points) -> np.ndarray:
    codes, _ = _classes(embedding.labels(of))
    sums, sizes = embedding.class_sums(of), np.bincount(codes)
    codes = codes[embedding.rows(of)]
    rows = np.arange(len(codes))
    own = sums[rows, codes] / np.maximum(sizes[codes] - 1, 1)
    means = sums / sizes
    means[rows, codes] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    # Where all points of two classes lie at one position, neither is nearer.
    silhouettes = np.divide(other - own, larger, out=np.zeros(len(codes)), where=larger > 0)
    return np.where(sizes[codes] > 1, silhouettes, 0.0)


def _to_centroids(points: np.ndarray | Grid, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance of each point to each class mean, as a share of the largest, and the classes as 0, 1, ..."""
    codes, n_classes = _classes(y)
    centroids = np.stack([points[codes == c].mean(axis=0, dtype=np.float64) for c in range(n_classes)])
    distances = np.concatenate([_lengths(points[i : i + BLOCK], centroids) for i in range(0, len(points), BLOCK)])
    # Rounded, so that rounding of the means does not decide for a point as far from two: the first class gets it.
    return np.round(distances / max(distances.max(), np.finfo(float).tiny), 9), codes


def _lengths(points: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    return np.stack([np.linalg.norm(points - centroid, axis=1) for centroid in centroids], axis=1)


def _separation(points: np.ndarray | Grid, y: np.ndarray) -> np.ndarray:
    """Return for every two classes how far their points are on their own side, from 0 at chance to 1."""
    distances, codes = _to_centroids(points, y)
    separation = []
    for a, b in combinations(range(distances.shape[1]), 2):
        rows = (codes == a) | (codes == b)
        nearer_b = distances[rows, b] < distances[rows, a]
        separation.append(2 * (np.mean(nearer_b == (codes[rows] == b)) - 0.5))
    return np.array(separation)


def _separation_gained(embedding: Embedding) -> np.ndarray:
    """Return for every two classes by how much the embedding separates them more than the original space does."""
    space, y = embedding.space, embedding.labels()
    of_data = space.once("separation", lambda: _separation(Grid(space), y))
    return _separation(embedding.positions.T, y) - of_data
