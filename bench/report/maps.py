"""Maps: embeddings as the page draws them, seeds aligned, in whole numbers. No score is ever computed from a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import orthogonal_procrustes

from bench.reading import Judged, Reading

SIDE = 65_535
"""Largest coordinate: a step is far below a pixel, at any zoom that is of use."""
SHARE = 0.001
"""Share of the fitted points that may lie beyond the box on either side of an axis: one outlier squeezes no panel."""
MARGIN = 0.04
"""Share of a panel's side that stays empty around the box."""


@dataclass(frozen=True)
class Map:
    """One embedding in a square panel.

    Attributes
    ----------
    fit, test : ndarray of shape (2, n_samples), uint16
        Places from left to right and from top to bottom; `test` is None for a method that places no new points.
    clipped, clipped_test : int
        Points outside the box, drawn on its border.
    n_components : int
        Dimensions of the embedding, of which the first two are shown.
    """

    fit: np.ndarray
    test: np.ndarray | None
    clipped: int
    clipped_test: int
    n_components: int


def maps(reading: Reading, variant: str) -> dict[int, Map]:
    """Return the maps of a variant's runs that ended well, by seed, each aligned with the first.

    Only rotation, reflection and shift are used (orthogonal Procrustes; Schönemann 1966): what differs between two
    seeds beyond these is there to be seen.
    """
    first: np.ndarray | None = None
    found = {}
    for item in reading.well(variant):
        fit, test = _places(reading, item)
        if first is None:
            first = fit
        else:
            turn, shift = alignment(fit, first)
            fit, test = fit @ turn + shift, None if test is None else test @ turn + shift
        found[item.record.seed] = _boxed(fit, test)
    return found


def _places(reading: Reading, item: Judged) -> tuple[np.ndarray, np.ndarray | None]:
    arrays = reading.arrays(item)
    test = arrays.get("test")
    return arrays["fit"].astype(np.float64), None if test is None or not len(test) else test.astype(np.float64)


def alignment(Z: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rotation or reflection and then the shift that bring `Z` closest to `target` in least squares.

    Parameters
    ----------
    Z, target : ndarray of shape (n_samples, n_components)
        The same points twice. Points that are not finite are left out.
    """
    sound = np.isfinite(Z).all(axis=1) & np.isfinite(target).all(axis=1)
    if Z.shape != target.shape or not sound.any():
        return np.eye(Z.shape[1]), np.zeros(Z.shape[1])
    centre, goal = Z[sound].mean(axis=0), target[sound].mean(axis=0)
    turn, _ = orthogonal_procrustes(Z[sound] - centre, target[sound] - goal)
    return turn, goal - centre @ turn


def _boxed(fit: np.ndarray, test: np.ndarray | None) -> Map:
    """Return both splits in the box of the fitted points, its sides as long as its longer axis asks."""
    plane = _plane(fit)
    sound = plane[np.isfinite(plane).all(axis=1)]
    if not len(sound):
        sound = np.zeros((1, 2))
    low, high = np.quantile(sound, [SHARE, 1 - SHARE], axis=0)
    side = float((high - low).max()) or 1.0
    corner = (low + high - side) / 2
    whole, clipped = _quantised(plane, corner, side)
    if test is None:
        return Map(whole, None, clipped, 0, fit.shape[1])
    held_out, clipped_test = _quantised(_plane(test), corner, side)
    return Map(whole, held_out, clipped, clipped_test, fit.shape[1])


def _plane(Z: np.ndarray) -> np.ndarray:
    """Return the first two axes; what has only one lies along a line."""
    return Z[:, :2] if Z.shape[1] > 1 else np.column_stack([Z[:, 0], np.zeros(len(Z))])


def _quantised(plane: np.ndarray, corner: np.ndarray, side: float) -> tuple[np.ndarray, int]:
    unit = (plane - corner) / side * (1 - 2 * MARGIN) + MARGIN
    unit[:, 1] = 1 - unit[:, 1]
    # What is no number is in no box either.
    outside = int((~((unit >= 0) & (unit <= 1)).all(axis=1)).sum())
    return np.rint(np.clip(np.nan_to_num(unit), 0, 1) * SIDE).astype("<u2").T, outside
