"""The few nearest neighbours of all points of an embedding in few dimensions, exact, by a tree."""

from __future__ import annotations

import numpy as np
from numba import get_num_threads

from bench.metrics import kernels
from bench.metrics.chunks import in_chunks

SPARE = 3
"""Neighbours beyond those asked for, which show whether the last one asked for ties with another."""
BLOCK = 2**16


def nearest_of_all(positions: np.ndarray, k: int, most_ties: int) -> np.ndarray | None:
    """Return the k nearest other positions of each, nearest first, ties by index.

    Positions are those of an `Embedding`. None if the last neighbour of more than `most_ties` points ties with others,
    so that only all distances tell which comes first.
    """
    from scipy.spatial import cKDTree

    points = np.ascontiguousarray(positions.T)
    tree, near, tied = cKDTree(points), np.empty((len(points), k), np.int32), [np.empty(0, np.int64)]
    for start in range(0, len(points), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(points)))
        _, found = tree.query(points[rows], min(k + 1 + SPARE, len(points)), workers=get_num_threads())
        near[rows], is_tied = _others(points, rows, found, k)
        tied.append(rows[is_tied])
    again = np.concatenate(tied)
    if len(again) > most_ties:
        return None
    for row in again:
        in_chunks(kernels.nearest_rows, positions, positions[:, row : row + 1].copy(), int(row), near[row : row + 1])
    return near


def _others(points: np.ndarray, rows: np.ndarray, found: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the k nearest of some candidates, without the row's own point, and where another might be as near."""
    squared = np.zeros(found.shape)
    for component in points.T:
        squared += (component[found] - component[rows, None]) ** 2
    order = np.lexsort((found, squared), axis=1)
    found, squared = (np.take_along_axis(array, order, axis=1) for array in (found, squared))
    is_itself = found == rows[:, None]
    others = np.argsort(is_itself, axis=1, kind="stable")[:, :k]
    last = np.take_along_axis(squared, others[:, -1:], axis=1)[:, 0]
    is_last = np.full(len(rows), found.shape[1] == len(points))
    clear = is_itself.any(axis=1) & (is_last | (last < squared[:, -1] * (1 - 1e-12)))
    return np.take_along_axis(found, others, axis=1), ~clear
