"""The table of metrics, from which tables and the command line explain themselves, and how they are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import clustering, distances, labels, latent, neighbourhood, out_of_sample, stability, unseen
from bench.metrics.embedding import Embedding, ShuffledLabels, Unreduced
from bench.metrics.metric import Metric, Number, Split, Value, not_available
from bench.metrics.reference_space import ReferenceSpace

METRICS = {
    metric.key: metric
    for family in (neighbourhood, labels, clustering, distances, out_of_sample, unseen, latent, stability)
    for metric in family.RECORDS
}

PCA_COMPONENTS = 50

REFERENCES = {
    "pixels": "no reduction",
    "shuffled-labels": "labels shuffled",
    "pca-50": f"PCA, {PCA_COMPONENTS} components",
    "lda": "LDA (sees labels)",
}
"""Rows that are no embedding of a study, with their labels in tables."""

NEED_LABELS = ("pixels", "shuffled-labels", "lda")
"""References that need labels."""


def evaluate(embedding: Embedding, keys: Iterable[str] = METRICS) -> list[Value]:
    """Return scores of an embedding on both splits; if one has no value, with the reason."""
    return [
        value
        for metric in (METRICS[key] for key in keys)
        for split in metric.splits
        if split != "seeds"
        for k in metric.ks
        for value in _values(metric, split, k, embedding)
    ]


def evaluate_across(embeddings: Sequence[Embedding], keys: Iterable[str] = METRICS) -> list[Value]:
    """Return the scores over the embeddings of several seeds."""
    return [
        value
        for metric in (METRICS[key] for key in keys)
        if metric.across is not None
        for k in metric.ks
        for value in _attempt(metric, "seeds", k, lambda: _across(metric, k, embeddings))  # noqa: B023 - called at once
    ]


def reference_values(space: ReferenceSpace, name: str, keys: Iterable[str] = METRICS) -> list[Value]:
    """Return the scores of one of `REFERENCES`, which other values are compared with.

    `pixels`, the data without any reduction, and `shuffled-labels`, the same with labels shuffled, have the scores of
    labels only: they are their own original space. `pca-50` has all, and so has `lda`, the ceiling of linear maps:
    linear discriminant analysis is fitted with the labels, which no reducer of a study ever sees.
    """
    if name in ("pca-50", "lda"):
        return evaluate(_pca(space) if name == "pca-50" else _lda(space), keys)
    of_labels = [key for key in keys if METRICS[key].needs == ("labels",)]
    kind = Unreduced if name == "pixels" else ShuffledLabels
    return evaluate(kind(space, space.points, space.test_points), of_labels)


def _pca(space: ReferenceSpace) -> Embedding:
    from sklearn.decomposition import PCA

    data = space.dataset
    pca = PCA(min(PCA_COMPONENTS, *data.X.shape), svd_solver="covariance_eigh").fit(data.X)
    if not len(data.X_test):
        return Embedding(space, pca.transform(data.X))
    Z_test = pca.transform(data.X_test)
    error = np.square(pca.inverse_transform(Z_test) - data.X_test).sum(axis=1, dtype=np.float64)
    return Embedding(space, pca.transform(data.X), Z_test, error)


def _lda(space: ReferenceSpace) -> Embedding:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    data = space.dataset
    lda = LinearDiscriminantAnalysis(n_components=min(2, len(data.classes) - 1)).fit(data.X, data.y)
    Z_test = lda.transform(data.X_test) if len(data.X_test) else None
    return Embedding(space, lda.transform(data.X), Z_test)


def _values(metric: Metric, split: Split, k: int | None, embedding: Embedding) -> list[Value]:
    function = metric.train if split == "train" else metric.test
    assert function is not None
    reason = _obstacle(metric, split, embedding)
    if reason:
        return [Value(metric.key, split, k, None, not_available(reason))]
    return _attempt(metric, split, k, lambda: function(embedding) if k is None else function(embedding, k))


def _obstacle(metric: Metric, split: Split, embedding: Embedding) -> str:
    """Return why the metric has no value, as far as that is known beforehand; empty if nothing is."""
    if metric.needs_labels and embedding.y is None:
        return "no labels"
    if (split == "test" or "transform" in metric.needs) and embedding.Z_test is None:
        return "transductive"
    if split == "test" and not len(embedding.Z_test if embedding.Z_test is not None else ()):
        return "no test points"
    if "inverse" in metric.needs and embedding.squared_error is None:
        return "no inverse"
    if not embedding.is_finite:
        return "not finite"
    if embedding.is_collapsed and not metric.of_any_shape:
        return "all points at one position"
    return ""


def _across(metric: Metric, k: int | None, embeddings: Sequence[Embedding]) -> float:
    assert metric.across is not None
    if len(embeddings) < 2:
        raise UndefinedError("one seed")
    if not all(embedding.has_neighbours for embedding in embeddings):
        raise UndefinedError("an embedding is not finite, or collapsed")
    if len({embedding.Z.shape for embedding in embeddings}) > 1:
        raise UndefinedError("embeddings of different shapes")
    return metric.across(embeddings) if k is None else metric.across(embeddings, k)


def _attempt(metric: Metric, split: Split, k: int | None, compute: Callable[[], Number]) -> list[Value]:
    """Return what `compute` gives, one value or one a part; the reason if it gives no finite number."""
    try:
        number = compute()
    except UndefinedError as error:
        return [Value(metric.key, split, k, None, not_available(str(error)))]
    parts = {"": number} if isinstance(number, float) else number
    return [
        Value(metric.key, split, k, float(value), part=part)
        if np.isfinite(value)
        else Value(metric.key, split, k, None, not_available("not a number"), part)
        for part, value in parts.items()
    ]
