"""What PCA before another method saves and costs: the study `pca-first`."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words
from bench.answers.compared import ALIKE, change_in_words, compared
from bench.answers.stored import Stored
from bench.comparisons import Comparison
from bench.tables.columns import COLUMNS

AFTER = "-after-pca"
QUALITY = ("knn_accuracy_k10", "r_nx_auc", "silhouette")


def pca_first(stored: Stored) -> Told:
    """Tell how much faster each method is on 50 principal components, and what becomes of its scores."""
    pairs = [(name, name.removesuffix(AFTER)) for name in stored.variants if name.endswith(AFTER)]
    times = compared(stored, pairs, "fit_s")
    changes = {column: compared(stored, pairs, column) for column in QUALITY}
    sentences = [
        "A fit with PCA to 50 dimensions before it, PCA's own time included, takes: "
        + "; ".join(_time(stored, one) for one in times)
        + "."
    ]
    sentences += [_quality(stored, column, of_column) for column, of_column in changes.items()]
    header = ("method", "fit, s", "after PCA, s", *(f"change in {COLUMNS[column].title}" for column in QUALITY))
    rows = tuple(
        (
            stored.label(alone),
            in_words(stored.interval(alone, "fit_s"), 2),
            in_words(stored.interval(after, "fit_s"), 2),
            *(change_in_words(changes[column][place]) for column in QUALITY),
        )
        for place, (after, alone) in enumerate(pairs)
    )
    return Told(tuple(sentences), header, rows)


def _time(stored: Stored, one: Comparison) -> str:
    if one.change is None or one.low is None or one.high is None:
        return f"of {stored.label(one.second)} nothing is known"
    text = f"{one.change:.2f} [{one.low:.2f}, {one.high:.2f}] times as long for {stored.label(one.second)}"
    return text if one.told_apart else f"{text} ({ALIKE})"


def _quality(stored: Stored, column: str, of_column: list[Comparison]) -> str:
    differing = [f"{stored.label(one.second)} {change_in_words(one)}" for one in of_column if one.told_apart]
    title = COLUMNS[column].title
    if not differing:
        return f"In {title} no method can be told apart from itself after PCA."
    rest = "" if len(differing) == len(of_column) else "; the others cannot be told apart"
    return f"{title} changes by: {'; '.join(differing)}{rest}."


ANSWERS = (Answer(15, "Should PCA come first?", "pca-first", "summary.md", pca_first),)
