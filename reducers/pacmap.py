"""PaCMAP by the library of its authors, which the extra `pacmap` installs."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import faiss
import numpy as np
import pacmap

from reducers.base import Reducer


class PaCMAP(Reducer):
    """Pairwise controlled manifold approximation by pacmap; every default is the library's.

    Data with more than 100 columns are first reduced to 100 principal components, which other methods are not: compare
    it with methods after PCA, or set `apply_pca` to False.

    New points are mapped among fixed training points: each starts at its position in a PCA and is then attracted by
    its nearest neighbours, independent of the other new points. With a seed, neighbours are searched on one thread.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding; the library is tested with 2.
    n_neighbors : int
        Near pairs of a point, which keep its neighbours.
    MN_ratio : float
        Mid-near pairs of a point for each near pair; they keep the arrangement of the whole.
    FP_ratio : float
        Far pairs of a point for each near pair; they push points apart.
    num_iters : tuple of int
        Iterations of the three phases: mid-near pairs lose their weight, keep little of it, have none.
    apply_pca : bool
        Reduce data with more than 100 columns to 100 principal components, by a randomised solver.
    random_state : int, RandomState or None
        Seed of the PCA and of the pairs.
    """

    label = "PaCMAP"
    by_default = False
    requires = ("pacmap", "faiss")
    quick_params = {"n_neighbors": 2, "num_iters": (5, 5, 20)}
    excused_checks = {
        "transform_agrees_with_fit": "training points mapped again do not get their positions in embedding_",
        "check_transformer_general": "training points mapped again do not get their positions in embedding_",
        "check_transformer_data_not_an_array": "training points mapped again do not get their positions in embedding_",
    }
    references = (
        "Wang, Huang, Rudin and Shaposhnik 2021, Understanding how dimension reduction tools work: an empirical "
        "approach to deciphering t-SNE, UMAP, TriMap, and PaCMAP for data visualization",
    )

    def __init__(
        self,
        n_components: int = 2,
        n_neighbors: int = 10,
        MN_ratio: float = 0.5,
        FP_ratio: float = 2.0,
        num_iters: tuple[int, int, int] = (100, 100, 250),
        apply_pca: bool = True,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.MN_ratio = MN_ratio
        self.FP_ratio = FP_ratio
        self.num_iters = num_iters
        self.apply_pca = apply_pca
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        self._check(X)
        seed = None if self.random_state is None else int(rng.randint(2**31 - 1))
        with _process_as_it_was():
            self.pacmap_ = self._backend(seed)
            return np.array(self.pacmap_.fit_transform(X, save_pairs=False))

    def _backend(self, seed: int | None) -> pacmap.PaCMAP:
        """Return the library's reducer; its seed is one of the whole process, until the next is made."""
        return pacmap.PaCMAP(
            n_components=self.n_components,
            n_neighbors=self.n_neighbors,
            MN_ratio=self.MN_ratio,
            FP_ratio=self.FP_ratio,
            num_iters=self.num_iters,
            apply_pca=self.apply_pca,
            random_state=seed,
            save_tree=True,  # the index of neighbours, which new points need
        )

    def _check(self, X: np.ndarray) -> None:
        n_samples, n_features = X.shape
        if self.n_components > min(X.shape):
            raise ValueError(
                f"Got n_components={self.n_components}, but expected at most "
                f"min(n_samples={n_samples}, n_features={n_features})."
            )
        middle, far = (round(self.n_neighbors * ratio) for ratio in (self.MN_ratio, self.FP_ratio))
        # With fewer points the library lowers the numbers of pairs, or looks for points to pair without end.
        least = max(self.n_neighbors + middle + far + 1, middle + 6)
        if n_samples < least:
            raise ValueError(
                f"Got n_samples={n_samples}, but expected at least {least}: each point makes pairs with "
                f"n_neighbors={self.n_neighbors} near, {middle} mid-near and {far} far points."
            )
        if not np.ptp(X, axis=0).any():
            raise ValueError(f"Got {n_samples} equal rows, but expected at least two that differ.")
        if (largest := max(X.max(), -X.min())) > (limit := np.finfo(np.float32).max):
            raise ValueError(f"Got values up to {largest:g}, but expected at most {limit:g}, the most of float32.")

    def _transform(self, X: np.ndarray) -> np.ndarray:
        with _process_as_it_was():
            return self.pacmap_.transform(X, save_pairs=False)


@contextlib.contextmanager
def _process_as_it_was() -> Iterator[None]:
    """Silence the library's log, and restore the threads of faiss, which it sets to one for a seed."""
    log, threads = logging.getLogger("pacmap.pacmap"), faiss.omp_get_max_threads()
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
        faiss.omp_set_num_threads(threads)
