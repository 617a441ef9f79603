"""Footnotes: what must be known beside the numbers of a study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from bench import doubts
from bench.doubts import Doubt
from bench.reading import Reading
from bench.records import Record, Status
from bench.samples import Samples

ONE_CORE = 1.2
"""A run that keeps fewer cores busy than this ran on one thread, whatever its budget."""
LONG_ENOUGH_S = 1.0
"""Below this a fit says nothing of threads."""


@dataclass(frozen=True)
class Footnote:
    """What must be known beside some numbers.

    Attributes
    ----------
    rows : tuple of str
        Keys of the rows that it concerns; empty where it concerns all.
    columns : tuple of str
        Keys of the columns that it concerns in these rows; empty where it concerns the row as a whole.
    """

    text: str
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def footnotes(reading: Reading, samples: Samples, settled: tuple[str, ...]) -> list[Footnote]:
    """Return everything that must be known of a study's numbers.

    Parameters
    ----------
    settled : tuple of str
        Columns of scores of which it is said how many seeds their second decimal takes.
    """
    found = [note for variant in reading.variants for note in _failures(reading, variant)]
    found += [note for variant in reading.variants for note in _remarks(reading, variant)]
    if "lda" in reading.references:
        text = "Supervised control: linear discriminant analysis has seen the labels, which no other row ever sees."
        found.append(Footnote(text, ("lda",)))
    stays = tuple(v for v in reading.variants if any(not item.record.outcome.can_transform for item in reading.well(v)))
    if stays:
        text = "Transductive: embeds only the points that it was fitted on and cannot place new ones."
        found.append(Footnote(text, stays))
    found += [*_not_repeatable(reading), *_one_thread(reading)]
    return found + _doubts(reading, samples, settled)


def _failures_in_words(records: list[Record]) -> str:
    """Return how the runs of a variant failed: each reason once, with the number of runs that it ended."""
    failed = [record for record in records if not record.ok]
    reasons = [f"{_status(record.outcome.status)}: {record.outcome.reason}" for record in failed]
    counts = {reason: reasons.count(reason) for reason in reasons}
    said = "; ".join(reason.rstrip(".") + (f" ({n} runs)" if len(counts) > 1 else "") for reason, n in counts.items())
    return f"{len(failed)} of {len(records)} runs did not end well: {said}."


def _failures(reading: Reading, variant: str) -> Iterator[Footnote]:
    records = [item.record for item in reading.runs(variant)]
    if any(not record.ok for record in records):
        yield Footnote(_failures_in_words(records), (variant,))


def _remarks(reading: Reading, variant: str) -> Iterator[Footnote]:
    """Yield what workers said of the runs: more cores used than allowed, threads left running, an early stop."""
    well = reading.well(variant)
    said = [note for item in well for note in dict.fromkeys(item.record.outcome.notes)]
    for note in dict.fromkeys(said):
        share = "" if said.count(note) == len(well) else f" (in {said.count(note)} of {len(well)} runs)"
        yield Footnote(f"{note[:1].upper()}{note[1:]}{share}.", (variant,), ("fit_s", "fit_cpu_s", "fit_cores"))


def _not_repeatable(reading: Reading) -> Iterator[Footnote]:
    for seeded, words in (
        (True, "Not repeatable: the same call with the same seed gave another embedding."),
        (False, "Not repeatable: it ran without a seed, and the same call gave another embedding."),
    ):
        rows = tuple(
            variant
            for variant in reading.variants
            if any(
                item.record.outcome.repeatable is False and (item.record.random_state is not None) is seeded
                for item in reading.well(variant)
            )
        )
        if rows:
            yield Footnote(words, rows)


def _one_thread(reading: Reading) -> Iterator[Footnote]:
    for seeded, words in ((True, "; some methods give up their threads for a seed, and it had one"), (False, "")):
        rows = tuple(variant for variant in reading.variants if _kept_one_core_busy(reading, variant, seeded))
        if rows:
            budget = reading.runs(rows[0])[0].record.thread_budget
            text = f"Kept one core busy, though {budget} threads were allowed{words}."
            yield Footnote(text, rows, ("fit_s", "fit_cores"))


def _kept_one_core_busy(reading: Reading, variant: str, seeded: bool) -> bool:
    runs = [item.record for item in reading.well(variant)]
    fits = [record.outcome.fit for record in runs if record.outcome.fit is not None]
    if not fits or runs[0].thread_budget == 1 or (runs[0].random_state is not None) is not seeded:
        return False
    return median(fit.cores for fit in fits) < ONE_CORE and median(fit.wall_s for fit in fits) > LONG_ENOUGH_S


def _doubts(reading: Reading, samples: Samples, settled: tuple[str, ...]) -> list[Footnote]:
    records = [item.record for item in reading.judged]
    found = doubts.of_times(records) + doubts.of_first_use(records)
    for variant in reading.variants:
        values = {name: list(samples[variant][name].values.values()) for name in settled if name in samples[variant]}
        found += doubts.of_precision(variant, reading.label(variant), values)
    rules = list(dict.fromkeys(doubt.rule for doubt in found))
    ordered = sorted(found, key=lambda doubt: rules.index(doubt.rule))
    return [note for _, group in groupby(ordered, lambda doubt: doubt.rule) for note in _of_rule(list(group))]


def _of_rule(found: list[Doubt]) -> Iterator[Footnote]:
    """Yield the doubts of one rule: a footnote for each set of columns, all with the same words."""
    by_columns: dict[tuple[str, ...], list[str]] = {}
    for variant in dict.fromkeys(doubt.variant for doubt in found):
        columns = tuple(doubt.column for doubt in found if doubt.variant == variant and doubt.column is not None)
        by_columns.setdefault(columns, []).extend([variant] if variant is not None else [])
    for columns, rows in by_columns.items():
        yield Footnote(doubts.together(found), tuple(rows), columns)


def _status(status: Status) -> str:
    return status.value.replace("_", " ")
