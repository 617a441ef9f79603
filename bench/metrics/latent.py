"""Metrics of the embedding as such: whether its axes are used."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.metrics.embedding import Embedding
from bench.metrics.metric import metric

ACTIVE = 0.01
"""Variance above which an axis is active (Burda, Grosse and Salakhutdinov 2016)."""

_metric = partial(metric, family="latent", of_any_shape=True)
_of_axes = partial(_metric, high=float("inf"), chance="none", scale_free=False)


@_of_axes(
    "standard deviation by axis", unit="units of the embedding", higher_is_better=None, several=True, reference="-"
)
def axis_std(embedding: Embedding) -> dict[str, float]:
    """How far the training points spread along each axis.

    The unit differs between methods: read it within one.
    """
    return {str(axis): float(std) for axis, std in enumerate(np.std(embedding.Z, axis=0, dtype=np.float64))}


@_of_axes("active units", unit="axes", reference="Burda, Grosse and Salakhutdinov 2016")
def active_units(embedding: Embedding) -> float:
    """Axes along which the embedding varies at all.

    Its threshold has a unit: made for autoencoders whose latent space is scaled to a prior.
    """
    return float(np.sum(np.var(embedding.Z, axis=0, dtype=np.float64) > ACTIVE))


@_metric(
    "collapse", higher_is_better=False, unit="0 to 1", chance="0", reference="participation ratio of the variances"
)
def collapse(embedding: Embedding) -> float:
    r"""1 where the points lie on a line or at one position, 0 where they spread evenly over all dimensions.

    Data that are a line are rightly drawn as one.

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
