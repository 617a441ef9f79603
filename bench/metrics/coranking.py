"""Co-ranking: every curve over the size of the neighbourhood, from one pass over ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import get_num_threads

from bench.metrics import checks, kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.reference_space import MAX_NEIGHBOURS, ReferenceSpace


@dataclass(frozen=True)
class Coranking:
    r"""How ranks in the embedding compare with ranks in the original space, summed over all points, or some.

    With :math:`r_{ij}` the rank of j among the neighbours of i in the original space and :math:`s_{ij}` in the
    embedding, from 1. Curves have the value for k at index k - 1, for k = 1 to n - 1, or as far as there are counts.
    All sums are of whole numbers.

    Attributes
    ----------
    counts : ndarray of shape (5, n), int64
        As added up by `bench.metrics.kernels.corank_rows`; of fewer ranks where short curves do.
    near : ndarray of shape (n_rows, k), int32
        Nearest neighbours in the embedding of each point that is summed over, itself left out, nearest first.
    n_points : int or None
        Number of points that these are compared with; None if there is a count for each.
    area : float or None
        The area under :math:`R_{NX}`, if it is known without the whole curve.
    """

    counts: np.ndarray
    near: np.ndarray
    n_points: int | None = None
    area: float | None = None

    @property
    def n(self) -> int:
        """Number of points."""
        return self.n_points or self.counts.shape[1]

    @property
    def n_rows(self) -> int:
        """Number of points that are summed over."""
        return len(self.near)

    @cached_property
    def ks(self) -> np.ndarray:
        """Sizes of the neighbourhood."""
        return np.arange(1, self.counts.shape[1])

    @cached_property
    def _shared(self) -> np.ndarray:
        return np.cumsum(self.counts[4, :-1])

    @cached_property
    def recall(self) -> np.ndarray:
        r"""Share of the k nearest neighbours that is kept, :math:`Q_{NX}(k)` (Lee and Verleysen 2009)."""
        return self._shared / (self.ks * self.n_rows)

    @cached_property
    def r_nx(self) -> np.ndarray:
        r"""Recall above chance, :math:`((n - 1) Q_{NX}(k) - k) / (n - 1 - k)`; not defined, NaN, at n - 1."""
        with np.errstate(invalid="ignore"):
            return ((self.n - 1) * self.recall - self.ks) / (self.n - 1 - self.ks)

    @cached_property
    def auc(self) -> float:
        r"""Area under :math:`R_{NX}` over ln k: :math:`\sum_k R_{NX}(k) / k` over :math:`\sum_k 1 / k`, k < n - 1."""
        if self.area is not None:
            return self.area
        return float((self.r_nx[:-1] / self.ks[:-1]).sum() / (1 / self.ks[:-1]).sum())

    @cached_property
    def lcmc(self) -> np.ndarray:
        r"""Local continuity meta-criterion, :math:`Q_{NX}(k) - k / (n - 1)` (Chen and Buja 2009)."""
        return self.recall - self.ks / (self.n - 1)

    @cached_property
    def trustworthiness(self) -> np.ndarray:
        r""":math:`1 - \frac{2}{G_k} \sum_i \sum_{j: s_{ij} \le k < r_{ij}} (r_{ij} - k)` (Venna and Kaski 2001)."""
        return self._less_lost(self.counts[0])

    @cached_property
    def continuity(self) -> np.ndarray:
        """Trustworthiness with the two spaces exchanged."""
        return self._less_lost(self.counts[2])

    @cached_property
    def mrre_false(self) -> np.ndarray:
        r"""Mean relative rank error of neighbours in the embedding, as 1 - error (Lee and Verleysen 2007).

        The error is :math:`\frac{1}{n c_k} \sum_i \sum_{j: s_{ij} \le k} |r_{ij} - s_{ij}| / s_{ij}` with
        :math:`c_k = \sum_{l=1}^k |n - 2l + 1| / l`, its value where ranks are reversed.
        """
        return self._less_rank_error(self.counts[0], self.counts[1])

    @cached_property
    def mrre_missing(self) -> np.ndarray:
        """Mean relative rank error of original neighbours: `mrre_false` with the two spaces exchanged."""
        return self._less_rank_error(self.counts[2], self.counts[3])

    def _less_lost(self, lost: np.ndarray) -> np.ndarray:
        # From k - 1 to k every pair that is beyond k in one space only costs one less: sum the changes up.
        k, n, rows = self.ks, self.n, self.n_rows
        beyond = rows * (k - 1) - np.concatenate([[0], self._shared[:-1]])
        penalty = np.cumsum(lost[:-1] - beyond)
        worst = np.where(2 * k < n, rows * k * (2 * n - 3 * k - 1), rows * (n - k) * (n - k - 1))
        # With n - 1 neighbours there is nothing to lose.
        return 1 - 2 * penalty / np.maximum(worst, 1)

    def _less_rank_error(self, lost: np.ndarray, total: np.ndarray) -> np.ndarray:
        k, n, rows = self.ks, self.n, self.n_rows
        # |r - s| = 2 max(r - s, 0) - (r - s)
        absolute = 2 * lost[:-1] - (total[:-1] - rows * (k - 1))
        return 1 - np.cumsum(absolute / k) / rows / np.cumsum(np.abs(n - 2 * k + 1) / k)


def corank(space: ReferenceSpace, embeddings: Sequence[np.ndarray]) -> list[Coranking]:
    """Compare embeddings, by their `Embedding.positions`, with the original space, all in one pass over its ranks.

    Raises
    ------
    ValueError
        If positions are not of the points of the space.
    """
    for positions in embeddings:
        checks.positions(positions, n=space.n)
    n, n_chunks = space.n, get_num_threads()
    counts = [np.zeros((n_chunks, 5, n), np.int64) for _ in embeddings]
    near = [np.empty((n, min(MAX_NEIGHBOURS, n - 1)), np.int32) for _ in embeddings]
    for rows, ranks in space.rank_blocks():
        for number, positions in enumerate(embeddings):
            in_chunks(kernels.corank_rows, positions, ranks, rows.start, counts[number], near[number][rows])
    return [Coranking(c.sum(axis=0), neighbours) for c, neighbours in zip(counts, near, strict=True)]
