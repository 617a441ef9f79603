"""Metrics: what an embedding is evaluated by. A metric is one function with its definition, in the file of its family.

People call the plain functions of arrays in `functions`; a study calls `evaluate` with an `Embedding`, which computes
what several metrics need once. scikit-learn and scipy are imported when they are needed: that takes longer than most
metrics.
"""

from __future__ import annotations

from bench.metrics.embedding import Embedding, corank_together
from bench.metrics.metric import Value
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.registry import (
    METRICS,
    NEED_LABELS,
    REFERENCES,
    evaluate,
    evaluate_across,
    no_values,
    reference_values,
)

__all__ = [
    "METRICS",
    "NEED_LABELS",
    "REFERENCES",
    "Embedding",
    "ReferenceSpace",
    "Value",
    "corank_together",
    "evaluate",
    "evaluate_across",
    "no_values",
    "reference_values",
]
