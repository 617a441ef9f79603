"""Comparisons that an answer asks for itself, of just the pairs that its question is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.answers.stored import Stored
from bench.comparisons import Comparison, compare, standing
from bench.samples import Sample
from bench.statistics import holm
from bench.tables.columns import COLUMNS, RATIO_UNITS

ALIKE = "cannot be told apart"


def compared(stored: Stored, pairs: Sequence[tuple[str, str]], column: str) -> list[Comparison]:
    """Compare pairs of variants in one column, Holm-corrected over these pairs.

    Parameters
    ----------
    pairs : sequence of tuple of str
        What is compared, then with what. The pairs must not have been chosen by the column's values.
    """
    is_ratio = COLUMNS[column].unit in RATIO_UNITS
    found = [
        compare(first, _sample(stored, first, column), second, _sample(stored, second, column), is_ratio)
        for first, second in pairs
    ]
    corrected = iter(holm([one.p for one in found if one.p is not None]))
    return [one if one.p is None else replace(one, p_holm=next(corrected)) for one in found]


def ranked(stored: Stored, variants: Sequence[str], column: str) -> tuple[list[str], list[Comparison]]:
    """Return variants in the order of their medians, the best first, and every pair of them compared."""
    found = standing(COLUMNS[column], {variant: _sample(stored, variant, column) for variant in variants})
    return list(found.medians), list(found.comparisons)


def change_in_words(one: Comparison, digits: int = 3) -> str:
    """Return a difference with its sign and interval.

    >>> from bench.comparisons import Design
    >>> change_in_words(Comparison("a", "b", Design.PAIRED, 3, 0.02, -0.01, 0.05, 0.2, 0.2))
    '+0.020 [-0.010, +0.050]'
    """
    if one.change is None or one.low is None or one.high is None:
        return "n/a"
    return f"{one.change:+.{digits}f} [{one.low:+.{digits}f}, {one.high:+.{digits}f}]"


def _sample(stored: Stored, variant: str, column: str) -> Sample:
    return Sample(stored.sample(variant, column), seeded=stored.study.variants[variant].seeded)
