"""Findings: what the numbers of one study say, one sentence each, with interval and unit.

This module collects the values; the sentences are in `findings.md.jinja`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.analysis.caveats import first_used
from bench.analysis.comparisons import Comparison, Decision, Ranking
from bench.analysis.quantities import Quantity, number, shown
from bench.analysis.summary import interval_of
from bench.metrics.statistics import Interval
from bench.output.markdown import markdown
from bench.store.results import Results
from bench.units import seconds_as_text

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
    "classes recognised by their neighbours": "knn_accuracy_k10",
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
    return _sentences(results, "advice", needs=needs, some=_some(results))


def _some(results: Results) -> Sequence[str]:
    """Return the methods that are compared here, where others are ranked apart."""
    return results.groups[0] if len(results.groups) > 1 else ()


def _sentences(results: Results, part: str, **facts: Any) -> tuple[str, ...]:
    """Return what a macro of the template says, one sentence a line."""

    def with_interval(variant: str, ranking: Ranking) -> str:
        found = interval_of(results, variant, ranking.quantity.key)
        return "" if found is None else " ".join(filter(None, shown(ranking.quantity, found)))

    file = Path(__file__).with_name("findings.md.jinja")
    template = markdown(
        file,
        label=results.label,
        mean=_mean,
        with_interval=with_interval,
        size=_size,
        apart=apart,
        ratio=_ratio,
        margin=_margin,
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
        """Labels of methods whose successful runs are one value: one run, or on one sample of several of the data."""
        ok = {v: dict.fromkeys(self.results.run_ids(v), 0.0) for v in self.results.methods if self.results.ok(v)}
        return [self.results.label(v) for v, runs in ok.items() if not self.results.of_runs(v, runs).is_comparable]

    @cached_property
    def qualities(self) -> list[Ranking]:
        """Rankings by quality, the deciding one first."""
        return [self.rankings[key] for key in QUALITY if self.rankings[key].best]

    @property
    def some(self) -> Sequence[str]:
        """The methods that are compared here, where others are ranked apart."""
        return _some(self.results)

    def next_best(self, ranking: Ranking) -> Comparison | None:
        """Return the best method compared with the first one that is worse."""
        leader, *others = ranking.means
        pairs = (ranking.between(leader, other) for other in others)
        return next((pair for pair in pairs if pair.decision is Decision.BETTER), None)

    def open(self, ranking: Ranking) -> list[Comparison]:
        """Return the best method compared with those that may be equivalent to it or worse, the better first."""
        return [ranking.between(ranking.best[0], other) for other in ranking.open]

    @property
    def speeds(self) -> dict[str, list[Comparison]]:
        """The fit times of the methods that are equally good, each compared with the fastest of them, by result."""
        found: dict[str, list[Comparison]] = {}
        for other in self._equally_good[1:]:
            pair = self.rankings["fit_s"].between(other, self._equally_good[0])
            found.setdefault(pair.decision.value, []).append(pair)
        return found

    @property
    def faster(self) -> tuple[Comparison, Comparison] | None:
        """The best other method that is faster than all equally good ones, compared with the fastest of these."""
        quality, speed = self.qualities[0], self.rankings["fit_s"]
        others = [variant for variant in quality.means if variant not in quality.best and variant in speed.means]
        for other in others if self._equally_good else ():
            rival = self._equally_good[0]
            loss, gain = quality.between(rival, other), speed.between(rival, other)
            if loss.decision is Decision.BETTER and gain.decision is Decision.WORSE:
                return loss, gain
        return None

    @property
    def exaggerated(self) -> tuple[str, Ranking, str] | None:
        """The method whose embedding separates classes more than the data do, by its whole interval."""
        ranking = self.rankings["silhouette"]
        of_data, _ = self.results.single("pixels", "silhouette")
        if of_data is None or len(ranking.means) < 2:
            return None
        leader = next(iter(ranking.means))
        if not self.results.has_all_points(leader):
            return None
        found = interval_of(self.results, leader, "silhouette")
        above = found is not None and (found.mean if found.low is None else found.low) > of_data
        return (leader, ranking, number(ranking.quantity, of_data)) if above else None

    @property
    def slow_start(self) -> tuple[str, str, str] | None:
        """The method whose first call takes longest compared with its fit, without first uses of an installation.

        With it stand what a new process pays before the first result, and the time of a fit.
        """
        found: dict[str, tuple[float, float, float]] = {}
        for variant in self.results.methods:
            steps = [interval_of(self.results, variant, f"{step}_s") for step in ("import", "cold_start", "fit")]
            imported, cold, fit = (one.mean if one else 0.0 for one in steps)
            if cold and fit > LONG_ENOUGH_S and variant not in first_used(self.results):
                found[variant] = cold / fit, imported + cold, fit
        slowest = max(found, key=lambda variant: found[variant][0], default="")
        if not slowest or found[slowest][0] <= SLOW_START:
            return None
        _, before, fit = found[slowest]
        return slowest, seconds_as_text(before), seconds_as_text(fit)

    @cached_property
    def _equally_good(self) -> list[str]:
        """The best methods by the deciding quality, the fastest first."""
        return [variant for variant in self.rankings["fit_s"].means if variant in self.qualities[0].best]


def apart(pair: Comparison) -> str:
    """Return how far two methods may be apart, as text: of times and memory as a ratio."""
    if pair.quantity.is_ratio:
        return "between {} and {} times".format(*map(_ratio, pair.bounds))
    # All digits, as one more decides on which side of the margin an end lies.
    return "between {} and {} apart".format(*(number(pair.quantity, end) for end in pair.bounds))


def _margin(quantity: Quantity) -> str:
    return f"{(quantity.margin or 1) - 1:.0%}" if quantity.is_ratio else f"{quantity.margin:g}"


def _mean(variant: str, ranking: Ranking) -> str:
    quantity = ranking.quantity
    return number(quantity, ranking.means[variant]) + (f" {quantity.unit}" if quantity.is_ratio else "")


def _size(pair: Comparison, ranking: Ranking) -> str:
    """Return how far two methods are from each other in a score, with its interval."""
    pair = pair if (pair.change or 0) >= 0 else -pair
    low, high = pair.bounds
    return " ".join(shown(ranking.quantity, Interval(pair.change or 0.0, low, high, pair.n)))


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value < 99.5 else f"{value:.0f}"
