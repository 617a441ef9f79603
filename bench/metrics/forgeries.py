"""Forged maps: positions that are made to please a score and show nothing else of the data.

Some look at labels or at all distances of the data, which no reducer may: they are attacks on scores, no methods. Every
function returns float64 positions of shape (n_points, 2), but for `impostor`, which returns other data.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from bench.metrics.clustering import clusters

SPOT = 0.02
"""Radius of a spot, where spots lie about 1 apart."""
GROUP = 20
"""Points of a small group: more than the neighbours that a score looks at."""
TRIES = 2_000
"""Orders of the classes among which the worst is taken."""
FAR = 4.0
"""Distance of two pieces of a torn map, in radii of the largest: no point is as near to another piece as to its own."""


def class_spots(X: np.ndarray, y: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Put each class on a spot of its own, points at random in it; classes that are alike lie far apart."""
    classes, codes = np.unique(y, return_inverse=True)
    angles = 2 * np.pi * np.arange(len(classes)) / len(classes)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    order = _worst_order(pdist(_means(X, codes)), circle, rng)
    return circle[order][codes] + SPOT * rng.standard_normal((len(y), 2))


def small_groups(y: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Put small groups of points of one class, drawn at random, anywhere."""
    members = [rng.permutation(np.flatnonzero(y == label)) for label in np.unique(y)]
    groups = [group for of_class in members for group in np.array_split(of_class, max(1, len(of_class) // GROUP))]
    places = _lattice(len(groups), rng)
    Z = np.empty((len(y), 2))
    for place, group in zip(places, groups, strict=True):
        Z[group] = place + SPOT * rng.standard_normal((len(group), 2))
    return Z


def torn(Z: np.ndarray, n_pieces: int, rng: np.random.RandomState) -> np.ndarray:
    """Cut a map into pieces where it is thin, and lay these out again at random, rotated and far apart."""
    from sklearn.cluster import KMeans

    piece_of = clusters(KMeans(n_pieces, n_init=3, random_state=rng), np.asarray(Z, np.float64))
    pieces = [np.flatnonzero(piece_of == piece) for piece in np.unique(piece_of)]
    centred = [Z[rows] - Z[rows].mean(axis=0, dtype=np.float64) for rows in pieces]
    radius = max(float(np.linalg.norm(piece, axis=1).max()) for piece in centred)
    laid_out = np.empty((len(Z), 2))
    for place, rows, piece in zip(_lattice(len(pieces), rng), pieces, centred, strict=True):
        laid_out[rows] = FAR * radius * place + piece @ _turn(rng)
    return laid_out


def folded(Z: np.ndarray, times: int) -> np.ndarray:
    """Fold a map like paper, each time along the middle of its longer side: nothing is torn, layers lie on layers."""
    sheet = np.array(Z, np.float64)
    for _ in range(times):
        axis = int(np.ptp(sheet, axis=0).argmax())
        sheet[:, axis] = np.abs(sheet[:, axis] - np.median(sheet[:, axis]))
    return sheet


def scrambled(Z: np.ndarray, size: int, rng: np.random.RandomState) -> np.ndarray:
    """Cut a map into cells of at most so many points and exchange the points of each cell at random."""
    found = np.array(Z, np.float64)
    cells = [np.arange(len(Z))]
    while cells:
        rows = cells.pop()
        if len(rows) <= size:
            found[rows] = found[rng.permutation(rows)]
        else:
            along = found[rows, int(np.ptp(found[rows], axis=0).argmax())]
            order = rows[along.argsort(kind="stable")]
            cells += [order[: len(rows) // 2], order[len(rows) // 2 :]]
    return found


def class_means(X: np.ndarray, y: np.ndarray, spread: float, rng: np.random.RandomState) -> np.ndarray:
    """Put the mean of each class where the means in the data have it, points at random around it.

    The standard deviation of a class is `spread` times the mean distance of two means.
    """
    codes = np.unique(y, return_inverse=True)[1]
    means = least_stress(_means(X, codes), rng)
    around = rng.standard_normal((len(y), 2))
    around -= _means(around, codes)[codes]
    return means[codes] + spread * float(pdist(means).mean()) * around


def least_stress(X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the map whose distances are those of the data as nearly as SMACOF finds, from principal components on."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import smacof

    exact = np.asarray(X, np.float64)
    start = PCA(2, random_state=rng).fit_transform(exact)
    found, _ = smacof(squareform(pdist(exact)), n_components=2, init=start, n_init=1, random_state=rng)
    return np.asarray(found)


def density_line(radii: np.ndarray) -> np.ndarray:
    """Put the points on a line, from the densest place of the data to the thinnest, as far apart as they are there."""
    order = radii.argsort(kind="stable")
    Z = np.zeros((len(radii), 2))
    Z[order, 0] = np.cumsum(radii[order])
    return Z


def copied(n: int, times: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Return of n rows which point each is a copy of, each point as many times, and random positions of the points."""
    rows = np.repeat(rng.permutation(n)[: n // times], times)
    return rows, np.repeat(rng.standard_normal((n // times, 2)), times, axis=0)


def impostor(X: np.ndarray, size: float) -> np.ndarray:
    """Return data with the same order of all distances, hence the same neighbours, whose classes hardly differ.

    Every point moves by `size` along an axis of its own, which adds the same to all squared distances (after Bergam,
    Snoeck and Verma 2025). t-SNE's affinities are those of before.
    """
    return np.hstack([X, size * np.eye(len(X), dtype=X.dtype)])


def _means(X: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.stack([X[codes == code].mean(axis=0, dtype=np.float64) for code in range(int(codes.max()) + 1)])


def _worst_order(distances: np.ndarray, places: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the order of places, among some at random, whose distances agree least with the given ones."""
    orders = [rng.permutation(len(places)) for _ in range(TRIES)]
    if len(places) < 3:
        return orders[0]
    return min(orders, key=lambda order: float(spearmanr(distances, pdist(places[order])).statistic))


def _lattice(n: int, rng: np.random.RandomState) -> np.ndarray:
    """Return n places on a square lattice with steps of 1, in random order."""
    side = int(np.ceil(np.sqrt(n)))
    return np.stack(np.divmod(rng.permutation(side**2)[:n], side), axis=1).astype(np.float64)


def _turn(rng: np.random.RandomState) -> np.ndarray:
    """Return a random rotation of the plane."""
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
