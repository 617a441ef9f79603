"""UMAP by umap-learn."""

from __future__ import annotations

import warnings

import numpy as np
from umap import UMAP as Backend

from reducers.base import Reducer


class UMAP(Reducer):
    """Uniform manifold approximation and projection by umap-learn; every default is the library's.

    With a seed umap-learn runs on one thread; without one it uses `n_jobs` threads and no two runs are the same.
    Below 4,096 rows it computes every distance through a Python call; with more rows it searches approximate
    neighbours. That is another algorithm, which makes 4,000 images slower than 10,000.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    n_neighbors : int
        Neighbours of the graph; less than the number of points.
    min_dist : float
        Least distance between points in the embedding.
    init : {"spectral", "pca", "random"}
        Initial positions.
    n_epochs : int or None
        Passes over the graph's edges; None leaves it to the library (500 up to 10,000 points, then 200).
    force_approximation_algorithm : bool
        Search approximate neighbours below 4,096 rows too.
    n_jobs : int
        Threads of a run without a seed.
    random_state : int, RandomState or None
        Seed of the initial positions, of the layout and of `transform`.
    """

    label = "UMAP"
    quick_params = {"n_neighbors": 5, "n_epochs": 20, "init": "random"}
    algorithm_changes_at = (4_096,)
    excused_checks = {
        "check_methods_subset_invariance": "the position of a new point depends on the points mapped together with it",
        "check_methods_sample_order_invariance": "the position of a new point depends on its row among the others",
    }
    references = ("McInnes, Healy and Melville 2018, UMAP: Uniform manifold approximation and projection",)

    def __init__(
        self,
        n_components: int = 2,
        n_neighbors: int = 15,
        min_dist: float = 0.1,
        init: str = "spectral",
        n_epochs: int | None = None,
        force_approximation_algorithm: bool = False,
        n_jobs: int = -1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.min_dist = min_dist
        self.init = init
        self.n_epochs = n_epochs
        self.force_approximation_algorithm = force_approximation_algorithm
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if self.n_neighbors >= len(X):
            raise ValueError(f"Got n_neighbors={self.n_neighbors}, but expected less than n_samples={len(X)}.")
        if self.init == "spectral" and self.n_components > len(X) - 2:
            raise ValueError(
                f"Got n_components={self.n_components}, but expected at most n_samples - 2 = {len(X) - 2} with "
                "init='spectral'."
            )
        seeded = self.random_state is not None
        self.umap_ = Backend(
            n_components=self.n_components,
            n_neighbors=self.n_neighbors,
            min_dist=self.min_dist,
            init=self.init,
            n_epochs=self.n_epochs,
            force_approximation_algorithm=self.force_approximation_algorithm,
            n_jobs=1 if seeded else self.n_jobs,
            random_state=rng if seeded else None,
            transform_seed=int(rng.randint(2**31)),
        )
        with warnings.catch_warnings():
            # A point that shares its neighbours with no other causes it; the embedding is defined all the same.
            warnings.filterwarnings("ignore", "Graph is not fully connected", UserWarning)
            return self.umap_.fit_transform(X)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return self.umap_.transform(X)
