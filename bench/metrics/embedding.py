"""An embedding and the data it is an embedding of, with what several metrics need computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import checks, kernels
from bench.metrics.chunks import in_chunks
from bench.metrics.coranking import Coranking, corank
from bench.metrics.reference_space import MAX_NEIGHBOURS, Memory, Points, ReferenceSpace, squared_norms

Rows = Literal["train", "test", "pairs"]
"""What scores are means of: training points, test points, or pairs of training points."""


@dataclass(frozen=True)
class Embedding(Memory):
    """An embedding and the data it is an embedding of.

    Attributes
    ----------
    Z : ndarray of shape (n_train, n_components)
        Embedding of the training points.
    Z_test : ndarray of shape (n_test, n_components) or None
        Embedding of the test points; None for a method without `transform`.
    squared_error : ndarray of shape (n_test,) or None
        Squared error of each test point's reconstruction, summed over features; None without an inverse.
    refit : ndarray of shape (n_again, n_components) or None
        The first training points, mapped again as if they were new.
    few, alone : ndarray of shape (n_again, n_components) or None
        The first test points, mapped again: in a small batch of their own, and one by one.

    Raises
    ------
    ValueError
        If the arrays are no tables of numbers, or do not belong to these data.
    """

    space: ReferenceSpace
    Z: np.ndarray
    Z_test: np.ndarray | None = None
    squared_error: np.ndarray | None = None
    refit: np.ndarray | None = None
    few: np.ndarray | None = None
    alone: np.ndarray | None = None

    is_sampled: ClassVar[bool] = False
    """Whether only some points are compared with all: `bench.metrics.anchors`."""

    def __post_init__(self) -> None:
        """Check shapes and types once, for every metric; the numbers may be anything."""
        n, n_test = self.space.n, len(self.space.dataset.X_test)
        found = {"Z": checks.table("Z", self.Z, n)}
        n_components = found["Z"].shape[1]
        if self.Z_test is not None:
            found["Z_test"] = checks.table("Z_test", self.Z_test, n_test, n_components)
        for name, most in (("refit", n), ("few", n_test), ("alone", n_test)):
            if getattr(self, name) is not None:
                found[name] = checks.table(name, getattr(self, name), "n_again", n_components)
                if not 0 < len(found[name]) <= most:
                    raise ValueError(f"Got {name} of {len(found[name])} points, but expected 1 to {most}.")
        if self.squared_error is not None:
            found["squared_error"] = checks.numbers("squared_error", self.squared_error)
            if found["squared_error"].shape != (n_test,):
                raise ValueError(
                    f"Got squared_error of shape {found['squared_error'].shape}, but expected ({n_test},)."
                )
        for name, array in found.items():
            object.__setattr__(self, name, array)

    @property
    def y(self) -> np.ndarray | None:
        """Labels of the training points."""
        return self.space.dataset.y

    @property
    def y_test(self) -> np.ndarray | None:
        """Labels of the test points."""
        return self.space.dataset.y_test

    def labels(self, of: Points = "train") -> np.ndarray:
        """Return the labels of some points; UndefinedError if there are none."""
        y = self.y if of == "train" else self.y_test
        if y is None:
            raise UndefinedError("no labels")
        return y

    def rows(self, of: Rows = "train") -> np.ndarray | slice:
        """Return the points that are compared with all, which neighbours and ranks have rows of: every one."""
        return slice(None)

    def by_row(self, compute: Callable[[Any], np.ndarray], name: str, of: Rows = "train") -> np.ndarray:
        """Return what is computed of this embedding, with a row for each of `rows`; `name` says what it is."""
        return compute(self)

    def of_data(self, name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what is computed of the rows in the data, once for all embeddings."""
        return self.space.once(name, compute)

    def row_labels(self, of: Points = "train") -> np.ndarray:
        """Return the labels of the rows."""
        return self.labels(of)[self.rows(of)]

    def neighbours_in_data(self, of: Points) -> np.ndarray:
        """Return the nearest training points of each row in the original space."""
        return self.space.neighbours if of == "train" else self.space.test_neighbours

    @property
    def everywhere(self) -> Embedding | None:
        """The embedding with a few neighbours of all points, where only some are compared with all."""
        return None

    def neighbours_of(self, of: Points) -> np.ndarray:
        """Return the nearest training points of each point."""
        return self.neighbours if of == "train" else self.test_neighbours

    @cached_property
    def is_finite(self) -> bool:
        """Whether every coordinate is a number that can be squared."""
        return all(
            bool(np.isfinite(Z).all()) and float(np.abs(Z).max(initial=0)) < checks.LARGEST
            for Z in (self.Z, self.Z_test, self.refit, self.few, self.alone)
            if Z is not None
        )

    @cached_property
    def is_collapsed(self) -> bool:
        """Whether all training points lie at one position."""
        return bool((self.Z[0] == self.Z).all())

    @property
    def has_neighbours(self) -> bool:
        """Whether neighbours in it mean anything: it is finite and not collapsed."""
        return self.is_finite and not self.is_collapsed

    @cached_property
    def unit(self) -> float:
        """A power of two as large as the largest coordinate: dividing by it loses no digit and prevents overflow."""
        largest = float(np.abs(self.Z).max(initial=0))
        return float(2.0 ** np.ceil(np.log2(largest))) if largest > 0 else 1.0

    @cached_property
    def positions(self) -> np.ndarray:
        """Training points as kernels take them: float64, of shape (n_components, n_train), in `unit`."""
        return self.as_positions(self.Z)

    @cached_property
    def test_positions(self) -> np.ndarray:
        """Test points in the same form and unit; UndefinedError if there are none."""
        if self.Z_test is None:
            raise UndefinedError("transductive")
        if not len(self.Z_test):
            raise UndefinedError("no test points")
        return self.as_positions(self.Z_test)

    @cached_property
    def coranking(self) -> Coranking:
        """Ranks in the embedding compared with ranks in the original space."""
        return corank(self.space, [self.positions])[0]

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest training points of each training point, itself left out, nearest first, ties by index."""
        known = "coranking" in self.__dict__
        return self.coranking.near if known else self.nearest(self.positions, first=0)

    @cached_property
    def test_neighbours(self) -> np.ndarray:
        """Nearest training points of each test point, nearest first, ties by index."""
        return self.nearest(self.test_positions)

    @cached_property
    def test_ranks(self) -> np.ndarray:
        """Ranks in the original space, from 0, of each test point's nearest neighbours in the embedding."""
        near = self.test_neighbours
        blocks = self.space.rank_blocks("test")
        found = [np.take_along_axis(ranks, near[rows], axis=1) for rows, ranks in blocks]
        return np.concatenate(found).astype(np.int64)

    def class_sums(self, of: Points) -> np.ndarray:
        """Return the sum of the distances of each row to the points of each class, of shape (n_rows, n_classes)."""
        positions = self.positions if of == "train" else self.test_positions
        return self.once(f"class sums, {of}", lambda: self._class_sums(positions, self.labels(of), self.rows(of)))

    @cached_property
    def baseline(self) -> Embedding:
        """A baseline for `transform`: each test point at the mean of its 5 nearest training points in the data.

        Any embedding can have it. Other baselines are in `bench.metrics.placement_measures`.
        """
        neighbours = self.space.test_neighbours[:, :5]
        return replace(self, Z_test=np.asarray(self.Z, np.float64)[neighbours].mean(axis=1))

    def nearest(self, queries: np.ndarray, first: int = -1) -> np.ndarray:
        """Return the nearest training points of each query; `first` as in `kernels.rank_rows`.

        Queries are of the form that `as_positions` gives.
        """
        checks.positions(queries, len(self.positions))
        if first >= 0 and queries.shape[1] == self.space.n:
            self.space.require_all_pairs()
        if first >= 0 and first + queries.shape[1] > self.space.n:
            raise ValueError(
                f"Got {queries.shape[1]} queries from point {first} on, but expected points of the sample."
            )
        n_others = self.positions.shape[1] - (first >= 0)
        near = np.empty((queries.shape[1], min(MAX_NEIGHBOURS, n_others)), np.int32)
        in_chunks(kernels.nearest_rows, self.positions, queries, first, near)
        return near

    def as_positions(self, Z: np.ndarray) -> np.ndarray:
        """Return points of the embedding as kernels take them; UndefinedError if their distances are not finite."""
        if not self.is_finite:
            raise UndefinedError("not finite")
        with np.errstate(over="ignore"):
            exact = checks.table("Z", Z, columns=self.Z.shape[1]).astype(np.float64, copy=False)
            positions = np.ascontiguousarray(exact.T / self.unit)
        if not float(np.abs(positions).max(initial=0)) < checks.LARGEST:
            raise UndefinedError("not finite")
        return positions

    def _class_sums(self, positions: np.ndarray, y: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        order = np.argsort(y, kind="stable")
        starts = np.append(np.unique(y[order], return_index=True)[1], len(y))
        queries = np.ascontiguousarray(positions[:, rows])
        sums = np.empty((queries.shape[1], len(starts) - 1))
        in_chunks(kernels.class_sums, np.ascontiguousarray(positions[:, order]), queries, starts, sums)
        return sums


class Unreduced(Embedding):
    """Baseline: the unreduced data."""

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest training points of each training point."""
        return self.space.neighbours

    @cached_property
    def test_neighbours(self) -> np.ndarray:
        """Nearest training points of each test point."""
        return self.space.test_neighbours

    @cached_property
    def unit(self) -> float:
        """One step of the grid that the data lie on."""
        return 1.0

    def _class_sums(self, positions: np.ndarray, y: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        """Use inner products, which are exact here and cost far less than differences."""
        points = np.ascontiguousarray(positions.T)
        norms = squared_norms(points)
        member = (y[:, None] == np.unique(y)).astype(np.float64)
        sums = np.empty(member.shape)
        for start in range(0, len(points), 512):
            rows = slice(start, start + 512)
            sums[rows] = np.sqrt(norms[rows, None] + norms - 2 * (points[rows] @ points.T)) @ member
        return sums


class ShuffledLabels(Unreduced):
    """The data with their labels shuffled: the score where there is nothing to find."""

    def labels(self, of: Points = "train") -> np.ndarray:
        """Return the labels of some points, shuffled."""
        return np.random.RandomState(0).permutation(super().labels(of))


def corank_together(embeddings: Sequence[Embedding]) -> None:
    """Compare several embeddings with their data in one pass, for data whose ranks do not fit into memory."""
    if not embeddings:
        return
    found = corank(embeddings[0].space, [embedding.positions for embedding in embeddings])
    for embedding, coranking in zip(embeddings, found, strict=True):
        embedding.__dict__["coranking"] = coranking
