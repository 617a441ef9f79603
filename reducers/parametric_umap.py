"""Parametric UMAP: a network trained on UMAP's loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from math import nan

import numpy as np
import torch
from torch import nn
from umap.umap_ import find_ab_params

from reducers._neural.architectures import architecture
from reducers._neural.checks import at_least
from reducers._neural.history import Epoch
from reducers._neural.neighbour_graph import CrossEntropy, neighbour_graph
from reducers._neural.networks import in_blocks, seeded, to_tensor
from reducers._neural.settings import recipe
from reducers._neural.training import Task, Terms, train
from reducers.base import Reducer


class ParametricUMAP(Reducer):
    """An encoder, trained so that its codes minimise UMAP's cross-entropy over UMAP's graph of neighbours.

    The graph is umap-learn's, that of `UMAP` with the same seed. An epoch draws as many edges as there are points, in
    proportion to their weights. It costs what an epoch of an autoencoder with the same encoder does, as the points at
    both ends are encoded.

    Two things differ from umap-learn's own version, which needs Keras. The repulsion is averaged over all pairs of a
    batch, and the codes begin uncorrelated with variance 1. Codes of random weights lie so close together that
    the repulsion throws them apart, and their neighbours are lost. TorchDR trains an encoder on this loss too. It
    builds a graph of its own, and encodes all points in each step.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    n_neighbors : int
        Neighbours of the graph; less than the number of points.
    min_dist : float
        Least distance between points in the embedding.
    negative_sample_rate : float
        Weight of the repulsion: pairs without an edge for each edge.
    hidden_layer_sizes : tuple of int, or "convolutional"
        Hidden layers of the encoder, as in `Autoencoder`.
    learning_rate : float
        Step size of Adam.
    learning_rate_schedule : {"constant", "plateau"}
        "plateau" goes on with a tenth of it where training would stop early, and stops the next time.
    batch_size : int or "auto"
        Edges a step; "auto" is 128, or the number of points if there are fewer.
    n_epochs : int
        Epochs, at most.
    early_stopping : bool
        Stop when the loss improves no more; the best weights are kept. No points are held back: the loss is of edges.
    n_iter_no_change : int
        Epochs in a row that may pass without improvement: many, as every epoch draws other edges.
    tol : float
        Least improvement of the loss that counts.
    force_approximation_algorithm : bool
        Search approximate neighbours below 4,096 rows too.
    n_jobs : int
        Threads of the search of neighbours in a run without a seed.
    device : str
        Where torch computes, such as "cpu" or "cuda".
    callback : callable or None
        Called with the `Epoch` of each finished epoch; training stops when it returns True.
    random_state : int, RandomState or None
        Seed of the graph, of the weights and of the edges drawn.

    Attributes
    ----------
    history_ : tuple of Epoch
        A record of each epoch: loss of an edge with its repulsion, seconds.
    n_iter_ : int
        Epochs run.
    converged_ : bool
        Whether training stopped early.
    """

    label = "Parametric UMAP"
    by_default = False
    quick_params = {"n_neighbors": 5, "hidden_layer_sizes": (16,), "n_epochs": 2}
    algorithm_changes_at = (4_096,)
    references = (
        "Sainburg, McInnes and Gentner 2021, Parametric UMAP embeddings for representation and semi-supervised "
        "learning",
        "Krähenbühl, Doersch, Donahue and Darrell 2016, Data-dependent initializations of convolutional neural "
        "networks",
    )

    def __init__(
        self,
        n_components: int = 2,
        n_neighbors: int = 15,
        min_dist: float = 0.1,
        negative_sample_rate: float = 5.0,
        hidden_layer_sizes: tuple[int, ...] | str = (256, 128),
        learning_rate: float = 1e-3,
        learning_rate_schedule: str = "constant",
        batch_size: int | str = "auto",
        n_epochs: int = 100,
        early_stopping: bool = False,
        n_iter_no_change: int = 25,
        tol: float = 1e-4,
        force_approximation_algorithm: bool = False,
        n_jobs: int = -1,
        device: str = "cpu",
        callback: Callable[[Epoch], bool | None] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.min_dist = min_dist
        self.negative_sample_rate = negative_sample_rate
        self.hidden_layer_sizes = hidden_layer_sizes
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.batch_size = batch_size
        self.n_epochs = n_epochs
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.force_approximation_algorithm = force_approximation_algorithm
        self.n_jobs = n_jobs
        self.device = device
        self.callback = callback
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if self.n_neighbors >= len(X):
            raise ValueError(f"Got n_neighbors={self.n_neighbors}, but expected less than n_samples={len(X)}.")
        at_least(self, "negative_sample_rate", 0)
        settings, layers = recipe(self, len(X)), architecture(self.hidden_layer_sizes)
        layers.check(X.shape[1])
        # The first number is that of the weights, as in an autoencoder; then the graph is UMAP's with the same seed.
        initialisation = int(rng.randint(2**31))
        graph = neighbour_graph(
            X,
            self.n_neighbors,
            rng if self.random_state is not None else None,
            self.force_approximation_algorithm,
            self.n_jobs,
        )
        with seeded(initialisation):
            encoder, _ = layers.networks(X.shape[1], self.n_components, self.n_components, "relu", "identity")
        self.encoder_ = encoder.to(self.device)
        self._standardise(X)

        data = to_tensor(X).to(self.device)
        a, b = find_ab_params(1.0, self.min_dist)
        loss = CrossEntropy(a, b, self.negative_sample_rate)

        def terms(edges: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
            heads, tails = self.encoder_(data.index_select(0, edges.T.reshape(-1))).chunk(2)
            none = torch.full((), nan, device=data.device)
            return loss.of_edges(heads, tails), none, none

        task = Task(
            parameters=list(self.encoder_.parameters()),
            terms=terms,
            beta=lambda n: 0.0,
            beta_unit=lambda reconstruction: 1.0,
            data=graph.edges.to(self.device),
            preprocessed=lambda edges: edges,
            order=lambda generator: graph.drawn(len(X), generator).to(self.device),
        )
        trained = train(task, settings, torch.Generator().manual_seed(int(rng.randint(2**31))), self.callback)
        self.history_, self.converged_, self.n_iter_ = trained.history, trained.converged, len(trained.history)
        return self._transform(X)

    def _standardise(self, X: np.ndarray) -> None:
        """Change the last layer so that the codes of `X` have mean 0, variance 1 and no correlation."""
        codes = torch.from_numpy(self._transform(X)).double()
        spreads, axes = torch.linalg.eigh(torch.atleast_2d(torch.cov(codes.T, correction=0)))
        # Where codes do not vary at all, they stay.
        change = (axes / spreads.clamp(min=1e-12).sqrt()).T
        last = [layer for layer in self.encoder_.modules() if isinstance(layer, nn.Linear)][-1]
        with torch.no_grad():
            last.bias.copy_(change @ (last.bias.cpu().double() - codes.mean(dim=0)))
            last.weight.copy_(change @ last.weight.cpu().double())

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return in_blocks(self.encoder_, X, torch.device(self.device))

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return {"history": np.array([astuple(epoch) for epoch in self.history_], dtype=np.float32)}
