"""Distances of pairs of points in the data and in an embedding, and the Shepard diagram that is drawn of them."""

from __future__ import annotations

import numpy as np

PAIRS = 50_000
PAIR_SEED = 0
BINS = 50
FEW_PAIRS = 50
"""Pairs of points in a bin of distances below which their median says nothing."""


def pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the same sample of pairs of different points for every variant: all of them if those are few."""
    if n * (n - 1) // 2 <= PAIRS:
        return np.triu_indices(n, 1)
    rng = np.random.RandomState(PAIR_SEED)
    first = rng.randint(n, size=PAIRS)
    return first, (first + rng.randint(1, n, size=PAIRS)) % n


def lengths(points: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the distance of each pair."""
    blocks = range(0, len(first), 2**12)
    found = [points[first[i : i + 2**12]] - points[second[i : i + 2**12]] for i in blocks]
    return np.concatenate([np.sqrt(np.einsum("ij,ij->i", block, block, dtype=np.float64)) for block in found])


def shepard(in_data: np.ndarray, in_embedding: np.ndarray) -> dict[str, np.ndarray]:
    """Return the density of a Shepard diagram and its median line from distances of the same pairs of points."""
    ends = [float(in_data.max()) or 1.0, float(np.percentile(in_embedding, 99.9)) or 1.0]
    counts, edges, _ = np.histogram2d(in_data, in_embedding, bins=BINS, range=[(0, end) for end in ends])
    bin_of = np.clip(np.digitize(in_data, edges) - 1, 0, BINS - 1)
    members = [in_embedding[bin_of == b] for b in range(BINS)]
    medians = [np.median(inside) if len(inside) >= FEW_PAIRS else np.nan for inside in members]
    return {"counts": counts.astype(np.uint16), "ends": np.array(ends), "medians": np.array(medians, np.float32)}
