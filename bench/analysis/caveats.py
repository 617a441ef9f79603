"""Caveats: what a reader must know to use the numbers of a study; footnotes of tables, notes of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from statistics import stdev
from time import get_clock_info

import numpy as np
import pandas as pd
from scipy import stats

from bench.metrics.statistics import LEVEL
from bench.store.records import Status
from bench.store.results import Results

SPREAD = 0.1
"""Share of the median that fit times may spread by."""
OTHERS_CORES = 0.15
TICKS = 100
DRIFT = 0.1
PRECISION = 0.005
"""Half-width of an interval up to which the second decimal of a score is certain."""
MAX_SEEDS = 1_000
ONE_CORE = 1.2
"""A run that keeps fewer cores busy than this ran on one thread, whatever its budget."""
LONG_ENOUGH_S = 1.0
"""Below this a fit says nothing of threads."""
FIRST_USE = ("import_s", "cold_start_s", "peak_mib", "baseline_mib")
"""What differs in the process that compiles first."""
MEMORY = ("peak_mib", "baseline_mib", "transform_peak_mib", "transform_baseline_mib")
MEMORY_METHODS = {
    "VmHWM": "Memory is the total of the process, mapped files and the data included, as earlier editions measured it.",
    "ru_maxrss": "Memory is the total of the process, mapped files and the data included; its peak is that since the "
    "process began.",
}
"""What memory columns mean where they are not what a run itself holds, by how they were measured."""


@dataclass(frozen=True)
class Caveat:
    """What must be known with some numbers: of certain rows or of all, of certain quantities or of whole rows."""

    text: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def caveats(results: Results, precise: Sequence[str] = ()) -> list[Caveat]:
    """Return all that must be known with a study's numbers; of `precise` scores also how many seeds they need."""
    found = [caveat for variant in results.variants for caveat in _failures(results, variant)]
    found += [caveat for variant in results.variants for caveat in _notes(results, variant)]
    found += [caveat for variant in results.variants for caveat in _left_out(results, variant)]
    if "lda" in results.references:
        found.append(Caveat("Supervised: linear discriminant analysis uses labels, as no other row does.", ("lda",)))
    ok = results.runs[results.runs["status"] == Status.OK.value]
    stays, is_seeded = ok["transform_s"].isna() & (ok["n_test"] > 0), ok["random_state"].notna()
    changed = ok["repeatable"].isin([False])
    for concerned, text in (
        (stays, "Transductive: embeds only its training points and has no transform."),
        (changed & is_seeded, "Not repeatable: the same call with the same seed gave another embedding."),
        (changed & ~is_seeded, "Not repeatable: it ran without a seed, and the same call gave another embedding."),
    ):
        if concerned.any():
            found.append(Caveat(text, tuple(ok.loc[concerned, "variant"].unique())))
    return [
        *found,
        *_one_core(ok),
        *_times(results, ok),
        *_memory(ok),
        *_first_use(results),
        *_few_seeds(results, precise),
    ]


def as_text(results: Results, found: Iterable[Caveat]) -> list[str]:
    """Return caveats with the names of their rows, for a place without a table."""
    rows: dict[str, list[str]] = {}
    for caveat in found:
        rows.setdefault(caveat.text, []).extend(caveat.rows)
    return [", ".join(dict.fromkeys(map(results.label, of))) + (": " if of else "") + text for text, of in rows.items()]


def first_used(results: Results) -> tuple[str, ...]:
    """Return the variants one of whose processes compiled what libraries then keep on disk."""
    runs = results.runs
    return tuple(runs.loc[runs["new_on_disk"] > 0, "variant"].unique())


def seeds_needed(deviation: float, half_width: float) -> float:
    """Return how many seeds bring Student's 95 % interval of the mean down to `half_width`; infinity past a thousand.

    >>> seeds_needed(0.0, 0.005)
    2
    """
    n = np.arange(2, MAX_SEEDS + 1)
    enough = n[stats.t.ppf((1 + LEVEL) / 2, n - 1) * deviation / np.sqrt(n) <= half_width]
    return int(enough[0]) if len(enough) else inf


def _failures(results: Results, variant: str) -> Iterator[Caveat]:
    runs = results.runs_of(variant)
    failed = runs[runs["status"] != Status.OK.value]
    reasons = (failed["status"].str.replace("_", " ") + ": " + failed["reason"]).str.rstrip(".")
    counts = Counter(reasons.to_list())
    each = [reason + (f" ({n} runs)" if len(counts) > 1 else "") for reason, n in counts.items()]
    if each:
        yield Caveat(f"{len(failed)} of {len(runs)} runs failed: {'; '.join(each)}.", (variant,))


def _left_out(results: Results, variant: str) -> Iterator[Caveat]:
    """Yield what stored arrays could not be used for: runs without scores, and what figures do not draw."""
    reasons, runs = results.unscored(variant), len(results.ok_runs(variant))
    for reason, n in Counter(reasons.values()).items():
        yield Caveat(f"{n} of {runs} runs {reason}.", (variant,))
    for why in results.not_drawn(variant):
        yield Caveat(f"Not drawn: {why}.", (variant,))


