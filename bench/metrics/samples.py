"""Random triplets and pairs of points, the same for every embedding."""

from __future__ import annotations

import numpy as np

TRIPLETS = 20
"""Triplets of each point."""
TRIPLET_SEED = 0
"""The same triplets for every embedding, so that embeddings do not differ by the triplets that were drawn."""
PAIRS, PAIR_SEED = 20, 1
"""Random pairs an anchor, where only some points are compared with all, and their seed."""
BLOCK = 2**16


def triplets(n: int, points: np.ndarray | slice = slice(None)) -> np.ndarray:
    """Return three rows of different points: an anchor and two others. `points` are the anchors, every one or some."""
    rng = np.random.RandomState(TRIPLET_SEED)
    anchor = np.repeat(np.arange(n)[points], TRIPLETS)
    a = (anchor + _drawn(rng, n, n, points)) % n
    # The second is drawn from the n - 2 points left, counted on from the anchor past the first.
    step = _drawn(rng, n - 1, n, points)
    b = (anchor + step + (step >= (a - anchor) % n)) % n
    return np.stack([anchor, a, b])


def random_pairs(n: int, n_pairs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of different points, drawn independently of each other; more of them are these and others."""
    first, step = np.random.RandomState(PAIR_SEED).random_sample((n_pairs, 2)).T
    i = (first * n).astype(np.int64)
    return i, (i + 1 + (step * (n - 1)).astype(np.int64)) % n


def _drawn(rng: np.random.RandomState, end: int, n: int, points: np.ndarray | slice) -> np.ndarray:
    """Return random numbers from 1 to below `end` of some of n points, the same as if they were drawn for all."""
    kept = np.zeros(n, bool)
    kept[points] = True
    blocks = [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]
    drawn = [rng.randint(1, end, (block.stop - block.start, TRIPLETS))[kept[block]] for block in blocks]
    place = np.cumsum(kept) - 1
    return np.concatenate(drawn)[place[points]].ravel()
