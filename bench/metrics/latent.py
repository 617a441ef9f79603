"""Metrics of the embedding as such: whether its axes are used."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.metrics.embedding import Embedding
from bench.metrics.metric import Metric

ACTIVE = 0.01
"""Variance above which an axis is active (Burda, Grosse and Salakhutdinov 2016)."""


def axis_std(embedding: Embedding) -> dict[str, float]:
    """Standard deviation of the training points along each axis."""
    return {str(axis): float(std) for axis, std in enumerate(np.std(embedding.Z, axis=0, dtype=np.float64))}


def active_units(embedding: Embedding) -> float:
    """Number of axes along which the training points vary by more than 0.01 (Burda, Grosse and Salakhutdinov 2016)."""
    return float(np.sum(np.var(embedding.Z, axis=0, dtype=np.float64) > ACTIVE))


def collapse(embedding: Embedding) -> float:
    r"""How near the training points are to a line: 0 if they spread evenly over all dimensions, 1 on a line or point.

    .. math:: 1 - \frac{p - 1}{c - 1}, \quad p = \frac{(\sum_a \lambda_a)^2}{\sum_a \lambda_a^2}

    with the variances :math:`\lambda` along the c principal axes; p is their participation ratio.
    """
    n_components = embedding.Z.shape[1]
    if embedding.is_collapsed:
        return 1.0
    if n_components == 1:
        return 0.0
    variances = np.linalg.eigvalsh(np.cov(embedding.positions))
    participation = variances.sum() ** 2 / np.sum(variances**2)
    return float(1 - (participation - 1) / (n_components - 1))


_metric = partial(Metric, family="latent", of_any_shape=True)

RECORDS = (
    _metric(
        key="axis_std",
        label="standard deviation by axis",
        train=axis_std,
        high=float("inf"),
        unit="units of the embedding",
        higher_is_better=None,
        chance="none",
        several=True,
        scale_free=False,
        reference="-",
        meaning="How far the training points spread along each axis.",
        weakness="The unit differs between methods: read it within one.",
    ),
    _metric(
        key="active_units",
        label="active units",
        train=active_units,
        high=float("inf"),
        unit="axes",
        chance="none",
        scale_free=False,
        reference="Burda, Grosse and Salakhutdinov 2016",
        meaning="Axes along which the embedding varies at all.",
        weakness="Its threshold has a unit: made for autoencoders whose latent space is scaled to a prior.",
    ),
    _metric(
        key="collapse",
        label="collapse",
        train=collapse,
        higher_is_better=False,
        unit="0 to 1",
        chance="0",
        reference="participation ratio of the variances",
        meaning="1 where the points lie on a line or at one position, 0 where they spread evenly over all dimensions.",
        weakness="Data that are a line are rightly drawn as one.",
    ),
)
