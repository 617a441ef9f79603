"""Comparison of two results folders: what changed, by how much, and whether that is beyond the noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from bench.analysis.comparisons import Comparison, Decision, together
from bench.analysis.comparisons import compare as compare_values
from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.summary import interval_over
from bench.errors import StoreError
from bench.metrics import METRICS, REFERENCES
from bench.store.machines import class_of_costs, classes, is_timed
from bench.store.records import Environment, Machine, Status
from bench.store.results import Results
from bench.store.values import RunId, Values
from bench.units import counted

COSTS = ("fit_s", "transform_s", "peak_mib")
CONDITIONS = {
    "processor": "The processors",
    "cores": "The numbers of cores",
    "thread_budget": "The thread budgets",
    "python": "The Python versions",
}
SETTINGS = ("reducer", "params", "n", "without", "seeded", "threads")
"""Fields of a variant that change what its runs do."""
NO_RUN = -1
"""Stands for sample and seed of a score that is over all seeds."""

Result = Literal[
    "same", "better", "worse", "equivalent", "other", "inconclusive", "one run only", "no longer ok", "ok now"
]


@dataclass(frozen=True)
class Change:
    """One column of one variant in both folders, as means over the `n` runs that both have, geometric for costs."""

    variant: str
    column: str
    n: int
    result: Result
    old: float | None = None
    new: float | None = None
    test: Comparison | None = None
    """The new values compared with the old: a difference for scores, a factor for costs."""


@dataclass(frozen=True)
class Changes:
    """What changed between two folders."""

    cautions: list[str]
    """What the folders differ in besides their results; shown first."""
    changes: list[Change]

    @property
    def anything_worse(self) -> bool:
        """Whether a change for the worse is wholly beyond the margin, or beyond the noise where there is no margin."""
        return any(change.result in ("worse", "no longer ok") for change in self.changes)


def compare(old: Path, new: Path) -> Changes:
    """Compare two results folders, paired over the runs that they share.

    Raises StoreError if a folder holds no results, or the two studied different data: then nothing can be compared.
    """
    before, after = Results(old), Results(new)
    was, now = _environment(before), _environment(after)
    if was.dataset_fingerprint != now.dataset_fingerprint:
        found = _difference_of_data(before, after, was, now)
        raise StoreError(f"Got results on different data: {found}. Nothing can be compared.")
    machine = _machine(before, after, was, now)
    changes = [*_statuses(before, after), *_scores(before, after), *_costs(before, after, machine)]
    if not changes:
        have = " and ".join(f"{', '.join(results.variants)} in {results.folder}" for results in (before, after))
        raise StoreError(f"Got folders that share no variant and seed: {have}. Nothing can be compared.")
    several = [*_several_machines((before, after), machine)]
    cautions = [*several, *_cautions(was, now, machine, several=bool(several)), *_other_settings(before, after)]
    return Changes(cautions, _decided(changes))


def _machine(before: Results, after: Results, was: Environment, now: Environment) -> str | None:
    """Return the machine class whose costs are compared: of those in both folders that with most timed runs, if any."""
    if was.thread_budget != now.thread_budget or not all(is_timed(one.runs).any() for one in (before, after)):
        return None
    if not (before.has_machines or after.has_machines):
        return was.fingerprint if was.fingerprint == now.fingerprint else None
    old, new = (classes(results.runs[is_timed(results.runs)]).tolist() for results in (before, after))
    return class_of_costs(machine for machine in (*old, *new) if machine in old and machine in new) or None


def _several_machines(both: Sequence[Results], machine: str | None) -> Iterator[str]:
    """Yield which folder has runs of several machine classes, and which of them costs are compared on."""
    several = [results for results in both if results.has_machines]
    for results in several:
        each = (f"{results.machine_numbers[machine]}, {name}" for machine, name in results.machine_names.items())
        yield f"{results.folder} has runs of several machines: {'; '.join(each)}."
    if several and machine is not None:
        one = several[0]
        yield f"Times and memory are compared on {one.machine_numbers[machine]} of {one.folder} alone."


def _difference_of_data(before: Results, after: Results, was: Environment, now: Environment) -> str:
    """Return the fields in which two descriptions of data differ, with both values."""
    pairs: dict[str, tuple[object, object]] = {"dataset": (was.dataset, now.dataset)}
    for size in ("n_train", "n_test"):
        pairs[size] = (_largest(before, size), _largest(after, size))
    pairs["provenance"] = (was.provenance, now.provenance)
    differ = [f"{field} is {a!r} and {b!r}" for field, (a, b) in pairs.items() if a != b]
    hashes = f"{was.dataset_fingerprint[:12]} and {now.dataset_fingerprint[:12]}"
    return "; ".join(differ) or f"name, size and provenance are the same, but the values differ (hashes {hashes})"


def _largest(results: Results, column: str) -> int | None:
    """Return the largest number of points of any run; None if no run says."""
    numbers = results.runs[column].dropna() if column in results.runs else ()
    return int(max(numbers)) if len(numbers) else None


def _other_settings(before: Results, after: Results) -> Iterator[str]:
    """Yield the variants whose settings differ, and those that only one folder has."""
    for name in (name for name in before.variants if name in after.variants):
        old, new = before.variant(name), after.variant(name)
        for field in (field for field in SETTINGS if getattr(old, field) != getattr(new, field)):
            yield f"{name}: {field} differs: {getattr(old, field)!r} and {getattr(new, field)!r}."
    for one, other in ((before, after), (after, before)):
        if missing := [name for name in one.variants if name not in other.variants]:
            yield f"Only in {one.folder}: {', '.join(missing)}."


def _environment(results: Results) -> Environment:
    if results.environment is None:
        raise StoreError(f"Got {results.folder}, but expected a results folder with a readable environment.json.")
    return results.environment


def _cautions(was: Environment, now: Environment, machine: str | None, *, several: bool) -> list[str]:
    """Return what the conditions of two studies differ in; of `several` machines those are named already."""
    fields = {field: what for field, what in CONDITIONS.items() if not (several and field in Machine.model_fields)}
    pairs = {what: (getattr(was, field), getattr(now, field)) for field, what in fields.items()}
    cautions = [f"{what} differ: {a} and {b}." for what, (a, b) in pairs.items() if a != b]
    versions = {name: (a, now.versions.get(name)) for name, a in was.versions.items()}
    changed = [f"{name} {a} and {b}" for name, (a, b) in versions.items() if b not in (None, a)]
    if changed:
        cautions.append(f"Versions differ: {', '.join(changed)}.")
    if machine is None:
        cautions.append("Times and memory are not compared: they were not measured under the same conditions.")
    return cautions


def _statuses(before: Results, after: Results) -> Iterator[Change]:
    """Yield a change for all runs that were successful in one folder only."""
    both = before.runs.merge(after.runs, on=["variant", "sample", "seed"], suffixes=("_old", "_new"))
    for (variant, was, now), rows in both.groupby(["variant", "status_old", "status_new"], sort=False):
        if (was == Status.OK) != (now == Status.OK):
            result: Result = "no longer ok" if was == Status.OK else "ok now"
            yield Change(str(variant), f"status: {was}, then {now}", len(rows), result)


def _scores(before: Results, after: Results) -> Iterator[Change]:
    old, new = _by_column(before), _by_column(after)
    for variant, score, column in (key for key in old if key in new):
        metric = METRICS[score]
        better = {True: "higher", False: "lower", None: ""}[metric.higher_is_better]
        quantity = Quantity(column, column, better=better, margin=metric.margin)
        seeded = before.variant(variant).seeded
        was, now = (Values(found[variant, score, column], "", seeded, before.is_resampled) for found in (old, new))
        yield from _change(variant, quantity, was, now)


def _by_column(results: Results) -> dict[tuple[str, str, str], dict[RunId, float]]:
    """Return every score, also in parts, of each run by variant, score and column."""
    found: dict[tuple[str, str, str], dict[RunId, float]] = {}
    scores = results.scores.fillna({"sample": NO_RUN, "seed": NO_RUN})
    scores = scores[scores["value"].notna() & scores["score"].isin(METRICS) & ~scores["variant"].isin(REFERENCES)]
    columns = ["variant", "score", "quantity", "part", "sample", "seed", "value"]
    for variant, score, quantity, part, sample, seed, value in scores[columns].itertuples(index=False, name=None):
        column = f"{quantity} ({part})" if part else quantity
        found.setdefault((variant, score, column), {})[int(sample), int(seed)] = value
    return found


def _costs(before: Results, after: Results, machine: str | None) -> Iterator[Change]:
    """Yield the changes of costs on a machine class; none without one."""
    if machine is None:
        return
    for variant in (name for name in before.variants if name in after.variants):
        for cost in COSTS:
            values = (_costs_on(results, variant, cost, machine) for results in (before, after))
            yield from _change(variant, QUANTITIES[cost], *values)


def _costs_on(results: Results, variant: str, cost: str, machine: str) -> Values:
    """Return a cost of those runs of a variant that are of a machine class."""
    if not results.has_machines:
        return results.values(variant, cost)
    ok = results.ok_runs(variant)
    return results.costs_of(variant, cost, ok[is_timed(ok) & (classes(ok) == machine)])


def _change(variant: str, quantity: Quantity, old: Values, new: Values) -> Iterator[Change]:
    """Yield the change of a column, if the folders share a run."""
    shared = [run for run in old.by_run if run in new.by_run]
    if not shared:
        return
    old, new = (replace(values, by_run={run: values.by_run[run] for run in shared}) for values in (old, new))
    was, now = (found.mean for values in (old, new) if (found := interval_over(values, quantity)) is not None)
    change = Change(variant, quantity.key, len(shared), "same", was, now)
    if np.array_equal(old.array, new.array):
        yield change
    elif len(old.groups) == 1:
        yield replace(change, result="one run only")
    else:
        yield replace(change, test=compare_values(quantity, "new", new, "old", old))


def _decided(changes: list[Change]) -> list[Change]:
    """Return the changes with what their intervals say, which hold for all columns at once."""
    tests = iter(together([change.test for change in changes if change.test is not None]))
    tested = ((change, None if change.test is None else next(tests)) for change in changes)
    return [replace(one, test=test, result=_result(test)) if test is not None else one for one, test in tested]


def _result(test: Comparison) -> Result:
    """Return the decision by the margin; where there is none, whether the change is beyond the noise."""
    found: dict[Decision, Result] = {
        Decision.BETTER: "better",
        Decision.WORSE: "worse",
        Decision.EQUIVALENT: "equivalent",
    }
    if test.decision is not Decision.NO_MARGIN or not test.direction:
        return found.get(test.decision, "inconclusive")
    if not test.quantity.better:
        return "other"
    return "better" if (test.direction > 0) == (test.quantity.better == "higher") else "worse"


def as_text(change: Change) -> str:
    """Return a change as one line."""
    if change.old is None or change.new is None:
        return f"{change.variant}: {change.column}: {change.result} ({counted(change.n, 'run')})"
    is_ratio = change.column in COSTS and change.old
    size = f"x {change.new / change.old:.3g}" if is_ratio else f"{change.new - change.old:+.4f}"
    test = change.test
    interval = ", 95 % interval {:.3g} to {:.3g}".format(*test.bounds) if test and test.difference else ""
    runs = counted(change.n, "shared run")
    values = f"{change.old:.4g} to {change.new:.4g} ({size}{interval}; {runs})"
    return f"{change.variant} {change.column}: {values}: {change.result}"
