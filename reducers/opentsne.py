"""t-SNE by openTSNE, which can map new points into a fitted embedding."""

from __future__ import annotations

import numpy as np
from openTSNE import TSNE as Backend

from reducers.base import Reducer


class OpenTSNE(Reducer):
    """t-distributed stochastic neighbour embedding by openTSNE; every default is the library's.

    New points are mapped among fixed training points: each starts at the median position of its nearest neighbours and
    then follows the t-SNE gradient, independent of the other new points.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding; the library takes 1 or 2.
    perplexity : float
        Effective number of neighbours; less than a third of the number of points, which the library would otherwise
        lower without a warning.
    early_exaggeration : float
        Factor on the attraction in the first 250 iterations.
    exaggeration : float or None
        Factor on the attraction in the iterations after those; above 1 clusters shrink and move apart. None is 1.
    initialization : {"pca", "spectral", "random"}
        Initial positions.
    n_iter : int
        Iterations of gradient descent after the 250 of early exaggeration.
    n_jobs : int
        Threads.
    random_state : int, RandomState or None
        Seed of the initial positions and of the neighbour search.
    """

    label = "openTSNE"
    quick_params = {"perplexity": 2.0, "n_iter": 50}
    algorithm_changes_at = (1_000, 10_000)
    excused_checks = {
        "transform_agrees_with_fit": "training points mapped again do not get their positions in embedding_",
        "check_transformer_general": "training points mapped again do not get their positions in embedding_",
        "check_transformer_data_not_an_array": "training points mapped again do not get their positions in embedding_",
    }
    references = (
        "van der Maaten and Hinton 2008, Visualizing data using t-SNE",
        "Policar, Strazar and Zupan 2024, openTSNE: a modular Python library for t-SNE",
    )

    def __init__(
        self,
        n_components: int = 2,
        perplexity: float = 30.0,
        early_exaggeration: float = 12.0,
        exaggeration: float | None = None,
        initialization: str = "pca",
        n_iter: int = 500,
        n_jobs: int = 1,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.perplexity = perplexity
        self.early_exaggeration = early_exaggeration
        self.exaggeration = exaggeration
        self.initialization = initialization
        self.n_iter = n_iter
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        if 3 * self.perplexity > len(X) - 1:
            raise ValueError(
                f"Got perplexity={self.perplexity:g}, but expected at most a third of the other "
                f"{len(X) - 1} points (n_samples={len(X)})."
            )
        backend = Backend(
            n_components=self.n_components,
            perplexity=self.perplexity,
            early_exaggeration=self.early_exaggeration,
            exaggeration=self.exaggeration,
            initialization=self.initialization,
            n_iter=self.n_iter,
            n_jobs=self.n_jobs,
            random_state=rng,
        )
        self.fitted_ = backend.fit(X)
        # Before it maps new points, the library centres the bounding box of the training points. As this is done here,
        # they stay where `embedding_` has them, and new points are mapped among them.
        self.fitted_ -= (self.fitted_.max(axis=0) + self.fitted_.min(axis=0)) / 2
        self.kl_divergence_ = float(self.fitted_.kl_divergence)
        return np.array(self.fitted_)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return np.array(self.fitted_.transform(X))
