"""Principal component analysis: the linear map that keeps most variance."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA as Backend

from reducers._covariance import fitted, is_streamed, projected
from reducers._streaming import StreamingReducer

N_COMPONENTS = 50
"""Principal components that `AfterPCA` keeps; of data with fewer rows or columns, as many as there are."""


class PCA(StreamingReducer):
    """Principal component analysis by scikit-learn, with an exact solver, so that it has no seed.

    scikit-learn's own default would take a randomised solver for some shapes of data and an exact one for others.
    From 1 GiB of points on, the covariance is summed over blocks of rows in float64, and the points are not copied.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    svd_solver : str
        Solver of `sklearn.decomposition.PCA`; the default takes the eigenvectors of the covariance matrix.
    """

    label = "PCA"
    streams = True
    references = ("Pearson 1901, On lines and planes of closest fit to systems of points in space",)

    def __init__(self, n_components: int = 2, svd_solver: str = "covariance_eigh") -> None:
        self.n_components = n_components
        self.svd_solver = svd_solver

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        n_samples, n_features = X.shape
        if self.n_components > min(X.shape):
            raise ValueError(
                f"Got n_components={self.n_components}, but expected at most "
                f"min(n_samples={n_samples}, n_features={n_features})."
            )
        if is_streamed(X) and self.svd_solver == "covariance_eigh":
            self.pca_ = fitted(X, self.n_components)
            return projected(self.pca_, X)
        self.pca_ = Backend(self.n_components, svd_solver=self.svd_solver, random_state=rng)
        return self.pca_.fit_transform(X)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return projected(self.pca_, X) if is_streamed(X) else self.pca_.transform(X)

    def _inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        return self.pca_.inverse_transform(Z)


class AfterPCA:
    """Mixed into the class of a reducer, so that it is given the first principal components instead of the data.

    Attributes
    ----------
    pca_first_ : PCA
        Fitted on the training points.
    """

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        self.pca_first_ = PCA(min(N_COMPONENTS, *X.shape))
        # The next class in the order of inheritance is the reducer that this is mixed into.
        return super()._fit(self.pca_first_.fit_transform(X), rng)  # type: ignore[misc]
