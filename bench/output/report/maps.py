"""Maps: embeddings as the page draws them, in whole numbers. No score is ever computed from a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.store.arrays import array_name
from bench.store.results import Results
from bench.store.values import RunId

KINDS = ("embedding", "aligned")
"""Arrays of the shown run and of the second one, which is rotated, mirrored and shifted onto it."""
SIDE = 65_535
"""Largest coordinate: a step is far below a pixel, at any zoom that is of use."""
SHARE = 0.001
"""Share of the training points that may lie beyond the box on either side of an axis: one outlier squeezes no panel."""
MARGIN = 0.04
"""Share of a panel's side that stays empty around the box."""


@dataclass(frozen=True)
class Map:
    """One embedding in a square panel.

    Attributes
    ----------
    splits : dict of str to ndarray of shape (2, n_samples), uint16
        Positions of the points of `train` and, if the method has a `transform`, `test`: from left to right, and from
        top to bottom.
    clipped : dict of str to int
        Points outside the box, drawn on its border.
    n_components : int
        Dimensions of the embedding, of which the first two are shown.
    """

    splits: dict[str, np.ndarray]
    clipped: dict[str, int]
    n_components: int


def runs_of(results: Results, variant: str) -> tuple[RunId | None, RunId | None]:
    """Return the run of a variant that is shown, and the second one."""
    return results.shown(variant), results.second(variant)


def maps(results: Results, variant: str) -> list[Map | None]:
    """Return the maps of the shown run and of the second one; None for what `arrays.npz` does not have."""
    found: list[Map | None] = []
    for kind, run in zip(KINDS, runs_of(results, variant), strict=True):
        names = {split: array_name(kind, variant, run, split) for split in ("train", "test")} if run else {}
        arrays = {split: results.arrays[name] for split, name in names.items() if name in results.arrays}
        found.append(boxed(arrays) if arrays else None)
    return found


def boxed(splits: dict[str, np.ndarray]) -> Map:
    """Return positions in the box of the training points, its sides as long as its longer axis needs."""
    planes = {split: _plane(Z) for split, Z in splits.items()}
    low, high = np.quantile(planes["train"], [SHARE, 1 - SHARE], axis=0)
    side = float((high - low).max()) or 1.0
    unit = {
        split: (plane - (low + high - side) / 2) / side * (1 - 2 * MARGIN) + MARGIN for split, plane in planes.items()
    }
    clipped = {split: int(((at < 0) | (at > 1)).any(axis=1).sum()) for split, at in unit.items()}
    whole = {split: np.clip(np.column_stack([at[:, 0], 1 - at[:, 1]]), 0, 1) * SIDE for split, at in unit.items()}
    return Map({split: np.rint(at).astype("<u2").T for split, at in whole.items()}, clipped, splits["train"].shape[1])


def _plane(Z: np.ndarray) -> np.ndarray:
    """Return the first two axes; what has only one lies along a line."""
    Z = Z.astype(np.float64)
    return Z[:, :2] if Z.shape[1] > 1 else np.column_stack([Z[:, 0], np.zeros(len(Z))])
