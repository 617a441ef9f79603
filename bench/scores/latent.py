"""Scores of the embedding as such: whether its axes are used."""

from __future__ import annotations

import numpy as np

from bench.scores.case import Case
from bench.scores.score import Score

ACTIVE = 0.01
"""Variance above which an axis is active (Burda, Grosse and Salakhutdinov 2016)."""


def axis_std(case: Case, k: int | None) -> dict[str, float]:
    """Standard deviation of the fitted points along each axis."""
    return {str(axis): float(std) for axis, std in enumerate(np.std(case.Z, axis=0, dtype=np.float64))}


def active_units(case: Case, k: int | None) -> float:
    """Number of axes along which the fitted points vary by more than 0.01 (Burda, Grosse and Salakhutdinov 2016)."""
    return float(np.sum(np.var(case.Z, axis=0, dtype=np.float64) > ACTIVE))


def collapse(case: Case, k: int | None) -> float:
    r"""How far the fitted points lie on a line: 0 where they spread evenly over all dimensions, 1 on a line or a point.

    .. math:: 1 - \frac{p - 1}{c - 1}, \quad p = \frac{(\sum_a \lambda_a)^2}{\sum_a \lambda_a^2}

    with the variances :math:`\lambda` along the c principal axes; p is their participation ratio.
    """
    n_components = case.Z.shape[1]
    if case.is_collapsed:
        return 1.0
    if n_components == 1:
        return 0.0
    variances = np.linalg.eigvalsh(np.cov(case.positions))
    participation = variances.sum() ** 2 / np.sum(variances**2)
    return float(1 - (participation - 1) / (n_components - 1))


RECORDS = (
    Score(
        key="axis_std",
        label="standard deviation by axis",
        family="latent",
        fit=axis_std,
        high=float("inf"),
        unit="units of the embedding",
        higher_is_better=None,
        chance="none",
        several=True,
        reference="-",
        meaning="How far the fitted points spread along each axis.",
        weakness="The unit differs between methods: read it within one.",
    ),
    Score(
        key="active_units",
        label="active units",
        family="latent",
        fit=active_units,
        high=float("inf"),
        unit="axes",
        chance="none",
        reference="Burda, Grosse and Salakhutdinov 2016",
        meaning="Axes along which the embedding varies at all.",
        weakness="Its threshold has a unit: made for autoencoders whose latent space is scaled to a prior.",
    ),
    Score(
        key="collapse",
        label="collapse",
        family="latent",
        fit=collapse,
        higher_is_better=False,
        unit="0 to 1",
        chance="0",
        reference="participation ratio of the variances",
        meaning="1 where the points lie on a line or at one place, 0 where they spread evenly over all dimensions.",
        weakness="Data that are a line are rightly drawn as one.",
    ),
)
