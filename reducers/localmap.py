"""LocalMAP by the library pacmap, which the extra `pacmap` installs."""

from __future__ import annotations

import numba
import numpy as np
import pacmap

from reducers.pacmap import PaCMAP


class LocalMAP(PaCMAP):
    """PaCMAP with a graph that is adjusted while points move; every default is the library's.

    In the last phase far pairs are drawn again among points that are near in the embedding, and near pairs that are
    long there lose weight: clusters that PaCMAP leaves touching come apart.

    As by PaCMAP, data with more than 100 columns are first reduced to 100 principal components, and new points are
    mapped among fixed training points. With a seed it runs on one thread, as each thread draws its own random numbers.

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
    low_dist_thres : float
        Distance in the embedding below which far pairs are drawn in the last phase.
    num_iters : tuple of int
        Iterations of the three phases: mid-near pairs lose their weight, keep little of it, have none.
    apply_pca : bool
        Reduce data with more than 100 columns to 100 principal components, by a randomised solver.
    random_state : int, RandomState or None
        Seed of the PCA and of the pairs.
    """

    label = "LocalMAP"
    by_default = False
    requires = ("pacmap", "faiss")
    references = ("Wang, Sun, Huang and Rudin 2025, Dimension reduction with locally adjusted graphs",)

    def __init__(
        self,
        n_components: int = 2,
        n_neighbors: int = 10,
        MN_ratio: float = 0.5,
        FP_ratio: float = 2.0,
        low_dist_thres: float = 10.0,
        num_iters: tuple[int, int, int] = (100, 100, 250),
        apply_pca: bool = True,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(n_components, n_neighbors, MN_ratio, FP_ratio, num_iters, apply_pca, random_state)
        self.low_dist_thres = low_dist_thres

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        threads = numba.get_num_threads()
        if self.random_state is not None:
            numba.set_num_threads(1)
        try:
            return super()._fit(X, rng)
        finally:
            numba.set_num_threads(threads)

    def _backend(self, seed: int | None) -> pacmap.LocalMAP:
        return pacmap.LocalMAP(
            n_components=self.n_components,
            n_neighbors=self.n_neighbors,
            MN_ratio=self.MN_ratio,
            FP_ratio=self.FP_ratio,
            low_dist_thres=self.low_dist_thres,
            num_iters=self.num_iters,
            apply_pca=self.apply_pca,
            random_state=seed,
            save_tree=True,
        )
