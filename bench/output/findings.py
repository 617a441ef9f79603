"""Findings: what the numbers of one study say, one sentence each, with interval and unit.

This module collects the values; the sentences are in `findings.md.jinja`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.analysis.caveats import first_used
from bench.analysis.comparisons import Comparison, Ranking
from bench.analysis.quantities import number
from bench.analysis.summary import interval_of
from bench.output.markdown import markdown
from bench.store.results import Results

MAX_SENTENCES = 10
"""A reader takes in no more."""
SLOW_START = 3.0
"""A first call that takes more times as long as the fit is worth a sentence."""
LONG_ENOUGH_S = 0.1
"""A first call is compared with fits that take longer than this."""

QUALITY = ("knn_accuracy_k10", "trustworthiness_k5", "shepard_spearman")
"""Quantities whose best methods are named, the deciding one first: without labels the next one decides."""
NEEDS = {
    "neighbours of the training points kept": "knn_recall_k15",
    "test points mapped close to their neighbours": "knn_recall_k15_test",
    "classes that stand apart": "knn_accuracy_k10",
    "the global arrangement kept": "shepard_spearman",
    "points reconstructed from the embedding": "reconstruction_r2_test",
    "speed": "fit_s",
    "little memory": "peak_mib",
}
"""What a reader may need, and the quantity that decides it."""


def findings(results: Results, rankings: Mapping[str, Ranking]) -> tuple[str, ...]:
    """Return what the numbers say, at most ten sentences, from the rankings in every quantity."""
    return _sentences(results, "findings", facts=_Facts(results, rankings))[:MAX_SENTENCES]


def advice(results: Results, rankings: Mapping[str, Ranking]) -> tuple[str, ...]:
    """Return for every need which methods to take; a need that no two methods were compared in is left out."""
    needs = {need: rankings[key] for need, key in NEEDS.items() if rankings[key].best}
    return _sentences(results, "advice", needs=needs)


def _sentences(results: Results, part: str, **facts: Any) -> tuple[str, ...]:
    """Return what a macro of the template says, one sentence a line."""

    def with_interval(variant: str, ranking: Ranking) -> str:
        found = interval_of(results, variant, ranking.quantity.key)
        assert found is not None and found.low is not None and found.high is not None
        low, high = (number(ranking.quantity, end) for end in (found.low, found.high))
        return f"{_median(variant, ranking)} [{low}, {high}]"

    file = Path(__file__).with_name("findings.md.jinja")
    template = markdown(
        file, label=results.label, median=_median, with_interval=with_interval, size=_size, ratio=_ratio
    )
    said = getattr(template.module, part)(**facts)
    return tuple(line for line in str(said).splitlines() if line)


@dataclass(frozen=True)
class _Facts:
    """What the template speaks of."""

    results: Results
    rankings: Mapping[str, Ranking]

    @property
    def failed(self) -> list[tuple[str, str]]:
        """Methods none of whose runs was successful, and how they ended; of a series only the first."""
        found: dict[str, tuple[str, str]] = {}
        for variant in self.results.variants:
            if not self.results.ok(variant):
                # With more points than the first that failed it was not tried.
                ends = " and ".join(self.results.runs_of(variant)["status"].unique()).replace("_", " ")
                found.setdefault(self.results.variant(variant).series or variant, (variant, ends))
        return list(found.values())

    @property
    def once(self) -> list[str]:
        """Labels of methods with one successful run."""
        return [self.results.label(v) for v in self.results.methods if len(self.results.ok_runs(v)) == 1]

    @cached_property
    def qualities(self) -> list[Ranking]:
        """Rankings by quality, the deciding one first."""
        return [self.rankings[key] for key in QUALITY if self.rankings[key].best]

    def next_best(self, ranking: Ranking) -> Comparison | None:
        """Return the best method compared with the first one that differs significantly from it."""
        leader, *others = ranking.medians
        pairs = (ranking.between(leader, other) for other in others)
        return next((pair for pair in pairs if pair.significant), None)

    @property
    def speeds(self) -> list[Comparison]:
        """The fit times of the methods that are equally good, each compared with the fastest of them."""
        return [self.rankings["fit_s"].between(other, self._equally_good[0]) for other in self._equally_good[1:]]

    @property
    def faster(self) -> tuple[Comparison, Comparison] | None:
        """The best of the other methods that is faster than all equally good ones: what it loses and gains."""
        quality, speed = self.qualities[0], self.rankings["fit_s"]
        others = [variant for variant in quality.medians if variant not in quality.best and variant in speed.medians]
        for other in others if self._equally_good else ():
            loss, gain = quality.between(quality.best[0], other), speed.between(self._equally_good[0], other)
            if loss.significant and gain.significant and (gain.change or 0) > 1:
                return loss, gain
        return None

    @property
    def exaggerated(self) -> tuple[str, Ranking, str] | None:
        """The method whose embedding separates classes more than the data do, with every seed."""
        ranking = self.rankings["silhouette"]
        of_data, _ = self.results.single("pixels", "silhouette")
        if of_data is None or not ranking.best:
            return None
        leader = ranking.best[0]
        above = self.results.values(leader, "silhouette").array.min() > of_data
        return (leader, ranking, number(ranking.quantity, of_data)) if above else None

    @property
    def slow_start(self) -> tuple[str, float] | None:
        """The method whose first call takes longest compared with its fit, without first uses of an installation."""
        factors: dict[str, float] = {}
        for variant in self.results.methods:
            cold, fit = (self.results.values(variant, key).array for key in ("cold_start_s", "fit_s"))
            if len(cold) and len(fit) and variant not in first_used(self.results) and fit.min() > LONG_ENOUGH_S:
                factors[variant] = cold.max() / sorted(fit)[len(fit) // 2]
        slowest = max(factors.items(), key=lambda item: item[1], default=None)
        return slowest if slowest and slowest[1] > SLOW_START else None

    @cached_property
    def _equally_good(self) -> list[str]:
        """The best methods by the deciding quality, the fastest first."""
        return [variant for variant in self.rankings["fit_s"].medians if variant in self.qualities[0].best]


def _median(variant: str, ranking: Ranking) -> str:
    quantity = ranking.quantity
    return number(quantity, ranking.medians[variant]) + (f" {quantity.unit}" if quantity.is_ratio else "")


def _size(pair: Comparison, ranking: Ranking) -> str:
    """Return how far two methods are from each other in a score, with its interval."""
    assert pair.change is not None and pair.low is not None and pair.high is not None
    low, high = sorted((pair.low, pair.high)) if pair.change >= 0 else sorted((-pair.low, -pair.high))
    size, low_text, high_text = (number(ranking.quantity, value) for value in (abs(pair.change), low, high))
    return f"{size} [{low_text}, {high_text}]"


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value < 99.5 else f"{value:.0f}"
