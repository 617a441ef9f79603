"""Results before a study is complete: after a round, what there is, in a folder of its own that is removed at the end.

It is made between two rounds, while no worker is measured, and not after short ones.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from rich.console import Console

from bench.datasets import Dataset
from bench.errors import BenchError
from bench.execution import scoring
from bench.execution.drawings import keep_drawings
from bench.metrics.registry import UNEXPECTED
from bench.store import elsewhere
from bench.store.export import export
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from bench.store.sums import PARTIAL
from bench.studies.plan import Run
from bench.studies.study import Study
from bench.units import seconds_as_text

log = logging.getLogger(__name__)

SHORT_S = 20.0
"""After less than that nothing is shown before the study is complete."""
MAX_SHARE = 0.2
"""Largest share of a study's time that is spent on what is soon replaced; the first time is not known beforehand."""
Show = Callable[[Results, Callable[[], Dataset]], object]
"""Writes table, picture and report of results, given a function that returns the data."""


@dataclass
class Partial:
    """Shows what there is after a round, in the folder `partial` of the results."""

    study: Study
    store: Store
    dataset: Dataset
    environment: Environment
    console: Console
    show: Show
    since: float = field(default_factory=monotonic)
    cost_s: float = 0.0

    def after_round(self, run: Run) -> None:
        """Show what there is after the round of this run, unless little time has passed; a failure is only named."""
        began = monotonic()
        if began - self.since < max(SHORT_S, self.cost_s / MAX_SHARE):
            return
        mark = f"seed {run.seed + 1} of {self.study.seeds}"
        if self.study.samples > 1:
            mark = f"sample {run.sample + 1} of {self.study.samples}, {mark}"
        try:
            folder = self._made(mark)
        except (BenchError, OSError, *UNEXPECTED) as error:
            log.warning(
                "Results after %s could not be shown (%s: %s); the study goes on", mark, type(error).__name__, error
            )
            return
        finally:
            self.since, self.cost_s = monotonic(), monotonic() - began
        took = seconds_as_text(self.cost_s)
        self.console.print(f"First results, after {mark}: {folder} (made in {took})", highlight=False, soft_wrap=True)

    def _made(self, mark: str) -> str:
        """Write scores, tables, picture and report of what there is, and return the folder."""
        store = Store(self.store.folder / PARTIAL, runs_in=self.store.folder)
        store.write("study.toml", self.study.to_toml())
        store.write_model("environment.json", self.environment)
        scoring.score_study(store, self.dataset, Console(quiet=True))
        export(store)
        keep_drawings(store, self.dataset, lambda _: None, scoring.cache_folder())
        elsewhere.keep_arrays(store)
        title = f"{Results(store.folder).title} ({mark})"
        store.write("study.toml", self.study.model_copy(update={"title": title}).to_toml())
        self.show(Results(store.folder), lambda: self.dataset)
        return str(store.folder)
