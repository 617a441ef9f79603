"""DensMAP by umap-learn: UMAP that also keeps how dense the data are."""

from __future__ import annotations

import warnings

import numpy as np
from umap import UMAP as Backend

from reducers.base import Reducer


class DensMAP(Reducer):
    """UMAP whose loss also compares the local density of data and embedding; every default is umap-learn's.

    It has no `transform`: umap-learn maps new points by UMAP only. With a seed umap-learn runs on one thread.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    n_neighbors : int
        Neighbours of the graph; less than the number of points.
    min_dist : float
        Least distance between points in the embedding.
    dens_lambda : float
        Weight of the term that keeps the density.
    dens_frac : float
        Share of the epochs, the last ones, in which that term counts.
    n_epochs : int or None
        Passes over the graph's edges; None leaves it to the library (700 up to 10,000 points, then 400).
    force_approximation_algorithm : bool
        Search approximate neighbours below 4,096 rows too.
    n_jobs : int
        Threads of a run without a seed.
    random_state : int, RandomState or None
        Seed of the initial positions and of the layout.
    """

    label = "densMAP"
    by_default = False
    quick_params = {"n_neighbors": 5, "n_epochs": 20}
    algorithm_changes_at = (4_096,)
    references = ("Narayan, Berger and Cho 2021, Assessing single-cell transcriptomic variability through densMAP",)

    def __init__(
        self,
        n_components: int = 2,
        n_neighbors: int = 15,
        min_dist: float = 0.1,
        dens_lambda: float = 2.0,
        dens_frac: float = 0.3,
        n_epochs: int | None = None,
        force_approximation_algorithm: bool = False,
        n_jobs: int = -1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.min_dist = min_dist
        self.dens_lambda = dens_lambda
        self.dens_frac = dens_frac
        self.n_epochs = n_epochs
        self.force_approximation_algorithm = force_approximation_algorithm
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if self.n_neighbors >= len(X):
            raise ValueError(f"Got n_neighbors={self.n_neighbors}, but expected less than n_samples={len(X)}.")
        if self.n_components > len(X) - 2:
            raise ValueError(
                f"Got n_components={self.n_components}, but expected at most n_samples - 2 = {len(X) - 2}."
            )
        seeded = self.random_state is not None
        self.umap_ = Backend(
            densmap=True,
            n_components=self.n_components,
            n_neighbors=self.n_neighbors,
            min_dist=self.min_dist,
            dens_lambda=self.dens_lambda,
            dens_frac=self.dens_frac,
            n_epochs=self.n_epochs,
            force_approximation_algorithm=self.force_approximation_algorithm,
            n_jobs=1 if seeded else self.n_jobs,
            random_state=rng if seeded else None,
        )
        with warnings.catch_warnings():
            # A point that shares its neighbours with no other causes it; the embedding is defined all the same.
            warnings.filterwarnings("ignore", "Graph is not fully connected", UserWarning)
            return self.umap_.fit_transform(X)
