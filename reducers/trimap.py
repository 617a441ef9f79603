"""TriMap by the library of its authors, which the extra `trimap` installs."""

from __future__ import annotations

import numpy as np
from trimap import TorchTRIMAP as Backend

from reducers.base import Reducer


class TriMap(Reducer):
    """Embedding that keeps triplets (this point is nearer than that one), by trimap's implementation in torch.

    Every default is the library's. Data with more than 100 columns are first reduced to 100 principal components,
    which other methods are not. Neighbours are exact. It has no `transform`: the library has none.

    The library's older implementation is not taken: it has no seed, and each process compiles it again.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding, at least 2.
    n_inliers : int
        Near points of each point.
    n_outliers : int
        Far points for each of these.
    n_random : int
        Random triplets of each point.
    n_iters : int
        Steps of gradient descent.
    random_state : int, RandomState or None
        Seed of the PCA and of the triplets.
    """

    label = "TriMap"
    by_default = False
    requires = ("trimap",)
    quick_params = {"n_inliers": 3, "n_outliers": 1, "n_iters": 10}
    excused_checks = {
        "embeds_in_one_two_and_three_dimensions": "the library embeds in two dimensions or more",
        "check_dont_overwrite_parameters": "the check embeds in one dimension, the library in two or more",
        "check_fit2d_predict1d": "the check embeds in one dimension, the library in two or more",
        "check_methods_sample_order_invariance": "the check embeds in one dimension, the library in two or more",
        "check_methods_subset_invariance": "the check embeds in one dimension, the library in two or more",
    }
    references = ("Amid and Warmuth 2019, TriMap: large-scale dimensionality reduction using triplets",)

    def __init__(
        self,
        n_components: int = 2,
        n_inliers: int = 12,
        n_outliers: int = 4,
        n_random: int = 3,
        n_iters: int = 400,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_inliers = n_inliers
        self.n_outliers = n_outliers
        self.n_random = n_random
        self.n_iters = n_iters
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        n_samples, n_features = X.shape
        if not 2 <= self.n_components <= min(X.shape):
            raise ValueError(
                f"Got n_components={self.n_components}, but expected at least 2 and at most "
                f"min(n_samples={n_samples}, n_features={n_features})."
            )
        least = self.n_inliers + max(self.n_outliers, 1) + 1
        if n_samples < least:
            raise ValueError(
                f"Got n_samples={n_samples}, but expected at least {least}: each point makes triplets with "
                f"n_inliers={self.n_inliers} near points and n_outliers={self.n_outliers} far ones."
            )
        backend = Backend(
            n_dims=self.n_components,
            n_inliers=self.n_inliers,
            n_outliers=self.n_outliers,
            n_random=self.n_random,
            n_iters=self.n_iters,
            device="cpu",
            knn_backend="torch",  # "auto" is another one where faiss happens to be installed
            random_state=int(rng.randint(2**31 - 1)),
        )
        return backend.fit_transform(X.copy()).numpy()  # torch warns of arrays that it may not write to
