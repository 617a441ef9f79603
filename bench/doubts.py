"""What makes a measurement doubtful, said beside the numbers it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf, sqrt
from statistics import median, stdev
from time import get_clock_info

from scipy import stats

from bench.records import Record

SPREAD = 0.1
OTHERS_CORES = 0.15
TICKS = 100
DRIFT = 0.1
PRECISION = 0.005
"""Half-width of an interval up to which the second decimal of a score can be believed."""
MOST_SEEDS = 1_000


@dataclass(frozen=True)
class Doubt:
    """A reason not to trust a number too far.

    Attributes
    ----------
    variant : str or None
        Whose numbers; None where all are concerned.
    column : str or None
        Which number of it; None where all are concerned.
    rule : str
        The reason, for a reader; it reads on with the method and `detail`.
    label : str
        What the variant is called.
    detail : str
        How it is with this method.
    """

    variant: str | None
    column: str | None
    rule: str
    label: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """The doubt as a sentence."""
        return together([self])


def together(doubts: Sequence[Doubt]) -> str:
    """Return doubts of one rule as a sentence."""
    methods = dict.fromkeys(f"{doubt.label} {doubt.detail}".strip() for doubt in doubts if doubt.label)
    rule = doubts[0].rule
    return f"{rule}: {', '.join(methods)}." if methods else f"{rule}."


def of_times(records: Sequence[Record]) -> list[Doubt]:
    """Return the doubts about the times of well-ended runs: spread, company, shortness, drift."""
    well = [record for record in records if record.ok and record.outcome.fit is not None]
    doubts = []
    for variant, runs in groupby(sorted(well, key=lambda record: record.variant), lambda record: record.variant):
        doubts += list(_of_variant(variant, list(runs)))
    return doubts + list(_drift(well))


def _of_variant(variant: str, records: Sequence[Record]) -> Iterator[Doubt]:
    label = records[0].label
    costs = [record.outcome.fit for record in records if record.outcome.fit is not None]
    walls = [cost.wall_s for cost in costs]
    if len(walls) > 1 and stdev(walls) > SPREAD * median(walls):
        share = stdev(walls) / median(walls)
        yield Doubt(
            variant, "fit_s", f"Fit times spread by more than {SPREAD:.0%} of their median", label, f"{share:.0%}"
        )
    others = [cost.other_cores for cost in costs if cost.other_cores is not None]
    if others and max(others) > OTHERS_CORES:
        yield Doubt(
            variant, "fit_s", "Other programs kept cores busy during the fit", label, f"up to {max(others):.1f}"
        )
    tick = get_clock_info("perf_counter").resolution
    if min(walls) < TICKS * tick:
        yield Doubt(variant, "fit_s", f"A fit took less than {TICKS} ticks of the clock ({tick:g} s each)", label)


def _drift(records: Sequence[Record]) -> Iterator[Doubt]:
    """Compare the last round with the first: a machine that slows down slows down for most."""
    rounds = {(record.variant, record.seed): record.outcome.fit.wall_s for record in records if record.outcome.fit}
    seeds = sorted({seed for _, seed in rounds})
    if len(seeds) < 2:
        return
    first, last = seeds[0], seeds[-1]
    both = [variant for variant, seed in rounds if seed == first and (variant, last) in rounds]
    ratios = [rounds[variant, last] / rounds[variant, first] for variant in both]
    if len(ratios) >= 3 and abs(median(ratios) - 1) > DRIFT:
        change = "slower" if median(ratios) > 1 else "faster"
        yield Doubt(
            None,
            "fit_s",
            f"The last round was {abs(median(ratios) - 1):.0%} {change} than the first, in the median method",
        )


def of_first_use(records: Sequence[Record]) -> list[Doubt]:
    """Return the doubts about starts and memory of processes that compiled what later ones find on disk."""
    rule = (
        "The process was the first here to compile what libraries then keep on disk; any later one starts faster and "
        "holds less memory"
    )
    labels = {record.variant: record.label for record in records if record.outcome.new_on_disk}
    columns = ("import_s", "cold_start_s", "peak_mib", "baseline_mib")
    return [Doubt(variant, column, rule, label) for variant, label in labels.items() for column in columns]


def of_precision(variant: str, label: str, scores: Mapping[str, Sequence[float]]) -> list[Doubt]:
    """Return the doubts that second decimals rest on too few seeds, with how many it would take.

    Parameters
    ----------
    scores : mapping of str to sequence of float
        One value a seed, by column.
    """
    needed = {name: seeds_needed(stdev(values), PRECISION) for name, values in scores.items() if len(values) > 1}
    short = {name: n for name, n in needed.items() if n > len(scores[name])}
    if not short:
        return []
    most = max(short.values())
    many = f"more than {MOST_SEEDS:,}" if most > MOST_SEEDS else f"about {most:g}"
    n_seeds = len(scores[next(iter(short))])
    rule = f"{n_seeds} seeds do not settle the second decimal of every score; it would take"
    return [Doubt(variant, name, rule, label, many) for name in short]


def seeds_needed(deviation: float, half_width: float) -> float:
    """Return how many seeds bring Student's 95 % interval of the mean down to `half_width`; infinity past a thousand.

    >>> seeds_needed(0.0, 0.005)
    2
    """
    for n in range(2, MOST_SEEDS + 1):
        if stats.t.ppf(0.975, n - 1) * deviation / sqrt(n) <= half_width:
            return n
    return inf
