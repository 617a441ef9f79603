"""Variance: how much a score changes with other training data, with another seed, and with other test points.

Each run of a study with several samples of its data is one of a nested design: seeds within samples. The correctness of
each test point in each run crosses it with points. Variances are estimated by the method of moments, from the mean
squares of the balanced design (Searle, Casella, McCulloch 1992), and are 0 where that would be less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from math import sqrt

import numpy as np
import pandas as pd

from bench.store import test_set
from bench.store.results import Results
from bench.store.values import RunId

SPLIT = (test_set.KEY, "knn_accuracy_k10", "knn_recall_k15")
"""Scores whose variance is split; that due to test points is known of the first."""
COLUMNS = ("column", "variant", "label", "n_samples", "n_seeds", "n_points", "sd_data", "sd_seed", "sd_points")


@dataclass(frozen=True)
class Deviations:
    """Standard deviations of the score of one run: with other data, another seed or other test points alone.

    That of test points is None where the score has none, or it is not stored which are correct.
    """

    data: float
    seed: float
    points: float | None = None


def of_scores(scores: np.ndarray) -> Deviations:
    """Return the standard deviations of scores of shape (n_samples, n_seeds), at least two of either.

    >>> of_scores(np.array([[0.1, 0.3], [0.6, 0.8]]))
    Deviations(data=0.33..., seed=0.14..., points=None)
    """
    within, between = scores.var(axis=1, ddof=1).mean(), scores.mean(axis=1).var(ddof=1)
    return Deviations(_root(between - within / scores.shape[1]), _root(within))


def of_points(correct: np.ndarray) -> Deviations:
    """Return the standard deviations of an accuracy.

    Parameters
    ----------
    correct : ndarray of shape (n_samples, n_seeds, n_points)
        Whether each run is correct on each test point; at least two samples, seeds and points. What chance on the
        points does to a run alone counts as due to points, and not as due to its seed or data.
    """
    bits = correct.astype(np.float64)
    n_samples, n_seeds, n_points = bits.shape
    of_run, at_point, mean = bits.mean(axis=2), bits.mean(axis=1), bits.mean()
    of_sample, of_point = of_run.mean(axis=1), at_point.mean(axis=0)
    rest = bits - at_point[:, None, :] - of_run[:, :, None] + of_sample[:, None, None]
    of_both = at_point - of_sample[:, None] - of_point + mean
    # Mean squares: of samples, of seeds in samples, of points, of samples with points, and of seeds with points.
    data = n_seeds * n_points * ((of_sample - mean) ** 2).sum() / (n_samples - 1)
    seeds = n_points * ((of_run - of_sample[:, None]) ** 2).sum() / (n_samples * (n_seeds - 1))
    points = n_samples * n_seeds * ((of_point - mean) ** 2).sum() / (n_points - 1)
    both = n_seeds * (of_both**2).sum() / ((n_samples - 1) * (n_points - 1))
    left = (rest**2).sum() / (n_samples * (n_seeds - 1) * (n_points - 1))
    at_points = max(0.0, points - both) / (n_samples * n_seeds) + max(0.0, both - left) / n_seeds + left
    return Deviations(
        data=_root((data - seeds - both + left) / (n_seeds * n_points)),
        seed=_root((seeds - left) / n_points),
        points=_root(at_points / n_points),
    )


def variance_table(results: Results) -> pd.DataFrame:
    """Return one row a score and method: the standard deviations; none without several samples of several seeds."""
    rows = [row for key in SPLIT for variant in results.methods for row in _rows(results, key, variant)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_points": "Int64"})


def _rows(results: Results, key: str, variant: str) -> Iterator[tuple[object, ...]]:
    by_run = results.values(variant, key).by_run
    design = _balanced(by_run) if results.is_resampled else []
    if len(design) < 2 or len(design[0]) < 2:
        return
    correct = test_set.correct_points(results, variant) if key == test_set.KEY else {}
    if all(run in correct for runs in design for run in runs):
        bits = np.array([[correct[run] for run in runs] for runs in design])
        found, n_points = of_points(bits), bits.shape[2]
    else:
        found, n_points = of_scores(np.array([[by_run[run] for run in runs] for runs in design])), None
    about = (key, variant, results.label(variant), len(design), len(design[0]), n_points)
    yield (*about, *astuple(found))


def _balanced(runs: Iterable[RunId]) -> list[list[RunId]]:
    """Return the runs of each sample; of samples with fewer seeds than the others none."""
    by_sample: dict[int, list[RunId]] = {}
    for run in runs:
        by_sample.setdefault(run[0], []).append(run)
    most = max(map(len, by_sample.values()), default=0)
    return [of_sample for of_sample in by_sample.values() if len(of_sample) == most]


def _root(variance: float) -> float:
    return sqrt(max(float(variance), 0.0))
