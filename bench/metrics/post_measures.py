"""Measures of pictures that posts show: their sharpness, and how the classes lie among the test points."""

from __future__ import annotations

from math import isqrt

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import labels
from bench.metrics.embedding import Embedding
from bench.metrics.measure import Subject


def sharpness(subject: Subject) -> float:
    """Sharpness of displayed reconstructions: variance of an image's Laplacian, mean over images.

    A blurred image has few edges, so that its Laplacian varies little (Pech-Pacheco et al. 2000). Noise raises it, too,
    and images of different sizes cannot be compared.
    """
    pixels = subject["extra_displayed"].astype(np.float64)
    side = isqrt(pixels.shape[1])
    if side**2 != pixels.shape[1] or side < 3:
        raise UndefinedError("no square images")
    images = pixels.reshape(-1, side, side)
    beside = images[:, :-2, 1:-1] + images[:, 2:, 1:-1] + images[:, 1:-1, :-2] + images[:, 1:-1, 2:]
    return float((beside - 4 * images[:, 1:-1, 1:-1]).var(axis=(1, 2)).mean())


def class_offsets(subject: Subject) -> dict[str, float]:
    """Distance of each class's mean from that of all other test points, over the root-mean-square radius of all."""
    Z, y = subject["test"].astype(np.float64), subject.y_test
    radius = float(np.sqrt(np.square(Z - Z.mean(axis=0)).sum(axis=1).mean()))
    if radius == 0:
        raise UndefinedError("all points at one position")
    classes = {name: y == label for label, name in enumerate(subject.dataset.classes)}
    return {
        name: float(np.linalg.norm(Z[rows].mean(axis=0) - Z[~rows].mean(axis=0))) / radius
        for name, rows in classes.items()
        if rows.any() and not rows.all()
    }


def silhouette_test(subject: Subject) -> float:
    """Silhouette of the test points; it has the value of the score of this name, without what other scores need."""
    return labels.silhouette(_embedding(subject), "test")


def silhouette_of_classes_test(subject: Subject) -> dict[str, float]:
    """Mean silhouette of each class of test points, as the score `silhouette_of_classes` has it."""
    return labels.silhouette_of_classes(_embedding(subject), "test")


def _embedding(subject: Subject) -> Embedding:
    return Embedding(subject.space, subject.Z, subject["test"])
