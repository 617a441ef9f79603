"""Metrics of distances at large: is the global arrangement kept? Also density, the local size of distances."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import correlation, pair_kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.embedding import Embedding
from bench.metrics.metric import Metric

TRIPLETS = 20
"""Triplets of each point."""
TRIPLET_SEED = 0
"""The same triplets for every embedding, so that embeddings do not differ by the triplets that were drawn."""
RADIUS_NEIGHBOURS = 30


def shepard_spearman(embedding: Embedding) -> float:
    """Rank correlation of distances in the two spaces over every pair of points (Spearman 1904).

    Exact with average ranks if all pairs fit into memory; beyond, distances count as equal that agree in the first
    12 bits, which changes the value by less than 1e-5.
    """
    return correlation.of_pairs(embedding) if embedding.space.fits else float(correlation.streamed(embedding)[3])


def stress(embedding: Embedding) -> float:
    r"""Normalised stress at the scale that suits the embedding best (Smelser, Miller and Kobourov 2024).

    .. math:: \min_\alpha \sqrt{\frac{\sum_{i<j} (d_{ij} - \alpha e_{ij})^2}{\sum_{i<j} d_{ij}^2}}
        = \sqrt{1 - \frac{(\sum d_{ij} e_{ij})^2}{\sum d_{ij}^2 \sum e_{ij}^2}}
    """
    if embedding.space.fits:
        sums = np.empty((embedding.space.n, 3))
        in_chunks(pair_kernels.stress_rows, embedding.positions, embedding.space.pairs["squared"], sums)
        products, d2, e2 = sums.sum(axis=0)
    else:
        products, d2, e2, _ = correlation.streamed(embedding)
    if d2 == 0:
        raise UndefinedError("all points equal in the data")
    return float(np.sqrt(max(0.0, 1 - products * products / (d2 * e2))))


def triplet_accuracy(embedding: Embedding) -> float:
    """Share of random triplets in which the same of two points is the nearer one in both spaces (Wang et al. 2021).

    Triplets that tie in the original space are left out; one that ties in the embedding counts half.
    """
    space, Z = embedding.space, embedding.positions.T
    if space.n < 3:
        raise UndefinedError("too few points")
    anchor, a, b = _triplets(space.n)
    order = space.once(
        "triplets", lambda: np.sign(space.squared_distances(anchor, b) - space.squared_distances(anchor, a))
    )
    decided = order != 0
    if not decided.any():
        raise UndefinedError("all points equal in the data")
    found = np.sign(_squared(Z[anchor] - Z[b]) - _squared(Z[anchor] - Z[a]))
    return float(np.mean((1 + order[decided] * found[decided]) / 2))


def centroid_spearman(embedding: Embedding) -> float:
    """Rank correlation of the distances between class means in the two spaces (Kobak and Berens 2019)."""
    from scipy.stats import spearmanr

    embedded, original = _centroid_distances(embedding)
    upper = np.triu_indices(len(embedded), 1)
    if len(upper[0]) < 3:
        raise UndefinedError("fewer than 3 classes")
    if np.ptp(embedded[upper]) == 0 or np.ptp(original[upper]) == 0:
        raise UndefinedError("all distances equal")
    return float(spearmanr(embedded[upper], original[upper]).statistic)


def nearest_classes(embedding: Embedding, k: int) -> float:
    """Mean share of the k classes nearest to each, by their means, that stay so (Kobak and Berens 2019)."""
    embedded, original = (_nearest_columns(distances, k) for distances in _centroid_distances(embedding))
    if len(embedded) - 1 <= k:
        raise UndefinedError(f"fewer than {k + 2} classes")
    return float(np.mean([len(set(e) & set(o)) / k for e, o in zip(embedded, original, strict=True)]))


def density_correlation(embedding: Embedding) -> float:
    """Correlation of the logarithms of local radii in the two spaces (Narayan, Berger and Cho 2021).

    A radius is the root of the mean squared distance to the 30 nearest neighbours, in each space its own. Points with
    as many copies of themselves have none and are left out.
    """
    space, Z = embedding.space, embedding.positions.T
    if space.n <= RADIUS_NEIGHBOURS:
        raise UndefinedError("too few points")
    rows = np.repeat(np.arange(space.n), RADIUS_NEIGHBOURS)
    radii = space.once(
        "radii", lambda: _radii(space.squared_distances(rows, space.neighbours[:, :RADIUS_NEIGHBOURS].ravel()))
    )
    embedded = _radii(_squared(Z[rows] - Z[embedding.neighbours[:, :RADIUS_NEIGHBOURS].ravel()]))
    known = (radii > 0) & (embedded > 0)
    if known.sum() < 3 or np.ptp(radii[known]) == 0 or np.ptp(embedded[known]) == 0:
        raise UndefinedError("no radii to compare")
    return float(np.corrcoef(np.log(radii[known]), np.log(embedded[known]))[0, 1])


def _triplets(n: int) -> np.ndarray:
    """Return three rows of different points: an anchor and two others."""
    rng = np.random.RandomState(TRIPLET_SEED)
    anchor = np.repeat(np.arange(n), TRIPLETS)
    a = (anchor + rng.randint(1, n, len(anchor))) % n
    # The second is drawn from the n - 2 points left, counted on from the anchor past the first.
    step = rng.randint(1, n - 1, len(anchor))
    b = (anchor + step + (step >= (a - anchor) % n)) % n
    return np.stack([anchor, a, b])


def _squared(differences: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", differences, differences, dtype=np.float64)


def _centroid_distances(embedding: Embedding) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances between class means in the embedding and in the original space."""
    space, y = embedding.space, embedding.y
    assert y is not None
    if len(np.unique(y)) < 2:
        raise UndefinedError("one class")
    return _between_means(embedding.positions.T, y), space.once("centroids", lambda: _between_means(space.points, y))


