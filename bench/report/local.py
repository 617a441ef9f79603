"""Local scores: how well each fitted point lies, for every run."""

from __future__ import annotations

from collections.abc import Callable

from bench import judge
from bench.reading import Judged, Reading
from bench.scores import Original
from bench.scores.local import Local, local_scores
from bench.scores.score import UndefinedError

K = 15


def of_runs(reading: Reading, original: Original) -> Callable[[Judged], Local | None] | None:
    """Return a function that gives a run's local scores, None where they have no value.

    Where the ranks of all pairs do not fit into memory there is no such function: they would be computed anew for
    every run.
    """
    if not original.fits:
        return None

    def of_run(item: Judged) -> Local | None:
        try:
            return local_scores(judge.case_of(reading.store, original, item.record), K)
        except UndefinedError:
            return None

    return of_run
