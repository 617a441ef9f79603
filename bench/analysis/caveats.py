"""Caveats: what a reader must know to use the numbers of a study; footnotes of tables, notes of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import stdev
from time import get_clock_info

import pandas as pd
from scipy import stats

from bench.analysis.statistics import LEVEL
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


@dataclass(frozen=True)
class Caveat:
    """What must be known with some numbers.

    Attributes
    ----------
    rows : tuple of str
        Variants and references that it concerns; empty if it concerns all.
    columns : tuple of str
        Quantities that it concerns in these rows; empty if it concerns the rows as a whole.
    """

    text: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def caveats(results: Results, precise: Sequence[str] = ()) -> list[Caveat]:
    """Return everything that must be known with a study's numbers.

    Parameters
    ----------
    precise : sequence of str
        Scores of which it is said how many seeds their second decimal takes.
    """
    found = [caveat for variant in results.variants for caveat in _failures(results, variant)]
    found += [caveat for variant in results.variants for caveat in _notes(results, variant)]
    if "lda" in results.references:
        found.append(Caveat("Supervised: linear discriminant analysis uses labels, as no other row does.", ("lda",)))
    transductive = tuple(v for v in results.variants if is_transductive(results, v))
    if transductive:
        found.append(Caveat("Transductive: embeds only its training points and has no transform.", transductive))
    found += [*_not_repeatable(results), *_one_core(results), *_times(results), *_first_use(results)]
    return found + _few_seeds(results, precise)


def as_text(results: Results, found: Iterable[Caveat]) -> list[str]:
    """Return caveats with the names of their rows, for a place without a table."""
    rows: dict[str, list[str]] = {}
    for caveat in found:
        rows.setdefault(caveat.text, []).extend(caveat.rows)
    return [", ".join(dict.fromkeys(map(results.label, of))) + (": " if of else "") + text for text, of in rows.items()]


def is_transductive(results: Results, variant: str) -> bool:
    """Return whether a method has no `transform`."""
    ok = results.ok_runs(variant)
    return bool((ok["transform_s"].isna() & (ok["n_test"] > 0)).any())


def first_used(results: Results) -> tuple[str, ...]:
    """Return the variants one of whose processes compiled what libraries then keep on disk."""
    runs = results.runs
    if "new_on_disk" not in runs:  # in folders written before this was counted
        return ()
    return tuple(dict.fromkeys(runs.loc[runs["new_on_disk"] > 0, "variant"]))


def seeds_needed(deviation: float, half_width: float) -> float:
    """Return how many seeds bring Student's 95 % interval of the mean down to `half_width`; infinity past a thousand.

    >>> seeds_needed(0.0, 0.005)
    2
    """
    for n in range(2, MAX_SEEDS + 1):
        if stats.t.ppf((1 + LEVEL) / 2, n - 1) * deviation / sqrt(n) <= half_width:
            return n
    return inf


def _failures(results: Results, variant: str) -> Iterator[Caveat]:
    runs = results.runs_of(variant)
    failed = runs[runs["status"] != Status.OK.value]
    if failed.empty:
        return
    reasons = (failed["status"].str.replace("_", " ") + ": " + failed["reason"]).str.rstrip(".")
    counts = Counter(reasons.to_list())
    each = [reason + (f" ({n} runs)" if len(counts) > 1 else "") for reason, n in counts.items()]
    yield Caveat(f"{len(failed)} of {len(runs)} runs failed: {'; '.join(each)}.", (variant,))


def _notes(results: Results, variant: str) -> Iterator[Caveat]:
    """Yield what workers report of the runs: more cores used than allowed, threads left running, an early stop."""
    ok = results.ok_runs(variant)
    notes = [note for joined in ok["notes"] for note in dict.fromkeys(filter(None, joined.split("; ")))]
    for note in dict.fromkeys(notes):
        share = "" if notes.count(note) == len(ok) else f" (in {notes.count(note)} of {len(ok)} runs)"
        yield Caveat(f"{note[:1].upper()}{note[1:]}{share}.", (variant,), ("fit_s", "fit_cpu_s", "fit_cores"))


def _not_repeatable(results: Results) -> Iterator[Caveat]:
    for seeded, text in (
        (True, "Not repeatable: the same call with the same seed gave another embedding."),
        (False, "Not repeatable: it ran without a seed, and the same call gave another embedding."),
    ):
        ok = results.runs[results.runs["status"] == Status.OK.value]
        differs = ok["repeatable"].isin([False]) & (ok["random_state"].notna() == seeded)
        if differs.any():
            yield Caveat(text, tuple(dict.fromkeys(ok.loc[differs, "variant"])))


def _one_core(results: Results) -> Iterator[Caveat]:
    for seeded, text in ((True, "; some methods use one thread only if they are given a seed, as here"), (False, "")):
        rows = tuple(variant for variant in results.variants if _kept_one_core_busy(results.ok_runs(variant), seeded))
        if rows:
            budget = results.runs_of(rows[0])["threads"].iloc[0]
            found = f"Kept one core busy, though {budget} threads were allowed{text}."
            yield Caveat(found, rows, ("fit_s", "fit_cores"))


def _kept_one_core_busy(ok: pd.DataFrame, seeded: bool) -> bool:
    if ok["fit_s"].notna().sum() == 0 or ok["threads"].iloc[0] == 1 or pd.notna(ok["random_state"].iloc[0]) != seeded:
        return False
    return bool(ok["fit_cores"].median() < ONE_CORE and ok["fit_s"].median() > LONG_ENOUGH_S)


def _times(results: Results) -> Iterator[Caveat]:
    """Yield what makes fit times uncertain: their spread, other programs, shortness, drift."""
    runs = results.runs[(results.runs["status"] == Status.OK.value) & results.runs["fit_s"].notna()]
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


def _first_use(results: Results) -> Iterator[Caveat]:
    rows = first_used(results)
    if rows:
        text = (
            "The process was the first here to compile what libraries then keep on disk; later ones start faster and "
            "hold less memory"
        )
        yield Caveat(f"{text}: {', '.join(map(results.label, rows))}.", rows, FIRST_USE)


def _few_seeds(results: Results, precise: Sequence[str]) -> list[Caveat]:
    """Return which second decimals are uncertain with so few seeds, and how many they would take."""
    short: dict[int, dict[str, dict[str, float]]] = {}
    for variant in results.variants:
        for quantity in precise:
            values = results.values(variant, quantity).array
            n_seeds = seeds_needed(stdev(values), PRECISION) if len(values) > 1 else 0
            if n_seeds > len(values):
                short.setdefault(len(values), {}).setdefault(variant, {})[quantity] = n_seeds
    found = []
    for n_seeds, needed_by_variant in short.items():
        many = {variant: _about(max(needed.values())) for variant, needed in needed_by_variant.items()}
        (first, first_many), *others = [(results.label(variant), text) for variant, text in many.items()]
        listed = "".join(f", {label} {text}" for label, text in others)
        text = (
            f"With {n_seeds} seeds the 95 % interval is wider than {2 * PRECISION:g} for these scores; "
            f"{first} would need {first_many} seeds{listed}."
        )
        by_columns: dict[tuple[str, ...], list[str]] = {}
        for variant, needed in needed_by_variant.items():
            by_columns.setdefault(tuple(needed), []).append(variant)
        found += [Caveat(text, tuple(rows), columns) for columns, rows in by_columns.items()]
    return found


def _about(n_seeds: float) -> str:
    return f"more than {MAX_SEEDS:,}" if n_seeds > MAX_SEEDS else f"about {n_seeds:g}"
