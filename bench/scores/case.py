"""One embedding before the judge, with what several scores need computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bench.scores import kernels, plain_kernels
from bench.scores.coranking import Coranking, corank
from bench.scores.original import MOST_NEIGHBOURS, Memory, Original, squared_norms
from bench.scores.slabs import in_slabs


@dataclass(frozen=True)
class Case(Memory):
    """An embedding and the data it is an embedding of.

    Attributes
    ----------
    original : Original
        The data.
    Z : ndarray of shape (n_fit, n_components)
        Embedding of the fitted points.
    Z_test : ndarray of shape (n_test, n_components) or None
        Embedding of the held-out points; None for a method that places no new points.
    squared_error : ndarray of shape (n_test,) or None
        Squared error of each held-out point's reconstruction, summed over features; None without an inverse.
    refit : ndarray of shape (n_again, n_components) or None
        The first fitted points placed once more, as if they were new.
    few, alone : ndarray of shape (n_again, n_components) or None
        The first held-out points placed once more, in a small batch of their own, and one by one.
    """

    original: Original
    Z: np.ndarray
    Z_test: np.ndarray | None = None
    squared_error: np.ndarray | None = None
    refit: np.ndarray | None = None
    few: np.ndarray | None = None
    alone: np.ndarray | None = None

    @property
    def y(self) -> np.ndarray | None:
        """Labels of the fitted points."""
        return self.original.dataset.y

    @property
    def y_test(self) -> np.ndarray | None:
        """Labels of the held-out points."""
        return self.original.dataset.y_test

    @cached_property
    def is_finite(self) -> bool:
        """Whether every coordinate is a number that can be squared."""
        return all(
            bool(np.isfinite(Z).all()) and float(np.abs(Z).max(initial=0)) < 1e150
            for Z in (self.Z, self.Z_test, self.refit, self.few, self.alone)
            if Z is not None
        )

    @cached_property
    def is_collapsed(self) -> bool:
        """Whether all fitted points lie at one place."""
        return bool(np.ptp(self.Z, axis=0).max() == 0)

    @cached_property
    def unit(self) -> float:
        """A power of two as large as the largest coordinate: to divide by it costs no digit and prevents overflow."""
        largest = float(np.abs(self.Z).max(initial=0))
        return float(2.0 ** np.ceil(np.log2(largest))) if largest > 0 else 1.0

    @cached_property
    def positions(self) -> np.ndarray:
        """Fitted points as kernels take them: float64, of shape (n_components, n_fit), in `unit`."""
        return self.as_positions(self.Z)

    @cached_property
    def held_out_positions(self) -> np.ndarray:
        """Held-out points in the same form and unit."""
        assert self.Z_test is not None
        return self.as_positions(self.Z_test)

    @cached_property
    def coranking(self) -> Coranking:
        """Ranks in the embedding compared with ranks in the original space."""
        return corank(self.original, [self.positions])[0]

    @property
    def neighbours(self) -> np.ndarray:
        """Nearest fitted neighbours of each fitted point, itself left out, nearest first, ties by index."""
        return self.coranking.near

    @cached_property
    def neighbours_of_held_out(self) -> np.ndarray:
        """Nearest fitted neighbours of each held-out point, nearest first, ties by index."""
        return self.nearest(self.held_out_positions)

    @cached_property
    def ranks_of_held_out(self) -> np.ndarray:
        """Original ranks, from 0, of each held-out point's nearest neighbours in the embedding."""
        near = self.neighbours_of_held_out
        blocks = self.original.rank_blocks(fitted=False)
        return np.concatenate([np.take_along_axis(ranks, near[rows], axis=1) for rows, ranks in blocks]).astype(
            np.int64
        )

    @cached_property
    def class_sums(self) -> np.ndarray:
        """Sum of the distances of each fitted point to each class, of shape (n_fit, n_classes)."""
        return self._class_sums(self.positions, self.y)

    @cached_property
    def class_sums_of_held_out(self) -> np.ndarray:
        """The same for held-out points among themselves."""
        return self._class_sums(self.held_out_positions, self.y_test)

    @cached_property
    def placed(self) -> Case:
        """The baseline for new points: each held-out point amid its 5 nearest fitted neighbours in the original space.

        Whatever learns where new points go should do better than that mean, which any embedding can have.
        """
        neighbours = self.original.neighbours_of_held_out[:, :5]
        return replace(self, Z_test=np.asarray(self.Z, np.float64)[neighbours].mean(axis=1))

    def nearest(self, queries: np.ndarray, first: int = -1) -> np.ndarray:
        """Return the nearest fitted neighbours of each query; `first` as in `kernels.rank_rows`."""
        n_others = self.positions.shape[1] - (first >= 0)
        near = np.empty((queries.shape[1], min(MOST_NEIGHBOURS, n_others)), np.int32)
        in_slabs(kernels.nearest_rows, self.positions, queries, first, near)
        return near

    def _class_sums(self, positions: np.ndarray, y: np.ndarray | None) -> np.ndarray:
        assert y is not None
        order = np.argsort(y, kind="stable")
        starts = np.append(np.unique(y[order], return_index=True)[1], len(y))
        sums = np.empty((len(y), len(starts) - 1))
        in_slabs(plain_kernels.class_sums, np.ascontiguousarray(positions[:, order]), positions, starts, sums)
        return sums

    def as_positions(self, Z: np.ndarray) -> np.ndarray:
        """Return places in the embedding as kernels take them."""
        return np.ascontiguousarray(np.asarray(Z, np.float64).T / self.unit)


class Unreduced(Case):
    """The data themselves in the place of an embedding of theirs, for what a reduction costs."""

    @property
    def neighbours(self) -> np.ndarray:
        """Nearest fitted neighbours of each fitted point."""
        return self.original.neighbours

    @cached_property
    def neighbours_of_held_out(self) -> np.ndarray:
        """Nearest fitted neighbours of each held-out point."""
        return self.original.neighbours_of_held_out

    @cached_property
    def unit(self) -> float:
        """One step of the grid that the data lie on."""
        return 1.0

    def _class_sums(self, positions: np.ndarray, y: np.ndarray | None) -> np.ndarray:
        """Go by inner products, which are exact here and cost far less than differences."""
        assert y is not None
        points = np.ascontiguousarray(positions.T)
        norms = squared_norms(points)
        member = (y[:, None] == np.unique(y)).astype(np.float64)
        sums = np.empty(member.shape)
        for start in range(0, len(points), 512):
            rows = slice(start, start + 512)
            sums[rows] = np.sqrt(norms[rows, None] + norms - 2 * (points[rows] @ points.T)) @ member
        return sums


class Shuffled(Unreduced):
    """The data with their labels dealt out anew: what a score of labels gives where there is nothing to find."""

    @cached_property
    def y(self) -> np.ndarray | None:
        """Labels of the fitted points, shuffled."""
        return _shuffled(self.original.dataset.y)

    @cached_property
    def y_test(self) -> np.ndarray | None:
        """Labels of the held-out points, shuffled."""
        return _shuffled(self.original.dataset.y_test)


def _shuffled(y: np.ndarray | None) -> np.ndarray | None:
    return None if y is None else np.random.RandomState(0).permutation(y)


def corank_together(cases: Sequence[Case]) -> None:
    """Compare several embeddings of the same data with it in one pass, for data whose ranks fit into no memory."""
    for case, coranking in zip(cases, corank(cases[0].original, [case.positions for case in cases]), strict=True):
        case.__dict__["coranking"] = coranking
