"""The page of the replication: ours beside theirs, and an experiment behind every larger difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from bench.reading import Reading
from bench.replication.comparison import CLOSE, ERRORS, TIGHT, Cell, Found, plain, signed
from bench.replication.measures import of_run
from bench.replication.published import (
    CHANCES,
    EXPERIMENTS,
    MEASURES,
    PAIRS,
    SOURCE,
    TRAININGS,
)
from bench.store import Store

STUDY = "replication"


def write(store: Store, reading: Reading) -> list[Path]:
    """Write the table and the page; return what was written, nothing of another study."""
    if reading.study.name != STUDY:
        return []
    measures = {v: of_run(reading, reading.well(v)[0]) for v in reading.variants if reading.well(v)}
    found = Found(reading, measures)
    return [
        store.write("replication.csv", table(found).to_csv(index=False)),
        store.write("replication.md", page(found)),
    ]


def table(found: Found) -> pd.DataFrame:
    """Return one row a cell: method, variant, measure, ours, theirs, difference, verdict."""
    rows = [
        (
            cell.pair.theirs,
            cell.pair.variant,
            cell.measure,
            cell.ours,
            cell.theirs,
            round(cell.difference, 6),
            found.verdict(cell),
        )
        for cell in found.cells()
    ]
    return pd.DataFrame(rows, columns=["method", "variant", "measure", "ours", "theirs", "difference", "verdict"])


def page(found: Found) -> str:
    """Return the page as Markdown."""
    parts = (_head(found), _cells(found), _explanations(found), _experiments(found), _trainings(found))
    return "\n\n".join(filter(None, parts)) + "\n"


def _head(found: Found) -> str:
    data, cells = found.reading.dataset, list(found.cells())
    pca = [cell for cell in cells if cell.pair.variant == "pca"]
    others = [cell for cell in cells if cell.pair.variant != "pca"]
    return "\n".join(
        [
            "# A published table, measured again",
            "",
            f"{SOURCE}. It is the one table found of MNIST in two dimensions that has columns for an autoencoder and a "
            "VAE.",
            "",
            f"- **Data.** {data.name}: the first {len(data.X):,} training images fitted, {len(data.X_test):,} test "
            "images held out, pixels from 0 to 1"
            + (", as theirs." if len(data.X) == 50_000 else "; theirs were 50,000 and 10,000."),
            "- **Measures**, each as theirs: trustworthiness of the first 10,000 fitted points among themselves; "
            "silhouette of the labels over all fitted points; accuracy of 1 and 5 nearest neighbours, fitted points "
            "for test points; V-measure of that one of 50 runs of k-means (5 to 14 clusters, 5 seeds) whose own "
            "clusters have the highest silhouette, so that no label chooses it; mean squared error a pixel of the test "
            "images rebuilt. Ours are of one run each.",
            "- **Their VAE** averages the KL term over its two dimensions, so that it has half its weight: the printed "
            "4.0 nats are those of one dimension. Ours has `beta = 0.5`, which is the same loss.",
            "",
            _agreement("Of PCA", pca, TIGHT),
            "",
            _agreement("Of the other methods", others, CLOSE),
        ]
    )


def _agreement(name: str, cells: Sequence[Cell], limit: float) -> str:
    if not cells:
        return f"**{name} nothing was measured.**"
    close = sum(cell.is_close for cell in cells)
    worst = max(cells, key=lambda cell: abs(cell.difference))
    where = f"{signed(worst.difference)} ({worst.pair.variant}, {MEASURES[worst.measure]})"
    if close == len(cells):
        return f"**{name} all {len(cells)} cells agree within {limit:g}**; the largest difference is {where}."
    return f"**{name} {close} of {len(cells)} cells agree within {limit:g}**; the largest difference is {where}."


def _cells(found: Found) -> str:
    lines = [
        "## Ours beside theirs",
        "",
        f"In bold differences beyond {TIGHT:g} of PCA and {CLOSE:g} of the others; of errors, which are small numbers, "
        f"beyond {TIGHT * ERRORS:g} and {CLOSE * ERRORS:g}.",
    ]
    for pair in PAIRS:
        cells = [cell for cell in found.cells() if cell.pair is pair]
        if not cells:
            continue
        lines += [
            "",
            f"**{found.reading.label(pair.variant)}** beside their {pair.theirs}; known to differ in {pair.differs}.",
            "",
            "| measure | ours | theirs | difference |",
            "| :-- | --: | --: | --: |",
        ]
        for cell in cells:
            difference = signed(cell.difference) if cell.is_close else f"**{signed(cell.difference)}**"
            lines.append(f"| {_name(found, cell)} | {plain(cell.ours)} | {plain(cell.theirs)} | {difference} |")
    return "\n".join(lines)


def _name(found: Found, cell: Cell) -> str:
    if cell.measure != "v_measure":
        return MEASURES[cell.measure]
    return f"{MEASURES[cell.measure]} ({found.measures[cell.pair.variant].clustering.n_clusters} clusters)"


def _explanations(found: Found) -> str:
    far = [cell for cell in found.cells() if not cell.is_close]
    lines = [
        "## The larger differences, and what an experiment says of each",
        "",
        "An experiment changes the one thing that ours and theirs are known to differ in. A difference counts as "
        "explained where it leaves no more than half of it, and no more than needs an explanation. Runs that differ in "
        "nothing but chance say how much of it chance may be.",
        "",
    ]
    if not far:
        return "\n".join([*lines, "There is none."])
    return "\n".join([*lines, *(f"- {_explanation(found, cell)}" for cell in far)])


def _explanation(found: Found, cell: Cell) -> str:
    head = f"{found.reading.label(cell.pair.variant)}, {MEASURES[cell.measure]}, {signed(cell.difference)}: "
    said = [f"{what}, which leaves {plain(left)}" for what, left in found.tried(cell)]
    return f"{head}**{found.verdict(cell)}**: {'; '.join(said) or 'no experiment was made'}."


def _experiments(found: Found) -> str:
    rows = []
    for experiment in EXPERIMENTS:
        effects = [found.effect(experiment, key) for key in MEASURES]
        if all(effect is None for effect in effects):
            continue
        cells = " | ".join("" if effect is None else signed(effect) for effect in effects)
        rows.append(f"| {experiment.what} | {found.between(experiment)} | {cells} |")
    rows += _chances(found)
    if not rows:
        return ""
    return "\n".join(
        [
            "## What one change does",
            "",
            "Our own runs that differ in one thing alone: the second minus the first; where that is chance, how far "
            "apart they lie.",
            "",
            f"| change | from → to | {' | '.join(MEASURES.values())} |",
            "| :-- | :-- |" + " --: |" * len(MEASURES),
            *rows,
        ]
    )


def _chances(found: Found) -> Iterator[str]:
    """Yield a row for each group of runs that differ by chance alone."""
    for variants in CHANCES:
        spreads = [found.spread(variants, key) for key in MEASURES]
        if any(spread is not None for spread in spreads):
            cells = " | ".join("" if spread is None else plain(spread) for spread in spreads)
            yield f"| chance | {len(variants)} times {found.reading.label(variants[0])} | {cells} |"


def _trainings(found: Found) -> str:
    """Return how the loss falls in our training and in theirs, epoch by epoch."""
    sections = []
    for training in TRAININGS:
        both = [
            (ours, training.unit * loss)
            for ours, loss in zip(found.losses(training.variant), training.losses, strict=False)
        ]
        if not both:
            continue
        shares = [f"{signed(100 * (ours / theirs - 1), 2)} %" for ours, theirs in both]
        sections += [
            "",
            f"**{found.reading.label(training.variant)}** beside their {training.theirs}: in epoch {len(both)} the "
            f"loss differs by {shares[-1]}. In their {training.n_epochs} epochs it falls on to "
            f"{training.unit * training.last:.2f}.",
            "",
            "| epoch | ours | theirs | difference |",
            "| --: | --: | --: | --: |",
            *(
                f"| {epoch} | {ours:.2f} | {theirs:.2f} | {share} |"
                for epoch, ((ours, theirs), share) in enumerate(zip(both, shares, strict=True), start=1)
            ),
        ]
    if not sections:
        return ""
    head = (
        "Their notebooks print the mean loss during each epoch, so that the same network trained for fewer epochs can "
        "be held against theirs. In nats a sample."
    )
    return "\n".join(["## The same training, epoch by epoch", "", head, *sections])
