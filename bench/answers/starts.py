"""What the start of a layout decides: the study `initialisation`."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.compared import change_in_words, compared
from bench.answers.stored import Stored
from bench.comparisons import Comparison
from bench.sweeps import Sweep, sweeps
from bench.tables.columns import COLUMNS

GLOBAL = ("shepard_spearman", "triplet_accuracy", "centroid_spearman")
LOCAL = ("r_nx_auc", "knn_accuracy_k10")
UNSTABLE = "procrustes_residual"


def initialisation(stored: Stored) -> Told:
    """Tell what another start changes in distances, in neighbours and from seed to seed."""
    found = sweeps(stored.study)
    pairs = [(sweep.variants[value], sweep.base) for sweep in found for value in sweep.others]
    sentences = [_over(stored, pairs, GLOBAL, "the global arrangement"), _over(stored, pairs, LOCAL, "neighbours")]
    residuals = [
        f"{_start(stored, sweep, variant)} {residual:.3f}"
        for sweep in found
        for variant in sweep.variants.values()
        for residual in stored.sample(variant, UNSTABLE).values()
    ]
    if residuals:
        sentences.append(f"From seed to seed the layout moves by a Procrustes residual of: {listed(residuals)}.")
    columns = (*GLOBAL, *LOCAL, UNSTABLE)
    rows = tuple(
        (_start(stored, sweep, variant), *(in_words(stored.interval(variant, column)) for column in columns))
        for sweep in found
        for variant in sweep.variants.values()
        if variant in stored.variants
    )
    return Told(tuple(sentences), ("start", *(COLUMNS[column].title for column in columns)), rows)


def _start(stored: Stored, sweep: Sweep, variant: str) -> str:
    """Return what a start is called, the default with its name."""
    default = f", {sweep.parameter} {sweep.default} (default)" if variant == sweep.base else ""
    return f"{stored.label(variant)}{default}"


def _over(stored: Stored, pairs: list[tuple[str, str]], columns: tuple[str, ...], what: str) -> str:
    """Tell which starts differ from the default in some columns beyond doubt."""
    tested = [(column, one) for column in columns for one in compared(stored, pairs, column) if one.change is not None]
    differing = [_named(stored, column, one) for column, one in tested if one.told_apart]
    names = listed([COLUMNS[column].title for column in columns])
    if not differing:
        return f"For {what} ({names}) no start can be told apart from the default."
    return f"For {what} ({names}), against the default start: {'; '.join(differing)}" + (
        "; nothing else can be told apart." if len(differing) < len(tested) else "."
    )


def _named(stored: Stored, column: str, one: Comparison) -> str:
    return f"{stored.label(one.first)} changes {COLUMNS[column].title} by {change_in_words(one)}"


ANSWERS = (
    Answer(
        11,
        "Does it matter where t-SNE and UMAP start?",
        "initialisation",
        "figures/sweeps.png",
        initialisation,
    ),
)
