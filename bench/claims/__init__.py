"""Claims: what the seed systems' authors say of them, and one idea they leave open, measured.

Each claim is a pure function of stored results. `write(reading, store)` writes `claims.md`, which reads like a short
paper, and a small figure for each; of a study without the variants that a claim needs, the claim is left out.
"""

from __future__ import annotations

from bench.claims import anomalies, bottleneck, collapse, dimensions, latent, training
from bench.claims.claim import Claim
from bench.claims.page import write

CLAIMS: tuple[Claim, ...] = (
    *collapse.CLAIMS,
    *latent.CLAIMS,
    *bottleneck.CLAIMS,
    *dimensions.CLAIMS,
    *training.CLAIMS,
    *anomalies.CLAIMS,
)

__all__ = ["CLAIMS", "write"]
