"""A results folder as it is read: what tables, figures and the report are made of, and nothing they can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bench import judge
from bench.datasets import Dataset
from bench.machine import Environment
from bench.records import Record
from bench.scores import Case, Original, Value, shelf
from bench.store import Store
from bench.study import Study

References = Mapping[str, Sequence[Value]]
"""Scores of rows that are no embedding, by name; see `bench.scores.REFERENCES`."""

AcrossSeeds = Mapping[str, Sequence[Value]]
"""Scores over the embeddings of a variant's seeds, by variant."""


@dataclass(frozen=True)
class Judged:
    """A run with its scores."""

    record: Record
    values: Sequence[Value]

    def score(self, key: str, split: str = "fit", k: int | None = None) -> float | None:
        """Return one score; None where the run has none."""
        found = (v.value for v in self.values if (v.score, v.split, v.k) == (key, split, k) and not v.part)
        return next(found, None)


@dataclass(frozen=True)
class Reading:
    """Everything that a results folder says of a study.

    Attributes
    ----------
    judged : tuple of Judged
        Every run, in the study's order of variants and then by seed.
    environment : Environment or None
        Where it ran; None where that was not written down.
    """

    store: Store
    study: Study
    dataset: Dataset
    judged: tuple[Judged, ...]
    references: References
    environment: Environment | None

    @property
    def title(self) -> str:
        """What the study calls itself."""
        return self.study.title or self.study.name

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """Variants that have runs, in the study's order."""
        return tuple(dict.fromkeys(item.record.variant for item in self.judged))

    @cached_property
    def across(self) -> AcrossSeeds:
        """Scores over the seeds of each variant."""
        return {
            variant: judge.across(self.store, [item.record for item in self.runs(variant)]) for variant in self.variants
        }

    def fitted(self, variant: str) -> Dataset:
        """Return the data with the points that a variant was fitted on."""
        spec = self.study.variants[variant]
        return self.dataset.select(spec.n, spec.without)

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """The shown run of each variant that has one, as scores look at it; see `shown`."""
        original = Original(self.dataset, shelf.folder())
        shown = {variant: self.shown(variant) for variant in self.variants}
        return {variant: judge.case_of(self.store, original, item.record) for variant, item in shown.items() if item}

    def label(self, variant: str) -> str:
        """Return what a variant is called in tables and figures."""
        return self.runs(variant)[0].record.label

    @cached_property
    def pictured(self) -> Reading:
        """The reading of those variants alone that figures show side by side; see `Study.figures`."""
        named = [variant for variant in self.study.figures if variant in self.variants]
        chosen = named or [
            variant
            for variant in self.variants
            if not self.study.variants[variant].series and self.fitted(variant) is self.dataset
        ]
        return replace(self, judged=tuple(item for item in self.judged if item.record.variant in chosen))

    def runs(self, variant: str) -> list[Judged]:
        """Return the runs of a variant by seed, those that failed included."""
        return [item for item in self.judged if item.record.variant == variant]

    def well(self, variant: str) -> list[Judged]:
        """Return the runs of a variant that ended well, by seed."""
        return [item for item in self.runs(variant) if item.record.ok]

    def shown(self, variant: str) -> Judged | None:
        """Return the run that stands for a variant in pictures: the seed with the median of the deciding score.

        Of an even number it is the lower of the two in the middle; None where no run ended well.
        """
        well = self.well(variant)
        if not well:
            return None
        values = [deciding_score(item)[1] for item in well]
        return well[int(np.argsort(values, kind="stable")[(len(values) - 1) // 2])]

    def arrays(self, item: Judged) -> dict[str, np.ndarray]:
        """Return what a run left: `fit`, and `test` and others where it has them; see `Store.arrays`."""
        return self.store.arrays(item.record)

    def curves(self, item: Judged) -> dict[str, list[float]]:
        """Return the curves of a run over the size of the neighbourhood, by name, and their sizes under `k`."""
        return judge.curves(self.store, item.record)

    def right(self, item: Judged) -> np.ndarray | None:
        """Return of each held-out point whether its nearest fitted neighbours tell its class; see `judge.right`."""
        return judge.right(self.store, item.record, len(self.dataset.X_test))


def read(store: Store, dataset: Dataset) -> Reading:
    """Read a results folder.

    Parameters
    ----------
    dataset : Dataset
        The data of the study, for the colours of points, the names of classes and the images.
    """
    study = store.study()
    judged = tuple(Judged(record, judge.verdict(store, record)) for record in store.records(study))
    return Reading(store, study, dataset, judged, judge.reference(store), store.environment())


def deciding_score(item: Judged) -> tuple[str, float]:
    """Return the score that a picture shows, with its name: kNN accuracy, or trustworthiness without labels.

    Of a run that was not scored the name is empty.
    """
    for key, k, name in (("knn_accuracy", 10, "10-NN accuracy"), ("trustworthiness", 5, "trustworthiness")):
        value = item.score(key, k=k)
        if value is not None:
            return name, value
    return "", float("nan")
