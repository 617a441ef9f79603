from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.execution import witness
from bench.execution.witness import EXPECTED_S, Witness
from bench.store.records import Outcome, Status
from tests.bench import results_maker as maker


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a clock that stands still until it is set."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(witness.time, "monotonic", lambda: clock.now)
    return clock


def _seen(clock: SimpleNamespace, seconds: float, *, stopped: float = 0.0, held_up: float = 0.0) -> Witness:
    """Return a witness of a fit: of so many seconds, for some of which the worker or the study itself stood still."""
    seen = Witness()
    seen.began("fit")
    while clock.now < 100.0 + seconds - held_up - 1e-6:
        clock.now += EXPECTED_S
        seen.look(worker_stopped=clock.now < 100.0 + stopped + 1e-6)
    if held_up:
        clock.now += held_up
        seen.look(worker_stopped=False)
    seen.ended("fit")
    return seen


@pytest.mark.parametrize(
    ("claimed", "seconds", "status", "notes"),
    [
        (3.0, 3.2, Status.OK, 0),
        (0.001, 3.2, Status.INVALID, 0),
        (0.001, 0.6, Status.OK, 1),
        (0.001, 0.2, Status.OK, 0),
        (9.0, 15.0, Status.OK, 0),
        (7.0, 15.0, Status.INVALID, 0),
        (30.0, 15.0, Status.OK, 0),
    ],
)
def test_a_claim_is_held_against_what_was_seen(
    clock: SimpleNamespace, claimed: float, seconds: float, status: Status, notes: int
) -> None:
    outcome = _seen(clock, seconds).checked(Outcome(status=Status.OK, fit=maker.cost(claimed)))
    assert (outcome.status, len(outcome.notes)) == (status, notes)
    assert (outcome.fit is None) == (status is Status.INVALID)


def test_what_was_claimed_and_what_was_seen_is_said(clock: SimpleNamespace) -> None:
    outcome = _seen(clock, 3.2).checked(Outcome(status=Status.OK, fit=maker.cost(0.001)))
    assert outcome.reason == "fit claimed 1 ms, but took 3.2 s as seen from outside"
    outcome = _seen(clock, 0.0).checked(Outcome(status=Status.OK, imported=maker.cost(1.0)))
    assert outcome.reason == "import claimed 1.0 s, but its beginning and end were not seen from outside"
    assert outcome.imported is None


def test_time_in_which_the_study_itself_was_held_up_accuses_nobody(clock: SimpleNamespace) -> None:
    seen = _seen(clock, 5.0, held_up=4.9)
    outcome = seen.checked(Outcome(status=Status.OK, fit=maker.cost(0.1)))
    assert outcome.status is Status.OK
    assert outcome.notes == ("the study itself was held up for 4.9 s meanwhile; times may include that",)
    assert seen.paused_s == pytest.approx(4.9, abs=0.1)


def test_time_in_which_the_worker_was_stopped_is_told(clock: SimpleNamespace) -> None:
    outcome = _seen(clock, 5.0, stopped=3.2).checked(Outcome(status=Status.OK, fit=maker.cost(5.0)))
    assert outcome.status is Status.OK
    assert outcome.notes == ("was stopped for 3.2 s; its times include that",)


def test_a_busy_machine_is_no_stopped_one(clock: SimpleNamespace) -> None:
    seen = Witness()
    for _ in range(100):
        clock.now += EXPECTED_S + 0.2
        seen.look(worker_stopped=False)
    assert seen.notes() == []
