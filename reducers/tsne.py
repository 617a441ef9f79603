"""t-SNE by scikit-learn, which embeds only the points it is fitted on."""

from __future__ import annotations

import numpy as np
from sklearn.manifold import TSNE as Backend

from reducers.base import Reducer


class TSNE(Reducer):
    """t-distributed stochastic neighbour embedding by scikit-learn (Barnes-Hut); every default is the library's.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding; Barnes-Hut takes at most 3.
    perplexity : float
        Effective number of neighbours; less than the number of points.
    early_exaggeration : float
        Factor on the attraction in the first 250 iterations.
    init : {"pca", "random"}
        Initial positions.
    max_iter : int
        Iterations of gradient descent, early exaggeration included.
    n_jobs : int or None
        Threads of the neighbour search; the gradient takes its threads from OpenMP.
    random_state : int, RandomState or None
        Seed of the start. The PCA start depends on it only where its solver is randomised, so that two seeds give
        nearly the same embedding.
    """

    label = "t-SNE"
    # From a PCA start the seed would change nothing on small data.
    quick_params = {"perplexity": 2.0, "max_iter": 250, "init": "random"}
    references = ("van der Maaten and Hinton 2008, Visualizing data using t-SNE",)

    def __init__(
        self,
        n_components: int = 2,
        perplexity: float = 30.0,
        early_exaggeration: float = 12.0,
        init: str = "pca",
        max_iter: int = 1000,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.perplexity = perplexity
        self.early_exaggeration = early_exaggeration
        self.init = init
        self.max_iter = max_iter
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if self.perplexity >= len(X):
            raise ValueError(f"Got perplexity={self.perplexity:g}, but expected less than n_samples={len(X)}.")
        if self.init == "pca" and self.n_components > X.shape[1]:
            raise ValueError(
                f"Got n_components={self.n_components}, but the PCA start has at most n_features={X.shape[1]}; "
                "use init='random'."
            )
        backend = Backend(
            n_components=self.n_components,
            perplexity=self.perplexity,
            early_exaggeration=self.early_exaggeration,
            init=self.init,
            max_iter=self.max_iter,
            n_jobs=self.n_jobs,
            random_state=rng,
        )
        Z = backend.fit_transform(X)
        self.n_iter_ = backend.n_iter_
        self.kl_divergence_ = backend.kl_divergence_
        return Z
