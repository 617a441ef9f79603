"""Findings: what the numbers of a study say, in words and with their uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench import doubts
from bench.comparisons import Comparison, Standing
from bench.statistics import interval
from bench.tables.build import Tabulation
from bench.tables.columns import bounds, number

MOST = 10
"""A reader takes in no more sentences."""
SLOW_START = 3.0
"""A first call that takes more times as long as the fit is worth a sentence."""

QUALITY = {
    "knn_accuracy_k10": "kNN accuracy (k = 10)",
    "trustworthiness_k5": "trustworthiness (k = 5)",
    "shepard_spearman": "rank correlation of distances",
}
"""Columns whose best methods are named, the deciding one first: without labels the next one decides."""

NEEDS = {
    "neighbours of the fitted points kept": "knn_recall_k15",
    "new points placed among the fitted ones": "knn_recall_k15_test",
    "classes that stand apart": "knn_accuracy_k10",
    "the global arrangement kept": "shepard_spearman",
    "points rebuilt from the embedding": "reconstruction_r2_test",
    "speed": "fit_s",
    "little memory": "peak_mib",
}
"""What a reader may need, and the column that decides it."""


@dataclass(frozen=True)
class Finding:
    """A sentence, and the columns that it rests on.

    Attributes
    ----------
    columns : tuple of str
        Names in `summary.csv`; empty where it rests on how runs ended.
    """

    sentence: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Advice:
    """A need, the methods to take for it, and what decides that.

    Attributes
    ----------
    take : tuple of str
        Labels of the best method and of those that cannot be told apart from it, each with its value.
    """

    need: str
    take: tuple[str, ...]
    column: str

    @property
    def sentence(self) -> str:
        """The advice as a line."""
        best, *others = self.take
        equal = f"; not to be told apart from it: {', '.join(others)}" if others else ""
        return f"If you need {self.need}: {best}{equal}."


def findings(t: Tabulation) -> tuple[Finding, ...]:
    """Return what the numbers say, at most ten sentences."""
    found = [*_failures(t), *_few_seeds(t)]
    ranked = [t.standings[key] for key in QUALITY if t.standings[key].best]
    if ranked:
        found += [_best(t, ranked[0]), *_speed_of_the_best(t, ranked[0]), *_trade(t, ranked[0])]
        found += [_best(t, standing) for standing in ranked[1:]]
    found += [*_silhouette(t), *_cold_start(t)]
    return tuple(found[:MOST])


def advice(t: Tabulation) -> tuple[Advice, ...]:
    """Return for every need which methods to take; a need that no two methods were compared in is left out."""
    lines = []
    for need, key in NEEDS.items():
        standing = t.standings[key]
        if standing.best:
            lines.append(Advice(need, tuple(_with_value(t, standing, variant) for variant in standing.best), key))
    return tuple(lines)


def _failures(t: Tabulation) -> Iterator[Finding]:
    lost: set[str] = set()
    for variant in t.reading.variants:
        series = t.reading.study.variants[variant].series
        if not t.reading.well(variant) and series not in lost:
            # With more points than the first that failed it was not tried.
            lost |= {series} - {""}
            ends = dict.fromkeys(item.record.outcome.status.value for item in t.reading.runs(variant))
            ended = " and ".join(ends).replace("_", " ")
            yield Finding(f"{t.reading.label(variant)} has no numbers: none of its runs ended well ({ended}).")


def _few_seeds(t: Tabulation) -> Iterator[Finding]:
    alone = [v for v in t.methods if len(t.reading.well(v)) == 1]
    if alone:
        names = _listed([t.reading.label(variant) for variant in alone])
        if len(alone) > MOST:
            names = f"{len(alone)} methods"
        yield Finding(f"{names} ended well with one seed only, which says nothing of chance: no verdict on them.")


def _best(t: Tabulation, standing: Standing) -> Finding:
    column, best = standing.column, standing.best
    names = [t.reading.label(variant) for variant in best]
    what = QUALITY[column.key]
    if len(best) == 1:
        return Finding(
            f"{names[0]} has the best {what}, {_value(t, standing, best[0])}{_ahead(t, standing)}.", (column.key,)
        )
    if all(standing.between(a, b).tied for a, b in combinations(best, 2)):
        values = _listed([_value(t, standing, variant) for variant in best])
        return Finding(f"{_listed(names)} cannot be told apart in {what}: {values}.", (column.key,))
    others = _listed([f"{t.reading.label(v)}, {_value(t, standing, v)}," for v in best[1:]])
    return Finding(
        f"{names[0]} has the best {what}, {_value(t, standing, best[0])}; {others} cannot be told apart from it.",
        (column.key,),
    )


def _ahead(t: Tabulation, standing: Standing) -> str:
    """Return by how much the best method is ahead of the next one that it was compared with; empty without one."""
    first, *others = standing.medians
    pairs = [standing.between(first, other) for other in others]
    for pair in pairs:
        if pair.told_apart:
            return f", ahead of {t.reading.label(pair.second)} by {_size(standing, pair)}"
    return ""


def _speed_of_the_best(t: Tabulation, quality: Standing) -> Iterator[Finding]:
    """Yield which of the methods that are equally good is the fastest."""
    speed = t.standings["fit_s"]
    equal = [variant for variant in speed.medians if variant in quality.best]
    if len(equal) < 2:
        return
    fastest, *others = equal
    slower = [speed.between(other, fastest) for other in others]
    apart = [pair for pair in slower if pair.told_apart]
    tied = [t.reading.label(pair.first) for pair in slower if pair.tied]
    name = t.reading.label(fastest)
    if not apart:
        if tied:
            said = f"In the time of their fit, {_listed(tied)} cannot be told apart from {name} either."
            yield Finding(said, ("fit_s", quality.column.key))
        return
    words = [f"{_factor(pair)} as fast as {t.reading.label(pair.first)}, {_interval(pair)}" for pair in apart]
    also = f"; from {_listed(tied)} it cannot be told apart in time" if tied else ""
    yield Finding(f"Of these {name} fits the fastest: {' and '.join(words)}{also}.", ("fit_s", quality.column.key))


def _trade(t: Tabulation, quality: Standing) -> Iterator[Finding]:
    """Yield what the best of the other methods gives up in quality, and what it gains in time."""
    speed = t.standings["fit_s"]
    leader, *others = quality.medians
    fastest = next((variant for variant in speed.medians if variant in quality.best), None)
    if fastest is None:
        return
    for other in others:
        if other in quality.best or other not in speed.medians:
            continue
        time, loss = speed.between(fastest, other), quality.between(leader, other)
        if loss.told_apart and time.told_apart and time.change is not None and time.change > 1:
            sentence = (
                f"{t.reading.label(other)} gives up {_size(quality, loss)} in {QUALITY[quality.column.key]} beside "
                f"{t.reading.label(leader)} and fits {_factor(time)} as fast as {t.reading.label(fastest)}, "
                f"{_interval(time)}."
            )
            yield Finding(sentence, (quality.column.key, "fit_s"))
            return


def _silhouette(t: Tabulation) -> Iterator[Finding]:
    """Yield that an embedding separates classes more than the data do, where it does."""
    standing = t.standings["silhouette"]
    unreduced = t.reading.references.get("pixels", ())
    of_data = next((v.value for v in unreduced if v.score == "silhouette" and v.split == "fit"), None)
    if of_data is None or not standing.best:
        return
    leader = standing.best[0]
    if min(t.samples[leader]["silhouette"].values.values()) > of_data:
        value = _value(t, standing, leader)
        yield Finding(
            f"The silhouette of {t.reading.label(leader)}, {value}, is above that of the data themselves, "
            f"{number(standing.column, of_data)}: it draws classes further apart than they are.",
            ("silhouette",),
        )


def _cold_start(t: Tabulation) -> Iterator[Finding]:
    """Yield the method whose first call takes the longest beside its fit, first uses of an installation aside."""
    first_used = {doubt.variant for doubt in doubts.of_first_use([item.record for item in t.reading.judged])}
    factors = {}
    for variant in t.methods:
        cold, fit = (t.samples[variant].get(key) for key in ("cold_start_s", "fit_s"))
        if cold and fit and variant not in first_used and min(fit.values.values()) > 0.1:
            factors[variant] = max(cold.values.values()) / sorted(fit.values.values())[len(fit) // 2]
    slowest = max(factors, key=lambda variant: factors[variant], default=None)
    if slowest is not None and factors[slowest] > SLOW_START:
        yield Finding(
            f"The first call of {t.reading.label(slowest)} in a new process takes {factors[slowest]:.1f} times as long "
            "as its fit once warm; it is in no other time.",
            ("cold_start_s", "fit_s"),
        )


def _value(t: Tabulation, standing: Standing, variant: str) -> str:
    """Return the median of a method with its interval, as tables show it."""
    found = interval(t.samples[variant][standing.column.key].values.values(), *bounds(standing.column))
    assert found is not None and found.low is not None and found.high is not None
    median, low, high = (number(standing.column, value) for value in (found.median, found.low, found.high))
    unit = f" {standing.column.unit}" if standing.is_ratio else ""
    return f"{median}{unit} [{low}, {high}]"


def _with_value(t: Tabulation, standing: Standing, variant: str) -> str:
    unit = f" {standing.column.unit}" if standing.is_ratio else ""
    return f"{t.reading.label(variant)} ({number(standing.column, standing.medians[variant])}{unit})"


def _size(standing: Standing, pair: Comparison) -> str:
    """Return how far two methods are from each other in a score."""
    assert pair.change is not None and pair.low is not None and pair.high is not None
    low, high = sorted((pair.low, pair.high)) if pair.change >= 0 else sorted((-pair.low, -pair.high))
    shown = [number(standing.column, value) for value in (abs(pair.change), low, high)]
    return f"{shown[0]} (95 % interval {shown[1]} to {shown[2]})"


def _factor(pair: Comparison) -> str:
    assert pair.change is not None
    return f"{_round(pair.change)} times"


def _interval(pair: Comparison) -> str:
    assert pair.low is not None and pair.high is not None
    return f"95 % interval {_round(pair.low)} to {_round(pair.high)}"


def _round(factor: float) -> str:
    return f"{factor:.1f}" if factor < 99.5 else f"{factor:.0f}"


def _listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
