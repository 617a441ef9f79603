"""Sameness: how far apart two embeddings are that should be one: the same seed in another process or on other threads.

Embeddings are stored in float32, and equal to the last bit means to the last bit of that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.linalg import orthogonal_procrustes

from bench import judge
from bench.reading import Judged, Reading
from bench.scores import Case, Original
from bench.scores.held_out import shared

NEIGHBOURS = 15


@dataclass(frozen=True)
class Sameness:
    """Two placements of the same points beside each other.

    Attributes
    ----------
    bit_equal : bool
        Whether no coordinate differs.
    displacement, largest_displacement : float
        Median and largest distance of a point's two places, in root-mean-square radii of the first embedding's fitted
        points.
    aligned_displacement : float
        The median after the shift, rotation and reflection, at equal size, that bring the fitted points together best
        (Procrustes): about 1.2 for embeddings that have nothing in common.
    shared_neighbours : float
        Share of a point's 15 nearest fitted points in the one that are among its 15 nearest in the other.
    """

    bit_equal: bool
    displacement: float
    largest_displacement: float
    aligned_displacement: float
    shared_neighbours: float


def compare(first: Case, second: Case) -> dict[str, Sameness]:
    """Return how the same two embeddings are, of fitted points under `fit`, of held-out ones, if any, under `test`."""
    onto = _onto(first.Z, second.Z)
    near = [case.nearest(case.positions, first=0) for case in (first, second)]
    found = {"fit": _sameness(first, first.Z, second.Z, onto, near)}
    if first.Z_test is not None and second.Z_test is not None:
        near = [case.neighbours_of_held_out for case in (first, second)]
        found["test"] = _sameness(first, first.Z_test, second.Z_test, onto, near)
    return found


def table(reading: Reading) -> pd.DataFrame:
    """Return one row for each pair of runs and split; no row where a study has no two variants that should be the same.

    Variants should be the same where reducer, parameters, seeds and fitted points are: then they differ in process,
    and perhaps in threads. For what such a difference is worth, the first of them is also compared with itself, its
    first seed with every other one.
    """
    rows = [
        {"reducer": one.record.reducer, "differs": differs}
        | {"first": one.record.variant, "first_seed": one.record.seed}
        | {"second": other.record.variant, "second_seed": other.record.seed, "split": split, **asdict(same)}
        for differs, one, other in _pairs(reading)
        for split, same in _compared(reading, one, other).items()
    ]
    return pd.DataFrame(rows)


def _pairs(reading: Reading) -> Iterator[tuple[str, Judged, Judged]]:
    """Yield what differs between two runs, and the runs."""
    groups: dict[str, list[str]] = {}
    for variant in reading.variants:
        spec = reading.study.variants[variant]
        if spec.seeded:
            same = json.dumps([spec.reducer, spec.params, spec.n, spec.without], sort_keys=True)
            groups.setdefault(same, []).append(variant)
    for variants in groups.values():
        for first, second in combinations(variants, 2):
            others = {item.record.seed: item for item in reading.well(second)}
            for one in reading.well(first):
                if one.record.seed in others:
                    other = others[one.record.seed]
                    same_threads = one.record.thread_budget == other.record.thread_budget
                    yield ("process" if same_threads else "threads"), one, other
        if len(variants) > 1:
            for other in reading.well(variants[0])[1:]:
                yield "seed", reading.well(variants[0])[0], other


def _compared(reading: Reading, one: Judged, other: Judged) -> dict[str, Sameness]:
    original = Original(reading.fitted(one.record.variant))
    first, second = (judge.case_of(reading.store, original, item.record) for item in (one, other))
    usable = all(case.is_finite and not case.is_collapsed for case in (first, second))
    return compare(first, second) if usable and first.Z.shape == second.Z.shape else {}


def _sameness(
    first: Case, a: np.ndarray, b: np.ndarray, onto: Callable[[np.ndarray], np.ndarray], near: list[np.ndarray]
) -> Sameness:
    radius = _size(first.Z) / np.sqrt(len(first.Z))
    moved, aligned = (np.linalg.norm(places - a, axis=1) / radius for places in (_exact(b), onto(b)))
    return Sameness(
        bit_equal=a.tobytes() == b.tobytes(),
        displacement=float(np.median(moved)),
        largest_displacement=float(moved.max()),
        aligned_displacement=float(np.median(aligned)),
        shared_neighbours=shared(near[0], near[1], NEIGHBOURS),
    )


def _onto(a: np.ndarray, b: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the map that takes places of embedding b to where they lie in a: shift, rotation, reflection, size."""
    centre_a, centre_b = _exact(a).mean(axis=0), _exact(b).mean(axis=0)
    rotation, _ = orthogonal_procrustes(_exact(b) - centre_b, _exact(a) - centre_a)
    return lambda places: (_exact(places) - centre_b) @ rotation * (_size(a) / _size(b)) + centre_a


def _size(Z: np.ndarray) -> float:
    return float(np.linalg.norm(_exact(Z) - _exact(Z).mean(axis=0)))


def _exact(Z: np.ndarray) -> np.ndarray:
    return np.asarray(Z, np.float64)
