"""Compiled kernels that neither sort nor group. See `bench.metrics.kernels` for the rules they keep."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def triangle_rows(
    chunk: int, n_chunks: int, products: np.ndarray, norms: np.ndarray, first: int, triangle: np.ndarray
) -> None:
    """Put the squared distances of a block of rows into the triangle, from exact inner products."""
    n = len(norms)
    for row in range(chunk, len(products), n_chunks):
        i = first + row
        place = i * (2 * n - i - 1) // 2 - i - 1
        for j in range(i + 1, n):
            triangle[place + j] = norms[i] + norms[j] - 2.0 * products[row, j]


@njit(cache=True, nogil=True)
def count_values(chunk: int, n_chunks: int, values: np.ndarray, counts: np.ndarray) -> None:
    """Count how often each whole number occurs; `counts` has a row a chunk."""
    mine = counts[chunk]
    for t in range(len(values) * chunk // n_chunks, len(values) * (chunk + 1) // n_chunks):
        mine[values[t]] += 1


@njit(cache=True, nogil=True)
def look_up(chunk: int, n_chunks: int, values: np.ndarray, table: np.ndarray, out: np.ndarray) -> None:
    """Put `table[values]` into `out`."""
    for t in range(len(values) * chunk // n_chunks, len(values) * (chunk + 1) // n_chunks):
        out[t] = table[values[t]]


@njit(cache=True, nogil=True)
def _from_position(positions: np.ndarray, queries: np.ndarray, row: int, distances: np.ndarray) -> None:
    """Squared distances of one query to all positions."""
    for j in range(len(distances)):
        distances[j] = 0.0
    for c in range(positions.shape[0]):
        component, p = positions[c], queries[c, row]
        for j in range(len(distances)):
            distances[j] += (component[j] - p) ** 2


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def class_sums(
    chunk: int, n_chunks: int, positions: np.ndarray, queries: np.ndarray, starts: np.ndarray, sums: np.ndarray
) -> None:
    """Sum the distances of each query to the points of each class.

    Parameters
    ----------
    positions : ndarray of shape (n_components, n_samples), float64
        One class after the other.
    queries : ndarray of shape (n_components, n_queries), float64
    starts : ndarray of shape (n_classes + 1,)
        Where each class begins.
    sums : ndarray of shape (n_queries, n_classes)
    """
    distances = np.empty(positions.shape[1])
    for row in range(chunk, queries.shape[1], n_chunks):
        _from_position(positions, queries, row, distances)
        for c in range(len(starts) - 1):
            total = 0.0
            for j in range(starts[c], starts[c + 1]):
                total += np.sqrt(distances[j])
            sums[row, c] = total


@njit(cache=True, nogil=True)
def rank_chosen(chunk: int, n_chunks: int, positions: np.ndarray, chosen: np.ndarray, ranks: np.ndarray) -> None:
    """Rank some points as neighbours of each point by counting those before them: the nearer, ties by index.

    Parameters
    ----------
    positions : ndarray of shape (n_components, n_samples), float64
    chosen : ndarray of shape (n_samples, k)
        Which points; never the row's own.
    ranks : ndarray of shape (n_samples, k)
        Where their ranks go, from 0.
    """
    distances = np.empty(positions.shape[1])
    for row in range(chunk, len(chosen), n_chunks):
        _from_position(positions, positions, row, distances)
        distances[row] = np.inf
        for t in range(chosen.shape[1]):
            j = chosen[row, t]
            distance, rank = distances[j], 0
            for i in range(j):
                rank += distances[i] <= distance
            for i in range(j + 1, len(distances)):
                rank += distances[i] < distance
            ranks[row, t] = rank
