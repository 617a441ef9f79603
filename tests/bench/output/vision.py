"""How colours are seen, with four kinds of colour vision, and how far apart they then are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

VISIONS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""What is seen of linear red, green and blue (Machado, Oliveira and Fernandes 2009, severity 1)."""
APART = 12.0
"""Distance in CIE Lab (1976) from which two colours are told apart at a glance; 2.3 is just noticeable."""


def seen(colours: list[str], vision: str) -> np.ndarray:
    """Return colours as CIE Lab (D65), as they are seen with a colour vision."""
    parts = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.transpose(VISIONS[vision]), 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = (linear @ np.transpose(to_xyz) / [0.9505, 1.0, 1.089]).T
    x, y, z = (np.where(c > 216 / 24389, np.cbrt(c), (24389 / 27 * c + 16) / 116) for c in (x, y, z))
    return np.column_stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def smallest_distance(colours: Sequence[str], vision: str) -> float:
    """Return the distance of the two colours that are closest to each other."""
    of = seen(list(colours), vision)
    return float(np.linalg.norm(of[:, None] - of, axis=2)[np.triu_indices(len(of), 1)].min())
