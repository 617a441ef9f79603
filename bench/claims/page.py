"""The page of claims: one paragraph, one table, one small figure and one verdict each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from pathlib import Path

import pandas as pd

import reducers
from bench.claims.claim import Claim, Criterion, Measured, Number, Verdict
from bench.claims.evidence import Evidence
from bench.claims.pictures import figure
from bench.figures import render
from bench.reading import Reading
from bench.store import Store

FOLDER = "claims"
STUDY = "seeds"
"""The study that the claims were made for."""


def write(store: Store, reading: Reading, claims: Iterable[Claim]) -> list[Path]:
    """Write `claims.md`, its verdicts as `claims.csv`, and the figures of all claims that the study can decide.

    Nothing is written where it can decide none.

    Returns
    -------
    list of Path
        What was written.
    """
    evidence = Evidence(reading)
    found = [(claim, claim.measure(evidence)) for claim in claims if evidence.has(*claim.needs)]
    if not found:
        return []
    rows = [{"claim": claim.key, "title": claim.title, "verdict": told.verdict.value} for claim, told in found]
    paths = [
        store.write("claims.md", page(reading, found)),
        store.write("claims.csv", pd.DataFrame(rows).to_csv(index=False)),
    ]
    for claim, measured in found:
        drawn = render(figure(measured.picture), "png")
        paths.append(store.write(f"{FOLDER}/{claim.key}.png", drawn))
    return paths


def page(reading: Reading, found: Sequence[tuple[Claim, Measured]]) -> str:
    """Return the page as Markdown."""
    sections = [_section(place, *one) for place, one in enumerate(found, start=1)]
    return "\n\n".join(filter(None, [_head(reading, found), *sections, _systems(reading)])) + "\n"


def _head(reading: Reading, found: Sequence[tuple[Claim, Measured]]) -> str:
    data = reading.dataset
    seeds = max(item.record.seed for item in reading.judged) + 1
    rows = [
        f"| {place} | [{claim.title}](#{claim.key}) | {claim.source} | **{measured.verdict.value}** |"
        for place, (claim, measured) in enumerate(found, start=1)
    ]
    surprises = [claim for claim, measured in found if _is_surprise(claim, measured)]
    return "\n".join(
        [
            "# What the seed systems claim, measured",
            "",
            "Five posts train autoencoders and VAEs on MNIST and say what they saw, most of it in one picture of one "
            "run. Here each claim is measured anew.",
            "",
            f"- **Data.** {data.name}: {len(data.X):,} images fitted, {len(data.X_test):,} held out; {seeds} seeds of "
            "every variant, the same seeds for all, so that differences and ratios are paired. Every system is fitted "
            "on these images, whatever its post had.",
            "- **Rule.** Each quantity has a range in which it lies if the claim is true; the ranges stand in "
            "`bench/claims/` and were there before the numbers. From the 95 % interval over seeds follows the "
            "verdict: inside the range, met; outside, not met; across its border, undecided. A claim holds where all "
            "its lines are met and does not hold where one is not met.",
            "- **Lines** in bold decide. The others stand beside them to be read, some of them added, like the words "
            "below a verdict, when the numbers were known." + _words_of_another(reading),
            "- **Numbers** are medians over seeds with 95 % intervals of the method's seeds, not of other digits. In "
            "the figures every seed is a dot.",
            "",
            "| | claim | who says so | verdict |",
            "| --: | :-- | :-- | :-- |",
            *rows,
            "",
            _surprises(surprises),
        ]
    )


def _words_of_another(reading: Reading) -> str:
    """Return a caution for readers of another study than the one that the words were written for."""
    if reading.study.name == STUDY:
        return ""
    return f" Those words are of the study `{STUDY}` and may not fit the numbers of this one."


def _surprises(claims: Sequence[Claim]) -> str:
    if not claims:
        return "No verdict is against what was expected before."
    named = ", ".join(f"[{claim.title}](#{claim.key})" for claim in claims)
    return f"Against what was expected before: {named}."


def _is_surprise(claim: Claim, measured: Measured) -> bool:
    return claim.expected is not None and measured.verdict not in (claim.expected, Verdict.UNDECIDED)


def _section(place: int, claim: Claim, measured: Measured) -> str:
    verdict = measured.verdict
    said = "Undecided at this sample." if verdict is Verdict.UNDECIDED else f"The claim {verdict.value}."
    lesson = claim.lessons.get(verdict, "An interval lies across the border of its range.")
    expectation = f" It was expected that it {claim.expected.value}." if claim.expected else ""
    return "\n".join(
        [
            f'<a id="{claim.key}"></a>',
            "",
            f"## {place}. {claim.title}",
            "",
            f"> {claim.quote}",
            ">",
            f"> {claim.source}",
            "",
            claim.question,
            "",
            f"![{measured.picture.quantity}]({FOLDER}/{claim.key}.png)",
            "",
            "| quantity | measured | the claim needs | |",
            "| :-- | --: | :-- | :-- |",
            *_rows(measured),
            "",
            f"**{said}** {lesson}" + (expectation if _is_surprise(claim, measured) else ""),
        ]
    )


def _systems(reading: Reading) -> str:
    """Return where the systems that take part were published, and what is known to be wrong with them."""
    used = {variant.preset.removesuffix("-sound") for variant in reading.study.variants.values() if variant.preset}
    if not used:
        return ""
    lines = ["## The systems", "", "Each is a preset, and its twin with `-sound` mends what can be mended.", ""]
    for name, preset in reducers.presets().items():
        if name in used:
            lines.append(f"- **{name}.** {preset.source} Faults: {' '.join(preset.faults)}")
    return "\n".join(lines)


def _rows(measured: Measured) -> Iterator[str]:
    words = {Verdict.HOLDS: "met", Verdict.FAILS: "not met", Verdict.UNDECIDED: "undecided"}
    for criterion in measured.criteria:
        yield f"| **{criterion.text}** | {_measured(criterion)} | {_range(criterion)} | {words[criterion.verdict]} |"
    for number in measured.numbers:
        yield f"| {number.text} | {_measured(number)} | | |"


def _measured(number: Number) -> str:
    found = number.interval
    if found is None:
        return "n/a"
    bounds = "" if found.low is None or found.high is None else f" [{_plain(found.low)}, {_plain(found.high)}]"
    return _plain(found.median) + bounds


def _range(criterion: Criterion) -> str:
    least, most = criterion.least, criterion.most
    if least == most:
        return f"{least:g}"
    if least == -inf:
        return f"at most {_signed(most)}"
    if most == inf:
        return f"at least {_signed(least)}"
    return f"{_signed(least)} to {_signed(most)}"


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _plain(value: float) -> str:
    """Return a number with three decimals, fewer where it is large or whole."""
    digits = 0 if value == round(value) and abs(value) < 1_000 else 4 if abs(value) < 0.01 else 3
    return f"{value:.{digits}f}".replace("-", "−")
