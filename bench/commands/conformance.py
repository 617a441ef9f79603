"""Whether a reducer keeps the contract: scikit-learn's checks and our own. One cause is one failure, with its fix."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sklearn.utils.estimator_checks import check_estimator

import reducers
from bench.commands.contract_checks import CHECKS, make
from bench.commands.failures import Failure, failure_of, with_causes
from bench.commands.probe import FIXES as STEPS
from bench.commands.probe import first_failure
from bench.execution import numba_cache, threads
from reducers.base import Reducer

SCIKIT_LEARN = "see https://scikit-learn.org/stable/developers/develop.html"
FIXES = {
    "check_no_attributes_set_in_init": "store the parameters in __init__, and set everything else in _fit",
    "check_parameters_default_constructible": "give parameters immutable defaults, and store them unchanged",
    "check_do_not_raise_errors_in_init_or_set_params": "check parameters in _fit, not in __init__",
    "check_dont_overwrite_parameters": "let the attributes that _fit sets end in '_'",
    "check_estimators_overwrite_params": "leave parameters alone in _fit; keep changed values in attributes",
    "check_dict_unchanged": "set attributes in _fit only, none in _transform",
    "check_estimators_pickle": "keep no lambdas, open files or handles of a library in self",
    "check_estimators_dtypes": "accept float32 and float64",
    "check_fit2d_1feature": "work with one feature, or raise a ValueError that says '1 feature'",
    "check_fit2d_1sample": "raise a ValueError that says '1 sample'",
    "check_fit_idempotent": "draw from rng only, and forget the first fit in the second",
    "check_methods_subset_invariance": "map every point by itself, whatever points are mapped with it",
    "check_methods_sample_order_invariance": "map every point by itself, whatever its row",
    "check_transformer_general": "let transform of the training points agree with fit_transform, or leave it out",
}
"""What to do about some of scikit-learn's checks, whose own messages tell little of it."""
UNNEEDED = "it passes, so that it needs no excuse"
UNKNOWN = "no such check was run, so that there is nothing to excuse"
SAME_BYTES = "same_seed_same_bytes"
COMPARE_TWO_FITS = {
    "labels_are_not_used",
    "read_only_memory_map_is_accepted",
    "refitting_forgets",
    "global_generators_are_untouched",
    "check_fit_idempotent",
    "check_methods_sample_order_invariance",
    "check_pipeline_consistency",
    "check_transformer_data_not_an_array",
    "check_transformer_general",
}
"""Checks that compare two fits with one seed: they tell nothing where these differ anyway."""


@dataclass(frozen=True)
class Finding:
    """How one check ended.

    Attributes
    ----------
    reason : str
        Why the check is excused; empty otherwise.
    failure : Failure or None
        What went wrong, where, and how to fix it.
    follows : str
        The finding that failed before from the same cause; empty for a cause of its own.
    """

    name: str
    status: Literal["passed", "failed", "excused"]
    reason: str = ""
    failure: Failure | None = None
    follows: str = ""

    @property
    def is_check(self) -> bool:
        """Whether it is of a check, not of a step before them."""
        return self.name not in STEPS


def check(name: str) -> Iterator[Finding]:
    """Run every check on a reducer with its quick parameters, and yield each finding as it is known.

    Before the checks come the steps that all of them need: being made, fitting, mapping. Such a step is a finding only
    if it fails.

    Raises
    ------
    reducers.ReducerError
        If there is no such reducer, or it cannot be imported.
    """
    with _quiet():
        cls = reducers.get(name)
    numba_cache.keep()
    # The data are tiny: more threads would only wait for each other.
    threads.set_budget(1)
    yield from findings(cls)


