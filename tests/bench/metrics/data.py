"""Small data for tests of scores, and the definitions of scores in the plainest words."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from bench.datasets import Dataset

Z_KINDS = ("scattered", "on a grid", "two places", "an outlier")


def dataset(X: np.ndarray, y: np.ndarray | None = None, X_test: np.ndarray | None = None, **fields: object) -> Dataset:
    """Return data of whole numbers 0 to 255, unless `levels` says otherwise."""
    levels = fields.setdefault("levels", 255)
    scale = levels or 1
    nothing = np.empty((0, X.shape[1]), np.float32)
    given: dict[str, object] = {
        "name": "small",
        "X": (X / scale).astype(np.float32),
        "X_test": nothing if X_test is None else (X_test / scale).astype(np.float32),
        "y": y,
        "y_test": None,
        "classes": tuple("abcdefghij"),
        "image_shape": None,
        "provenance": "made up",
    }
    return Dataset(**(given | fields))  # type: ignore[arg-type]


def tied_points(n: int = 37, n_features: int = 3, values: int = 4, seed: int = 0) -> np.ndarray:
    """Return points of few values, so that distances tie, some of them several times over."""
    X = np.random.RandomState(seed).randint(0, values, (n, n_features))
    X[[3, 11, 15]] = X[17]
    return X


def coordinates(kind: str, n: int, n_components: int = 2, seed: int = 1) -> np.ndarray:
    rng = np.random.RandomState(seed)
    if kind == "on a grid":
        return rng.randint(0, 4, (n, n_components)).astype(np.float32)
    if kind == "two places":
        return np.repeat(rng.randint(0, 2, (n, 1)), n_components, axis=1).astype(np.float32)
    Z = rng.standard_normal((n, n_components)).astype(np.float32)
    if kind == "an outlier":
        Z[5] = 1e6
    return Z


def ranks(points: np.ndarray) -> np.ndarray:
    """Rank of each other point as a neighbour, from 1: by distance, then by index; 0 for the point itself."""
    n = len(points)
    points = points.astype(np.float64)
    found = np.zeros((n, n), int)
    for i in range(n):
        others = sorted((float(((points[i] - points[j]) ** 2).sum()), j) for j in range(n) if j != i)
        for place, (_, j) in enumerate(others, start=1):
            found[i, j] = place
    return found


def by_definition(X: np.ndarray, Z: np.ndarray, k: int) -> dict[str, float]:
    """Return scores of neighbourhoods pair by pair, as they are published."""
    n, r, s = len(X), ranks(X), ranks(Z)
    false = missing = kept = 0
    error_false = error_missing = 0.0
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            if s[i, j] <= k < r[i, j]:
                false += r[i, j] - k
            if r[i, j] <= k < s[i, j]:
                missing += s[i, j] - k
            kept += r[i, j] <= k and s[i, j] <= k
            error_false += abs(r[i, j] - s[i, j]) / s[i, j] if s[i, j] <= k else 0
            error_missing += abs(r[i, j] - s[i, j]) / r[i, j] if r[i, j] <= k else 0
    worst = n * k * (2 * n - 3 * k - 1) if 2 * k < n else n * (n - k) * (n - k - 1)
    worst_error = n * sum(abs(n - 2 * i + 1) / i for i in range(1, k + 1))
    recall = kept / (n * k)
    return {
        "trustworthiness": 1 - 2 * false / worst,
        "continuity": 1 - 2 * missing / worst,
        "recall": recall,
        "r_nx": ((n - 1) * recall - k) / (n - 1 - k),
        "lcmc": recall - k / (n - 1),
        "mrre_false": 1 - error_false / worst_error,
        "mrre_missing": 1 - error_missing / worst_error,
    }


def zadu(*names: str) -> list[ModuleType]:
    """Return measures of zadu, the best known library of scores; skip the test where it is not installed."""
    reason = "zadu, which scores are compared with, is not installed"
    return [pytest.importorskip(f"zadu.measures.{name}", reason=reason) for name in names]
