"""New points: how well they are placed, and whether it matters with whom."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.stored import Stored
from bench.statistics import Difference, paired
from bench.tables.build import CONTROL_REDUCERS

ACCURACY, TRUST = "knn_accuracy_k10", "trustworthiness_k5"
NEGLIGIBLE = 1e-3
"""Root-mean-square radii; less than that is the last digits of a sum in another order."""


def placed(stored: Stored) -> Told:
    """Tell how well held-out points are placed, beside the mean of their neighbours' places, which takes no model."""
    methods = [v for v in _methods(stored) if stored.sample(v, f"{ACCURACY}_test")]
    gains = {v: _gain(stored, v, ACCURACY) for v in methods}
    better, worse, tied = ([v for v in methods if _sign(gains[v]) == sign] for sign in (1, -1, 0))
    parts = [
        f"{words} {listed([f'{stored.label(v)} ({_signed(gains[v])})' for v in found])}"
        for words, found in (("better with", better), ("worse with", worse), ("not to be told apart with", tied))
        if found
    ]
    fixed = [v for v in _methods(stored) if v not in methods]
    sentences = [
        "A held-out point can be placed without any model: at the mean of where its 5 nearest fitted points in pixels "
        "lie. Beside that, a method's own placement is in 10-NN accuracy " + "; ".join(parts) + ".",
        f"Of the held-out accuracy of a method's own placement the trivial one reaches {_shares(stored, methods)}.",
        "Fitted points are judged leave-one-out and helped to draw the map, held-out ones are judged by fitted ones "
        "and did not: their columns answer different questions and are not to be subtracted.",
    ]
    if fixed:
        sentences.append(f"{listed([stored.label(v) for v in fixed])} can place no new points.")
    header = (
        "method",
        "10-NN accuracy, fitted (leave-one-out)",
        "10-NN accuracy, held out",
        "the same, trivial placement",
        "own less trivial, accuracy",
        "own less trivial, trustworthiness k = 5",
    )
    rows = tuple(
        (
            stored.label(v),
            *(in_words(stored.interval(v, c)) for c in (ACCURACY, f"{ACCURACY}_test", f"placement_{ACCURACY}_test")),
            _signed(gains[v]),
            _signed(_gain(stored, v, TRUST)),
        )
        for v in methods
    )
    return Told(tuple(sentences), header, rows)


def in_company(stored: Stored) -> Told:
    """Tell whether a point is put elsewhere when others come with it."""
    methods = [v for v in _methods(stored) if stored.sample(v, "alone_displacement_test")]
    still = [v for v in methods if all(_largest(stored, v, company) < NEGLIGIBLE for company in ("few", "alone"))]
    moved = [v for v in methods if v not in still]
    sentences = []
    if still:
        sentences.append(
            f"With {listed([stored.label(v) for v in still])} a point's place does not depend on who is placed with "
            f"it: alone or among a hundred it moves by less than {NEGLIGIBLE:g} of the embedding's radius."
        )
    for v in moved:
        displaced, kept = (stored.interval(v, f"alone_{key}_test") for key in ("displacement", "knn_recall_k15"))
        sentences.append(
            f"With {stored.label(v)} it does: placed alone and not among all, the median point moves by "
            f"{in_words(displaced)} radii and meets {in_words(kept)} of its 15 nearest fitted points again."
        )
    sentences.append(
        "Of the first 100 held-out points (in one batch) and the first 10 (each alone), against their places among all."
    )
    header = (
        "method",
        "moved in a batch of 100, radii",
        "neighbours met again",
        "moved alone, radii",
        "neighbours met again, alone",
    )
    columns = [f"{company}_{key}_test" for company in ("few", "alone") for key in ("displacement", "knn_recall_k15")]
    rows = tuple((stored.label(v), *(in_words(stored.interval(v, c)) for c in columns)) for v in methods)
    return Told(tuple(sentences), header, rows)


def _methods(stored: Stored) -> list[str]:
    """Return the variants that are no control and have a run that ended well."""
    return [v for v in stored.variants if _is_method(stored, v)]


def _is_method(stored: Stored, variant: str) -> bool:
    well = (stored.runs["variant"] == variant) & (stored.runs["status"] == "ok")
    return bool(well.any()) and stored.study.variants[variant].reducer not in CONTROL_REDUCERS


def _gain(stored: Stored, variant: str, column: str) -> Difference | None:
    """Return what a method's own placement has more than the trivial one, over seeds."""
    own, trivial = (stored.sample(variant, f"{prefix}{column}_test") for prefix in ("", "placement_"))
    shared = sorted(own.keys() & trivial.keys())
    return paired([own[seed] for seed in shared], [trivial[seed] for seed in shared])


def _sign(gain: Difference | None) -> int:
    """Return 1 or -1 where a gain is beyond doubt, else 0."""
    if gain is None or gain.low <= 0 <= gain.high:
        return 0
    return 1 if gain.estimate > 0 else -1


def _signed(gain: Difference | None) -> str:
    return "n/a" if gain is None else f"{gain.estimate:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"


def _shares(stored: Stored, methods: list[str]) -> str:
    shares = []
    for v in methods:
        own, trivial = (stored.interval(v, f"{prefix}{ACCURACY}_test") for prefix in ("", "placement_"))
        if own is not None and trivial is not None and own.median > 0:
            shares.append(f"{trivial.median / own.median:.0%} with {stored.label(v)}")
    return listed(shares)


def _largest(stored: Stored, variant: str, company: str) -> float:
    return max(stored.sample(variant, f"{company}_displacement_test").values(), default=float("inf"))


ANSWERS = (
    Answer(
        7,
        "Are new points placed as well as fitted ones, and better than amid their neighbours in pixels?",
        "full",
        "summary.csv",
        placed,
    ),
    Answer(8, "Does a point's place depend on who is placed with it?", "full", "summary.csv", in_company),
)
