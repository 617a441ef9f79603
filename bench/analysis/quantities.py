"""Quantities: every cost and score that a table can show, with what a reader needs to understand its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor, inf, log10

from bench.metrics.metric import MARGINS, column_name
from bench.metrics.registry import METRICS
from bench.metrics.statistics import Interval

BETTER = {True: "higher", False: "lower", None: ""}
ARROWS = {"higher": "↑", "lower": "↓", "": ""}
RATIO_UNITS = ("s", "MiB")
"""Units of quantities that are compared by their ratio: twice the time is the same news at a second and at an hour."""
SPLITS = {"train": "", "test": ", test", "seeds": ""}
"""What the title of a score says of its split."""


@dataclass(frozen=True)
class Quantity:
    """A cost or a score, and a column of a table.

    `key` is its column in `summary.csv`. `title` is what it is called everywhere, without arrow and unit. `family` is
    the heading that it shares with others. `better` is "higher", "lower", or empty if neither is. `low` and `high` end
    its range. `margin` is the difference, or ratio, up to which two values are equivalent; None decides nothing.
    """

    key: str
    title: str
    family: str = ""
    unit: str = ""
    better: str = ""
    meaning: str = ""
    weakness: str = ""
    low: float = 0.0
    high: float = float("inf")
    margin: float | None = None

    @property
    def is_ratio(self) -> bool:
        """Whether two values are compared by their ratio."""
        return self.unit in RATIO_UNITS

    @property
    def header(self) -> str:
        """Title, arrow to the better end, and unit."""
        return " ".join(filter(None, (self.title, ARROWS[self.better], f"({self.unit})" if self.unit else "")))


_THREADS_THAT_WAIT = "Threads that wait for each other in a loop count as busy."
_ALL_TEST_POINTS = "Of all test points together, not of one."

_COSTS = {
    # key, title, unit, better: meaning, weakness
    ("fit_s", "fit", "s", "lower"): (
        "Wall time of fit on the training points, warm: import and first call are apart.",
        "Of this machine, and of each library's own defaults.",
    ),
    ("fit_cpu_s", "fit, CPU time", "s", "lower"): ("CPU time of all threads in the fit.", _THREADS_THAT_WAIT),
    ("fit_cores", "cores busy in fit", "cores", ""): ("CPU time over wall time of the fit.", _THREADS_THAT_WAIT),
    ("fit_transform_s", "fit_transform", "s", "lower"): (
        "Wall time of fit_transform with the first seed, once more, on a reducer of its own.",
        "Measured once a method.",
    ),
    ("transform_s", "transform", "s", "lower"): ("Wall time of mapping all test points.", _ALL_TEST_POINTS),
    ("inverse_s", "inverse transform", "s", "lower"): (
        "Wall time of the way back from the embedding of the test points to the data.",
        _ALL_TEST_POINTS,
    ),
    ("cold_start_s", "cold start", "s", "lower"): (
        "A first call in a new process, on few rows: a small fit and, if it can, a transform, compilation included.",
        "Measured once a process; compiled code may have been found in a cache on disk.",
    ),
    ("import_s", "import", "s", "lower"): (
        "Wall time of importing the method and its libraries in a new process.",
        "Measured once a process; fast where the files are in the system's cache already.",
    ),
    ("peak_mib", "peak memory in fit", "MiB", "lower"): (
        "Most memory that the run itself held during the fit; mapped files and the data are apart.",
        "What libraries and a cold start allocated counts too. A footnote says where it is the total of the process.",
    ),
    ("baseline_mib", "memory before fit", "MiB", ""): (
        "Memory that the run itself held just before the fit: what libraries and a cold start allocated.",
        "Says nothing of the fit.",
    ),
    ("mapped_mib", "mapped files and data", "MiB", ""): (
        "Memory that the process shares just after the fit: files of libraries mapped into it, and the data.",
        "The system may share it among processes and drop it; it is no part of peak memory.",
    ),
}
_STARTS = ("import_s", "cold_start_s")

COSTS = (*_STARTS, *(key for key, *_ in _COSTS if key not in _STARTS))
"""Costs of a run in the order of `summary.csv`."""


def title_of(label: str, k: int | None) -> str:
    """Return what a score is called, with its number of neighbours.

    >>> title_of("kNN accuracy", 10), title_of("continuity", 5)
    ('10-NN accuracy', 'continuity (k = 5)')
    """
    if k is None:
        return label
    return f"{k}-NN{label.removeprefix('kNN')}" if label.startswith("kNN") else f"{label} (k = {k})"


def _costs() -> Iterator[Quantity]:
    for (key, title, unit, better), (meaning, weakness) in _COSTS.items():
        margin = MARGINS.get(unit) if better else None
        yield Quantity(key, title, "cost", unit, better, meaning, weakness, margin=margin)
    yield Quantity("transform_peak_mib", "peak memory in transform", unit="MiB", better="lower", margin=MARGINS["MiB"])
    yield Quantity("transform_baseline_mib", "memory before transform", unit="MiB")


def _scores() -> Iterator[Quantity]:
    for score in METRICS.values():
        about = (score.meaning, score.stated_weakness, score.low, score.high, score.margin)
        for split in score.splits if not score.several else ():
            for k in score.ks:
                title, better = title_of(score.label, k) + SPLITS[split], BETTER[score.higher_is_better]
                yield Quantity(column_name(score.key, split, k), title, score.family, score.unit, better, *about)


QUANTITIES: Mapping[str, Quantity] = {quantity.key: quantity for quantity in (*_scores(), *_costs())}
"""Every quantity by its column in `summary.csv`, by family."""

SCORES = tuple(quantity.key for quantity in _scores())
"""Scores that have one number a run, or one over seeds, in the order of `summary.csv`."""


def number(quantity: Quantity, value: float, half_width: float = 0.0, size: float | None = None) -> str:
    """Return a number as tables show it: with the digits of its unit, and no more than its interval bears.

    `size` is the number whose digits others take, such as bounds; None takes the value's own.

    >>> number(QUANTITIES["fit_s"], 0.0123), number(QUANTITIES["silhouette"], -0.0001)
    ('0.012', '0.000')
    >>> number(QUANTITIES["silhouette"], 0.1234, half_width=0.04)
    '0.12'
    """
    digits = borne(_digits(quantity.unit, abs(value if size is None else size)), half_width)
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def borne(digits: int, half_width: float) -> int:
    """Return how many of some decimals an interval bears: none beyond the first figure of half its width.

    >>> borne(3, 0.04), borne(3, 0.0), borne(3, 2.0)
    (2, 3, 0)
    """
    return min(digits, max(0, -floor(log10(half_width)))) if 0 < half_width < inf else digits


def shown(quantity: Quantity, found: Interval) -> tuple[str, str]:
    """Return a mean and its interval as tables show them, the interval empty where there is none.

    >>> shown(QUANTITIES["silhouette"], Interval(0.1234, 0.08, 0.16, 3))
    ('0.12', '[0.08, 0.16]')
    """
    if found.low is None or found.high is None:
        return number(quantity, found.mean), ""
    half = (found.high - found.low) / 2
    if quantity.is_ratio:
        half = min(half, found.mean)  # at least one figure of a time
    mean, low, high = (number(quantity, one, half, found.mean) for one in (found.mean, found.low, found.high))
    return mean, f"[{low}, {high}]"


def _digits(unit: str, size: float) -> int:
    if unit == "MiB":
        return 0
    if unit == "cores":
        return 1
    if unit == "s":
        # Two figures of every duration below ten seconds, and no more than its clock and its noise bear.
        return next(digits for digits, least in ((1, 9.95), (2, 0.0995), (3, 0.00995), (4, -1.0)) if size >= least)
    if size >= 99.95:
        return 0 if size >= 999.5 else 1
    return 3
