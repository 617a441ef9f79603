"""PHATE by the library of its authors, which the extra `phate` installs."""

from __future__ import annotations

import numpy as np
from phate import PHATE as Backend

from reducers.base import Reducer


class PHATE(Reducer):
    """Potential of heat diffusion for affinity-based transition embedding by phate; every default is the library's.

    Data with more than 100 rows and columns are first reduced to 100 principal components, which other methods are
    not. Of more than 2,000 rows it embeds landmarks, and all points between these. It has no `transform`: the library
    advises against mapping new points.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    knn : int
        Neighbours from which the kernel is built; less than the number of points by 2 at least.
    decay : int
        How fast the kernel decays.
    n_landmark : int
        Landmarks of the diffusion.
    n_jobs : int
        Threads.
    random_state : int, RandomState or None
        Seed of the PCA, of the landmarks and of multidimensional scaling.
    """

    label = "PHATE"
    by_default = False
    requires = ("phate",)
    quick_params = {"knn": 3}
    algorithm_changes_at = (2_001,)
    references = (
        "Moon, van Dijk, Wang, Gigante and others 2019, Visualizing structure and transitions in high-dimensional "
        "biological data",
    )

    def __init__(
        self,
        n_components: int = 2,
        knn: int = 5,
        decay: int = 40,
        n_landmark: int = 2000,
        n_jobs: int = 1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.knn = knn
        self.decay = decay
        self.n_landmark = n_landmark
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        n_samples = len(X)
        if self.n_components >= n_samples:
            raise ValueError(f"Got n_components={self.n_components}, but expected less than n_samples={n_samples}.")
        if self.knn > n_samples - 2:
            raise ValueError(f"Got knn={self.knn}, but expected at most n_samples - 2 = {n_samples - 2}.")
        if not np.ptp(X, axis=0).any():
            raise ValueError(f"Got {n_samples} equal rows, but expected at least two that differ.")
        backend = Backend(
            n_components=self.n_components,
            knn=self.knn,
            decay=self.decay,
            n_landmark=self.n_landmark,
            n_jobs=self.n_jobs,
            random_state=int(rng.randint(2**31 - 1)),
            verbose=-1,  # errors only
        )
        return backend.fit_transform(X)
