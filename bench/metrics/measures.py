"""Measures: quantities that only some studies ask for, by `measures = [...]` in their file.

They are computed of each run when it is scored and stored with it in `measures.csv`. Every public function here, and in
the modules `OTHERS`, is one: its name is the key, the first line of its docstring the meaning. Those here are of neural
reducers: reconstructions, posteriors and the shape of codes.
"""

from __future__ import annotations

import sys
from inspect import isfunction
from itertools import combinations

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import (
    classifier_measures,
    false_structure_measures,
    placement_measures,
    post_measures,
    published_measures,
    selection_measures,
    structure_measures,
)
from bench.metrics.measure import Measure, Subject
from bench.metrics.new_points import auc
from reducers import HISTORY_COLUMNS

OTHERS = (
    published_measures,
    selection_measures,
    false_structure_measures,
    classifier_measures,
    post_measures,
    placement_measures,
    structure_measures,
)
"""Modules with further measures."""
VERSIONS: dict[str, int] = {}
"""Raised from 1 whenever the value of a measure changes."""
CELLS = 20
"""Cells of each axis, whose share that holds a point is `share_covered`."""


def _per_pixel(subject: Subject, name: str) -> float:
    return float(np.mean(subject[name], dtype=np.float64)) / subject.dataset.X.shape[1]


def error(subject: Subject) -> float:
    """Mean squared error a pixel of test points, without noise."""
    return _per_pixel(subject, "squared_error")


def error_through_draws(subject: Subject) -> float:
    """Mean squared error a pixel of test points through one draw from the posterior of each."""
    return _per_pixel(subject, "extra_squared_error_through_sample")


def training_error(subject: Subject) -> float:
    """Mean squared error a pixel of training points, without noise."""
    return _per_pixel(subject, "extra_fitted_squared_error")


def mean_image_error(subject: Subject) -> float:
    """Mean squared error a pixel of test points if the answer is always the mean training image."""
    data = subject.dataset
    return subject.space.once(
        "mean image error", lambda: float(np.mean(np.square(data.X_test - data.X.mean(axis=0)), dtype=np.float64))
    )


def unexplained_by_class(subject: Subject) -> dict[str, float]:
    """Share of each class's squared distance from the mean image that its test points' reconstruction leaves."""
    data, error = subject.dataset, subject["squared_error"]
    around = subject.space.once(
        "around the mean image",
        lambda: np.square(data.X_test - data.X.mean(axis=0)).sum(axis=1, dtype=np.float64),
    )
    classes = {name: subject.y_test == label for label, name in enumerate(data.classes)}
    return {name: float(error[rows].sum() / around[rows].sum()) for name, rows in classes.items() if rows.any()}


def vae_active_units(subject: Subject) -> float:
    """Number of latent dimensions in use, by the posterior means of test points."""
    return float(subject["extra_active_units"])


def kl(subject: Subject) -> float:
    """Divergence of the posteriors from the prior in nats a point, all dimensions together."""
    return float(subject["extra_kl_per_dimension"].sum())


def spread_of_means(subject: Subject) -> float:
    """Root mean square over the axes of the standard deviation of test points' codes, without noise."""
    return float(np.sqrt(np.mean(np.square(subject["extra_standard_deviation"]))))


def posterior_deviation(subject: Subject) -> float:
    """Mean standard deviation of a posterior."""
    return float(subject["extra_posterior_deviation"].mean())


def spread_of_codes(subject: Subject) -> float:
    """Root mean square over the axes of the standard deviation of the embedding of training points."""
    return float(np.sqrt(np.var(subject.Z, axis=0, dtype=np.float64).mean()))


def distance_from_gaussian(subject: Subject) -> float:
    """Kolmogorov distance of the squared Mahalanobis radii from their distribution in a Gaussian.

    It sees no scale, no shift and no rotation: only the shape.
    """
    from scipy import stats

    Z = _of_two_dimensions(subject).astype(np.float64)
    centred = Z - Z.mean(axis=0)
    squared = np.einsum("ij,ij->i", centred @ np.linalg.pinv(np.cov(Z, rowvar=False)), centred)
    return float(stats.kstest(squared, stats.chi2(Z.shape[1]).cdf).statistic)


