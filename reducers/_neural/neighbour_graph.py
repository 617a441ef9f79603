"""UMAP's graph of neighbours, edges drawn from it, and UMAP's loss of the positions at their ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from umap import UMAP

NEAREST = 1e-3
"""Added to squared distances in the repulsion, as umap-learn does, so that it is finite where two points coincide."""


@dataclass(frozen=True)
class NeighbourGraph:
    """Edges between neighbours, in both directions.

    Attributes
    ----------
    edges : Tensor of shape (n_edges, 2)
        Rows of the two points of each edge.
    cumulative : Tensor of shape (n_edges,)
        Share of the sum of all weights that an edge and those before it have.
    """

    edges: torch.Tensor
    cumulative: torch.Tensor

    def drawn(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Return the rows of `n` edges in random order, each drawn in proportion to its weight.

        They are drawn systematically: an edge that should come 2.3 times comes twice or three times.
        """
        places = (torch.arange(n) + torch.rand(1, generator=generator, dtype=torch.float64)) / n
        rows = torch.searchsorted(self.cumulative, places).clamp(max=len(self.edges) - 1)
        return rows[torch.randperm(n, generator=generator)]


def neighbour_graph(
    X: np.ndarray,
    n_neighbors: int,
    random_state: np.random.RandomState | None,
    force_approximation_algorithm: bool,
    n_jobs: int,
) -> NeighbourGraph:
    """Return the graph that umap-learn builds of points, for a generator in the same state the same as in its UMAP."""
    backend = UMAP(
        n_neighbors=n_neighbors,
        transform_mode="graph",
        force_approximation_algorithm=force_approximation_algorithm,
        n_jobs=n_jobs if random_state is None else 1,
        random_state=random_state,
    )
    graph = backend.fit(X).graph_.tocoo()
    weights = np.cumsum(graph.data, dtype=np.float64)
    edges = torch.from_numpy(np.column_stack([graph.row, graph.col]).astype(np.int64))
    return NeighbourGraph(edges, torch.from_numpy(weights / weights[-1]))


@dataclass(frozen=True)
class CrossEntropy:
    """UMAP's loss: an edge exists in the embedding with probability 1 / (1 + a d^(2b)) at the distance d.

    Attributes
    ----------
    a, b : float
        What umap-learn's `find_ab_params` gives for a `min_dist`.
    negative_sample_rate : float
        Pairs without an edge for each edge.
    """

    a: float
    b: float
    negative_sample_rate: float

    def of_edges(self, heads: torch.Tensor, tails: torch.Tensor) -> torch.Tensor:
        """Return the loss of an edge, averaged over a batch of them; tensors of shape (n, n_components).

        The repulsion is the mean over all pairs of a head and a tail of the batch. Pairs drawn among them have the same
        expected loss and more noise, and positions cost far less than the network that they come from.
        """
        squared = (heads - tails).square().sum(dim=1)
        apart = (heads[:, None] - tails[None]).square().sum(dim=2)
        return self._attraction(squared).mean() + self.negative_sample_rate * self._repulsion(apart).mean()

    def _attraction(self, squared: torch.Tensor) -> torch.Tensor:
        """Return minus the logarithm of the probability of an edge."""
        # The slope of the power at 0 is infinite.
        return torch.log1p(self.a * squared.clamp(min=1e-12) ** self.b)

    def _repulsion(self, squared: torch.Tensor) -> torch.Tensor:
        """Return minus the logarithm of the probability that there is none."""
        odds = self.a * (squared + NEAREST) ** self.b
        return torch.log1p(odds) - torch.log(odds)
