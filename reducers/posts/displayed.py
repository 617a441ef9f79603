"""What posts 2 to 4 show of their networks: reconstructions as they display them."""

from __future__ import annotations

import numpy as np

from reducers._neural.reducer import NeuralReducer
from reducers.vae import VAE

DISPLAYED = 1_000
"""Test points whose reconstructions a run keeps; the posts show 10 to 32."""


class Displayed(NeuralReducer):
    """Keeps the reconstructions of the first test points, `displayed`, at the network's own resolution.

    They pass through the code or, as the posts' VAEs do it even when they are evaluated, through one draw from each
    posterior.
    """

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        first = X[:DISPLAYED]
        codes = self._sampled(first) if isinstance(self, VAE) else self._encoded(first)
        return super()._extras(X) | {"displayed": self._shown(codes).astype(np.float32)}
