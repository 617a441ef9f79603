"""Caveats: what a reader must know to use the numbers of a study; footnotes of tables, notes of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from time import get_clock_info

import pandas as pd

from bench.analysis.layouts import all_layouts
from bench.analysis.quantities import COSTS, QUANTITIES
from bench.store import elsewhere
from bench.store.machines import classes, is_timed
from bench.store.records import Status
from bench.store.results import Results
from bench.units import counted

OTHERS_CORES = 0.15
TICKS = 100
DRIFT = 0.1
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


class Mark(StrEnum):
    """What changes how a number is read, so that a letter in a table says it; the more important first."""

    FAILED = "some runs failed"
    ELSEWHERE = "measured elsewhere"
    MACHINES = "costs of some runs"
    TWO_LAYOUTS = "two layouts"
    ONE_RUN = "one distinct run"
    BUSY = "other programs were busy"
    UNREPEATABLE = "not repeatable"
    NOT_CONVERGED = "not converged"
    SUPERVISED = "supervised"
    FIRST_USE = "first use"


@dataclass(frozen=True)
class Caveat:
    """What must be known with some numbers: of certain rows or of all, of certain quantities or of whole rows.

    Without a `mark` no letter points at it: it stands below all tables of a page.
    """

    text: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    mark: Mark | None = None


def caveats(results: Results) -> list[Caveat]:
    """Return all that must be known with a study's numbers."""
    found = [caveat for variant in results.variants for caveat in _failures(results, variant)]
    found += [caveat for variant in results.variants for caveat in _notes(results, variant)]
    found += [caveat for variant in results.variants for caveat in _left_out(results, variant)]
    found += [*_not_converged(results), *_two_layouts(results), *_one_run(results)]
    if "lda" in results.references:
        text = "Supervised: linear discriminant analysis uses labels, as no other row does."
        found.append(Caveat(text, ("lda",), (), Mark.SUPERVISED))
    ok = results.runs[results.runs["status"] == Status.OK.value]
    stays = ok["variant"].isin([variant for variant in results.variants if results.is_transductive(variant)])
    changed, is_seeded = ok["repeatable"].isin([False]), ok["random_state"].notna()
    for concerned, text, mark in (
        (stays, "Transductive: embeds only its training points and has no transform.", None),
        (changed & is_seeded, "Not repeatable: the same call and seed gave another embedding.", Mark.UNREPEATABLE),
        (changed & ~is_seeded, "Not repeatable: without a seed, it gives another embedding.", Mark.UNREPEATABLE),
    ):
        if concerned.any():
            found.append(Caveat(text, tuple(ok.loc[concerned, "variant"].unique()), (), mark))
    if results.elsewhere:
        found.append(Caveat(elsewhere.described(results), results.elsewhere, (), Mark.ELSEWHERE))
    costed = results.costed
    return [*found, *_machines(results), *_one_core(costed), *_times(costed), *_memory(costed), *_first_use(results)]


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


def _failures(results: Results, variant: str) -> Iterator[Caveat]:
    runs = results.runs_of(variant)
    failed = runs[runs["status"] != Status.OK.value]
    reasons = (failed["status"].str.replace("_", " ") + ": " + failed["reason"]).str.rstrip(".")
    counts = Counter(reasons.to_list())
    each = [reason + (f" ({n} run{'s' if n > 1 else ''})" if len(counts) > 1 else "") for reason, n in counts.items()]
    if each:
        yield Caveat(f"{len(failed)} of {len(runs)} runs failed: {'; '.join(each)}.", (variant,), (), Mark.FAILED)


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


def _not_converged(results: Results) -> Iterator[Caveat]:
    """Yield which trainings did not meet their convergence rule, in one text for all rows where none of them did."""
    ok = results.runs[results.runs["status"] == Status.OK.value]
    if "converged" not in ok:  # written by an earlier edition
        return
    told = ok.dropna(subset="converged").astype({"converged": bool})
    share = told.groupby("variant", sort=False)["converged"].agg(["sum", "size"])
    if rows := tuple(map(str, share.index[share["sum"] == 0])):
        text = "Not converged: the training ended with its last epoch."
        yield Caveat(text, rows, (), Mark.NOT_CONVERGED)
    for variant, (met, n) in share[(share["sum"] > 0) & (share["sum"] < share["size"])].iterrows():
        text = f"{n - met} of {n} trainings did not converge: they ended with their last epoch."
        yield Caveat(text, (str(variant),), (), Mark.NOT_CONVERGED)


