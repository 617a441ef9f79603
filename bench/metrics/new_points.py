"""Metrics of what a method does with new points: where it maps them, how well it reconstructs them, and what becomes of
a class that no training point has.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import checks, labels, neighbourhood
from bench.metrics.embedding import Embedding
from bench.metrics.metric import WIDE_KS, metric
from bench.metrics.reference_space import Points, squared_norms

_metric = partial(metric, family="new points", splits=("test",), needs=("transform",))
_baseline = partial(
    _metric,
    needs=("original space", "transform"),
    weakness="A mean of 5 neighbours' positions, which takes no model. It can lie between islands: the study "
    "`placement` has medians and copies of positions, too.",
)
_known = partial(_metric, splits=("train",), weakness="Says nothing of points that are really new.")
_few = partial(_metric, weakness="Of the first few test points only.")
_DISPLACED = {
    "high": float("inf"),
    "unit": "root-mean-square radii",
    "higher_is_better": False,
    "chance": "about 1",
    "reference": "defined here",
}
_RECALLED = {"ks": (15,), "reference": "Lee and Verleysen 2009, of two positions of a point", "version": 2}
_reconstructed = partial(
    _metric,
    needs=("inverse",),
    reference="Pearson 1901",
    weakness="Favours methods that minimise it; blurred images score well.",
    of_any_shape=True,
)
_area = partial(_metric, unit="area under the ROC curve", chance="0.5", needs=("labels", "transform"))
_of_distance = partial(_area, reference="Fawcett 2006, of the distance to the nearest training point")
_assigned = partial(
    _metric,
    ks=(10,),
    higher_is_better=None,
    needs=("labels", "transform"),
    reference="Cover and Hart 1967",
    weakness="A vote is counted however far the voters are.",
)


@_baseline("trustworthiness, baseline mapping", ks=WIDE_KS, chance="0.5", reference="Venna and Kaski 2001")
def placement_trustworthiness(embedding: Embedding, k: int) -> float:
    """Trustworthiness of test points at the mean of their 5 nearest training points."""
    return neighbourhood.trustworthiness(embedding.baseline, k, "test")


@_baseline("kNN recall, baseline mapping", ks=WIDE_KS, chance="k / n", reference="Lee and Verleysen 2009")
def placement_knn_recall(embedding: Embedding, k: int) -> float:
    """kNN recall of test points at the mean of their 5 nearest training points."""  # noqa: D403 - kNN is written so
    return neighbourhood.knn_recall(embedding.baseline, k, "test")


@_baseline(
    "kNN accuracy, baseline mapping",
    ks=(1, 5, 10),
    chance="share of the largest class",
    needs=("labels", "original space", "transform"),
    reference="Cover and Hart 1967",
)
def placement_knn_accuracy(embedding: Embedding, k: int) -> float:
    """kNN accuracy of test points at the mean of their 5 nearest training points."""  # noqa: D403 - kNN is written so
    return labels.knn_accuracy(embedding.baseline, k, "test")


@_known("displacement of known points", **_DISPLACED)
def refit_displacement(embedding: Embedding) -> float:
    """How far from its position in the fit `transform` maps a training point, in the median."""
    return _displacement(embedding, embedding.refit, embedding.Z)


@_known("neighbours of known points", chance="k / (n - 1)", **_RECALLED)
def refit_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of its neighbours that a training point has again when `transform` maps it as if it were new."""
    return _recall(embedding, embedding.refit, k, "train")


@_few("displacement, small batch", **_DISPLACED)
def few_displacement(embedding: Embedding) -> float:
    """How far a test point moves, in the median, when it is mapped in a batch of a hundred, not with all."""
    return _displacement(embedding, embedding.few, embedding.Z_test)


@_few("displacement, one by one", **_DISPLACED)
def alone_displacement(embedding: Embedding) -> float:
    """How far a test point moves, in the median, when it is mapped alone, not with all."""
    return _displacement(embedding, embedding.alone, embedding.Z_test)


@_few("neighbours, small batch", chance="k / n", **_RECALLED)
def few_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of its neighbours that a test point has again when it is mapped in a batch of a hundred."""
    return _recall(embedding, embedding.few, k, "test")


@_few("neighbours, one by one", chance="k / n", **_RECALLED)
def alone_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of its neighbours that a test point has again when it is mapped alone."""
    return _recall(embedding, embedding.alone, k, "test")


@_reconstructed(
    "reconstruction error",
    high=float("inf"),
    unit="squared feature range",
    higher_is_better=False,
    chance="variance of the data",
)
def reconstruction_mse(embedding: Embedding) -> float:
    """Mean squared error of test points after the way to the embedding and back."""
    return float(np.mean(_squared_error(embedding)) / embedding.space.dataset.X.shape[1])


@_reconstructed("reconstruction, R2", low=float("-inf"), unit="share of variance", chance="0 or less")
def reconstruction_r2(embedding: Embedding) -> float:
    r"""Share of the test points' variance that remains after the way to the embedding and back.

    .. math:: 1 - \sum |x - \hat x|^2 / \sum |x - \mu|^2

    with the mean of the training points, the answer of a method that has learnt nothing.
    """
    data = embedding.space.dataset

    def compute() -> float:
        mean = data.X.mean(axis=0, dtype=np.float64)
        blocks = (data.X_test[start : start + 2**10] - mean for start in range(0, len(data.X_test), 2**10))
        return sum(float(np.sum(block**2)) for block in blocks)

    around_mean = embedding.space.once("variance", compute)
    if around_mean == 0:
        raise UndefinedError("all points equal in the data")
    return 1 - float(np.sum(_squared_error(embedding))) / around_mean


