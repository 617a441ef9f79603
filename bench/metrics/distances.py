"""Metrics of distances at large: is the global arrangement kept? Also density, the local size of distances."""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import get_num_threads

from bench.errors import UndefinedError
from bench.metrics import checks, pair_kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.embedding import Embedding
from bench.metrics.grid import Grid
from bench.metrics.metric import metric
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.samples import PAIRS, TRIPLETS, random_pairs, triplets

RADIUS_NEIGHBOURS = 30
GROUP = 2**14
"""Pairs that are sorted at a time, few enough for the processor's cache."""

_metric = partial(metric, family="distances", needs=("original space",))
_correlation = partial(_metric, low=-1, unit="correlation", chance="0")
_OF_CLASSES = {"needs": ("labels", "original space")}


@_correlation("Shepard rank correlation", reference="Spearman 1904, over all pairs")
def shepard_spearman(embedding: Embedding) -> float:
    """Whether far pairs are far and near pairs near, over every pair of points.

    Large distances decide it: nearly all pairs are far apart.

    Exact with average ranks if all pairs fit into memory; beyond, distances count as equal that agree in the first
    12 bits, which changes the value by less than 1e-5.
    """
    if embedding.is_sampled:
        return _spearman_of(*_random_pairs(embedding))
    return _of_pairs(embedding) if embedding.space.fits else float(_streamed(embedding)[3])


@_metric(
    "stress, scale-normalised",
    higher_is_better=False,
    unit="relative error",
    chance="depends on the data",
    reference="Smelser, Miller and Kobourov 2024",
)
def stress(embedding: Embedding) -> float:
    r"""Relative error of distances at the scale that suits the embedding best.

    Large distances decide it; what preserves neighbours by distorting distances scores badly.

    .. math:: \min_\alpha \sqrt{\frac{\sum_{i<j} (d_{ij} - \alpha e_{ij})^2}{\sum_{i<j} d_{ij}^2}}
        = \sqrt{1 - \frac{(\sum d_{ij} e_{ij})^2}{\sum d_{ij}^2 \sum e_{ij}^2}}
    """
    if embedding.is_sampled:
        squared, other = _random_pairs(embedding)
        products, d2, e2 = (float(values.sum()) for values in (np.sqrt(squared * other), squared, other))
    elif embedding.space.fits:
        sums = np.empty((embedding.space.n, 3))
        in_chunks(pair_kernels.stress_rows, embedding.positions, embedding.space.pairs["squared"], sums)
        products, d2, e2 = sums.sum(axis=0)
    else:
        products, d2, e2, _ = _streamed(embedding)
    if d2 == 0:
        raise UndefinedError("all points equal in the data")
    return float(np.sqrt(max(0.0, 1 - products * products / (d2 * e2))))


@_metric(
    "triplet accuracy", chance="0.5", reference="Wang, Huang, Rudin and Shaposhnik 2021; 20 fixed triplets a point"
)
def triplet_accuracy(embedding: Embedding) -> float:
    """How often the nearer of two random points is still the nearer one.

    Random points are far apart: blind to neighbourhoods.

    Triplets that tie in the original space are left out; one that ties in the embedding counts half.
    """
    if embedding.space.n < 3:
        raise UndefinedError("too few points")
    order, found = embedding.by_row(_orders, "triplets").reshape(-1, 2).T
    decided = order != 0
    if not decided.any():
        raise UndefinedError("all points equal in the data")
    return float(np.mean((1 + order[decided] * found[decided]) / 2))


@_correlation(
    "class-distance correlation", reference="Kobak and Berens 2019, after their class preservation", **_OF_CLASSES
)
def centroid_spearman(embedding: Embedding) -> float:
    """Whether classes that are alike in the original space lie close together.

    Ten classes give 45 distances, and a mean need not be where its class is.
    """
    from scipy.stats import spearmanr

    embedded, original = centroid_distances(embedding)
    upper = np.triu_indices(len(embedded), 1)
    if len(upper[0]) < 3:
        raise UndefinedError("fewer than 3 classes")
    if np.ptp(embedded[upper]) == 0 or np.ptp(original[upper]) == 0:
        raise UndefinedError("all distances equal")
    return float(spearmanr(embedded[upper], original[upper]).statistic)


