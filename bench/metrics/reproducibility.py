"""Reproducibility: how far apart two embeddings are that should be one, such as those of one seed in two processes.

Which pairs of runs are compared is decided where runs are scored: `bench.execution.scoring`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.metrics.embedding import Embedding
from bench.metrics.out_of_sample import shared
from bench.metrics.procrustes import alignment, size

NEIGHBOURS = 15


@dataclass(frozen=True)
class Reproducibility:
    """Two embeddings of the same points compared.

    Attributes
    ----------
    bit_equal : bool
        Whether all coordinates are equal to the last bit, as they are stored: in float32.
    displacement, largest_displacement : float
        Median and largest distance between a point's two positions, in root-mean-square radii of the first embedding's
        training points.
    aligned_displacement : float
        The median after Procrustes alignment of the training points: about 1.2 for embeddings that have nothing in
        common.
    shared_neighbours : float
        Share of a point's 15 nearest training points in one that are among its 15 nearest in the other.
    """

    bit_equal: bool
    displacement: float
    largest_displacement: float
    aligned_displacement: float
    shared_neighbours: float


def compare(first: Embedding, second: Embedding) -> dict[str, Reproducibility]:
    """Return how far apart two embeddings are: of training points under `train`, of test points, if any, under `test`.

    Without finite, not collapsed embeddings of one shape there is nothing to compare, and the result is empty.
    """
    if not (first.has_neighbours and second.has_neighbours and first.Z.shape == second.Z.shape):
        return {}
    onto = alignment(first.Z, second.Z)
    near = [embedding.neighbours for embedding in (first, second)]
    found = {"train": _compared(first, first.Z, second.Z, onto, near)}
    if first.Z_test is not None and second.Z_test is not None:
        near = [embedding.test_neighbours for embedding in (first, second)]
        found["test"] = _compared(first, first.Z_test, second.Z_test, onto, near)
    return found


def _compared(
    first: Embedding, a: np.ndarray, b: np.ndarray, onto: Callable[[np.ndarray], np.ndarray], near: list[np.ndarray]
) -> Reproducibility:
    radius = size(first.Z) / np.sqrt(len(first.Z))
    moved, aligned = (np.linalg.norm(points - a, axis=1) / radius for points in (np.asarray(b, np.float64), onto(b)))
    return Reproducibility(
        bit_equal=a.tobytes() == b.tobytes(),
        displacement=float(np.median(moved)),
        largest_displacement=float(moved.max()),
        aligned_displacement=float(np.median(aligned)),
        shared_neighbours=shared(near[0], near[1], NEIGHBOURS),
    )
