"""When a fit is too short to be true, and what is done about it; the processes are played."""

from __future__ import annotations

import pytest

from bench.execution.remembering import REMEMBERS, decided, is_suspicious, with_repetition
from bench.store.records import Status
from tests.bench import results_maker as maker


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [(1.0, 0.09, True), (1.0, 0.11, False), (0.051, 0.005, True), (0.049, 0.001, False), (0.1, 2.0, False)],
)
def test_less_than_a_tenth_of_more_than_50_ms_is_suspicious(earlier: float, later: float, expected: bool) -> None:
    assert is_suspicious(maker.cost(earlier), maker.cost(later)) is expected
    assert not is_suspicious(None, maker.cost(later)) and not is_suspicious(maker.cost(earlier), None)


def test_a_class_that_is_slow_in_a_fresh_process_remembers() -> None:
    outcome, remembers = decided(maker.cost(1.0), maker.cost(0.001), maker.successful(0.9))
    assert remembers is True and outcome.fit == maker.cost(0.9)
    assert outcome.notes == (f"{REMEMBERS}; where another fit came before, this one took 1 ms, here 0.9 s",)


def test_a_class_that_is_fast_in_a_fresh_process_does_not() -> None:
    outcome, remembers = decided(maker.cost(1.0), maker.cost(0.01), maker.successful(0.02))
    assert remembers is False and outcome.fit == maker.cost(0.02)
    assert outcome.notes == ("run again in a fresh process, where it took 20 ms: the first fit took 1.0 s",)


def test_a_fresh_run_that_failed_decides_nothing() -> None:
    failed = maker.failed(Status.FAILED, "no luck")
    assert decided(maker.cost(1.0), maker.cost(0.01), failed) == (failed, None)


def test_a_repetition_that_was_remembered_is_no_cost() -> None:
    again = maker.successful(0.0, fit=None, fit_transform=maker.cost(0.01), repeatable=True)
    outcome = with_repetition(maker.successful(1.0), again)
    assert (outcome.fit_transform, outcome.repeatable, outcome.fit) == (None, None, maker.cost(1.0))
    note = "fit_transform took 10 ms after a fit of 1.0 s: it may have been remembered, and is left out"
    assert outcome.notes == (note,)
    honest = with_repetition(maker.successful(0.04), again)
    assert (honest.fit_transform, honest.repeatable, honest.notes) == (maker.cost(0.01), True, ())