def findings(cls: type[Reducer]) -> Iterator[Finding]:
    """Run the steps, then the project's own checks, then scikit-learn's; an excuse of none of them fails."""
    causes = _Causes(cls)
    with _quiet():
        stop = first_failure(cls)
    if stop is not None:
        yield causes.began(stop.step, stop.failure)
        if stop.ends_all:
            return
    for name, (holds, fix) in CHECKS.items():
        error: Exception | None = None
        try:
            with _quiet():
                holds(cls)
        except Exception as raised:  # noqa: BLE001 - a reducer may raise anything
            error = raised
        yield causes.finding(name, error, fix)
    of_estimators = _of_estimators(cls)
    for name, error in of_estimators.items():
        yield causes.finding(name, error, FIXES.get(name, SCIKIT_LEARN))
    for name in cls.excused_checks:
        if name not in {*CHECKS, *of_estimators}:
            fix = f"correct its name, or remove {name!r} from excused_checks"
            yield Finding(name, "failed", failure=Failure(UNKNOWN, fix=fix))


def _of_estimators(cls: type[Reducer]) -> dict[str, Exception | None]:
    """Return the first failure of each of scikit-learn's checks, some of which run several times."""
    with _quiet():
        results = check_estimator(make(cls), on_fail=None, on_skip=None)
    found: dict[str, Exception | None] = {}
    for result in results:
        name, failed = result["check_name"], result["status"] == "failed"
        if result["status"] != "skipped":
            found[name] = found.get(name) or (result["exception"] if failed else None)
    return found


def explained(found: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines that explain the failures among the findings, each cause once, and how a check is excused."""
    excusable = ""
    for finding in found:
        failure = finding.failure
        if failure is None or finding.follows:
            continue
        yield f"FAILS {finding.name}: {failure.text}"
        if failure.place is not None:
            yield f"      {failure.place.text}"
        yield f"      To fix: {failure.fix}."
        following = sum(other.follows == finding.name for other in found)
        if following:
            yield f"      and {following} check{'s' * (following > 1)} that follow{'s' * (following == 1)} from it"
        if finding.is_check and failure.text not in (UNNEEDED, UNKNOWN):
            excusable = excusable or finding.name
    if excusable:
        yield "A check that the method cannot pass, however it is written, is excused in its class, with the reason:"
        yield f'    excused_checks = {{"{excusable}": "why it cannot"}}'


def summary(reducer: str, found: Sequence[Finding]) -> str:
    """Return how many checks passed, as one line."""
    checks = Counter(finding.status for finding in found if finding.is_check)
    if not checks:
        return f"{reducer}: no check was run, because the reducer cannot be made"
    excused = f", {checks['excused']} excused" if checks["excused"] else ""
    return f"{reducer}: {checks['passed']} of {checks.total()} checks passed{excused}"


class _Causes:
    """The causes found so far, each with the finding that showed it first."""

    def __init__(self, cls: type[Reducer]) -> None:
        self.cls = cls
        self.by_key: dict[object, str] = {}
        self.differs = False

    def began(self, step: str, failure: Failure) -> Finding:
        """Return the finding of a step that failed."""
        self.by_key[failure.key] = step
        return Finding(step, "failed", failure=failure)

    def finding(self, name: str, error: Exception | None, fix: str) -> Finding:
        """Return the finding of a check; an excuse that is not needed also fails."""
        excuse = self.cls.excused_checks.get(name)
        if error is None and excuse is None:
            return Finding(name, "passed")
        if error is None:
            return Finding(name, "failed", failure=Failure(UNNEEDED, fix=f"remove {name!r} from excused_checks"))
        if excuse is not None:
            return Finding(name, "excused", excuse)
        failure, follows = failure_of(error, self.cls, fix), self._cause_of(name, error)
        self.differs |= name == SAME_BYTES and not follows
        if failure.key is not None and not follows:
            self.by_key[failure.key] = name
        return Finding(name, "failed", failure=failure, follows=follows)

    def _cause_of(self, name: str, error: Exception) -> str:
        known = (self.by_key.get(failure.key, "") for failure in with_causes(error, self.cls) if failure.key)
        spoilt = self.differs and name in COMPARE_TWO_FITS and isinstance(error, AssertionError)
        return next(filter(None, known), SAME_BYTES if spoilt else "")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence what libraries say of so few points and so short a training: warnings, logging, prints."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            yield
    finally:
        logging.disable(disabled)
