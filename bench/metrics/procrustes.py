"""Procrustes alignment: one embedding mapped onto another one of the same points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def align(a: np.ndarray, b: np.ndarray, *, scale: bool = True) -> np.ndarray:
    """Return embedding b mapped onto embedding a by the best shift, rotation or reflection, and size.

    Parameters
    ----------
    a, b : ndarray of shape (n_samples, n_components)
        The same points in the same order.
    scale : bool
        Whether b is brought to the size of a.

    Returns
    -------
    ndarray of shape (n_samples, n_components), float64

    Examples
    --------
    >>> a = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 1.0]])
    >>> turned = 3 * a[:, ::-1] + 5
    >>> bool(np.allclose(align(a, turned), a))
    True
    """
    return alignment(a, b, scale=scale)(b)


def alignment(a: np.ndarray, b: np.ndarray, *, scale: bool = True) -> Callable[[np.ndarray], np.ndarray]:
    """Return the map behind `align`, which also maps other points of embedding b, such as its test points.

    Points that are not finite in either are left out of its computation.
    """
    from scipy.linalg import orthogonal_procrustes

    a, b = (np.asarray(Z, np.float64) for Z in (a, b))
    finite = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    a, b = a[finite], b[finite]
    centre_a, centre_b = a.mean(axis=0), b.mean(axis=0)
    rotation, _ = orthogonal_procrustes(b - centre_b, a - centre_a)
    factor = size(a) / size(b) if scale else 1.0
    return lambda points: (np.asarray(points, np.float64) - centre_b) @ rotation * factor + centre_a


def size(Z: np.ndarray) -> float:
    """Return the root of the summed squared distances of an embedding's points to their mean."""
    Z = np.asarray(Z, np.float64)
    return float(np.linalg.norm(Z - Z.mean(axis=0)))
