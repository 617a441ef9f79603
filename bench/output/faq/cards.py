"""What changes an embedding that should change nothing: the reproducibility cards of all methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.analysis.card import CHANGES, SEED, Card, Change, Line, cards
from bench.metrics.stability import NEIGHBOURS
from bench.output.card import number
from bench.output.faq.numbers import spread
from bench.output.faq.page import Answer, Facts
from bench.store.results import Results

ROWS = "permuted"


def changes(results: Results) -> Answer:
    """Return how much of each embedding stays, by what changes."""
    known = _known(results)
    rows = [(card.label, *map(_cell, card.lines.values())) for card in known]
    asked = [line.change for line in known[0].lines.values()] if known else CHANGES
    facts = {
        "k": NEIGHBOURS,
        "moved": _by_change(asked, [(card.label, card.as_a_seed) for card in known]),
        "open": _by_change(asked, [(card.label, card.open) for card in known]),
    }
    return Answer(("method", *(change.title for change in asked)), rows, facts)


def order_of_rows(results: Results) -> Facts | None:
    """Return which methods give another embedding with the same seed if the rows stand in another order."""
    known = [card for card in _known(results) if card.lines[ROWS].interval is not None]
    if not known:
        return None
    moved = [card for card in known if card.lines[ROWS].moves]
    return {
        "k": NEIGHBOURS,
        "moved": [card.label for card in moved],
        "kept": [(card.label, *(spread(card.lines[key].interval, 2) for key in (ROWS, SEED))) for card in moved],
        "stay": [card.label for card in known if card.lines[ROWS].stays],
        "open": [card.label for card in known if not (card.lines[ROWS].stays or card.lines[ROWS].moves)],
        "n": max(len(card.lines[ROWS].values) for card in known),
        "n_train": max(int(results.runs_of(card.variant)["n_train"].max()) for card in known),
        "dataset": results.study.dataset,
    }


def _by_change(asked: Iterable[Change], lines: Sequence[tuple[str, Sequence[Line]]]) -> list[tuple[str, list[str]]]:
    """Return the title of each change that is one of the lines of some methods, with their labels."""
    found = [(change.title, [label for label, of in lines if change in [one.change for one in of]]) for change in asked]
    return [(title, labels) for title, labels in found if labels]


def _known(results: Results) -> list[Card]:
    return [card for card in cards(results) if results.ok(card.variant)]


def _cell(line: Line) -> str:
    return "the same bits" if line.same_bits else number(line)