def share_covered(subject: Subject) -> float:
    """Share of 20 x 20 cells, over the middle 98 % of the first two axes, that hold a training point."""
    Z = _of_two_dimensions(subject)
    low, high = np.quantile(Z, [0.01, 0.99], axis=0)
    if (low == high)[:2].any():
        raise UndefinedError("no extent")
    counts, _, _ = np.histogram2d(Z[:, 0], Z[:, 1], bins=CELLS, range=list(zip(low, high, strict=True))[:2])
    return float(np.mean(counts > 0))


def class_spread_variation(subject: Subject) -> float:
    """Coefficient of variation of the classes' radii."""
    return _variation(_class_variances(subject).sum(axis=1))


def class_spread_variation_pairs(subject: Subject) -> float:
    """Coefficient of variation of the classes' radii within every two axes, mean over pairs of axes.

    A radius over many axes averages more than one over two, which alone makes radii more alike; pairs do not.
    """
    variances = _class_variances(subject)
    pairs = combinations(range(_of_two_dimensions(subject).shape[1]), 2)
    return float(np.mean([_variation(variances[:, list(pair)].sum(axis=1)) for pair in pairs]))


def _of_two_dimensions(subject: Subject) -> np.ndarray:
    if subject.Z.shape[1] < 2:
        raise UndefinedError("one dimension")
    return subject.Z


def _class_variances(subject: Subject) -> np.ndarray:
    """Return the variance of each class along each axis."""
    Z, y = subject.Z, subject.y
    return np.array([Z[y == label].var(axis=0, dtype=np.float64) for label in np.unique(y)])


def _variation(squared_radii: np.ndarray) -> float:
    radii = np.sqrt(squared_radii)
    if not radii.any():
        raise UndefinedError("all points at one position")
    return float(np.std(radii) / np.mean(radii))


def majority_class(subject: Subject) -> float:
    """Majority-class accuracy: the share of the largest class among the test points."""
    return float(np.bincount(subject.y_test).max() / len(subject.y_test))


def principal_variances(subject: Subject) -> dict[str, float]:
    """The two largest variances of the training points along their principal axes, `1` and `2`."""
    return {str(number): float(value) for number, value in enumerate(_variances(subject)[:2], start=1)}


def units_in_theory(subject: Subject) -> float:
    """Principal axes with a variance above 1/2: the units that a linear VAE with beta = 1 keeps in theory."""
    return float(np.sum(2 * _variances(subject) > 1))


def _variances(subject: Subject) -> np.ndarray:
    return subject.space.once(
        "principal variances",
        lambda: np.linalg.eigvalsh(np.cov(subject.dataset.X.astype(np.float64), rowvar=False))[::-1],
    )


def anomaly_auc(subject: Subject) -> float:
    """Area under the ROC curve with the anomaly score as a sign of the class that was left out."""
    return auc(_anomalous(subject), subject["extra_anomaly_score"])


def anomaly_auc_of_error(subject: Subject) -> float:
    """The same with the squared error of reconstruction alone."""
    return auc(_anomalous(subject), subject["squared_error"])


def anomaly_auc_of_both(subject: Subject) -> float:
    """The same with the lower of two ranks: by this run's anomaly score and by that of its sibling `autoencoder`."""
    from scipy.stats import rankdata

    anomalous, other = _anomalous(subject), subject.sibling("autoencoder")
    if other is None or "extra_anomaly_score" not in other:
        raise UndefinedError("no autoencoder to compare with")
    ranks = [rankdata(scores) for scores in (other["extra_anomaly_score"], subject["extra_anomaly_score"])]
    return auc(anomalous, np.minimum(*ranks))


def _anomalous(subject: Subject) -> np.ndarray:
    if not subject.without:
        raise UndefinedError("no class is left out")
    return subject.y_test == subject.dataset.classes.index(subject.without)


def training_loss(subject: Subject) -> dict[str, float]:
    """Loss of each epoch of the training, in nats a sample."""
    losses = subject["extra_history"][:, HISTORY_COLUMNS.index("loss")]
    return {str(epoch): float(loss) for epoch, loss in enumerate(losses, start=1)}


MEASURES = {
    key: Measure(key, (function.__doc__ or "").partition("\n")[0], function, VERSIONS.get(key, 1))
    for module in (sys.modules[__name__], *OTHERS)
    for key, function in vars(module).copy().items()
    if isfunction(function) and function.__module__ == module.__name__ and not key.startswith("_")
}
"""Every measure by its key."""