@_metric("KNC", ks=(4,), chance="k / (number of classes - 1)", reference="Kobak and Berens 2019", **_OF_CLASSES)
def nearest_classes(embedding: Embedding, k: int) -> float:
    """Share of each class's nearest other classes that stay its nearest.

    Few classes, few values; a mean need not be where its class is.
    """
    k, both = checks.neighbours(k, embedding.space.n), centroid_distances(embedding)
    itself = np.diag(np.full(len(both[0]), np.inf))
    embedded, original = ((distances + itself).argsort(axis=1, kind="stable")[:, :k] for distances in both)
    if len(embedded) - 1 <= k:
        raise UndefinedError(f"fewer than {k + 2} classes")
    return float(np.mean([len(set(e) & set(o)) / k for e, o in zip(embedded, original, strict=True)]))


@_correlation("density correlation", reference="Narayan, Berger and Cho 2021, k = 30")
def density_correlation(embedding: Embedding) -> float:
    """Whether crowded regions of the data are crowded in the embedding.

    Most methods equalise densities by design.

    Correlation of the logarithms of local radii. A radius is the root of the mean squared distance to the 30 nearest
    neighbours, in each space its own. Points with as many copies of themselves have none and are left out.
    """
    if embedding.space.n <= RADIUS_NEIGHBOURS:
        raise UndefinedError("too few points")
    radii = embedding.by_row(_radii_in_data, "radii in the data")
    embedded = embedding.by_row(_radii_in_embedding, "radii")
    known = (radii > 0) & (embedded > 0)
    if known.sum() < 3 or np.ptp(radii[known]) == 0 or np.ptp(embedded[known]) == 0:
        raise UndefinedError("no radii to compare")
    return float(np.corrcoef(np.log(radii[known]), np.log(embedded[known]))[0, 1])


def _orders(embedding: Embedding) -> np.ndarray:
    """Return of each row's triplets which point is nearer, in the data and in the embedding, as signs."""
    space, Z = embedding.space, embedding.positions.T
    anchor, a, b = triplets(space.n, embedding.rows())
    order = embedding.of_data(
        "triplets", lambda: np.sign(space.squared_distances(anchor, b) - space.squared_distances(anchor, a))
    )
    found = np.sign(_squared(Z[anchor] - Z[b]) - _squared(Z[anchor] - Z[a]))
    return np.stack([order, found], axis=1).reshape(-1, TRIPLETS, 2)


def _random_pairs(embedding: Embedding) -> tuple[np.ndarray, np.ndarray]:
    """Return the squared distances of random pairs in the data and in the embedding."""
    squared, other = embedding.by_row(_squared_of_pairs, "pairs", "pairs").reshape(-1, 2).T
    return squared, other


def _squared_of_pairs(embedding: Embedding) -> np.ndarray:
    space, Z = embedding.space, embedding.positions.T
    n_rows = len(np.arange(space.n)[embedding.rows()])
    i, j = random_pairs(space.n, n_rows * PAIRS)
    both = np.stack([space.squared_distances(i, j), _squared(Z[i] - Z[j])], axis=1)
    return both.reshape(n_rows, PAIRS, 2)


def _spearman_of(values: np.ndarray, others: np.ndarray) -> float:
    from scipy.stats import spearmanr

    if np.ptp(values) == 0 or np.ptp(others) == 0:
        raise UndefinedError("all distances equal")
    return float(spearmanr(values, others).statistic)


