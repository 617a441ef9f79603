"""openTSNE of the first 50 principal components."""

from __future__ import annotations

import numpy as np

from reducers.opentsne import OpenTSNE
from reducers.pca import AfterPCA


class OpenTSNEAfterPCA(AfterPCA, OpenTSNE):
    """openTSNE of the first 50 principal components; its parameters are those of `OpenTSNE`."""

    label = "openTSNE after PCA"
    by_default = False

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return super()._transform(self.pca_first_.transform(X))
