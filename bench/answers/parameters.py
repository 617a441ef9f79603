"""How much the parameters matter, and what silhouette rewards: the study `sensitivity`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.compared import change_in_words, compared
from bench.answers.stored import Stored
from bench.comparisons import Comparison
from bench.sweeps import Sweep, sweeps

ACCURACY, KEPT, APART = "knn_accuracy_k10_test", "r_nx_auc", "silhouette"

Medians = Mapping[Any, float]
"""Median over seeds of each setting that has a value."""


def sensitivity(stored: Stored) -> Told:
    """Tell by how much scores move when one parameter is turned, and whether the default can be bettered."""
    found = [sweep for sweep in sweeps(stored.study) if len(_medians(stored, sweep, ACCURACY)) > 1]
    if not found:
        return Told(("No parameter has two settings that could be scored.",))
    spans = {sweep.title: _span(_medians(stored, sweep, ACCURACY)) for sweep in found}
    most, least = max(spans, key=lambda title: spans[title]), min(spans, key=lambda title: spans[title])
    rows = tuple(_row(stored, sweep) for sweep in found)
    first = (
        f"10-NN accuracy of held-out points moves most with {most}: its settings differ by {spans[most]:.3f}; "
        f"least with {least}: {spans[least]:.3f}."
    )
    header = (
        "parameter", "settings, [default]", "10-NN accuracy, held-out", "its best setting", "R_NX area", "silhouette",
    )  # fmt: skip
    return Told((first, *_against_defaults(stored, found)), header, rows)


def dial(stored: Stored) -> Told:
    """Tell what becomes of neighbours where a parameter is turned to the highest silhouette."""
    found = [
        sweep
        for sweep in sweeps(stored.study)
        if sweep.is_numeric and sweep.default in _medians(stored, sweep, APART) and _medians(stored, sweep, KEPT)
    ]
    tops = [_top(stored, sweep) for sweep in found]
    pairs = [(top, sweep.base) for sweep, top in zip(found, tops, strict=True) if top != sweep.base]
    changes = {pair: {column: _change(stored, pair, column) for column in (APART, KEPT, ACCURACY)} for pair in pairs}
    rows = [
        (stored.label(top), *(change_in_words(one) for one in of_pair.values()))
        for (top, _), of_pair in changes.items()
    ]
    rows += [
        (f"{sweep.title}: the default", "highest", "", "")
        for sweep, top in zip(found, tops, strict=True)
        if top == sweep.base
    ]
    bought = [pair for pair, of in changes.items() if _rises(of[APART]) and _rises(of[KEPT]) is False]
    both = [pair for pair, of in changes.items() if _rises(of[APART]) and _rises(of[KEPT])]
    sentences = [
        "Each parameter was turned to its highest silhouette; what changed against the default is a mean over seeds "
        "with its 95 % interval. The setting was chosen by its silhouette, whose gain is flattered by that."
    ]
    if bought:
        named = listed([_named(stored, pair, changes[pair]) for pair in bought])
        sentences.append(f"A higher silhouette with fewer neighbours kept: {named}.")
    else:
        sentences.append("No parameter raised silhouette while neighbours were lost beyond doubt.")
    if both:
        sentences.append(f"Both rose with {listed([stored.label(top) for top, _ in both])}.")
    header = ("highest silhouette of", "change in silhouette", "in R_NX area", "in held-out 10-NN accuracy")
    return Told(tuple(sentences), header, tuple(rows))


def _medians(stored: Stored, sweep: Sweep, column: str) -> Medians:
    found = {value: stored.interval(variant, column) for value, variant in sweep.variants.items()}
    return {value: one.median for value, one in found.items() if one is not None}


def _span(medians: Medians) -> float:
    return max(medians.values()) - min(medians.values())


def _row(stored: Stored, sweep: Sweep) -> tuple[str, ...]:
    settings = ", ".join(
        f"[{value}]" if value == sweep.default else f"{value}"
        for value, variant in sweep.variants.items()
        if variant in stored.variants
    )
    accuracies = _medians(stored, sweep, ACCURACY)
    best = max(accuracies, key=lambda value: accuracies[value])
    named = f"{best}: {in_words(stored.interval(sweep.variants[best], ACCURACY))}"
    return (
        sweep.title,
        settings,
        _range(accuracies),
        named,
        _range(_medians(stored, sweep, KEPT)),
        _range(_medians(stored, sweep, APART)),
    )


def _range(medians: Medians) -> str:
    return f"{min(medians.values()):.3f} to {max(medians.values()):.3f}" if medians else "n/a"


def _against_defaults(stored: Stored, found: Sequence[Sweep]) -> list[str]:
    """Tell which settings do better or worse than the default, all compared at once."""
    pairs = [(sweep.variants[value], sweep.base) for sweep in found for value in sweep.others]
    tested = [one for one in compared(stored, pairs, ACCURACY) if one.change is not None]
    better = [one for one in tested if one.told_apart and one.change is not None and one.change > 0]
    worse = [one for one in tested if one.told_apart and one not in better]
    text = (
        f"Of {len(tested)} settings that are not a default {len(better) or 'none'} can be said to do better than it in "
        f"held-out accuracy and {len(worse) or 'none'} worse (paired over seeds, Holm-corrected over all of them)."
    )
    if not better:
        return [text]
    gains = [f"{stored.label(one.first)} ({change_in_words(one)})" for one in better]
    return [text, f"Better than the default: {listed(gains)}."]


def _top(stored: Stored, sweep: Sweep) -> str:
    """Return the variant with the highest median silhouette."""
    medians = _medians(stored, sweep, APART)
    return sweep.variants[max(medians, key=lambda value: medians[value])]


def _change(stored: Stored, pair: tuple[str, str], column: str) -> Comparison:
    return compared(stored, [pair], column)[0]


def _rises(one: Comparison) -> bool | None:
    """Tell whether a change is upwards; None where it may be chance."""
    return one.change > 0 if one.told_apart and one.change is not None else None


def _named(stored: Stored, pair: tuple[str, str], changes: Mapping[str, Comparison]) -> str:
    return f"{stored.label(pair[0])} (silhouette {changes[APART].change:+.3f}, R_NX area {changes[KEPT].change:+.3f})"


ANSWERS = (
    Answer(4, "How much do the parameters matter?", "sensitivity", "figures/sweeps.png", sensitivity),
    Answer(16, "Is silhouette a dial?", "sensitivity", "figures/dial.png", dial),
)
