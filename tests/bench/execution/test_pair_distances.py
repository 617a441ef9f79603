"""Distances of pairs, and what a Shepard diagram is drawn of."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from bench.execution import pair_distances
from bench.execution.pair_distances import lengths, pairs, shepard


def test_pairs_are_all_if_those_are_few_and_never_a_point_with_itself() -> None:
    assert len(pairs(20)[0]) == 190
    first, second = pairs(5_000)
    assert len(first) == pair_distances.PAIRS
    assert (first != second).all()
    assert max(first.max(), second.max()) < 5_000
    assert np.array_equal(first, pairs(5_000)[0])


def test_lengths_are_distances() -> None:
    points = np.random.RandomState(0).rand(120, 3).astype(np.float32)
    assert np.allclose(lengths(points, *pairs(120)), pdist(points), atol=1e-6)


def test_a_shepard_diagram_has_the_counts_and_the_medians_of_its_pairs() -> None:
    in_data = np.linspace(0, 10, 5_001)
    found = shepard(in_data, in_data**2)
    assert found["ends"].tolist() == pytest.approx([10, np.percentile(in_data**2, 99.9)])
    assert found["counts"].sum() == (in_data**2 <= found["ends"][1]).sum()
    centres = (np.arange(pair_distances.BINS) + 0.5) / 5
    assert np.allclose(found["medians"], centres**2, atol=0.05)
    assert np.isnan(shepard(in_data[:10], in_data[:10])["medians"]).all()
