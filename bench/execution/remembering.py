"""Reducers that remember former fits of their process: such a fit costs next to nothing, and that is no cost of it."""

from __future__ import annotations

from bench.store.records import Measurement, Outcome, Status
from bench.units import seconds_as_text

WORTH_REMEMBERING_S = 0.05
SHARE = 0.1
"""A fit that takes less than this share of an earlier one may have been remembered."""

REMEMBERS = "this class remembers former fits, so each run has a process of its own"


def is_suspicious(earlier: Measurement | None, later: Measurement | None) -> bool:
    """Return whether a fit was so much shorter than an earlier one of its process that it may be remembered."""
    if earlier is None or later is None:
        return False
    return earlier.wall_s > WORTH_REMEMBERING_S and later.wall_s < SHARE * earlier.wall_s


def decided(first: Measurement, later: Measurement | None, fresh: Outcome) -> tuple[Outcome, bool | None]:
    """Decide by a run in a fresh process whether a class remembers.

    Parameters
    ----------
    first, later : Measurement
        The fits of one process of which the later one is suspicious.
    fresh : Outcome
        How the later run went in a process that had fitted nothing before. It is the one to keep.

    Returns
    -------
    Outcome
        The fresh one with a note on why it was made.
    bool or None
        Whether the class remembers; None if the fresh run does not tell, because it failed.
    """
    if fresh.status is not Status.OK or fresh.fit is None or later is None:
        return fresh, None
    remembers = not is_suspicious(first, fresh.fit)
    after, here = (seconds_as_text(fit.wall_s) for fit in (later, fresh.fit))
    if remembers:
        note = f"{REMEMBERS}; where another fit came before, this one took {after}, here {here}"
    else:
        note = f"run again in a fresh process, where it took {here}: the first fit took {seconds_as_text(first.wall_s)}"
    return noted(fresh, note), remembers


def with_repetition(outcome: Outcome, again: Outcome) -> Outcome:
    """Return the outcome of a run with that of its repetition by `fit_transform`.

    A repetition that failed becomes a note, and so does one that may have been remembered: it says nothing of costs,
    or of whether a fit can be repeated.
    """
    outcome = noted(outcome, *again.notes)
    if again.status is not Status.OK:
        return noted(outcome, f"a second fit with the same seed ended otherwise, {again.status.value}: {again.reason}")
    if outcome.fit is not None and again.fit_transform is not None and is_suspicious(outcome.fit, again.fit_transform):
        took, after = (seconds_as_text(cost.wall_s) for cost in (again.fit_transform, outcome.fit))
        return noted(
            outcome, f"fit_transform took {took} after a fit of {after}: it may have been remembered, and is left out"
        )
    return outcome.model_copy(update={"fit_transform": again.fit_transform, "repeatable": again.repeatable})


def noted(outcome: Outcome, *notes: str) -> Outcome:
    """Return an outcome with more notes, each once."""
    return outcome.model_copy(update={"notes": tuple(dict.fromkeys((*outcome.notes, *notes)))})
