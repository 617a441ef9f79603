"""Whether to cluster and classify in few dimensions or in many: the study `dimensions`."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.stored import Stored
from bench.statistics import Interval
from bench.sweeps import Sweep, sweeps

TASKS = {"knn_accuracy_k10_test": "10-NN accuracy, held-out", "kmeans_ari": "k-means ARI", "kmeans_ami": "k-means AMI"}
PIXELS = "pixels"


def dimensions(stored: Stored) -> Told:
    """Tell from how many dimensions on each method does as well as the pixels themselves."""
    found = [sweep for sweep in sweeps(stored.study) if sweep.parameter == "n_components"]
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
    reached = [_reached(sweep, all_of, pixels) for sweep in found]
    return [
        f"{task}: the pixels give {pixels:.3f}, the best is {stored.label(best)} with {in_words(all_of[best])}. "
        f"{listed(reached)}."
    ]


def _reached(sweep: Sweep, all_of: dict[str, Interval], pixels: float) -> str:
    """Tell from how many dimensions on a method is not below the pixels beyond doubt, and whether it is above."""
    known = {value: all_of[variant] for value, variant in sweep.variants.items() if variant in all_of}
    enough = [value for value, one in known.items() if (one.median if one.high is None else one.high) >= pixels]
    above = [value for value, one in known.items() if one.low is not None and one.low > pixels]
    if above:
        return f"{sweep.label} is above the pixels in {listed([str(value) for value in above])} dimensions"
    if enough:
        within = listed([str(value) for value in enough])
        return f"{sweep.label} cannot be told apart from them in {within} dimensions and is below in the others"
    return f"{sweep.label} stays below them throughout"


ANSWERS = (
    Answer(
        12,
        "In how many dimensions should one cluster and classify?",
        "dimensions",
        "figures/sweeps.png",
        dimensions,
    ),
)
