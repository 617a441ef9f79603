"""How much of an embedding is chance: metrics of several seeds, and two embeddings compared that should be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import checks
from bench.metrics.clustering import hdbscan
from bench.metrics.embedding import Embedding
from bench.metrics.metric import metric
from bench.metrics.new_points import shared
from bench.metrics.reference_space import Points

NEIGHBOURS = 15
"""Nearest training points that two embeddings may share."""

_metric = partial(metric, family="stability", splits=("seeds",), needs=("several seeds",))


@_metric(
    "Procrustes residual", higher_is_better=False, unit="share of variance", chance="about 1", reference="Gower 1975"
)
def procrustes_residual(embeddings: Sequence[Embedding]) -> float:
    """Share of the variance in which two seeds' embeddings differ after alignment (Procrustes).

    Islands that have changed places count fully, even if all neighbourhoods are the same.
    """
    from scipy.spatial import procrustes

    return float(np.mean([procrustes(a.positions.T, b.positions.T)[2] for a, b in combinations(embeddings, 2)]))


@_metric("kNN Jaccard", ks=(15,), chance="about k / 2n", reference="Jaccard 1901, k = 15")
def knn_jaccard(embeddings: Sequence[Embedding], k: int) -> float:
    """How many nearest neighbours two seeds' embeddings have in common.

    Blind to where islands lie.

    Shared neighbours over all neighbours, k of each; mean over points and pairs of seeds.
    """
    k = checks.neighbours(k, min((embedding.neighbours.shape[1] for embedding in embeddings), default=0))
    near = [embedding.neighbours[:, :k] for embedding in embeddings]
    return float(np.mean([_jaccard(a, b) for a, b in combinations(near, 2)]))


@dataclass(frozen=True)
class Reproducibility:
    """Two embeddings of the same points compared.

    Attributes
    ----------
    bit_equal : bool
        Whether all coordinates are equal to the last bit, as they are stored: in float32.
    displacement, largest_displacement : float
        Median and largest distance between a point's two positions, in root-mean-square radii of the first embedding's
        training points.
    aligned_displacement : float
        The median after Procrustes alignment of the training points: about 1.2 for embeddings that have nothing in
        common.
    shared_neighbours : float or None
        Share of a point's 15 nearest training points in one that are among its 15 nearest in the other; None of very
        many points.
    cluster_ari : float or None
        Adjusted Rand index (Hubert and Arabie 1985) of HDBSCAN's clusters of training points in one and in the other,
        points of no cluster being one more; None of test points, and where in one of them no two clusters are found, or
        none are looked for.
    """

    bit_equal: bool
    displacement: float
    largest_displacement: float
    aligned_displacement: float
    shared_neighbours: float | None
    cluster_ari: float | None


def compare(first: Embedding, second: Embedding) -> dict[str, Reproducibility]:
    """Return how far apart two embeddings are: of training points under `train`, of test points, if any, under `test`.

    Without finite, not collapsed embeddings of one shape there is nothing to compare, and the result is empty.
    """
    if not (first.has_neighbours and second.has_neighbours and first.Z.shape == second.Z.shape):
        return {}
    from scipy.linalg import orthogonal_procrustes

    (centre, centred), (second_centre, second_centred) = _centred(first.Z), _centred(second.Z)
    rotation, _ = orthogonal_procrustes(second_centred, centred)
    size = float(np.linalg.norm(centred))
    factor = size / float(np.linalg.norm(second_centred))
    radius = size / np.sqrt(len(first.Z))
    positions: dict[Points, tuple[np.ndarray, np.ndarray]] = {"train": (first.Z, second.Z)}
    if first.Z_test is not None and second.Z_test is not None and first.Z_test.shape == second.Z_test.shape:
        positions["test"] = (first.Z_test, second.Z_test)
    found: dict[str, Reproducibility] = {}
    for split, (a, b) in positions.items():
        again = np.asarray(b, np.float64)
        aligned = (again - second_centre) @ rotation * factor + centre
        moved, moved_aligned = (np.linalg.norm(points - a, axis=1) / radius for points in (again, aligned))
        found[split] = Reproducibility(
            bit_equal=a.tobytes() == b.tobytes(),
            displacement=float(np.median(moved)),
            largest_displacement=float(moved.max()),
            aligned_displacement=float(np.median(moved_aligned)),
            shared_neighbours=_shared(first, second, split),
            cluster_ari=_cluster_ari(first, second) if split == "train" else None,
        )
    return found


def _shared(first: Embedding, second: Embedding, split: Points) -> float | None:
    """Return the share of neighbours that both embeddings have in common; None of very many points."""
    try:
        return shared(first.neighbours_of(split), second.neighbours_of(split), NEIGHBOURS)
    except UndefinedError:
        return None


def _cluster_ari(first: Embedding, second: Embedding) -> float | None:
    """Return how far HDBSCAN's clusters of the training points are the same in both embeddings."""
    from sklearn.metrics import adjusted_rand_score

    def found(embedding: Embedding) -> np.ndarray:
        embedding.space.require_all_pairs()
        return embedding.once("hdbscan", lambda: hdbscan(embedding.positions.T))

    try:
        clusters = [found(embedding) for embedding in (first, second)]
    except UndefinedError:
        return None
    return float(adjusted_rand_score(*clusters)) if min(of.max() for of in clusters) > 0 else None


def _centred(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the points and the points around it."""
    Z = np.asarray(Z, np.float64)
    centre = Z.mean(axis=0)
    return centre, Z - centre


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    n_shared = np.zeros(len(a))
    for column in a.T:
        n_shared += (b == column[:, None]).any(axis=1)
    return float(np.mean(n_shared / (2 * a.shape[1] - n_shared)))