def _squared(differences: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", differences, differences, dtype=np.float64)


def centroid_distances(embedding: Embedding) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances between class means in the embedding and in the original space, the largest of each 1."""
    space, y = embedding.space, embedding.labels()
    if len(np.unique(y)) < 2:
        raise UndefinedError("one class")
    return _between_means(embedding.positions.T, y), space.once("centroids", lambda: _between_means(Grid(space), y))


def _between_means(points: np.ndarray | Grid, y: np.ndarray) -> np.ndarray:
    means = np.stack([points[y == label].mean(axis=0, dtype=np.float64) for label in np.unique(y)])
    distances = np.linalg.norm(means[:, None] - means, axis=2)
    # Rounded, so that distances which tie do not differ by how their means were rounded.
    return np.round(distances / max(distances.max(), np.finfo(float).tiny), 9)


def _radii(squared: np.ndarray) -> np.ndarray:
    """Return the root of the mean of each point's squared distances to its neighbours."""
    return np.sqrt(squared.reshape(-1, RADIUS_NEIGHBOURS).mean(axis=1))


def _radii_in_data(embedding: Embedding) -> np.ndarray:
    space, rows = embedding.space, _repeated(embedding)
    near = embedding.neighbours_in_data("train")[:, :RADIUS_NEIGHBOURS]
    return embedding.of_data("radii", lambda: _radii(space.squared_distances(rows, near.ravel())))


def _radii_in_embedding(embedding: Embedding) -> np.ndarray:
    Z, rows = embedding.positions.T, _repeated(embedding)
    return _radii(_squared(Z[rows] - Z[embedding.neighbours[:, :RADIUS_NEIGHBOURS].ravel()]))


def _repeated(embedding: Embedding) -> np.ndarray:
    return np.repeat(np.arange(embedding.space.n)[embedding.rows()], RADIUS_NEIGHBOURS)


def _of_pairs(embedding: Embedding) -> float:
    """Return the rank correlation of distances over all pairs, exact, ties sharing the average of their ranks.

    Pairs are brought into groups of near distances, each of which is sorted by itself.
    """
    space, positions = embedding.space, embedding.positions
    in_data = space.pairs["doubled_ranks"]
    counts = np.zeros((get_num_threads(), pair_kernels.N_KEYS), np.int32)
    in_chunks(pair_kernels.count_keys, positions, counts)
    of_key = np.cumsum(counts.sum(axis=0, dtype=np.int64))
    group_of = (of_key // GROUP).astype(np.int32)
    n_groups = int(group_of[-1]) + 1
    in_group = np.stack([np.bincount(group_of, weights=row, minlength=n_groups) for row in counts]).astype(np.int64)
    starts = np.append(0, np.cumsum(in_group.sum(axis=0)))
    next_free = starts[:-1] + np.cumsum(in_group, axis=0) - in_group
    values, others = space.workspace
    in_chunks(pair_kernels.scatter_pairs, positions, in_data, group_of, next_free, values, others)
    sums = np.zeros((n_groups, 2))
    in_chunks(pair_kernels.covary_groups, values, others, starts, float(len(in_data) + 1), sums)
    covariance, ties = sums.sum(axis=0)
    ties_of_data = space.once("ties", lambda: _ties(in_data))
    return _spearman(covariance / 4, ties_of_data, ties, len(in_data))


def _ties(doubled_ranks: np.ndarray) -> float:
    """Return the sum of t^3 - t over every t pairs that share a distance."""
    # The doubled average rank of t pairs after c smaller ones is 2c + t + 1, and each pair's rank is spread evenly:
    # sum of squares about the mean = (N^3 - N - ties) / 12.
    n, mean = len(doubled_ranks), len(doubled_ranks) + 1
    squares = 0.0
    for start in range(0, n, 2**22):
        part = doubled_ranks[start : start + 2**22].astype(np.float64) - mean
        squares += float(part @ part) / 4
    return float(n) ** 3 - n - 12 * squares


def _spearman(covariance: float, ties: float, other_ties: float, n: int) -> float:
    """Return Spearman's correlation from the covariance of average ranks; ties are sums of t^3 - t."""
    whole = float(n) ** 3 - n
    if ties >= whole or other_ties >= whole or n < 2:
        raise UndefinedError("all distances equal")
    return float(12 * covariance / np.sqrt((whole - ties) * (whole - other_ties)))


def _streamed(embedding: Embedding) -> np.ndarray:
    """Return the sums of stress and the rank correlation, with no more than a block of rows in memory at a time."""
    return embedding.once("streamed", lambda: _stream(embedding))


def _stream(embedding: Embedding) -> np.ndarray:
    space, n_chunks = embedding.space, get_num_threads()
    n_pairs = space.n * (space.n - 1) // 2
    in_data = space.once("keys", lambda: _keys_of_data(space))
    doubled = 2.0 * np.cumsum(in_data) - in_data + 1 - (n_pairs + 1)
    counts = np.zeros((n_chunks, pair_kernels.N_KEYS), np.int64)
    ranks, sums = np.zeros(counts.shape), np.zeros((space.n, 3))
    for rows, products in space.product_blocks(space.points):
        block = (products, space.norms, rows.start)
        in_chunks(pair_kernels.stream_rows, embedding.positions, *block, doubled, counts, ranks, sums)
    count = counts.sum(axis=0).astype(np.float64)
    embedded = 2.0 * np.cumsum(count) - count + 1 - (n_pairs + 1)
    covariance = float(embedded @ ranks.sum(axis=0)) / 4
    ties, other_ties = (float(np.sum(c**3 - c)) for c in (in_data.astype(np.float64), count))
    return np.append(sums.sum(axis=0), _spearman(covariance, ties, other_ties, n_pairs))


def _keys_of_data(space: ReferenceSpace) -> np.ndarray:
    counts = np.zeros((get_num_threads(), pair_kernels.N_KEYS), np.int64)
    for rows, products in space.product_blocks(space.points):
        in_chunks(pair_kernels.count_product_keys, products, space.norms, rows.start, counts)
    return counts.sum(axis=0)
