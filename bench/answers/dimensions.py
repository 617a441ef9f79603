"""Whether to cluster and classify in few dimensions or in many: the study `dimensions`."""

from __future__ import annotations

from math import sqrt

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.stored import Stored
from bench.statistics import Interval
from bench.sweeps import Sweep, sweeps

HELD_OUT = "knn_accuracy_k10_test"
TASKS = {HELD_OUT: "10-NN accuracy, held-out", "kmeans_ari": "k-means ARI", "kmeans_ami": "k-means AMI"}
PIXELS = "pixels"


def dimensions(stored: Stored) -> Told:
    """Tell from how many dimensions on each method does as well as the pixels themselves."""
    found = [sweep for sweep in sweeps(stored.study) if sweep.base in stored.variants]
    settings = list(dict.fromkeys(value for sweep in found for value in sweep.variants))
    sentences = [text for column, task in TASKS.items() for text in _task(stored, found, column, task)]
    sentences.append(
        "t-SNE takes no part: Barnes-Hut takes at most 3 dimensions, openTSNE 2. Labels decide only the scores."
    )
    header = ("task", "method", *(str(value) for value in settings))
    rows = [
        (task, sweep.label, *(_cell(stored, sweep, value, column) for value in settings))
        for column, task in TASKS.items()
        for sweep in found
    ]
    return Told(tuple(sentences), header, tuple(rows))


def _cell(stored: Stored, sweep: Sweep, value: int, column: str) -> str:
    return in_words(stored.interval(sweep.variants[value], column)) if value in sweep.variants else "n/a"


def _task(stored: Stored, found: list[Sweep], column: str, task: str) -> list[str]:
    """Tell of one task where the best is, and which methods reach what the pixels give."""
    pixels = next(iter(stored.sample(PIXELS, column).values()), None)
    all_of = {
        variant: one
        for sweep in found
        for variant in sweep.variants.values()
        if (one := stored.interval(variant, column)) is not None
    }
    if pixels is None or not all_of:
        return []
    best = max(all_of, key=lambda variant: all_of[variant].median)
    margin = _margin(stored, pixels) if column == HELD_OUT else 0.0
    of_points = f" (give or take {margin:.3f} for the choice of held-out points)" if margin else ""
    reached = [text for sweep in found if (text := _reached(sweep, all_of, pixels, margin))]
    return [
        f"{task}: the pixels give {pixels:.3f}{of_points}, the best is {stored.label(best)} with "
        f"{in_words(all_of[best])}. {listed(reached)}."
    ]


def _margin(stored: Stored, accuracy: float) -> float:
    """Return half the 95 % interval of an accuracy over held-out points, by the normal approximation.

    Accuracies on the same points differ by less, so that this is on the safe side.
    """
    return 1.96 * sqrt(accuracy * (1 - accuracy) / int(stored.runs["n_test"].iloc[0]))


def _reached(sweep: Sweep, all_of: dict[str, Interval], pixels: float, margin: float) -> str:
    """Tell in how many dimensions a method is above the pixels beyond doubt, or else not below them."""
    known = {value: all_of[variant] for value, variant in sweep.variants.items() if variant in all_of}
    above = [value for value, one in known.items() if one.low is not None and one.low - margin > pixels]
    equal = [value for value, one in known.items() if (one.median if one.high is None else one.high) + margin >= pixels]
    if above:
        return f"{sweep.label} is above the pixels in {_in(above)}"
    if equal:
        rest = "" if len(equal) == len(known) else " and is below them in the others"
        return f"{sweep.label} cannot be told apart from the pixels in {_in(equal)}{rest}"
    return f"{sweep.label} stays below the pixels throughout" if known else ""


def _in(settings: list[int]) -> str:
    return f"{listed([str(value) for value in settings])} dimensions"


ANSWERS = (
    Answer(
        12,
        "In how many dimensions should one cluster and classify?",
        "dimensions",
        "figures/sweeps.png",
        dimensions,
    ),
)