def _two_layouts(results: Results) -> Iterator[Caveat]:
    """Yield the methods whose runs fall into two groups, of which the mean describes neither."""
    for variant, found in all_layouts(results).items():
        groups = "; ".join(f"{QUANTITIES[one.key].title} {one.text}" for one in found)
        text = f"Two layouts, and a mean that describes neither: {groups}."
        yield Caveat(text, (variant,), tuple(one.key for one in found), Mark.TWO_LAYOUTS)


def _one_run(results: Results) -> Iterator[Caveat]:
    """Yield the methods that give one embedding with every seed: it is one run, whose scores have no interval."""
    if rows := [variant for variant in results.variants if _is_one_run(results, variant)]:
        each = " of each sample of the data" if results.is_resampled else ""
        ends = "" if results.is_resampled else " Its scores have no interval; times are of every run."
        text = f"1 distinct run{each}: every seed gives the same embedding.{ends}"
        yield Caveat(text, tuple(rows), (), Mark.ONE_RUN)


def _is_one_run(results: Results, variant: str) -> bool:
    """Return whether a variant has several runs on each sample of the data that it has any on, all of one embedding."""
    counts = Counter(sample for sample, _ in results.run_ids(variant))
    return bool(counts) and all(n > 1 and results.distinct_runs(variant, sample) == 1 for sample, n in counts.items())


def _machines(results: Results) -> Iterator[Caveat]:
    """Yield which machine classes ran what, where there are several, and which runs have no costs that are shown."""
    runs = results.runs
    if results.has_machines:
        counts, numbers = classes(runs).value_counts(), results.machine_numbers
        each = "; ".join(
            f"{counted(int(counts[machine]), 'run')} on {numbers[machine]}, {name}"
            for machine, name in results.machine_names.items()
        )
        own = next((numbers[machine] for machine in classes(runs[results.is_pooled]) if machine in numbers), "none")
        yield Caveat(f"Several machines: {each}. Scores are of all of them, costs of {own} alone.", columns=COSTS)
    if n := int((~is_timed(runs)).sum()):
        why = "shared a machine with others by intent, as several workers on one machine do"
        yield Caveat(f"{n} of {len(runs)} runs {why}: they have no costs.", columns=COSTS)
    for variant in results.variants:
        ok = results.ok_runs(variant)
        left = ok[~results.is_pooled.loc[ok.index]]
        if 0 < len(left) < len(ok):
            where = [where for where, of in (("another", is_timed(left)), ("a shared", ~is_timed(left))) if of.any()]
            some = f"{len(ok) - len(left)} of {len(ok)} runs"
            text = f"Costs are of {some}: the others ran on {' or '.join(where)} machine."
            yield Caveat(text, (variant,), COSTS, Mark.MACHINES)


def _one_core(ok: pd.DataFrame) -> Iterator[Caveat]:
    by_variant = ok.groupby("variant", sort=False)
    first, typical = by_variant[["threads", "random_state"]].first(), by_variant[["fit_s", "fit_cores"]].median()
    alone = (first["threads"] > 1) & (typical["fit_cores"] < ONE_CORE) & (typical["fit_s"] > LONG_ENOUGH_S)
    # On a busy machine threads wait for other programs.
    alone &= ~(by_variant["fit_other_cores"].max() > OTHERS_CORES)
    seeded = first["random_state"].notna()
    text = "; some methods use one thread only if they are given a seed, as here"
    for concerned, why in ((alone & seeded, text), (alone & ~seeded, "")):
        if concerned.any():
            found = f"Kept one core busy, though {first.loc[concerned, 'threads'].iloc[0]} threads were allowed{why}."
            yield Caveat(found, tuple(first.index[concerned]), ("fit_s", "fit_cores"))


def _times(ok: pd.DataFrame) -> Iterator[Caveat]:
    """Yield what makes fit times uncertain beyond their intervals: other programs, shortness, drift."""
    runs = ok[ok["fit_s"].notna()]
    by_variant = runs.groupby("variant")
    others = by_variant["fit_other_cores"].max().loc[lambda cores: cores > OTHERS_CORES]
    if len(others):
        text = f"Other programs kept cores busy during the fit, up to {others.max():.1f} of them."
        yield Caveat(text, tuple(map(str, others.index)), ("fit_s",), Mark.BUSY)
    tick = get_clock_info("perf_counter").resolution
    short = by_variant["fit_s"].min().loc[lambda seconds: seconds < TICKS * tick]
    if len(short):
        text = f"A fit took less than {TICKS} ticks of the clock ({tick:g} s each)."
        yield Caveat(text, tuple(map(str, short.index)), ("fit_s",))
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
    if rows := first_used(results):
        text = "Its process compiled what libraries then keep on disk; later ones start faster and hold less memory."
        yield Caveat(text, rows, FIRST_USE, Mark.FIRST_USE)
