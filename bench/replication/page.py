"""The page of the replication: ours beside theirs, and an experiment behind every larger difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bench.reading import Reading
from bench.replication.measures import Measures, of_run
from bench.replication.published import (
    CHANCES,
    EXPERIMENTS,
    MEASURES,
    PAIRS,
    SOURCE,
    THEIRS,
    TRAININGS,
    Experiment,
    Pair,
)
from bench.store import Store
from reducers import HISTORY_COLUMNS

STUDY = "replication"
TIGHT = 0.02
"""PCA has neither a seed nor a choice: it agrees where no measure differs by more."""
CLOSE = 0.03
"""A larger difference of another method wants an explanation."""
ERRORS = 0.1
"""Errors of reconstruction, all below 0.06, are held to this part of either."""


@dataclass(frozen=True)
class Cell:
    """One measure of one of our variants beside the published one."""

    pair: Pair
    measure: str
    ours: float
    theirs: float

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours - self.theirs

    @property
    def limit(self) -> float:
        """The largest difference that needs no explanation."""
        return (TIGHT if self.pair.variant == "pca" else CLOSE) * (ERRORS if self.measure == "mse" else 1)

    @property
    def is_close(self) -> bool:
        """Whether the difference is within it, as far as four published decimals tell."""
        return abs(self.difference) <= self.limit + 5e-5


@dataclass(frozen=True)
class Found:
    """The measures of each variant that has a run that ended well: of its first one."""

    reading: Reading
    measures: Mapping[str, Measures]

    def cells(self) -> Iterator[Cell]:
        """Yield the cells that both tables have, in their order."""
        for pair in PAIRS:
            for key, theirs in THEIRS[pair.theirs].items():
                ours = self.value(pair.variant, key)
                if ours is not None:
                    yield Cell(pair, key, ours, theirs)

    def value(self, variant: str, measure: str) -> float | None:
        """Return a measure of a variant; None where it has none."""
        return self.measures[variant].values.get(measure) if variant in self.measures else None

    def effect(self, experiment: Experiment, measure: str) -> float | None:
        """Return what an experiment does to a measure; None where it was not made."""
        before, after = self.value(experiment.before, measure), self.value(experiment.after, measure)
        return None if before is None or after is None else after - before

    def spread(self, variants: Sequence[str], measure: str) -> float | None:
        """Return how far apart a measure of several variants lies; None where fewer than two have it."""
        values = [value for value in (self.value(variant, measure) for variant in variants) if value is not None]
        return max(values) - min(values) if len(values) > 1 else None

    def between(self, experiment: Experiment) -> str:
        """Return the labels of the two runs of an experiment."""
        return f"{self.reading.label(experiment.before)} → {self.reading.label(experiment.after)}"

    def losses(self, variant: str) -> list[float]:
        """Return the loss of each epoch of a variant's training, in nats a sample; none where it did not end well."""
        if variant not in self.measures:
            return []
        history = self.reading.arrays(self.reading.well(variant)[0])["extra_history"]
        return [float(loss) for loss in history[:, HISTORY_COLUMNS.index("loss")]]


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
    """Return one row a cell: method, variant, measure, ours, theirs, difference."""
    rows = [
        (cell.pair.theirs, cell.pair.variant, cell.measure, cell.ours, cell.theirs, round(cell.difference, 6))
        for cell in found.cells()
    ]
    return pd.DataFrame(rows, columns=["method", "variant", "measure", "ours", "theirs", "difference"])


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
    where = f"{_signed(worst.difference)} ({worst.pair.variant}, {MEASURES[worst.measure]})"
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
            difference = _signed(cell.difference) if cell.is_close else f"**{_signed(cell.difference)}**"
            lines.append(f"| {_name(found, cell)} | {_plain(cell.ours)} | {_plain(cell.theirs)} | {difference} |")
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
    head = f"{found.reading.label(cell.pair.variant)}, {MEASURES[cell.measure]}, {_signed(cell.difference)}: "
    said, left = [], [abs(cell.difference)]
    experiment = cell.pair.experiment
    effect = found.effect(experiment, cell.measure) if experiment else None
    if experiment and effect is not None:
        left.append(abs(cell.difference + effect))
        said.append(
            f"{experiment.what} ({found.between(experiment)}) moves it by {_signed(effect)}, which leaves "
            f"{_plain(left[-1])}"
        )
    if cell.measure == "v_measure":
        clusters = found.measures[cell.pair.variant].clustering
        left.append(max(clusters.lowest - cell.theirs, cell.theirs - clusters.highest, 0.0))
        said.append(
            f"runs of k-means with as good a silhouette reach from {_plain(clusters.lowest)} to "
            f"{_plain(clusters.highest)}, which leaves {_plain(left[-1])}"
        )
    by_chance = found.spread(cell.pair.chance, cell.measure)
    if by_chance is not None:
        left.append(max(min(left) - by_chance, 0.0))
        said.append(
            f"{len(cell.pair.chance)} runs that differ by chance alone lie up to {_plain(by_chance)} apart, which "
            f"leaves {_plain(left[-1])}"
        )
    is_explained = min(left) <= min(cell.limit, abs(cell.difference) / 2)
    explained = "**explained**" if is_explained else "**not explained**"
    return head + explained + (": " + "; ".join(said) if said else ": no experiment was made") + "."


def _experiments(found: Found) -> str:
    rows = []
    for experiment in EXPERIMENTS:
        effects = [found.effect(experiment, key) for key in MEASURES]
        if all(effect is None for effect in effects):
            continue
        cells = " | ".join("" if effect is None else _signed(effect) for effect in effects)
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
            cells = " | ".join("" if spread is None else _plain(spread) for spread in spreads)
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
        shares = [f"{_signed(100 * (ours / theirs - 1), 2)} %" for ours, theirs in both]
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


def _plain(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


def _signed(value: float, digits: int = 4) -> str:
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")  # no minus before nothing
