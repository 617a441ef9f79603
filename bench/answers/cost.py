"""Cost: what importing, compiling, fitting and placing take, on one thread and on two."""

from __future__ import annotations

import reducers
from bench.answers.answer import Answer, Told, listed
from bench.answers.compared import compared
from bench.answers.stored import Stored
from bench.comparisons import Comparison
from bench.statistics import interval


def by_threads(stored: Stored) -> Told:
    """Tell the times of every step of a method's use, on one thread and on two."""
    variants = _by_threads(stored)
    methods = [method for method, of in variants.items() if {1, 2} <= of.keys()]
    pairs = [(variants[method][1], variants[method][2]) for method in methods]
    gains = dict(zip(methods, compared(stored, pairs, "fit_s"), strict=True))
    faster = [m for m in methods if gains[m].told_apart and (gains[m].change or 0) > 1]
    slower = [m for m in methods if gains[m].told_apart and (gains[m].change or 1) < 1]
    tied = [m for m in methods if gains[m].tied]
    sentences = [
        _first_calls(stored, variants, methods),
        "A second thread makes the fit "
        + "; ".join(
            f"{word} {listed([f'{_name(m)} ({_ratio(gains[m])})' for m in found])}"
            for word, found in (
                ("faster with", faster),
                ("slower with", slower),
                ("neither beyond doubt with", tied),
            )
            if found
        )
        + ": the time on one thread over that on two.",
        "A cold start is a method's first call in a new process, on few rows, compilation included, with "
        "what a library keeps compiled on disk. Every process pays import and cold start once; no fit contains them.",
    ]
    header = ("method", "import, s", "cold start, s", "fit on one, s", "fit on two, s", "one over two", "placing, s")
    rows = tuple(
        (
            _name(method),
            _either(stored, variants[method], "import_s"),
            _either(stored, variants[method], "cold_start_s"),
            _seconds(stored, variants[method][1], "fit_s"),
            _seconds(stored, variants[method][2], "fit_s"),
            _ratio(gains[method]),
            _either(stored, variants[method], "transform_s"),
        )
        for method in methods
    )
    return Told((*sentences, "Import, cold start and placing: on one thread / on two."), header, rows)


def _by_threads(stored: Stored) -> dict[str, dict[int, str]]:
    """Return the first variant of each reducer on each number of threads."""
    found: dict[str, dict[int, str]] = {}
    for variant in stored.variants:
        spec = stored.study.variants[variant]
        if spec.threads is not None:
            found.setdefault(spec.reducer, {}).setdefault(spec.threads, variant)
    return found


def _first_calls(stored: Stored, variants: dict[str, dict[int, str]], methods: list[str]) -> str:
    """Return by how much the first call in a new process would mislead a timer."""
    ratios = {}
    for method in methods:
        before, fit = (stored.interval(variants[method][2], column) for column in ("cold_start_s", "fit_s"))
        if before is not None and fit is not None and fit.median > 0:
            ratios[method] = before.median / fit.median
    if not ratios:
        return "What a first call costs was not measured."
    most = max(ratios, key=lambda method: ratios[method])
    others = [f"{_name(m)} {ratio:.1f}" for m, ratio in ratios.items() if m != most]
    return (
        f"The first call costs most beside what follows with {_name(most)}: {ratios[most]:.1f} times its warm fit on "
        "two threads, though it is on few rows" + (f" (others: {listed(others)})." if others else ".")
    )


def _name(method: str) -> str:
    return reducers.source(method).label


def _ratio(gain: Comparison) -> str:
    if gain.change is None:
        return "n/a"
    return f"{gain.change:.2f} [{gain.low:.2f}, {gain.high:.2f}]"


def _either(stored: Stored, variants: dict[int, str], column: str) -> str:
    return " / ".join(_seconds(stored, variants[threads], column) for threads in (1, 2))


def _seconds(stored: Stored, variant: str, column: str) -> str:
    found = interval(stored.sample(variant, column).values(), lowest=0)
    if found is None:
        return "n/a"
    digits = 1 if found.median >= 10 else 2 if found.median >= 0.1 else 4
    if found.low is None or found.high is None:
        return f"{found.median:.{digits}f}"
    return f"{found.median:.{digits}f} [{found.low:.{digits}f}, {found.high:.{digits}f}]"


ANSWERS = (
    Answer(
        13,
        "What do import, compilation, fit and placing new points cost, on one thread and on two?",
        "threads",
        "runs.csv",
        by_threads,
    ),
)
