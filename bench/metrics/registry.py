"""The table of metrics, from which tables and the command line explain themselves, and how they are evaluated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np

import reducers
from bench.errors import UndefinedError
from bench.metrics import clustering, distances, labels, latent, neighbourhood, new_points, stability
from bench.metrics.anchored_data import ShuffledByAnchors, UnreducedByAnchors
from bench.metrics.anchors import Anchored, by_anchors
from bench.metrics.embedding import Embedding, Rows, ShuffledLabels, Unreduced
from bench.metrics.metric import DEFINED, Metric, Split, Value, not_available
from bench.metrics.reference_space import ReferenceSpace
from reducers.rows import blocks

FAMILIES = (neighbourhood, labels, clustering, distances, new_points, latent, stability)
METRICS = {
    metric.key: metric for family in FAMILIES for metric in DEFINED if metric.function.__module__ == family.__name__
}
"""Every metric by its key, family by family."""

log = logging.getLogger(__name__)

UNEXPECTED = (ArithmeticError, LookupError, TypeError, ValueError)
"""What libraries raise of an embedding that nobody thought of: it costs that score, and no other."""
UNSCORED = "cannot be scored"
"""How the reason begins that stored arrays are no embedding of their data."""
PCA_COMPONENTS = 50
MAX_VALUES = 2**28
"""Values of the data up to which references are computed that are as large as the data themselves."""

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
    """Return scores of an embedding on both splits; if one has no value, with the reason.

    A score that cannot be computed, for whatever is odd in this embedding, has none either. By anchors, they have
    standard errors.
    """
    if isinstance(embedding, Anchored):
        return [replace(value, standard_error=error) for value, error in evaluate_by_anchors(embedding, keys)]
    return [value for case in _cases(keys) for value in _values(*case, embedding, obstacle(*case[:2], embedding))]


def evaluate_by_anchors(embedding: Anchored, keys: Iterable[str] = METRICS) -> list[tuple[Value, float | None]]:
    """Return scores of an embedding, each with its standard error; None if it has no value, or no error is known.

    The error is 0 where a score looked at all points.
    """
    cases = ((case, obstacle(*case[:2], embedding)) for case in _cases(keys))
    return [one for case, why in cases for one in _with_errors(*case, [embedding], why, itemgetter(0))]


def _with_errors(
    metric: Metric,
    split: Split,
    k: int | None,
    embeddings: Sequence[Anchored],
    why: str,
    subject: Callable[[Sequence[Anchored]], object],
) -> list[tuple[Value, float | None]]:
    """Return what a metric gives of the `subject` that embeddings are, and how far that is from all points."""
    whole = [one.part({}, looked_at=set()) for one in embeddings]
    values = _values(metric, split, k, subject(whole), why)
    looked_at: set[Rows] = set().union(*(one.looked_at for one in whole))
    if not any(value.value is not None for value in values) or not embeddings[0].varies(looked_at):
        return [(value, None if value.value is None else 0.0) for value in values]
    parts = zip(*(one.parts for one in embeddings), strict=True)
    without = [{one.part: one.value for one in _values(metric, split, k, subject(part), "")} for part in parts]

    def error(value: Value) -> float | None:
        others = [of_part.get(value.part) for of_part in without]
        known = [other for other in others if other is not None]
        if value.value is None or len(known) < len(others):
            return None
        return embeddings[0].standard_error(looked_at, value.value, known)

    return [(value, error(value)) for value in values]


def no_values(reason: str, keys: Iterable[str] = METRICS) -> list[Value]:
    """Return that there are no scores of an embedding, and why."""
    return [Value(metric.key, split, k, None, not_available(reason)) for metric, split, k in _cases(keys)]


def evaluate_across(embeddings: Sequence[Embedding], keys: Iterable[str] = METRICS) -> list[Value]:
    """Return the scores over the embeddings of several seeds."""
    why = obstacle_across(embeddings)
    cases = [(METRICS[key], k) for key in keys if METRICS[key].splits == ("seeds",) for k in METRICS[key].ks]
    sampled = [one for one in embeddings if isinstance(one, Anchored)]
    if not sampled:
        return [value for metric, k in cases for value in _values(metric, "seeds", k, embeddings, why)]
    found = (one for metric, k in cases for one in _with_errors(metric, "seeds", k, sampled, why, list))
    return [replace(value, standard_error=error) for value, error in found]


def reference_values(
    space: ReferenceSpace,
    name: str,
    keys: Iterable[str] = METRICS,
    anchors: Mapping[Rows, np.ndarray] | None = None,
) -> list[Value]:
    """Return the scores of one of `REFERENCES`, which other values are compared with, by anchors if there are any.

    `pixels`, the data without any reduction, and `shuffled-labels`, the same with labels shuffled, have the scores of
    labels only: they are their own original space. `pca-50` has all, and so has `lda`, the ceiling of linear maps:
    linear discriminant analysis is fitted with the labels, which no reducer of a study ever sees.
    """
    if name != "pca-50" and space.n * space.dataset.X.shape[1] > MAX_VALUES:
        return no_values("too many points", keys)  # it would take several copies of them in float64
    if name in ("pca-50", "lda"):
        try:
            embedding = _pca(space) if name == "pca-50" else _lda(space)
        except UNEXPECTED as error:
            log.warning("%s of these data cannot be fitted: %r", REFERENCES[name], error)
            return no_values(f"cannot be fitted: {type(error).__name__}", keys)
        return evaluate(embedding if anchors is None else by_anchors(embedding, anchors), keys)
    of_labels = [key for key in keys if METRICS[key].needs == ("labels",)]
    if anchors is not None:
        by = UnreducedByAnchors if name == "pixels" else ShuffledByAnchors
        return evaluate(by(space, space.points, space.test_points, anchors=anchors), of_labels)
    kind = Unreduced if name == "pixels" else ShuffledLabels
    return evaluate(kind(space, space.points, space.test_points), of_labels)


def _pca(space: ReferenceSpace) -> Embedding:
    from sklearn.decomposition import PCA

    data = space.dataset
    if data.in_place is not None:
        return _pca_in_blocks(space)
    pca = PCA(min(PCA_COMPONENTS, *data.X.shape), svd_solver="covariance_eigh").fit(data.X)
    if not len(data.X_test):
        return Embedding(space, pca.transform(data.X))
    Z_test = pca.transform(data.X_test)
    error = np.square(pca.inverse_transform(Z_test) - data.X_test).sum(axis=1, dtype=np.float64)
    return Embedding(space, pca.transform(data.X), Z_test, error)


def _pca_in_blocks(space: ReferenceSpace) -> Embedding:
    """Return the components of data that are mapped, which scikit-learn would copy."""
    data = space.dataset
    pca = reducers.create("pca", n_components=min(PCA_COMPONENTS, *data.X.shape)).fit(data.X)
    if not len(data.X_test):
        return Embedding(space, pca.embedding_)
    Z_test, error = pca.transform(data.X_test), np.empty(len(data.X_test))
    for rows, block in blocks(data.X_test):
        error[rows] = np.square(pca.inverse_transform(Z_test[rows]) - block).sum(axis=1, dtype=np.float64)
    return Embedding(space, pca.embedding_, Z_test, error)


def _lda(space: ReferenceSpace) -> Embedding:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    data = space.dataset
    lda = LinearDiscriminantAnalysis(n_components=min(2, len(data.classes) - 1)).fit(data.X, data.y)
    Z_test = lda.transform(data.X_test) if len(data.X_test) else None
    return Embedding(space, lda.transform(data.X), Z_test)


def _cases(keys: Iterable[str]) -> list[tuple[Metric, Split, int | None]]:
    metrics = [METRICS[key] for key in keys]
    return [(metric, split, k) for metric in metrics for split in metric.splits if split != "seeds" for k in metric.ks]


def obstacle(metric: Metric, split: Split, embedding: Embedding) -> str:
    """Return why the metric has no value, as far as that is known beforehand; empty if nothing is."""
    if "labels" in metric.needs and embedding.y is None:
        return "no labels"
    if (split == "test" or "transform" in metric.needs) and embedding.Z_test is None:
        return "transductive"
    if split == "test" and embedding.Z_test is not None and not len(embedding.Z_test):
        return "no test points"
    if "inverse" in metric.needs and embedding.squared_error is None:
        return "no inverse"
    if not embedding.is_finite:
        return "not finite"
    if embedding.is_collapsed and not metric.of_any_shape:
        return "all points at one position"
    return ""


def obstacle_across(embeddings: Sequence[Embedding]) -> str:
    """Return why embeddings cannot be compared; empty if they can."""
    if len(embeddings) < 2:
        return "one seed"
    if not all(embedding.has_neighbours for embedding in embeddings):
        return "an embedding is not finite, or collapsed"
    return "embeddings of different shapes" if len({embedding.Z.shape for embedding in embeddings}) > 1 else ""


def _values(metric: Metric, split: Split, k: int | None, of: object, why: str) -> list[Value]:
    """Return what the metric gives, one value or one a part; the reason if it gives no finite number."""
    arguments = ([] if k is None else [k]) + ([split] if len(metric.splits) > 1 else [])
    try:
        if why:
            raise UndefinedError(why)
        number = metric.function(of, *arguments)
    except UndefinedError as error:
        return [Value(metric.key, split, k, None, not_available(str(error)))]
    except UNEXPECTED as error:
        log.warning("%s of an embedding cannot be computed: %r", metric.key, error)
        return [Value(metric.key, split, k, None, not_available(f"cannot be computed: {type(error).__name__}"))]
    parts = {"": number} if isinstance(number, float) else number
    return [
        Value(metric.key, split, k, float(value), part=part)
        if metric.allows(float(value))
        else Value(metric.key, split, k, None, not_available(f"computed as {float(value):g}"), part)
        for part, value in parts.items()
    ]
