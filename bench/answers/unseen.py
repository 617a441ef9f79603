"""Classes never fitted: where their points land, and whether they can be told from others."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.stored import Stored
from bench.statistics import Interval, interval, is_constant

CHANCE = 0.5
MARGIN = 0.02
"""Of an area by chance: twice its standard error with a thousand unseen points among ten thousand (Mann-Whitney)."""


def never_seen(stored: Stored) -> Told:
    """Tell where the points of a class that was left out land, and whether they can be told from others."""
    variants = _variants(stored)
    methods, digits = (list(dict.fromkeys(key[place] for key in variants)) for place in (0, 1))
    sentences = [
        _of_digit(stored, digit, {m: variants[m, digit] for m in methods if (m, digit) in variants}) for digit in digits
    ]
    sentences.append(
        "In the table: what the 10 nearest fitted points take most of its points for, with the share of them, and the "
        "area under the ROC curve, which says how surely they lie farther from the nearest fitted point than other "
        f"held-out points do: {CHANCE} by chance, give or take {MARGIN} for how many points there are. Then that area "
        "where a point is as strange as its image is rebuilt badly."
    )
    header = ("method", *(f"without {d}: on, area" for d in digits), *(f"without {d}: area by error" for d in digits))
    rows = [
        (
            method,
            *(_landing(stored, variants.get((method, digit))) for digit in digits),
            *(_area(stored, variants.get((method, digit)), "unseen_auc_reconstruction") for digit in digits),
        )
        for method in methods
    ]
    pixels = [_area(stored, variants.get((methods[0], digit)), "unseen_auc_pixels") for digit in digits]
    return Told(tuple(sentences), header, (*rows, ("the pixels themselves", *pixels, *("" for _ in digits))))


def _variants(stored: Stored) -> dict[tuple[str, str], str]:
    """Return the variant of each method and class left out; a method's name is its label without the class."""
    found = {}
    for variant in stored.variants:
        digit = stored.study.variants[variant].without
        if digit:
            method = stored.label(variant).removesuffix(digit).strip().removesuffix("without").strip()
            found[method, digit] = variant
    return found


def _of_digit(stored: Stored, digit: str, variants: dict[str, str]) -> str:
    areas = {m: found for m, v in variants.items() if (found := stored.interval(v, "unseen_auc_test")) is not None}
    far = [m for m, found in areas.items() if found.low is not None and found.low > CHANCE + MARGIN]
    near = [m for m, found in areas.items() if found.high is not None and found.high < CHANCE - MARGIN]
    pixels = _area(stored, next(iter(variants.values())), "unseen_auc_pixels")
    stands_out, sinks_in = (
        listed([f"{method} ({_in_words(areas[method])})" for method in found] or ["none"]) for found in (far, near)
    )
    landed = listed([f"{method} on {_taken(stored, variant)}" for method, variant in variants.items()])
    return (
        f"A {digit} that was never fitted: area {pixels} in pixels; over seeds it stands out of the embedding with "
        f"{stands_out} and lies closer to fitted points than others do with {sinks_in}. It lands with {landed}."
    )


def _landing(stored: Stored, variant: str | None) -> str:
    return "n/a" if variant is None else f"{_taken(stored, variant)}, {_area(stored, variant, 'unseen_auc')}"


def _taken(stored: Stored, variant: str) -> str:
    """Return which class most points of an unseen one are taken for, and the share of them."""
    rows = stored.scores[(stored.scores["variant"] == variant) & (stored.scores["score"] == "unseen_taken_for")]
    shares = rows.groupby("part")["value"].median()
    if shares.empty:
        return "n/a"
    most = str(shares.idxmax())
    found = interval(rows[rows["part"] == most]["value"], 0, 1)
    return f"{most} ({'' if found is None else f'{found.median:.0%}'})"


def _area(stored: Stored, variant: str | None, score: str) -> str:
    return _in_words(None if variant is None else stored.interval(variant, f"{score}_test"))


def _in_words(found: Interval | None) -> str:
    """Return an area; of a method that no seed changes, without an interval."""
    if found is not None and found.low is not None and found.high is not None and is_constant([found.low, found.high]):
        return f"{found.median:.2f}"
    return in_words(found, 2)


ANSWERS = (Answer(9, "Where does a digit land that was never fitted?", "unseen", "figures/unseen.png", never_seen),)
