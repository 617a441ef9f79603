"""Metrics of what a method does with new points: where it maps them, and how well it reconstructs them."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.datasets import Dataset
from bench.errors import UndefinedError
from bench.metrics import labels, neighbourhood
from bench.metrics.embedding import Embedding
from bench.metrics.metric import WIDE_KS, Metric
from bench.metrics.reference_space import Points


def placement_trustworthiness(embedding: Embedding, k: int) -> float:
    """Trustworthiness of test points that are mapped by `Embedding.baseline`."""
    return neighbourhood.trustworthiness_test(embedding.baseline, k)


def placement_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of neighbours that test points keep when the baseline maps them."""
    return neighbourhood.knn_recall_test(embedding.baseline, k)


def placement_knn_accuracy(embedding: Embedding, k: int) -> float:
    """Accuracy of labels of test points when the baseline maps them."""
    return labels.knn_accuracy(embedding.baseline, k, "test")


def refit_displacement(embedding: Embedding) -> float:
    """Median distance of a training point to where `transform` maps it, in root-mean-square radii."""
    return _displacement(embedding, embedding.refit, embedding.Z)


def refit_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of a training point's k neighbours in the embedding that it has again when `transform` maps it."""
    return _recall(embedding, embedding.refit, k, "train")


def few_displacement(embedding: Embedding) -> float:
    """Median distance between a test point's positions when mapped with all others and in a small batch, in radii."""
    return _displacement(embedding, embedding.few, embedding.Z_test)


def few_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of a test point's k nearest training points that it has again when mapped in a small batch."""
    return _recall(embedding, embedding.few, k, "test")


def alone_displacement(embedding: Embedding) -> float:
    """Median distance between a test point's positions when mapped with all others and alone, in radii."""
    return _displacement(embedding, embedding.alone, embedding.Z_test)


def alone_knn_recall(embedding: Embedding, k: int) -> float:
    """Share of a test point's k nearest training points that it has again when mapped alone."""
    return _recall(embedding, embedding.alone, k, "test")


def reconstruction_mse(embedding: Embedding) -> float:
    """Squared error of a test point's features after the way to the embedding and back, mean over both."""
    return float(np.mean(_squared_error(embedding)) / embedding.space.dataset.X.shape[1])


def reconstruction_r2(embedding: Embedding) -> float:
    r"""Share of the test points' variance that is reconstructed: :math:`1 - \sum |x - \hat x|^2 / \sum |x - \mu|^2`.

    :math:`\mu` is the mean of the training points, the answer of a method that has learnt nothing.
    """
    space = embedding.space
    around_mean = space.once("variance", lambda: _around_mean(space.dataset))
    if around_mean == 0:
        raise UndefinedError("all points equal in the data")
    return 1 - float(np.sum(_squared_error(embedding))) / around_mean


def shared(near: np.ndarray, before: np.ndarray, k: int) -> float:
    """Return the share of the k nearest neighbours before that are among the k nearest now, row by row."""
    near, before = near[:, :k], before[: len(near), :k]
    return float(np.mean((near[:, :, None] == before[:, None, :]).any(axis=2)))


def _around_mean(data: Dataset) -> float:
    mean = data.X.mean(axis=0, dtype=np.float64)
    blocks = (data.X_test[start : start + 2**10] - mean for start in range(0, len(data.X_test), 2**10))
    return sum(float(np.sum(block**2)) for block in blocks)


def _displacement(embedding: Embedding, again: np.ndarray | None, before: np.ndarray | None) -> float:
    """Return the median distance between two positions of the same points, in radii of the training points."""
    again = _recorded(again)
    assert before is not None
    Z = embedding.Z
    radius = np.sqrt(np.mean(np.sum((Z - Z.mean(axis=0, dtype=np.float64)) ** 2, axis=1)))
    return float(np.median(np.linalg.norm(again - before[: len(again)], axis=1)) / radius)


def _recall(embedding: Embedding, again: np.ndarray | None, k: int, of: Points) -> float:
    again = _recorded(again)
    if k >= len(embedding.Z):
        raise UndefinedError("too few points")
    if of == "train":
        return shared(embedding.nearest(embedding.as_positions(again), first=0), embedding.neighbours, k)
    return shared(embedding.nearest(embedding.as_positions(again)), embedding.test_neighbours, k)


