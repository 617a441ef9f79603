"""openTSNE of the first 50 principal components.

No participant of studies by itself; its name is `reducers/_opentsne_after_pca.py:OpenTSNEAfterPCA`.
"""

from __future__ import annotations

from reducers._after_pca import PlacesAfterPCA
from reducers.opentsne import OpenTSNE


class OpenTSNEAfterPCA(PlacesAfterPCA, OpenTSNE):
    """openTSNE of the first 50 principal components; its parameters are those of `OpenTSNE`."""

    label = "openTSNE after PCA"