def _between_means(points: np.ndarray, y: np.ndarray) -> np.ndarray:
    means = np.stack([points[y == label].mean(axis=0, dtype=np.float64) for label in np.unique(y)])
    distances = np.linalg.norm(means[:, None] - means, axis=2)
    # Rounded, so that distances which tie do not differ by how their means were rounded.
    return np.round(distances / max(distances.max(), np.finfo(float).tiny), 9)


def _nearest_columns(distances: np.ndarray, k: int) -> np.ndarray:
    others = distances + np.diag(np.full(len(distances), np.inf))
    return others.argsort(axis=1, kind="stable")[:, :k]


def _radii(squared: np.ndarray) -> np.ndarray:
    """Return the root of the mean of each point's squared distances to its neighbours."""
    return np.sqrt(squared.reshape(-1, RADIUS_NEIGHBOURS).mean(axis=1))


_metric = partial(Metric, family="distances", needs=("original space",))
_correlation = partial(_metric, low=-1, unit="correlation", chance="0")

RECORDS = (
    _correlation(
        key="shepard_spearman",
        label="Shepard rank correlation",
        train=shepard_spearman,
        reference="Spearman 1904, over all pairs",
        meaning="Whether far pairs are far and near pairs near, over every pair of points.",
        weakness="Large distances decide it: nearly all pairs are far apart.",
    ),
    _metric(
        key="stress",
        label="stress, scale-normalised",
        train=stress,
        higher_is_better=False,
        unit="relative error",
        chance="depends on the data",
        reference="Smelser, Miller and Kobourov 2024",
        meaning="Relative error of distances at the scale that suits the embedding best.",
        weakness="Large distances decide it; what preserves neighbours by distorting distances scores badly.",
    ),
    _metric(
        key="triplet_accuracy",
        label="triplet accuracy",
        train=triplet_accuracy,
        chance="0.5",
        reference="Wang, Huang, Rudin and Shaposhnik 2021; 20 fixed triplets a point",
        meaning="How often the nearer of two random points is still the nearer one.",
        weakness="Random points are far apart: blind to neighbourhoods.",
    ),
    _correlation(
        key="centroid_spearman",
        label="class-distance correlation",
        train=centroid_spearman,
        needs=("labels", "original space"),
        reference="Kobak and Berens 2019, after their class preservation",
        meaning="Whether classes that are alike in the original space lie close together.",
        weakness="Ten classes give 45 distances, and a mean need not be where its class is.",
    ),
    _metric(
        key="nearest_classes",
        label="KNC",
        train=nearest_classes,
        ks=(4,),
        chance="k / (number of classes - 1)",
        needs=("labels", "original space"),
        reference="Kobak and Berens 2019",
        meaning="Share of each class's nearest other classes that stay its nearest.",
        weakness="Few classes, few values; a mean need not be where its class is.",
    ),
    _correlation(
        key="density_correlation",
        label="density correlation",
        train=density_correlation,
        reference="Narayan, Berger and Cho 2021, k = 30",
        meaning="Whether crowded regions of the data are crowded in the embedding.",
        weakness="Most methods equalise densities by design.",
    ),
)