def _recorded(again: np.ndarray | None) -> np.ndarray:
    if again is None:
        raise UndefinedError("not recorded")
    return np.asarray(again, np.float64)


def _squared_error(embedding: Embedding) -> np.ndarray:
    if embedding.squared_error is None:
        raise UndefinedError("no inverse")
    return embedding.squared_error


_metric = partial(Metric, family="new points", needs=("transform",))
_baseline = partial(
    _metric,
    weakness="A mean of 5 neighbours' positions, which takes no model: a `transform` that does not score higher is not "
    "worth its time.",
)
_displaced = partial(
    _metric,
    high=float("inf"),
    unit="root-mean-square radii",
    higher_is_better=False,
    chance="about 1",
    reference="defined here",
)
_recalled = partial(_metric, ks=(15,), reference="Lee and Verleysen 2009, of two positions of a point")
_reconstructed = partial(
    _metric,
    needs=("inverse",),
    reference="Pearson 1901",
    weakness="Favours methods that minimise it; blurred images score well.",
    of_any_shape=True,
)
_FEW = "Of the first few test points only."
_KNOWN = "Says nothing of points that are really new."

RECORDS = (
    _baseline(
        key="placement_trustworthiness",
        label="trustworthiness, baseline mapping",
        test=placement_trustworthiness,
        ks=WIDE_KS,
        chance="0.5",
        needs=("original space", "transform"),
        reference="Venna and Kaski 2001",
        meaning="Trustworthiness of test points at the mean of their 5 nearest training points.",
    ),
    _baseline(
        key="placement_knn_recall",
        label="kNN recall, baseline mapping",
        test=placement_knn_recall,
        ks=WIDE_KS,
        chance="k / n",
        needs=("original space", "transform"),
        reference="Lee and Verleysen 2009",
        meaning="kNN recall of test points at the mean of their 5 nearest training points.",
    ),
    _baseline(
        key="placement_knn_accuracy",
        label="kNN accuracy, baseline mapping",
        test=placement_knn_accuracy,
        ks=(1, 5, 10),
        chance="share of the largest class",
        needs=("labels", "original space", "transform"),
        reference="Cover and Hart 1967",
        meaning="kNN accuracy of test points at the mean of their 5 nearest training points.",
    ),
    _displaced(
        key="refit_displacement",
        label="displacement of known points",
        train=refit_displacement,
        meaning="How far from its position in the fit `transform` maps a training point, in the median.",
        weakness=_KNOWN,
    ),
    _recalled(
        key="refit_knn_recall",
        label="neighbours of known points",
        train=refit_knn_recall,
        chance="k / (n - 1)",
        meaning="Share of its neighbours that a training point has again when `transform` maps it as if it were new.",
        weakness=_KNOWN,
    ),
    _displaced(
        key="few_displacement",
        label="displacement, small batch",
        test=few_displacement,
        meaning="How far a test point moves, in the median, when it is mapped in a batch of a hundred, not with all.",
        weakness=_FEW,
    ),
    _displaced(
        key="alone_displacement",
        label="displacement, one by one",
        test=alone_displacement,
        meaning="How far a test point moves, in the median, when it is mapped alone, not with all.",
        weakness=_FEW,
    ),
    _recalled(
        key="few_knn_recall",
        label="neighbours, small batch",
        test=few_knn_recall,
        chance="k / n",
        meaning="Share of its neighbours that a test point has again when it is mapped in a batch of a hundred.",
        weakness=_FEW,
    ),
    _recalled(
        key="alone_knn_recall",
        label="neighbours, one by one",
        test=alone_knn_recall,
        chance="k / n",
        meaning="Share of its neighbours that a test point has again when it is mapped alone.",
        weakness=_FEW,
    ),
    _reconstructed(
        key="reconstruction_mse",
        label="reconstruction error",
        test=reconstruction_mse,
        high=float("inf"),
        unit="squared feature range",
        higher_is_better=False,
        chance="variance of the data",
        meaning="Mean squared error of test points after the way to the embedding and back.",
    ),
    _reconstructed(
        key="reconstruction_r2",
        label="reconstruction, R2",
        test=reconstruction_r2,
        low=float("-inf"),
        unit="share of variance",
        chance="0 or less",
        meaning="Share of the test points' variance that remains after the way to the embedding and back.",
    ),
)
