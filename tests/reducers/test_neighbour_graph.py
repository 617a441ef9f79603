from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import pairwise_distances
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

from reducers._neural.neighbour_graph import CrossEntropy, NeighbourGraph, neighbour_graph

DIGITS = (load_digits().data[:120] / 16).astype(np.float32)
A, B = find_ab_params(1.0, 0.1)


def _pairs() -> tuple[torch.Tensor, torch.Tensor]:
    """Return heads and tails of six edges, most of them farther apart than `NEAREST`."""
    rng = np.random.RandomState(0)
    heads, tails = (torch.from_numpy(rng.standard_normal((6, 2)) * 2).requires_grad_() for _ in range(2))
    return heads, tails


def test_the_loss_is_the_cross_entropy_of_edges_and_of_pairs_without_one() -> None:
    heads, tails = _pairs()

    def probability(i: int, j: int) -> float:
        distance = float(np.linalg.norm((heads[i] - tails[j]).detach()))
        return 1 / (1 + A * distance ** (2 * B))

    attraction = sum(-log(probability(i, i)) for i in range(6)) / 6
    repulsion = sum(-log(1 - probability(i, j)) for i in range(6) for j in range(6)) / 36
    loss = CrossEntropy(A, B, 5.0).of_edges(heads, tails)
    assert loss.item() == pytest.approx(attraction + 5 * repulsion, rel=2e-3)


def test_the_gradient_is_the_step_of_umap_learn() -> None:
    heads, tails = _pairs()
    CrossEntropy(A, B, 5.0).of_edges(heads, tails).backward()
    expected = np.zeros((6, 2))
    for i in range(6):
        for j in range(6):
            apart = (heads[i] - tails[j]).detach().numpy()
            squared = float(apart @ apart)
            # The coefficients of umap.layouts.optimize_layout_euclidean, for an edge and for a pair without one.
            if i == j:
                expected[i] += 2 * A * B * squared ** (B - 1) / (A * squared**B + 1) * apart / 6
            expected[i] -= 5 * 2 * B / ((0.001 + squared) * (A * squared**B + 1)) * apart / 36
    np.testing.assert_allclose(heads.grad.numpy(), expected, rtol=0.01, atol=1e-4)


def test_points_at_one_place_have_a_finite_gradient() -> None:
    heads = torch.zeros((4, 2), requires_grad=True)
    CrossEntropy(A, B, 5.0).of_edges(heads, heads * 1.0).backward()
    assert torch.isfinite(heads.grad).all()


def test_edges_are_drawn_in_proportion_to_their_weights() -> None:
    weights = np.array([0.1, 1.0, 0.5, 0.25])
    edges = torch.tensor([[0, 1], [1, 0], [1, 2], [2, 1]])
    graph = NeighbourGraph(edges, torch.from_numpy(np.cumsum(weights) / weights.sum()))
    drawn = graph.drawn(1_000, torch.Generator().manual_seed(0))
    expected = 1_000 * weights / weights.sum()
    counts = np.bincount(drawn.numpy(), minlength=4)
    assert (np.abs(counts - expected) < 1).all()
    assert (np.diff(drawn.numpy()) < 0).any()  # not in the order of the edges
    assert torch.equal(drawn, graph.drawn(1_000, torch.Generator().manual_seed(0)))
    assert not torch.equal(drawn, graph.drawn(1_000, torch.Generator().manual_seed(1)))


def test_the_graph_is_the_fuzzy_set_of_umap_learn() -> None:
    graph = neighbour_graph(DIGITS, 15, np.random.RandomState(3), force_approximation_algorithm=False, n_jobs=1)
    distances = pairwise_distances(DIGITS)
    expected = fuzzy_simplicial_set(distances, 15, np.random.RandomState(3), "precomputed")[0].tocoo()
    assert np.array_equal(graph.edges.numpy(), np.column_stack([expected.row, expected.col]))
    shares = np.diff(graph.cumulative.numpy(), prepend=0)
    np.testing.assert_allclose(shares, expected.data / expected.data.sum(), rtol=1e-3, atol=1e-7)