@_of_distance("unseen class stands out")
def unseen_auc(embedding: Embedding) -> float:
    """How surely a test point of an unseen class lies farther from all training points than others.

    Below 0.5 where the unseen class lands in the densest part of the others.
    """
    unseen, nearest = _unseen(embedding), embedding.test_neighbours[:, 0]
    positions = embedding.test_positions[:, embedding.rows("test")]
    return auc(unseen, np.linalg.norm(positions - embedding.positions[:, nearest], axis=0))


@_of_distance("unseen class stands out in the data", needs=("labels", "original space", "transform"))
def unseen_auc_pixels(embedding: Embedding) -> float:
    """The same in the original space: what there was to keep.

    Says nothing of the embedding.
    """
    return auc(_unseen(embedding), embedding.by_row(_squared_to_nearest, "nearest in the data", "test"))


@_area("unseen class has a larger error", needs=("labels", "inverse"), reference="Fawcett 2006, of the squared error")
def unseen_auc_reconstruction(embedding: Embedding) -> float:
    """How surely a test point of an unseen class is reconstructed with a larger error than others.

    A class of little ink makes little error, whether or not it was seen.
    """
    return auc(_unseen(embedding), _squared_error(embedding)[embedding.rows("test")])


@_assigned("unseen class taken for", chance="share of each class", several=True)
def unseen_taken_for(embedding: Embedding, k: int) -> dict[str, float]:
    """Among which of the known classes the points of an unseen one land."""
    votes, names = _votes(embedding, k), embedding.space.dataset.classes
    return {names[label]: float(np.mean(votes == label)) for label in np.unique(embedding.labels())}


@_assigned("unseen class on one other", chance="share of the largest class")
def unseen_largest_share(embedding: Embedding, k: int) -> float:
    """Share of an unseen class that lands on one and the same known class."""
    votes = _votes(embedding, k)
    return float(np.bincount(votes).max() / len(votes))


def shared(near: np.ndarray, before: np.ndarray, k: int) -> float:
    """Return the share of the k nearest neighbours before that are among the k nearest now, row by row."""
    near, before = near[:, :k], before[: len(near), :k]
    return float(np.mean((near[:, :, None] == before[:, None, :]).any(axis=2)))


def auc(positive: np.ndarray, sign: np.ndarray) -> float:
    """Return the area under the ROC curve; a higher sign speaks for a positive.

    Raises
    ------
    UndefinedError
        If a sign is not finite, or there are positives only or none.
    """
    from sklearn.metrics import roc_auc_score

    if not np.isfinite(sign).all():
        raise UndefinedError("not finite")
    if len(np.unique(positive)) < 2:
        raise UndefinedError("one class")

    return float(roc_auc_score(positive, sign))


def _squared_to_nearest(embedding: Embedding) -> np.ndarray:
    """Return the squared distance of each test point to the nearest training point in the data."""
    space, near = embedding.space, embedding.neighbours_in_data("test")

    def compute() -> np.ndarray:
        return squared_norms(space.grid(embedding.rows("test"), "test") - space.grid(near[:, 0]))

    return embedding.of_data("nearest", compute)


def _displacement(embedding: Embedding, again: np.ndarray | None, before: np.ndarray | None) -> float:
    """Return the median distance between two positions of the same points, in radii of the training points."""
    again = _recorded(again)
    if before is None:
        raise UndefinedError("transductive")
    Z = embedding.Z
    radius = np.sqrt(np.mean(np.sum((Z - Z.mean(axis=0, dtype=np.float64)) ** 2, axis=1)))
    return float(np.median(np.linalg.norm(again - before[: len(again)], axis=1)) / radius)


def _recall(embedding: Embedding, again: np.ndarray | None, k: int, of: Points) -> float:
    positions = embedding.as_positions(_recorded(again))
    known, first = (embedding.positions, 0) if of == "train" else (embedding.test_positions, -1)
    before = embedding.nearest(np.ascontiguousarray(known[:, : positions.shape[1]]), first)
    return shared(embedding.nearest(positions, first), before, checks.neighbours(k, before.shape[1]))


def _recorded(again: np.ndarray | None) -> np.ndarray:
    if again is None:
        raise UndefinedError("not recorded")
    return np.asarray(again, np.float64)


def _squared_error(embedding: Embedding) -> np.ndarray:
    if embedding.squared_error is None:
        raise UndefinedError("no inverse")
    return embedding.squared_error


def _unseen(embedding: Embedding) -> np.ndarray:
    """Return which test points are of a class that no training point has."""
    unseen = ~np.isin(embedding.row_labels("test"), embedding.labels())
    if not unseen.any():
        raise UndefinedError("no class unseen")
    if unseen.all():
        raise UndefinedError("every class unseen")
    return unseen


def _votes(embedding: Embedding, k: int) -> np.ndarray:
    """Return the class that the majority of the k nearest training points assigns to each unseen point."""
    near = embedding.test_neighbours[_unseen(embedding)]
    return labels.majority(embedding.labels()[near[:, : checks.neighbours(k, near.shape[1])]])
