"""Findings: what the numbers of one study say, one sentence each, with interval and unit.

This module collects the values; the sentences are in `findings.md.jinja`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.analysis.caveats import first_used
from bench.analysis.comparisons import Comparison, Ranking
from bench.analysis.quantities import Quantity, number
from bench.analysis.summary import interval_of
from bench.store.results import Results

MAX_SENTENCES = 10
"""A reader takes in no more."""
SLOW_START = 3.0
"""A first call that takes more times as long as the fit is worth a sentence."""
LONG_ENOUGH_S = 0.1
"""A first call is compared with fits that take longer than this."""

QUALITY = {
    "knn_accuracy_k10": "kNN accuracy (k = 10)",
    "trustworthiness_k5": "trustworthiness (k = 5)",
    "shepard_spearman": "rank correlation of distances",
}
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
    """Return what the numbers say, at most ten sentences.

    Parameters
    ----------
    rankings : mapping of str to Ranking
        The methods of the study in every quantity.
    """
    return tuple(_sentences("findings", facts=_Facts(results, rankings))[:MAX_SENTENCES])


def advice(results: Results, rankings: Mapping[str, Ranking]) -> tuple[str, ...]:
    """Return for every need which methods to take; a need that no two methods were compared in is left out."""
    needs = {
        need: [(results.label(variant), _with_unit(found.quantity, found.medians[variant])) for variant in found.best]
        for need, found in ((need, rankings[key]) for need, key in NEEDS.items())
        if found.best
    }
    return tuple(_sentences("advice", needs=needs))


def _sentences(part: str, **facts: Any) -> list[str]:
    """Return what a macro of the template says, one sentence a line."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = getattr(environment.get_template("findings.md.jinja").module, part)(**facts)
    return [line for line in str(said).splitlines() if line]


@dataclass(frozen=True)
class _Best:
    """The best method in a quantity.

    Attributes
    ----------
    equal : list of (str, str)
        Label and value of those without a significant difference from it.
    next_label, next_value, difference : str
        The first method that differs significantly from it, and by how much; empty if none does.
    """

    what: str
    label: str
    value: str
    equal: list[tuple[str, str]]
    next_label: str
    next_value: str
    difference: str


