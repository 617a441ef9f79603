from __future__ import annotations

import numpy as np
import pytest

from bench.errors import UndefinedError
from bench.metrics import Embedding, ReferenceSpace, neighbourhood
from bench.metrics.neighbourhood import local_scores
from tests.bench.metrics.data import Z_KINDS, coordinates, dataset, ranks, tied_points


@pytest.mark.parametrize("k", [1, 5, 15, 100])
def test_the_mean_over_points_is_the_score(digits_embedding: Embedding, k: int) -> None:
    trustworthiness, continuity = local_scores(digits_embedding, k).T
    assert trustworthiness.mean() == pytest.approx(neighbourhood.trustworthiness(digits_embedding, k), abs=1e-12)
    assert continuity.mean() == pytest.approx(neighbourhood.continuity(digits_embedding, k), abs=1e-12)
    assert trustworthiness.std() > 0.01
    assert continuity.std() > 0.01


@pytest.mark.parametrize("kind", Z_KINDS)
def test_each_point_has_its_own_terms_of_the_sum(kind: str) -> None:
    X, k = tied_points(), 5
    Z = coordinates(kind, len(X))
    local, r, s, n = local_scores(Embedding(ReferenceSpace(dataset(X)), Z), k), ranks(X), ranks(Z), len(X)
    for i in range(n):
        false = sum(r[i, j] - k for j in range(n) if j != i and s[i, j] <= k < r[i, j])
        missing = sum(s[i, j] - k for j in range(n) if j != i and r[i, j] <= k < s[i, j])
        assert local[i, 0] == pytest.approx(1 - 2 * false / (k * (2 * n - 3 * k - 1)))
        assert local[i, 1] == pytest.approx(1 - 2 * missing / (k * (2 * n - 3 * k - 1)))


def test_data_whose_ranks_do_not_fit_into_memory_give_the_same(digits_embedding: Embedding) -> None:
    data = digits_embedding.space.dataset
    streamed = Embedding(ReferenceSpace(data, memory=0), digits_embedding.Z)
    assert not streamed.space.fits
    assert np.array_equal(local_scores(digits_embedding, 7), local_scores(streamed, 7))


def test_what_has_no_neighbours_to_compare_has_no_value() -> None:
    X = tied_points()
    space = ReferenceSpace(dataset(X))
    with pytest.raises(UndefinedError, match="one position"):
        local_scores(Embedding(space, np.zeros((len(X), 2))), 5)
    with pytest.raises(UndefinedError, match="not finite"):
        local_scores(Embedding(space, np.full((len(X), 2), np.nan)), 5)
    with pytest.raises(UndefinedError, match="too few"):
        local_scores(Embedding(space, coordinates("scattered", len(X))), 19)
