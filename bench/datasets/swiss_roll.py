"""Swiss roll with a hole: a sheet with a round hole, rolled up, in 10 dimensions.

Made here, from a seed. Points lie evenly on a sheet of 89.4 x 21 outside a hole of radius 6 in its middle; the sheet is
rolled up one and a half times as in scikit-learn's `make_swiss_roll`, but by length, so that distances along the sheet
stay, 6.3 between two layers; then it is turned into 10 dimensions, and noise of standard deviation 0.1 is added to each
feature. Labels are eight stretches of equal length along the roll. The geodesic distance is the shortest way on the
sheet, around the hole.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.datasets import made
from bench.datasets.base import Dataset
from bench.datasets.truth import Truth

N_FEATURES = 10
ANGLES = (1.5 * np.pi, 4.5 * np.pi)
HEIGHT, RADIUS, NOISE = 21.0, 6.0, 0.1
STRETCHES = 8
REACH = 15.0
SEEDS = (5, 6)
"""Of training points and of test points."""


def load(n: int | None, data_dir: Path | None = None) -> Dataset:
    """Return `n` training points, 5,000 if it is None, and 1,000 test points."""
    n = n or made.N
    made.check_size("swiss-roll-hole", n, N_FEATURES)
    sheets = [_sheet(seed, rows) for seed, rows in zip(SEEDS, (n, made.N_TEST), strict=True)]
    X, X_test = (
        made.turned(_rolled(sheet), N_FEATURES, seed=1) + NOISE * made.normal(seed + 100, len(sheet), N_FEATURES)
        for seed, sheet in zip(SEEDS, sheets, strict=True)
    )
    y, y_test = (np.minimum(sheet[:, 0] / _length() * STRETCHES, STRETCHES - 1).astype(np.int64) for sheet in sheets)
    classes = tuple(f"stretch {number}" for number in range(1, STRETCHES + 1))
    what = f"a Swiss roll with a hole, in {N_FEATURES} dimensions with noise, from a seed"
    truth = Truth(sheets[0], around_the_hole)
    return made.dataset("swiss-roll-hole", (X, X_test), REACH, what, (y, y_test), classes, truth)


def around_the_hole(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return how long the shortest way on the sheet is between two positions: straight, or along the hole's edge."""
    p, q = p - _middle(), q - _middle()
    straight = np.linalg.norm(p - q, axis=-1)
    of_p, of_q = (np.maximum(np.linalg.norm(point, axis=-1), RADIUS) for point in (p, q))
    cosine = np.clip(np.sum(p * q, axis=-1) / (of_p * of_q), -1, 1)
    # Two tangents and the arc between them; there is no arc where the straight line misses the hole.
    arc = np.arccos(cosine) - np.arccos(RADIUS / of_p) - np.arccos(RADIUS / of_q)
    around = np.sqrt(of_p**2 - RADIUS**2) + np.sqrt(of_q**2 - RADIUS**2) + RADIUS * arc
    return np.where(arc > 0, around, straight)


def _sheet(seed: int, n: int) -> np.ndarray:
    """Return positions on the sheet: length along the roll, and height."""
    drawn = made.uniform(seed, n + n // 2 + 100, 2) * (_length(), HEIGHT)
    return drawn[np.linalg.norm(drawn - _middle(), axis=1) > RADIUS][:n]


def _rolled(sheet: np.ndarray) -> np.ndarray:
    """Return where positions on the sheet are in three dimensions once it is rolled up."""
    angles = np.linspace(*ANGLES, 10_001)
    angle = np.interp(sheet[:, 0], _arc(angles) - _arc(ANGLES[0]), angles)
    return np.column_stack([angle * np.cos(angle), sheet[:, 1] - HEIGHT / 2, angle * np.sin(angle)])


def _arc(angle: np.ndarray | float) -> np.ndarray:
    """Return the length of the spiral whose radius is its angle, from 0 on."""
    return np.asarray((angle * np.sqrt(1 + np.square(angle)) + np.arcsinh(angle)) / 2)


def _length() -> float:
    return float(_arc(ANGLES[1]) - _arc(ANGLES[0]))


def _middle() -> np.ndarray:
    return np.array([_length() / 2, HEIGHT / 2])
