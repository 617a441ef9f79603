"""Two results folders side by side: what changed, by how much, and whether that is beyond the noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, sqrt
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from bench.errors import StoreError
from bench.machine import Environment
from bench.scores import REFERENCES, SCORES
from bench.statistics import holm
from bench.tables import column_name

COSTS = ("fit_s", "transform_s", "peak_mib")
LEVEL = 0.05
CONDITIONS = {
    "processor": "The processors",
    "cores": "The numbers of cores",
    "thread_budget": "The thread budgets",
    "python": "The Python versions",
}

_DIRECTION = {True: 1, False: -1, None: 0}

Verdict = Literal["same", "better", "worse", "other", "within noise", "one run only", "no longer ok", "ok now"]


@dataclass(frozen=True)
class Change:
    """One column of one variant in both folders.

    Attributes
    ----------
    old, new : float or None
        Means over the runs compared.
    low, high : float or None
        95 % interval of the change: a difference for scores, a factor for costs.
    n : int
        Seeds that both folders have; pairs of the comparison.
    """

    variant: str
    column: str
    old: float | None
    new: float | None
    low: float | None
    high: float | None
    n: int
    p: float
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """What is to be said of two folders.

    Attributes
    ----------
    cautions : list of str
        What the folders differ in besides their results; said first.
    """

    cautions: list[str]
    changes: list[Change]

    @property
    def anything_worse(self) -> bool:
        """Whether a change for the worse is beyond the noise."""
        return any(change.verdict in ("worse", "no longer ok") for change in self.changes)


def compare(old: Path, new: Path) -> Comparison:
    """Compare two results folders, paired over the seeds they share.

    Raises
    ------
    StoreError
        If a folder holds no results, or the two studied different data: then nothing can be compared.
    """
    before, after = (_environment(folder) for folder in (old, new))
    if before.dataset_fingerprint != after.dataset_fingerprint:
        raise StoreError(
            f"Got results on different data, {before.provenance!r} and {after.provenance!r}: nothing can be compared."
        )
    cautions = [
        f"{what} differ: {getattr(before, field)} and {getattr(after, field)}."
        for field, what in CONDITIONS.items()
        if getattr(before, field) != getattr(after, field)
    ]
    pairs = {name: (before.versions[name], after.versions.get(name)) for name in before.versions}
    changed = [f"{name} {was} and {now}" for name, (was, now) in pairs.items() if now is not None and was != now]
    if changed:
        cautions.append(f"Versions differ: {', '.join(changed)}.")
    same_machine = before.fingerprint == after.fingerprint and before.thread_budget == after.thread_budget
    if not same_machine:
        cautions.append("Times and memory are not compared: they were not measured under the same conditions.")
    changes = [*_statuses(old, new), *_scores(old, new), *(_costs(old, new) if same_machine else ())]
    if not changes:
        raise StoreError(f"Got {old} and {new}, which share no variant and seed: nothing can be compared.")
    return Comparison(cautions, _judged(changes))


def _environment(folder: Path) -> Environment:
    try:
        return Environment.model_validate_json((folder / "environment.json").read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(f"Got {folder}, but expected a results folder with environment.json: {error}.") from error


def _read(folder: Path, name: str) -> pd.DataFrame:
    try:
        return pd.read_csv(folder / name)
    except (OSError, ValueError) as error:
        raise StoreError(f"Got {folder}, but expected a results folder with {name}: {error}.") from error


def _statuses(old: Path, new: Path) -> Iterator[Change]:
    """Yield a change for every run that ended well in one folder and not in the other."""
    both = _read(old, "runs.csv").merge(_read(new, "runs.csv"), on=["variant", "seed"], suffixes=("_old", "_new"))
    pairs = list(zip(both["variant"], both["status_old"], both["status_new"], strict=True))
    for (variant, was, now), n in Counter(pairs).items():
        if (was == "ok") != (now == "ok"):
            verdict: Verdict = "no longer ok" if was == "ok" else "ok now"
            yield Change(variant, f"status: {was}, then {now}", None, None, None, None, n, 0.0, verdict)


def _scores(old: Path, new: Path) -> Iterator[Change]:
    keys = ["variant", "seed", "split", "score", "k", "part"]
    both = _read(old, "scores.csv").merge(_read(new, "scores.csv"), on=keys, suffixes=("_old", "_new"))
    both = both[~both["variant"].isin(REFERENCES)].dropna(subset=["value_old", "value_new"])
    samples: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for row in both.to_dict("records"):
        column = column_name(row["score"], row["split"], None if pd.isna(row["k"]) else int(row["k"]))
        column += "" if pd.isna(row["part"]) else f" ({row['part']})"
        samples.setdefault((row["variant"], row["score"], column), []).append((row["value_old"], row["value_new"]))
    for (variant, score, column), pairs in samples.items():
        if score in SCORES:
            was, now = np.array(pairs, dtype=np.float64).T
            yield _change(variant, column, was, now, now - was, _DIRECTION[SCORES[score].higher_is_better])


def _costs(old: Path, new: Path) -> Iterator[Change]:
    both = _read(old, "runs.csv").merge(_read(new, "runs.csv"), on=["variant", "seed"], suffixes=("_old", "_new"))
    both = both[(both["status_old"] == "ok") & (both["status_new"] == "ok")]
    for variant in dict.fromkeys(both["variant"]):
        for cost in COSTS:
            pairs = both.loc[both["variant"] == variant, [f"{cost}_old", f"{cost}_new"]].dropna()
            if len(pairs):
                was, now = pairs.to_numpy(np.float64).T
                yield _change(str(variant), cost, was, now, np.log(now / was), -1)


def _change(variant: str, column: str, was: np.ndarray, now: np.ndarray, change: np.ndarray, better: int) -> Change:
    """Return the change of one column with its verdict for this column alone.

    Parameters
    ----------
    change : ndarray of shape (n_seeds,)
        Differences of a score, or logarithms of the factor of a cost.
    better : int
        1 where higher is better, -1 where lower is, 0 where neither.
    """
    n, centre = len(change), float(change.mean())
    spread = float(change.std(ddof=1)) if n > 1 else 0.0
    low = high = None
    if n > 1:
        half = float(stats.t.ppf(1 - LEVEL / 2, n - 1)) * spread / sqrt(n)
        low, high = centre - half, centre + half
        if column in COSTS:
            low, high = exp(low), exp(high)
    p = 1.0
    verdict: Verdict = "other" if not better else "better" if centre * better > 0 else "worse"
    if centre == 0 and spread == 0:
        verdict = "same"
    elif n == 1:
        verdict = "one run only"
    else:
        p = 0.0 if spread == 0 else float(stats.ttest_1samp(change, 0).pvalue)
    return Change(variant, column, float(was.mean()), float(now.mean()), low, high, n, p, verdict)


def _judged(changes: list[Change]) -> list[Change]:
    """Turn "better" and "worse" into "within noise" where Holm's correction for all columns leaves no evidence."""
    tested = [change for change in changes if change.verdict in ("better", "worse", "other")]
    corrected = dict(zip(map(id, tested), holm([change.p for change in tested]), strict=True))
    return [
        replace(change, verdict="within noise") if corrected.get(id(change), 0.0) >= LEVEL else change
        for change in changes
    ]


def in_words(change: Change) -> str:
    """Return a change as one line."""
    if change.old is None or change.new is None:
        return f"{change.variant}: {change.column}: {change.verdict} ({change.n} run(s))"
    factor = change.column in COSTS
    size = f"x {change.new / change.old:.3g}" if factor and change.old else f"{change.new - change.old:+.4f}"
    interval = "" if change.low is None else f", 95 % interval {change.low:.3g} to {change.high:.3g}"
    beyond = change.verdict + (", beyond the noise" if change.verdict in ("better", "worse", "other") else "")
    return (
        f"{change.variant} {change.column}: {change.old:.4g} to {change.new:.4g} ({size}{interval}; "
        f"{change.n} shared seed(s)): {beyond}"
    )