def _notes(results: Results, variant: str) -> Iterator[Caveat]:
    """Yield what workers report of the runs: more cores used than allowed, threads left running, an early stop."""
    ok = results.ok_runs(variant)
    counts = Counter(note for joined in ok["notes"] for note in dict.fromkeys(filter(None, joined.split("; "))))
    for note, n in counts.items():
        share = "" if n == len(ok) else f" (in {n} of {len(ok)} runs)"
        yield Caveat(f"{note[:1].upper()}{note[1:]}{share}.", (variant,), ("fit_s", "fit_cpu_s", "fit_cores"))


def _one_core(ok: pd.DataFrame) -> Iterator[Caveat]:
    by_variant = ok.groupby("variant", sort=False)
    first, typical = by_variant[["threads", "random_state"]].first(), by_variant[["fit_s", "fit_cores"]].median()
    alone = (first["threads"] > 1) & (typical["fit_cores"] < ONE_CORE) & (typical["fit_s"] > LONG_ENOUGH_S)
    seeded = first["random_state"].notna()
    text = "; some methods use one thread only if they are given a seed, as here"
    for concerned, why in ((alone & seeded, text), (alone & ~seeded, "")):
        if concerned.any():
            found = f"Kept one core busy, though {first.loc[concerned, 'threads'].iloc[0]} threads were allowed{why}."
            yield Caveat(found, tuple(first.index[concerned]), ("fit_s", "fit_cores"))


def _times(results: Results, ok: pd.DataFrame) -> Iterator[Caveat]:
    """Yield what makes fit times uncertain: their spread, other programs, shortness, drift."""
    runs = ok[ok["fit_s"].notna()]
    by_variant = runs.groupby("variant")
    walls = by_variant["fit_s"]
    spread = (walls.std() / walls.median()).loc[lambda share: share > SPREAD]
    others = by_variant["fit_other_cores"].max().loc[lambda cores: cores > OTHERS_CORES]
    tick = get_clock_info("perf_counter").resolution
    short = walls.min().loc[lambda seconds: seconds < TICKS * tick]
    for text, details in (
        (f"Fit times spread by more than {SPREAD:.0%} of their median", spread.map("{:.0%}".format)),
        ("Other programs kept cores busy during the fit", others.map("up to {:.1f}".format)),
        (f"A fit took less than {TICKS} ticks of the clock ({tick:g} s each)", short.map(lambda _: "")),
    ):
        if len(details):
            listed = ", ".join(f"{results.label(str(v))} {detail}".strip() for v, detail in details.items())
            yield Caveat(f"{text}: {listed}.", tuple(map(str, details.index)), ("fit_s",))
    yield from _drift(runs)


def _drift(runs: pd.DataFrame) -> Iterator[Caveat]:
    """Compare the last round with the first: a machine that slows down does so for most methods."""
    rounds = runs.pivot_table(index=["sample", "seed"], columns="variant", values="fit_s")
    if len(rounds) < 2:
        return
    ratios = (rounds.iloc[-1] / rounds.iloc[0]).dropna()
    if len(ratios) >= 3 and abs(ratios.median() - 1) > DRIFT:
        change = f"{abs(ratios.median() - 1):.0%} {'slower' if ratios.median() > 1 else 'faster'}"
        yield Caveat(f"The last round was {change} than the first, in the median method.", columns=("fit_s",))


def _memory(ok: pd.DataFrame) -> Iterator[Caveat]:
    """Yield where memory is a total; of certain rows only if not all of them were measured alike."""
    by_method = ok.groupby("memory_method", sort=False)["variant"].unique()
    for method, variants in by_method.items():
        if method in MEMORY_METHODS:
            rows = tuple(variants) if len(by_method) > 1 else ()
            yield Caveat(MEMORY_METHODS[str(method)], rows, MEMORY)


def _first_use(results: Results) -> Iterator[Caveat]:
    rows = first_used(results)
    if rows:
        text = (
            "The process was the first here to compile what libraries then keep on disk; later ones start faster and "
            "hold less memory"
        )
        yield Caveat(f"{text}: {', '.join(map(results.label, rows))}.", rows, FIRST_USE)


def _few_seeds(results: Results, precise: Sequence[str]) -> Iterator[Caveat]:
    """Yield which second decimals are uncertain with so few seeds, and how many they would take."""
    short: dict[int, dict[str, dict[str, float]]] = {}
    for variant, quantity in product(results.variants, precise):
        values = results.values(variant, quantity).array
        needed = seeds_needed(stdev(values), PRECISION) if len(values) > 1 else 0
        if needed > len(values):
            short.setdefault(len(values), {}).setdefault(variant, {})[quantity] = needed
    for n_seeds, by_variant in short.items():
        many = [(results.label(variant), _about(max(needed.values()))) for variant, needed in by_variant.items()]
        text = (
            f"With {n_seeds} seeds the 95 % interval is wider than {2 * PRECISION:g} for these scores; "
            f"{many[0][0]} would need {many[0][1]} seeds{''.join(f', {label} {n}' for label, n in many[1:])}."
        )
        by_columns: dict[tuple[str, ...], list[str]] = {}
        for variant, needed_by_score in by_variant.items():
            by_columns.setdefault(tuple(needed_by_score), []).append(variant)
        for columns, rows in by_columns.items():
            yield Caveat(text, tuple(rows), columns)


def _about(n_seeds: float) -> str:
    return f"more than {MAX_SEEDS:,}" if n_seeds > MAX_SEEDS else f"about {n_seeds:g}"
