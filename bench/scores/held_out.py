"""Scores of what a method does with new points: where it puts them, and what it makes of their positions."""

from __future__ import annotations

import numpy as np

from bench.datasets import Dataset
from bench.scores import labels, neighbourhood
from bench.scores.case import Case
from bench.scores.score import WIDE_KS, Score, UndefinedError


def placement_trustworthiness(case: Case, k: int | None) -> float:
    """Trustworthiness of held-out points that are put amid their neighbours, by the baseline `Case.placed`."""
    return neighbourhood.trustworthiness_test(case.placed, k)


def placement_knn_recall(case: Case, k: int | None) -> float:
    """Share of neighbours that held-out points keep when the baseline places them."""
    return neighbourhood.knn_recall_test(case.placed, k)


def placement_knn_accuracy(case: Case, k: int | None) -> float:
    """Accuracy of labels of held-out points when the baseline places them."""
    return labels.knn_accuracy_test(case.placed, k)


def refit_displacement(case: Case, k: int | None) -> float:
    """Median distance of a fitted point to where it is put as if it were new, in root-mean-square radii."""
    return _displacement(case, case.refit, case.Z)


def refit_knn_recall(case: Case, k: int | None) -> float:
    """Share of a fitted point's k neighbours in the embedding that it meets again when put there as if it were new."""
    again = _recorded(case.refit)
    _require_more_than(k, case)
    return shared(case.nearest(case.as_positions(again), first=0), case.neighbours, k)


def few_displacement(case: Case, k: int | None) -> float:
    """Median distance between a held-out point's places among all others and in a small batch, in radii."""
    return _displacement(case, case.few, case.Z_test)


def few_knn_recall(case: Case, k: int | None) -> float:
    """Share of a held-out point's k nearest fitted neighbours that it meets again when placed in a small batch."""
    return _recall_in_other_company(case, case.few, k)


def alone_displacement(case: Case, k: int | None) -> float:
    """Median distance between a held-out point's places among all others and alone, in radii."""
    return _displacement(case, case.alone, case.Z_test)


def alone_knn_recall(case: Case, k: int | None) -> float:
    """Share of a held-out point's k nearest fitted neighbours that it meets again when placed alone."""
    return _recall_in_other_company(case, case.alone, k)


def reconstruction_mse(case: Case, k: int | None) -> float:
    """Squared error of a held-out point's features after the way to the embedding and back, mean over both."""
    return float(np.mean(_squared_error(case)) / case.original.dataset.X.shape[1])


def reconstruction_r2(case: Case, k: int | None) -> float:
    r"""Share of the held-out points' variance that comes back: :math:`1 - \sum |x - \hat x|^2 / \sum |x - \mu|^2`.

    :math:`\mu` is the mean of the fitted points, which is what a method that has learnt nothing could answer.
    """
    around_mean = case.original.once("variance", lambda: _around_mean(case.original.dataset))
    if around_mean == 0:
        raise UndefinedError("all points equal in the data")
    return float(1 - np.sum(_squared_error(case)) / around_mean)


def _around_mean(data: Dataset) -> np.ndarray:
    mean = data.X.mean(axis=0, dtype=np.float64)
    blocks = (data.X_test[start : start + 2**10] - mean for start in range(0, len(data.X_test), 2**10))
    return np.array(sum(float(np.sum(block**2)) for block in blocks))


def _displacement(case: Case, again: np.ndarray | None, before: np.ndarray | None) -> float:
    """Return the median distance between two places of the same points, in root-mean-square radii of the fitted."""
    again = _recorded(again)
    assert before is not None
    radius = np.sqrt(np.mean(np.sum((case.Z - case.Z.mean(axis=0, dtype=np.float64)) ** 2, axis=1)))
    return float(np.median(np.linalg.norm(again - before[: len(again)], axis=1)) / radius)


def _recall_in_other_company(case: Case, again: np.ndarray | None, k: int | None) -> float:
    again = _recorded(again)
    _require_more_than(k, case)
    return shared(case.nearest(case.as_positions(again)), case.neighbours_of_held_out, k)


def _recorded(again: np.ndarray | None) -> np.ndarray:
    if again is None:
        raise UndefinedError("not recorded")
    return np.asarray(again, np.float64)


def _require_more_than(k: int | None, case: Case) -> None:
    assert k is not None
    if k >= len(case.Z):
        raise UndefinedError("too few points")


def shared(near: np.ndarray, before: np.ndarray, k: int | None) -> float:
    """Return the share of the k nearest before that are among the k nearest again, row by row."""
    near, before = near[:, :k], before[: len(near), :k]
    return float(np.mean((near[:, :, None] == before[:, None, :]).any(axis=2)))


