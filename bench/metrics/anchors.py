"""Scores by anchors: some points, drawn at random, each compared with all, and how far that is from comparing all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from math import sqrt
from operator import index
from typing import Any

import numpy as np

from bench.metrics import anchor_pass, kernels
from bench.metrics.anchor_cache import CachedRows, digest_of
from bench.metrics.anchor_pass import Compared
from bench.metrics.chunks import threads
from bench.metrics.coranking import Coranking
from bench.metrics.embedding import Embedding, Rows
from bench.metrics.reference_space import MAX_EXACT, Points, ReferenceSpace
from bench.metrics.statistics import ROUNDING
from bench.metrics.tree import nearest_of_all

SEED = 0
USUAL = 5_000
"""Anchors where a study does not say how many: most scores are then known to within 0.01."""
MIN_ANCHORS = 100
GROUP = 10
"""Anchors that are left out together at least."""
MAX_GROUPS = 50
"""Groups that are left out in turn at most: with more, errors are hardly known better."""
FEW = 10
"""Nearest neighbours of all points that a tree is asked for."""
SUMMED = 2**14
"""Points whose distances from anchors are summed up together."""
MAX_COMPONENTS = 3
"""In more dimensions a tree is no faster than looking at all points."""


def chosen(asked: int | None, n: int, n_test: int) -> int | None:
    """Return of how many anchors scores of a study are that asks for so many, or none; None compares all points.

    Scores of very many points are always by anchors, at most as many as there are training points.

    >>> chosen(None, 70_000, 10_000), chosen(None, 70_001, 0), chosen(500, 400, 100), chosen(500, 400, 70_001)
    (None, 5000, None, 400)
    """
    if max(n, n_test) > MAX_EXACT:
        return min(asked or USUAL, n)
    return asked if asked is not None and asked < n else None


def draw(space: ReferenceSpace, n: Any, seed: int = SEED) -> dict[Rows, np.ndarray]:
    """Return anchors: the first `n` of a fixed random order of the training points, and of the test points likewise.

    More of them are these and others. Of test points they are `MIN_ANCHORS` at least, if there are as many.

    Raises
    ------
    ValueError
        If `n` is no whole number, above the number of training points, or below `MIN_ANCHORS` and that number.
    """
    try:
        number = index(n)
    except TypeError as error:
        raise ValueError(f"Got anchors={n!r}, but expected a whole number.") from error
    least = min(MIN_ANCHORS, space.n)
    if not least <= number <= space.n:
        raise ValueError(f"Got {number:,} anchors, but expected {least} to {space.n:,}, the number of points.")
    sizes = ((space.n, number), (len(space.dataset.X_test), max(number, MIN_ANCHORS)))
    train, test = (np.random.RandomState(seed).permutation(n_points)[:most] for n_points, most in sizes)
    return {"train": train, "test": test, "pairs": np.arange(number)}


@dataclass(frozen=True)
class Anchored(Embedding):
    """An embedding that is scored by anchors: some points, each compared with all.

    Scores that take a time in proportion to the number of points look at all of them; the others look at anchors, or at
    random pairs, and `looked_at` says so. Neighbours and ranks are exact, ties by index; the area under R_NX is within
    1e-5 where distances hardly tie, and takes the mean of points that do.

    Attributes
    ----------
    anchors : mapping
        Training points and test points that are compared with all, and random pairs by their number.
    kept : mapping
        Which of them count; those that are missing count all.
    """

    anchors: Mapping[Rows, np.ndarray] = field(default_factory=dict)
    kept: Mapping[Rows, np.ndarray] = field(default_factory=dict)
    looked_at: set[Rows] = field(default_factory=set)

    is_sampled = True

    def __post_init__(self) -> None:
        """Make room for what parts share."""
        super().__post_init__()
        self.__dict__.setdefault("_known", {})
        self.__dict__.setdefault("_whole", self)

    def rows(self, of: Rows = "train") -> np.ndarray:
        """Return the points that are compared with all."""
        self.looked_at.add(of)
        return self._of_kept(self.anchors[of], of)

    def by_row(self, compute: Callable[[Any], np.ndarray], name: str, of: Rows = "train") -> np.ndarray:
        """Return rows of what is computed once, of all anchors."""
        self.looked_at.add(of)
        return self._of_kept(self.once(f"{name}, {of}", lambda: compute(self.__dict__["_whole"])), of)

    def of_data(self, name: str, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what is computed of anchors: not what the space knows of all points."""
        return compute()

    @cached_property
    def coranking(self) -> Coranking:
        """Ranks in the embedding compared with ranks in the data, as far as scores look at them."""
        found = self._compared("train")
        p, q, t = found.ranks_in_data, found.ranks, np.arange(found.ranks.shape[1], dtype=np.int32)
        counts = [np.maximum(p - t, 0), p, np.maximum(q - t, 0), q, (p <= t) + (q < t).astype(np.int32)]
        sums = np.stack([of_rank.sum(axis=0, dtype=np.int64) for of_rank in counts])
        after = np.zeros((len(sums), 1), np.int64)
        return Coranking(np.hstack([sums, after]), found.near, self.space.n, float(found.areas.mean()))

    @cached_property
    def neighbours(self) -> np.ndarray:
        """Nearest training points of each anchor."""
        return self._compared("train").near

    @cached_property
    def test_neighbours(self) -> np.ndarray:
        """Nearest training points of each test point that is an anchor."""
        return self._compared("test").near

    @cached_property
    def test_ranks(self) -> np.ndarray:
        """Ranks in the original space, from 0, of these."""
        return self._compared("test").ranks_in_data.astype(np.int64)

    def neighbours_in_data(self, of: Points) -> np.ndarray:
        """Return the nearest training points in the original space of each anchor."""
        return self._compared(of).near_in_data

    @cached_property
    def everywhere(self) -> Embedding | None:
        """The few nearest neighbours of all points, exact, by a tree; None where that is slow."""
        if self.Z.shape[1] > MAX_COMPONENTS:
            return None

        def find() -> np.ndarray | None:
            return nearest_of_all(self.positions, FEW, most_ties=len(self.anchors["train"]))

        if (near := self.once("tree", find)) is None:
            return None
        found = Embedding(self.space, self.Z)
        found.__dict__["neighbours"] = near
        return found

    @cached_property
    def baseline(self) -> Embedding:
        """A baseline for `transform`, as of any embedding; test points that are no anchors stay."""
        whole = self.__dict__["_whole"]
        if whole is not self:
            return whole.baseline.part(self.kept, self.looked_at)
        near, rows = self.neighbours_in_data("test")[:, :5], self.rows("test")
        Z_test = np.array(self.Z_test, np.float64)
        Z_test[rows] = np.asarray(self.Z, np.float64)[near].mean(axis=1)
        return replace(self, Z_test=Z_test)

    def part(self, kept: Mapping[Rows, np.ndarray], looked_at: set[Rows] | None = None) -> Anchored:
        """Return the embedding with some of its anchors, which has all that was computed of all."""
        for name in ("is_finite", "is_collapsed", *(("positions",) if self.has_neighbours else ())):
            getattr(self, name)  # once, for all parts
        found = object.__new__(type(self))
        shared = {name: value for name, value in self.__dict__.items() if name not in _OF_ROWS}
        noted = self.looked_at if looked_at is None else looked_at
        found.__dict__.update(shared | {"kept": kept, "looked_at": noted})
        return found

    @cached_property
    def parts(self) -> list[Anchored]:
        """The embedding without a group of anchors, for each group."""
        return [
            self.part({of: np.flatnonzero(groups != left_out) for of, groups in self._groups.items()})
            for left_out in range(self.n_groups)
        ]

    @property
    def n_groups(self) -> int:
        """Number of groups of anchors that are left out in turn."""
        return min(MAX_GROUPS, max(map(len, self.anchors.values())) // GROUP)

    def varies(self, of: set[Rows]) -> bool:
        """Return whether rows that a score looked at are not all that there are."""
        return any(self._share(rows) < 1 for rows in of)

    def standard_error(self, of: set[Rows], value: float, without: Sequence[float]) -> float | None:
        """Return the standard error of a score that looked at some rows, from its values without each group in turn.

        It is the jackknife's (Busing, Meijer and van der Leeden 1999, of groups of any size), which is that of a mean
        for means and holds for ratios and correlations, too; as more of all points are anchors, it goes to 0. None
        where it makes no difference which anchors are left out: the other points may still be different.
        """
        if not self.varies(of):
            return 0.0
        sampled = min(of, key=self._share)
        sizes = np.bincount(self._groups[sampled])
        inverse = sizes.sum() / sizes
        pseudo = inverse * value - (inverse - 1) * np.asarray(without)
        mean = float((pseudo / inverse).sum())
        error = sqrt(float(((pseudo - mean) ** 2 / (inverse - 1)).mean()) * (1 - self._share(sampled)))
        return error if error > ROUNDING * abs(value) else None

    @cached_property
    def _groups(self) -> dict[Rows, np.ndarray]:
        """The group of each anchor, where not all points are anchors: a stretch of their random order."""
        numbers = {of: len(anchors) for of, anchors in self.anchors.items() if self._share(of) < 1}
        return {of: np.arange(n) * self.n_groups // n for of, n in numbers.items()}

    def _share(self, of: Rows) -> float:
        """Return the share of all points that are anchors; pairs are drawn from so many that it is none."""
        n = {"train": self.space.n, "test": len(self.space.dataset.X_test)}
        return len(self.anchors[of]) / max(n[of], 1) if of in n else 0.0

    def _of_kept(self, array: np.ndarray, of: Rows) -> np.ndarray:
        return array[self.kept[of]] if of in self.kept else array

    def class_sums(self, of: Points) -> np.ndarray:
        """Return the sum of the distances of each anchor to the points of each class."""
        self.looked_at.add(of)
        positions = self.positions if of == "train" else self.test_positions

        def compute(first: int) -> np.ndarray:
            return self._class_sums(positions, self.labels(of), self.anchors[of][first:])

        def find() -> np.ndarray:
            rows = self.cached(f"class-sums-{digest_of(self.labels(of))}", of)  # a baseline has them shuffled
            if rows.n_known < len(self.anchors[of]):
                rows.add({"sums": compute(rows.n_known)})
            return rows.found["sums"]

        return self.once(f"class sums, {of}", find)

    def _class_sums(self, positions: np.ndarray, y: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        """Sum tile by tile, so that positions are read from memory once."""
        order, queries = np.argsort(y, kind="stable"), np.ascontiguousarray(positions[:, rows])
        starts = np.append(np.unique(y[order], return_index=True)[1], len(y))
        sums = np.zeros((queries.shape[1], len(starts) - 1))
        with threads() as run:
            for start in range(0, len(y), SUMMED):
                tile, of_tile = positions[:, order[start : start + SUMMED]], np.empty(sums.shape)
                inside = np.clip(starts - start, 0, tile.shape[1])
                run(kernels.class_sums, np.ascontiguousarray(tile), queries, inside, of_tile)
                sums += of_tile
        return sums

    def compare(self, of: Points) -> Compared:
        """Return what comparing each anchor with all points gives."""
        return compare_together([self], of)[0]

    def cached(self, what: str, of: Points) -> CachedRows:
        """Return the cache of something that is known of each anchor."""
        anchors = self.anchors[of]
        digest = self.once(f"digest, {of}", lambda: digest_of(self.Z, self.Z_test, anchors[:MIN_ANCHORS]))
        return CachedRows(self.space, f"{digest}-{what}-{of}", len(anchors))

    def _compared(self, of: Points) -> Compared:
        self.looked_at.add(of)
        whole: Anchored = self.__dict__["_whole"]
        found = self.once(f"compared, {of}", lambda: whole.compare(of))
        return Compared(*(self._of_kept(array, of) for array in found))


def by_anchors(embedding: Embedding, anchors: Mapping[Rows, np.ndarray]) -> Anchored:
    """Return an embedding as one that is scored by anchors."""
    return Anchored(**{one.name: getattr(embedding, one.name) for one in fields(Embedding)}, anchors=anchors)


def compare_together(embeddings: Sequence[Anchored], of: Points = "train") -> list[Compared]:
    """Compare the anchors of several embeddings of the same data with all points, in one pass over the data.

    Of anchors that were compared at an earlier time the cache has what came out, and only the others are compared.
    """
    rows = [one.cached("compared", of) for one in embeddings]
    for n_known in sorted({of_one.n_known for of_one in rows}):
        group = [(one, of_one) for one, of_one in zip(embeddings, rows, strict=True) if of_one.n_known == n_known]
        some, anchors = [one for one, _ in group], embeddings[0].anchors[of][n_known:]
        found = anchor_pass.compare(some[0].space, some, anchors, of) if len(anchors) else []
        for (_, of_one), new in zip(group, found, strict=False):
            of_one.add(new._asdict())
    for one, of_one in zip(embeddings, rows, strict=True):
        one.__dict__["_known"][f"compared, {of}"] = Compared(**of_one.found)
    return [one.__dict__["_known"][f"compared, {of}"] for one in embeddings]


_OF_ROWS = ("coranking", "neighbours", "test_neighbours", "test_ranks", "baseline", "parts", "_groups")
"""What an embedding keeps of the anchors that it counts, and a part of it does not have."""
