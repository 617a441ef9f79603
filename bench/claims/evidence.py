"""Stored runs as claims look at them: quantities of one variant, one number a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np

from bench.datasets import Dataset
from bench.reading import Judged, Reading

Sample = Mapping[int, float]
"""One number a seed."""

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Evidence:
    """The runs of a results folder."""

    reading: Reading

    @property
    def dataset(self) -> Dataset:
        """The data of the study."""
        return self.reading.dataset

    def has(self, *variants: str) -> bool:
        """Tell whether each of the variants has a run that ended well."""
        return all(variant in self.reading.variants and self.reading.well(variant) for variant in variants)

    def present(self, *variants: str) -> list[str]:
        """Return those of the variants that have a run that ended well."""
        return [variant for variant in variants if self.has(variant)]

    def numbered(self, prefix: str) -> dict[float, str]:
        """Return the variants whose name is a prefix and a number, by that number."""
        found = {variant: variant.removeprefix(prefix) for variant in self.reading.variants}
        names = {float(rest): name for name, rest in found.items() if rest != name and _is_number(rest)}
        return {number: names[number] for number in sorted(names) if self.has(names[number])}

    def each(self, variant: str, measure: Callable[[Arrays], SupportsFloat]) -> Sample:
        """Return a quantity of what each run of a variant left."""
        return {item.record.seed: float(measure(self.reading.arrays(item))) for item in self.reading.well(variant)}

    def score(self, variant: str, key: str, split: str = "test", k: int | None = None) -> Sample:
        """Return a score of each run of a variant."""
        found = {item.record.seed: item.score(key, split, k) for item in self.reading.well(variant)}
        return {seed: value for seed, value in found.items() if value is not None}

    def accuracy(self, variant: str) -> Sample:
        """Return the 10-NN accuracy of held-out points among the fitted ones."""
        return self.score(variant, "knn_accuracy", k=10)

    def silhouette(self, variant: str) -> Sample:
        """Return the silhouette of the held-out points."""
        return self.score(variant, "silhouette")

    def silhouettes_of_classes(self, item: Judged) -> dict[str, float]:
        """Return the silhouette of the held-out points of each class."""
        found = (v for v in item.values if (v.score, v.split) == ("silhouette_of_classes", "test"))
        return {v.part: v.value for v in found if v.part and v.value is not None}

    def error(self, variant: str) -> Sample:
        """Return the mean squared error a pixel of held-out points, without noise."""
        return self.each(variant, lambda arrays: self.per_pixel(arrays["squared_error"]))

    def error_through_draws(self, variant: str) -> Sample:
        """Return the same of a VAE through one draw from the posterior of each point."""
        return self.each(variant, lambda arrays: self.per_pixel(arrays["extra_squared_error_through_sample"]))

    def per_pixel(self, squared_error: np.ndarray) -> float:
        """Return the mean squared error a pixel from squared errors of points."""
        return float(np.mean(squared_error, dtype=np.float64)) / self.dataset.X.shape[1]

    def active_units(self, variant: str) -> Sample:
        """Return the number of latent dimensions in use."""
        return self.each(variant, lambda arrays: arrays["extra_active_units"])

    def kl(self, variant: str) -> Sample:
        """Return the divergence of the posteriors from the prior in nats a point, all dimensions together."""
        return self.each(variant, lambda arrays: arrays["extra_kl_per_dimension"].sum())

    def spread(self, variant: str) -> Sample:
        """Return the root mean square over the axes of the standard deviation of the codes, without noise."""
        return self.each(variant, lambda arrays: np.sqrt(np.mean(np.square(arrays["extra_standard_deviation"]))))

    def mean_image_error(self) -> float:
        """Return the squared error a pixel of who always answers with the mean of the fitted images."""
        return float(np.mean(np.square(self.dataset.X_test - self.dataset.X.mean(axis=0)), dtype=np.float64))


def minus(one: Sample, other: Sample) -> Sample:
    """Return the paired differences over the seeds that both have."""
    return {seed: one[seed] - other[seed] for seed in one if seed in other}


def over(one: Sample, other: Sample) -> Sample:
    """Return the paired ratios over the seeds that both have."""
    return {seed: one[seed] / other[seed] for seed in one if other.get(seed)}


def less(sample: Sample, value: float) -> Sample:
    """Return the sample lessened by one number."""
    return {seed: number - value for seed, number in sample.items()}


def greatest(*samples: Sample) -> Sample:
    """Return the greatest number of each seed that all have."""
    shared = set.intersection(*(set(sample) for sample in samples))
    return {seed: max(sample[seed] for sample in samples) for seed in sorted(shared)}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