def _squared_error(case: Case) -> np.ndarray:
    if case.squared_error is None:
        raise UndefinedError("no inverse")
    return case.squared_error


BASELINE = "A mean of 5 neighbours' positions, which takes no model: what a transform must beat to be worth its time."

RECORDS = (
    Score(
        key="placement_trustworthiness",
        label="trustworthiness, baseline placement",
        family="held-out",
        test=placement_trustworthiness,
        ks=WIDE_KS,
        chance="0.5",
        needs=("original space", "transform"),
        reference="Venna and Kaski 2001",
        meaning="Trustworthiness that held-out points get when put amid their 5 nearest fitted neighbours.",
        weakness=BASELINE,
    ),
    Score(
        key="placement_knn_recall",
        label="kNN recall, baseline placement",
        family="held-out",
        test=placement_knn_recall,
        ks=WIDE_KS,
        chance="k / n",
        needs=("original space", "transform"),
        reference="Lee and Verleysen 2009",
        meaning="kNN recall that held-out points get when put amid their 5 nearest fitted neighbours.",
        weakness=BASELINE,
    ),
    Score(
        key="placement_knn_accuracy",
        label="kNN accuracy, baseline placement",
        family="held-out",
        test=placement_knn_accuracy,
        ks=(1, 5, 10),
        chance="share of the largest class",
        needs=("labels", "original space", "transform"),
        reference="Cover and Hart 1967",
        meaning="kNN accuracy that held-out points get when put amid their 5 nearest fitted neighbours.",
        weakness=BASELINE,
    ),
    Score(
        key="refit_displacement",
        label="displacement of known points",
        family="held-out",
        fit=refit_displacement,
        high=float("inf"),
        unit="root-mean-square radii",
        higher_is_better=False,
        chance="about 1",
        needs=("transform",),
        reference="defined here",
        meaning="How far from its fitted place the transform puts a point it was fitted on, in the median.",
        weakness="Says nothing of points that are really new.",
    ),
    Score(
        key="refit_knn_recall",
        label="neighbours of known points",
        family="held-out",
        fit=refit_knn_recall,
        ks=(15,),
        chance="k / (n - 1)",
        needs=("transform",),
        reference="Lee and Verleysen 2009, of two placements",
        meaning="Share of its neighbours that a point meets again when the transform places it as if it were new.",
        weakness="Says nothing of points that are really new.",
    ),
    *(
        Score(
            key=f"{key}_displacement",
            label=f"displacement, {label}",
            family="held-out",
            test=displacement,
            high=float("inf"),
            unit="root-mean-square radii",
            higher_is_better=False,
            chance="about 1",
            needs=("transform",),
            reference="defined here",
            meaning=f"How far a held-out point moves, in the median, when it is placed {company} and not among all.",
            weakness="Of the first few held-out points only.",
        )
        for key, label, company, displacement in (
            ("few", "small batch", "in a batch of a hundred", few_displacement),
            ("alone", "one by one", "alone", alone_displacement),
        )
    ),
    *(
        Score(
            key=f"{key}_knn_recall",
            label=f"neighbours, {label}",
            family="held-out",
            test=recall,
            ks=(15,),
            chance="k / n",
            needs=("transform",),
            reference="Lee and Verleysen 2009, of two placements",
            meaning=f"Share of its fitted neighbours that a held-out point meets again when placed {company}.",
            weakness="Of the first few held-out points only.",
        )
        for key, label, company, recall in (
            ("few", "small batch", "in a batch of a hundred", few_knn_recall),
            ("alone", "one by one", "alone", alone_knn_recall),
        )
    ),
    Score(
        key="reconstruction_mse",
        label="reconstruction error",
        family="held-out",
        test=reconstruction_mse,
        high=float("inf"),
        unit="squared feature range",
        higher_is_better=False,
        chance="variance of the data",
        needs=("inverse",),
        reference="Pearson 1901",
        meaning="Mean squared error of held-out points after the way to the embedding and back.",
        weakness="Favours methods that minimise it; blurred images score well.",
    ),
    Score(
        key="reconstruction_r2",
        label="reconstruction, R2",
        family="held-out",
        test=reconstruction_r2,
        low=float("-inf"),
        unit="share of variance",
        chance="0 or less",
        needs=("inverse",),
        reference="Pearson 1901",
        meaning="Share of the held-out points' variance that survives the way to the embedding and back.",
        weakness="Favours methods that minimise it; blurred images score well.",
    ),
)
