"""The table of scores, from which tables and the command line explain themselves, and how values come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from bench.scores import clusters, distances, held_out, labels, latent, neighbourhood, stability, unseen
from bench.scores.case import Case, Shuffled, Unreduced
from bench.scores.original import Original
from bench.scores.score import Number, Score, Split, UndefinedError, Value

SCORES = {
    score.key: score
    for family in (neighbourhood, labels, clusters, distances, held_out, unseen, latent, stability)
    for score in family.RECORDS
}

OF_ANY_SHAPE = ("axis_std", "active_units", "collapse", "reconstruction_mse", "reconstruction_r2")
"""Scores that say something of an embedding with all points at one place; where they lie says nothing then."""

PCA_COMPONENTS = 50

REFERENCES = {
    "pixels": "no reduction",
    "shuffled-labels": "labels shuffled",
    "pca-50": f"PCA, {PCA_COMPONENTS} components",
    "lda": "LDA (sees labels)",
}
"""Rows that are no embedding of a study, with their labels in tables."""

NEED_LABELS = ("pixels", "shuffled-labels", "lda")
"""Those that cannot be had without labels."""


def evaluate(case: Case, keys: Iterable[str] = SCORES) -> list[Value]:
    """Return scores of an embedding on both splits; where one is not to be had, with the reason."""
    scores = [SCORES[key] for key in keys]
    return [
        value
        for score in scores
        for split in score.splits
        if split != "seeds"
        for k in score.ks
        for value in _values(score, split, k, case)
    ]


def evaluate_across(cases: Sequence[Case], keys: Iterable[str] = SCORES) -> list[Value]:
    """Return the scores of the embeddings of several seeds."""
    scores = [SCORES[key] for key in keys if SCORES[key].across is not None]
    return [
        value
        for score in scores
        for k in score.ks
        for value in _attempt(score, "seeds", k, lambda: _across(score, k, cases))  # noqa: B023 - called at once
    ]


def reference_values(original: Original, name: str, keys: Iterable[str] = SCORES) -> list[Value]:
    """Return a row of `REFERENCES` that other values are read against.

    `pixels`, the data without any reduction, and `shuffled-labels`, the same with labels dealt out anew, have the
    scores of labels only: they are their own original space. `pca-50` has all, and so has `lda`, the ceiling of
    linear maps: linear discriminant analysis is fitted with the labels, which no reducer of a study ever sees.
    """
    if name in ("pca-50", "lda"):
        return evaluate(_pca(original) if name == "pca-50" else _lda(original), keys)
    of_labels = [key for key in keys if SCORES[key].needs == ("labels",)]
    kind = Unreduced if name == "pixels" else Shuffled
    return evaluate(kind(original, original.points, original.held_out), of_labels)


def _pca(original: Original) -> Case:
    from sklearn.decomposition import PCA

    data = original.dataset
    pca = PCA(min(PCA_COMPONENTS, *data.X.shape), svd_solver="covariance_eigh").fit(data.X)
    if not len(data.X_test):
        return Case(original, pca.transform(data.X))
    Z_test = pca.transform(data.X_test)
    error = np.square(pca.inverse_transform(Z_test) - data.X_test).sum(axis=1, dtype=np.float64)
    return Case(original, pca.transform(data.X), Z_test, error)


def _lda(original: Original) -> Case:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    data = original.dataset
    lda = LinearDiscriminantAnalysis(n_components=min(2, len(data.classes) - 1)).fit(data.X, data.y)
    Z_test = lda.transform(data.X_test) if len(data.X_test) else None
    return Case(original, lda.transform(data.X), Z_test)


def _values(score: Score, split: Split, k: int | None, case: Case) -> list[Value]:
    function = score.fit if split == "fit" else score.test
    assert function is not None
    reason = _hindrance(score, split, case)
    if reason:
        return [Value(score.key, split, k, None, f"n/a ({reason})")]
    return _attempt(score, split, k, lambda: function(case, k))


def _hindrance(score: Score, split: Split, case: Case) -> str:
    """Return why the score cannot be had, as far as that is known beforehand; empty where nothing is in the way."""
    if score.needs_labels and case.y is None:
        return "no labels"
    if (split == "test" or "transform" in score.needs) and case.Z_test is None:
        return "transductive"
    if split == "test" and not len(case.Z_test if case.Z_test is not None else ()):
        return "nothing held out"
    if "inverse" in score.needs and case.squared_error is None:
        return "no inverse"
    if not case.is_finite:
        return "not finite"
    if case.is_collapsed and score.key not in OF_ANY_SHAPE:
        return "all points at one place"
    return ""


def _across(score: Score, k: int | None, cases: Sequence[Case]) -> float:
    assert score.across is not None
    if len(cases) < 2:
        raise UndefinedError("one seed")
    if any(not case.is_finite or case.is_collapsed for case in cases):
        raise UndefinedError("an embedding is not finite, or all at one place")
    if len({case.Z.shape for case in cases}) > 1:
        raise UndefinedError("embeddings of different shapes")
    return score.across(cases, k)


def _attempt(score: Score, split: Split, k: int | None, compute: Callable[[], Number]) -> list[Value]:
    """Return what `compute` gives, one value or one a part; the reason where it gives no finite number."""
    try:
        number = compute()
    except UndefinedError as error:
        return [Value(score.key, split, k, None, f"n/a ({error})")]
    parts = {"": number} if isinstance(number, float) else number
    values = [Value(score.key, split, k, float(value), part=part) for part, value in parts.items()]
    return [v if np.isfinite(v.value or 0.0) else replace(v, value=None, reason="n/a (not a number)") for v in values]