@dataclass(frozen=True)
class _Facts:
    """What the template speaks of."""

    results: Results
    rankings: Mapping[str, Ranking]

    @property
    def failed(self) -> list[tuple[str, str]]:
        """Label and end of methods none of whose runs was successful; of a series only the first."""
        found: dict[str, tuple[str, str]] = {}
        for variant in self.results.variants:
            if not self.results.ok(variant):
                # With more points than the first that failed it was not tried.
                ends = " and ".join(dict.fromkeys(self.results.runs_of(variant)["status"])).replace("_", " ")
                series = self.results.variant(variant).series or variant
                found.setdefault(series, (self.results.label(variant), ends))
        return list(found.values())

    @property
    def once(self) -> list[str]:
        """Methods with one successful run."""
        return [self.results.label(v) for v in self.results.methods if len(self.results.ok_runs(v)) == 1]

    @cached_property
    def qualities(self) -> list[Ranking]:
        """Rankings by quality, the deciding one first."""
        return [self.rankings[key] for key in QUALITY if self.rankings[key].best]

    def best(self, ranking: Ranking) -> _Best:
        """Return the best method, its equals and the one that follows."""
        leader, *others = ranking.medians
        following = next((pair for o in others if (pair := ranking.between(leader, o)).significant), None)
        return _Best(
            what=QUALITY[ranking.quantity.key],
            label=self.results.label(leader),
            value=self._value(ranking, leader),
            equal=[(self.results.label(v), self._value(ranking, v)) for v in ranking.best[1:]],
            next_label=self.results.label(following.second) if following else "",
            next_value=number(ranking.quantity, ranking.medians[following.second]) if following else "",
            difference=_size(ranking, following) if following else "",
        )

    @property
    def fastest(self) -> dict[str, Any] | None:
        """The fastest of the methods that are equally good, and how it compares with the others."""
        speed, equal = self.rankings["fit_s"], self._equally_good
        if len(equal) < 2:
            return None
        pairs = [speed.between(other, equal[0]) for other in equal[1:]]
        return {
            "label": self.results.label(equal[0]),
            "slower": [(self.results.label(pair.first), *_factor(pair)) for pair in pairs if pair.significant],
            "equal": [self.results.label(pair.first) for pair in pairs if pair.equal],
        }

    @property
    def faster(self) -> dict[str, Any] | None:
        """The best of the other methods that is faster than all equally good ones: what it loses and gains."""
        quality, speed, equal = self.qualities[0], self.rankings["fit_s"], self._equally_good
        leader, *others = quality.medians
        for other in others if equal else ():
            if other not in quality.best and other in speed.medians:
                time, loss = speed.between(equal[0], other), quality.between(leader, other)
                if loss.significant and time.significant and time.change is not None and time.change > 1:
                    label, best, fastest = map(self.results.label, (other, leader, equal[0]))
                    named = {"label": label, "best": best, "fastest": fastest, "what": QUALITY[quality.quantity.key]}
                    return named | {"loss": _size(quality, loss), "gain": _factor(time)}
        return None

    @property
    def exaggerated(self) -> dict[str, str] | None:
        """The method whose embedding separates classes more than the data do, with every seed."""
        ranking = self.rankings["silhouette"]
        of_data, _ = self.results.single("pixels", "silhouette")
        if of_data is None or not ranking.best:
            return None
        leader = ranking.best[0]
        if self.results.values(leader, "silhouette").array.min() <= of_data:
            return None
        shown = number(ranking.quantity, of_data)
        return {"label": self.results.label(leader), "value": self._value(ranking, leader), "of_data": shown}

    @property
    def slow_start(self) -> dict[str, str] | None:
        """The method whose first call takes longest compared with its fit, without first uses of an installation."""
        factors: dict[str, float] = {}
        for variant in self.results.methods:
            cold, fit = (self.results.values(variant, key).array for key in ("cold_start_s", "fit_s"))
            if len(cold) and len(fit) and variant not in first_used(self.results) and fit.min() > LONG_ENOUGH_S:
                factors[variant] = cold.max() / sorted(fit)[len(fit) // 2]
        slowest = max(factors, key=lambda variant: factors[variant], default=None)
        if slowest is None or factors[slowest] <= SLOW_START:
            return None
        return {"label": self.results.label(slowest), "factor": f"{factors[slowest]:.1f}"}

    @cached_property
    def _equally_good(self) -> list[str]:
        """The best methods by the deciding quality, the fastest first."""
        return [variant for variant in self.rankings["fit_s"].medians if variant in self.qualities[0].best]

    def _value(self, ranking: Ranking, variant: str) -> str:
        """Return the median of a method with its interval, as tables show it."""
        found = interval_of(self.results, variant, ranking.quantity.key)
        assert found is not None and found.low is not None and found.high is not None
        low, high = (number(ranking.quantity, end) for end in (found.low, found.high))
        return f"{_with_unit(ranking.quantity, found.median)} [{low}, {high}]"


def _with_unit(quantity: Quantity, value: float) -> str:
    return number(quantity, value) + (f" {quantity.unit}" if quantity.is_ratio else "")


def _size(ranking: Ranking, pair: Comparison) -> str:
    """Return how far two methods are from each other in a score, with its interval."""
    assert pair.change is not None and pair.low is not None and pair.high is not None
    low, high = sorted((pair.low, pair.high)) if pair.change >= 0 else sorted((-pair.low, -pair.high))
    size, low_text, high_text = (number(ranking.quantity, value) for value in (abs(pair.change), low, high))
    return f"{size} [{low_text}, {high_text}]"


def _factor(pair: Comparison) -> tuple[str, str]:
    """Return a ratio and its interval."""
    assert pair.change is not None and pair.low is not None and pair.high is not None
    factor, low, high = (f"{v:.1f}" if v < 99.5 else f"{v:.0f}" for v in (pair.change, pair.low, pair.high))
    return factor, f"[{low}, {high}]"
