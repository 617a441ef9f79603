"""The witness: what a study sees of one request to a worker by a clock of its own, against which claims are checked."""

from __future__ import annotations

import time

from bench.store.records import Outcome, Status
from bench.units import seconds_as_text

EXPECTED_S = 0.05
"""The study looks at a worker at least so often; whatever it takes longer, the study itself was held up."""

LEAST_DELAY_S = 0.02
WORTH_A_NOTE_S = 0.25
INVALID_S = 1.0
"""A duration below half of what was seen is noted if it is this much shorter, and not believed if it is that much."""

FIELDS = {"import": "imported"}
"""Where a cost's field of an outcome is not named as its phase."""


class Witness:
    """Sees when each phase began and ended, and for how long worker and study stood still meanwhile."""

    def __init__(self) -> None:
        self.stopped_s = 0.0
        """How long the worker was stopped by a signal."""
        self.paused_s = 0.0
        """How long this process stood still, by more than a second at a time: stopped, too, or without a core."""
        self._delayed_s = 0.0
        """How long it was held up in all, so that what it saw came late."""
        self._began: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._looked_at = time.monotonic()

    def look(self, *, worker_stopped: bool) -> float:
        """Take notice of the time that passed since the last look, and return the time."""
        now = time.monotonic()
        passed, self._looked_at = now - self._looked_at, now
        late = passed - EXPECTED_S
        if late > LEAST_DELAY_S:
            self._delayed_s += late
            self.paused_s += late if late > INVALID_S else 0.0
            passed = EXPECTED_S
        if worker_stopped:
            self.stopped_s += passed
        return now

    def began(self, phase: str) -> None:
        """Take notice that a phase begins."""
        self._began.setdefault(phase, self._time())

    def ended(self, phase: str) -> None:
        """Take notice that a phase ended."""
        self._ended[phase] = self._time()

    @property
    def phases(self) -> list[str]:
        """Phases that have begun, in their order; all but perhaps the last have ended."""
        return list(self._began)

    def is_within(self, phase: str) -> bool:
        """Return whether a phase has begun and not ended."""
        return phase in self._began and phase not in self._ended

    def has_seen(self, phase: str) -> bool:
        """Return whether a phase began and ended."""
        return self._seen_s(phase) is not None

    def checked(self, outcome: Outcome) -> Outcome:
        """Return an outcome without the durations that cannot be true, and with a note on those much too short."""
        too_short = []
        for phase, cost in outcome.costs.items():
            if cost is None:
                continue
            claim, seen_s = f"{phase} claimed {seconds_as_text(cost.wall_s)}", self._seen_s(phase)
            if seen_s is None:
                return _without(outcome, phase, f"{claim}, but its beginning and end were not seen from outside")
            contradiction = f"{claim}, but took {seconds_as_text(seen_s)} as seen from outside"
            if cost.wall_s < min(seen_s / 2, seen_s - INVALID_S):
                return _without(outcome, phase, contradiction)
            if cost.wall_s < min(seen_s / 2, seen_s - WORTH_A_NOTE_S):
                too_short.append(contradiction)
        return outcome.model_copy(update={"notes": (*outcome.notes, *too_short, *self.notes())})

    def notes(self) -> list[str]:
        """Return what a reader of the times must know."""
        notes = []
        if self.stopped_s > LEAST_DELAY_S + EXPECTED_S:
            notes.append(f"was stopped for {seconds_as_text(self.stopped_s)}; its times include that")
        if self.paused_s:
            held_up = seconds_as_text(self.paused_s)
            notes.append(f"the study itself was held up for {held_up} meanwhile; times may include that")
        return notes

    def _seen_s(self, phase: str) -> float | None:
        """Return how long a phase took; None if its beginning or its end was not seen."""
        if phase not in self._began or phase not in self._ended:
            return None
        return self._ended[phase] - self._began[phase]

    def _time(self) -> float:
        """Return a time that stands still while the worker or this process does."""
        return time.monotonic() - self.stopped_s - self._delayed_s


def _without(outcome: Outcome, phase: str, reason: str) -> Outcome:
    """Return an outcome that is invalid because of the duration of a phase, which it no longer has."""
    return outcome.model_copy(update={"status": Status.INVALID, "reason": reason, FIELDS.get(phase, phase): None})
