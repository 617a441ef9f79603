"""Iterations: fits of one method that were asked for fewer iterations than it usually has, compared with one of all.

Each is a fit of its own, with the schedule for as many iterations as it was asked for. Whether another fit would have
passed through the same positions depends on the method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.store.results import Results
from bench.studies.sweeps import sweeps

ITERATIONS = ("max_iter", "n_iter", "n_epochs", "num_iters")
"""Parameters that say how long a method iterates; `num_iters` is a list, of its phases."""


@dataclass(frozen=True)
class Course:
    """One method, asked for fewer iterations and for all: variants by their number, the last one with all of them."""

    parameter: str
    variants: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The variant with all iterations."""
        return self.variants[-1]

    @property
    def shorter(self) -> tuple[str, ...]:
        """The variants with fewer."""
        return self.variants[:-1]


def courses(results: Results) -> list[Course]:
    """Return the methods of a study that were asked for fewer iterations than the one they are compared with.

    Where the number is varied both ways, it is a parameter like any other, and no course.
    """
    found = []
    for sweep in sweeps(results.study):
        if sweep.parameter in ITERATIONS:
            successful = [variant for variant in sweep.variants.values() if results.ok(variant)]
            sizes = {v: int(np.sum(results.variant(v).params[sweep.parameter])) for v in successful}
            if len(sizes) > 1 and sizes.get(sweep.base) == max(sizes.values()):
                found.append(Course(sweep.parameter, tuple(sorted(sizes, key=lambda variant: sizes[variant]))))
    return found
