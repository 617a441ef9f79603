"""Feed every public function of the metrics with arrays that nobody should hand in; run as a program of its own.

Compiled code checks nothing: what slips through ends the process, which the test that starts this program notices.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.metrics import (
    METRICS,
    REFERENCES,
    Embedding,
    ReferenceSpace,
    clustering,
    corank_together,
    distances,
    evaluate,
    evaluate_across,
    functions,
    labels,
    latent,
    neighbourhood,
    new_points,
    reference_values,
    stability,
)
from bench.metrics.coranking import corank
from bench.metrics.measure import Subject
from bench.metrics.measures import MEASURES
from bench.metrics.reference_space import doubled_ranks
from tests.bench.metrics.data import dataset

N, N_TEST, N_FEATURES = 200, 30, 3
SHAPES = [
    (N, 2),
    (N, 1),
    (N, 3),
    (10, 2),
    (0, 2),
    (N, 0),
    (N,),
    (N, 2, 2),
    (),
    (1, 2),
    (N + 1, 2),
    (N_TEST, 2),
    (N, 70),
]
SHAPES += [(N_TEST, 1), (N_TEST,), (0,), (N, N_FEATURES), (N_TEST, N_FEATURES), (N_TEST + 1, 2)]
VALUES = [0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e149, 1e160, -1.7e308, 3e38, 5e-324, 1e-300, 2.0**63]
TYPES = ["f8", "f4", "f2", "g", "i8", "u1", "?", "O", "U5", "c16", "M8[s]", ">f8", "V4"]
KS: list[Any] = [-1, 0, 1, 5, 15, 29, 30, 31, 99, 100, 101, 150, 199, 200, 2**70, 2.5, "5", None, True, np.int32(3)]


@cache
def spaces() -> tuple[ReferenceSpace, ...]:
    """Return a space whose ranks fit into memory, one whose ranks do not, and one without labels and test points."""
    rng = np.random.RandomState(0)
    X, X_test = rng.randint(0, 256, (N, N_FEATURES)), rng.randint(0, 256, (N_TEST, N_FEATURES))
    known = dataset(X, rng.randint(0, 3, N), X_test, y_test=rng.randint(0, 4, N_TEST))
    return ReferenceSpace(known), ReferenceSpace(known, memory=0), ReferenceSpace(dataset(X))


@st.composite
def arrays(draw: st.DrawFn, *shapes: tuple[int, ...]) -> Any:
    """Return an array, mostly of one of these shapes, that is wrong in one way or several, or none."""
    shape = draw(st.sampled_from([*shapes * 150, *SHAPES]))
    Z: Any = np.random.RandomState(draw(st.integers(0, 9))).standard_normal(shape) * draw(
        st.sampled_from([1, 0, 1e300])
    )
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        if Z.size:
            Z.flat[draw(st.integers(0, Z.size - 1))] = draw(st.sampled_from(VALUES))
    if draw(st.integers(0, 3)):
        return Z
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            Z = np.asarray(Z).astype(draw(st.sampled_from(TYPES)))
        except (TypeError, ValueError):
            return None
    Z = np.asarray(Z)
    look = draw(st.sampled_from(["", "Fortran", "strided", "read-only", "list", "ragged", "masked"]))
    if look == "Fortran":
        return np.asfortranarray(Z)
    if look == "strided":
        return np.repeat(Z, 2, axis=0)[::2] if Z.ndim else Z
    if look == "read-only":
        Z.flags.writeable = False
    if look == "masked":
        return np.ma.masked_less(Z, 0) if Z.dtype.kind in "fiu" else Z
    return Z.tolist() if look == "list" else [Z.tolist(), [1, 2]] if look == "ragged" else Z


def attempt(function: Callable[..., object], *arguments: Any, **named: Any) -> Any:
    """Call it; what comes out is a value, or an error of one sentence."""
    try:
        return function(*arguments, **named)
    except (BenchError, ValueError) as error:
        said = str(error)
    assert said and len(said) < 1_000, said
    return None


@st.composite
def embeddings(draw: st.DrawFn) -> Embedding | None:
    """Return an embedding, if these arrays make one."""
    space = draw(st.sampled_from(spaces()))
    maybe = st.one_of(st.none(), arrays((N_TEST, 2)))
    Z, Z_test, few = draw(arrays((N, 2))), draw(maybe), draw(maybe)
    refit, error = draw(st.one_of(st.none(), arrays((N, 2), (10, 2)))), draw(st.one_of(st.none(), arrays((N_TEST,))))
    found: Embedding | None = attempt(Embedding, space, Z, Z_test, error, refit, few, few)
    return found


quick = settings(
    max_examples=int(os.environ.get("HOSTILE_EXAMPLES", "150")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@quick
@given(
    data=arrays((N, 3)),
    Z=arrays((N, 2)),
    y=arrays((N,)),
    test=st.tuples(arrays((N_TEST, 3)), arrays((N_TEST, 2))),
    k=st.sampled_from(KS),
)
def plain_functions(data: Any, Z: Any, y: Any, test: tuple[Any, Any], k: Any) -> None:
    """Call functions of arrays."""
    attempt(functions.space_of, data, y, test[0], y)
    if not isinstance(Z, list):
        attempt(functions.score, data, Z, y, *test)
    for name in ("trustworthiness", "continuity", "knn_recall", "r_nx_auc", "shepard_spearman", "stress"):
        attempt(getattr(functions, name), spaces()[0], Z, k)
        attempt(getattr(functions, name), data, Z)
    for name in ("triplet_accuracy", "density_correlation", "r_nx"):
        attempt(getattr(functions, name), spaces()[0], Z)
    for name in ("knn_accuracy", "neighbourhood_hit", "silhouette", "distance_consistency", "kmeans_ari"):
        attempt(getattr(functions, name), Z, spaces()[0].dataset.y, k)
        attempt(getattr(functions, name), Z, y)
    attempt(functions.procrustes_residual, Z, data)
    attempt(functions.knn_jaccard, Z, data, Z, k=k)


OF_K = [labels.knn_accuracy, labels.neighbourhood_hit, labels.correct, labels.confusion]
OF_K += [neighbourhood.knn_recall, neighbourhood.trustworthiness]  # type: ignore[list-item]
OF_K_ALONE = [neighbourhood.continuity, neighbourhood.mrre_false, neighbourhood.mrre_missing, neighbourhood.lcmc]
OF_K_ALONE += [neighbourhood.local_scores, distances.nearest_classes]  # type: ignore[list-item]
OF_K_ALONE += [
    value
    for name, value in vars(new_points).items()
    if name.endswith(("knn_recall", "unseen_taken_for", "largest_share"))
]
ALONE = [labels.davies_bouldin, labels.calinski_harabasz, labels.label_continuity, labels.label_trustworthiness]
ALONE += [distances.stress, distances.shepard_spearman, distances.triplet_accuracy, distances.centroid_spearman]
ALONE += [distances.density_correlation, latent.active_units, latent.collapse, neighbourhood.r_nx_auc]
ALONE += [latent.axis_std, labels.distance_consistency, clustering.kmeans_ami, clustering.hdbscan_ari]  # type: ignore[list-item]
ALONE += [
    value
    for name, value in vars(new_points).items()
    if name.startswith(("refit_d", "few_d", "alone_d", "unseen_auc", "recon"))
]


@quick
@given(one=embeddings(), other=embeddings(), k=st.sampled_from(KS), raw=arrays((2, N), (2, N_TEST)))
def embeddings_of_anything(one: Embedding | None, other: Embedding | None, k: Any, raw: Any) -> None:
    """Call functions of an embedding, and those below them that take positions."""
    if one is None or other is None:
        return
    for of in ("train", "test"):
        for function in OF_K:
            attempt(function, one, k, of)
        for of_points in (labels.silhouette, labels.silhouette_of_classes):
            attempt(of_points, one, of)
        attempt(one.class_sums, of)
    for alone in OF_K_ALONE:
        attempt(alone, one, k)
    for alone in ALONE:
        attempt(alone, one)
    attempt(stability.procrustes_residual, [one, other])
    attempt(stability.knn_jaccard, [one, other], k)
    attempt(stability.compare, one, other)
    attempt(corank_together, [one, other])
    attempt(corank, one.space, [raw])
    for first in (-1, 0, N - 5):
        attempt(one.nearest, raw, first)
    attempt(one.as_positions, raw)
    for value in (*evaluate(one), *evaluate_across([one, other])):
        assert value.reason if value.value is None else METRICS[value.score].allows(value.value), value
    for kind in MEASURES.keys() - {"kmeans_by_silhouette"}:
        attempt(MEASURES[kind].compute, Subject(one.space, {"train": one.Z}))


@quick
@given(raw=arrays((N,), (N, 5), (N, N_FEATURES)), other=arrays((N,)), k=st.sampled_from(KS))
def raw_arrays(raw: Any, other: Any, k: Any) -> None:
    """Call what takes arrays, and make spaces of them."""
    array = np.asarray(raw) if not isinstance(raw, list) else np.zeros(3)
    attempt(labels.majority, array)
    attempt(doubled_ranks, array)
    attempt(spaces()[0].squared_distances, array, array[::-1] if array.ndim else array)
    known = spaces()[0].dataset
    for fields in ({"X": array}, {"X_test": array}, {"y": array}, {"y_test": array}, {"levels": k}, {"levels": 2**60}):
        if space := attempt(ReferenceSpace, replace(known, **fields) if not isinstance(k, str) else known):
            for name in ("neighbours", "test_neighbours"):
                attempt(getattr, space, name)
            if one := attempt(Embedding, space, np.zeros((N, 2)) + np.arange(N)[:, None]):
                evaluate(one)
            for reference in REFERENCES:
                attempt(reference_values, space, reference, ["stress", "silhouette", "knn_accuracy"])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable()
    for check in (plain_functions, embeddings_of_anything, raw_arrays):
        check()  # type: ignore[call-arg]
