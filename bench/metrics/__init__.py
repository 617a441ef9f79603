"""Metrics: what an embedding is evaluated by. A metric is one function and one record, in the file of its family.

People call the plain functions of arrays (`functions`); a study calls `evaluate` with an `Embedding`, which computes
what several metrics need once. scikit-learn and scipy are imported when they are needed: that takes longer than most
metrics.
"""

from __future__ import annotations

from bench.metrics.embedding import Embedding, corank_together
from bench.metrics.functions import (
    continuity,
    density_correlation,
    distance_consistency,
    kmeans_ari,
    knn_accuracy,
    knn_jaccard,
    knn_recall,
    neighbourhood_hit,
    procrustes_residual,
    r_nx,
    r_nx_auc,
    score,
    shepard_spearman,
    silhouette,
    space_of,
    stress,
    triplet_accuracy,
    trustworthiness,
)
from bench.metrics.metric import Metric, Value, column_name, not_available
from bench.metrics.procrustes import align
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.registry import METRICS, NEED_LABELS, REFERENCES, evaluate, evaluate_across, reference_values

__all__ = [
    "METRICS",
    "NEED_LABELS",
    "REFERENCES",
    "Embedding",
    "Metric",
    "ReferenceSpace",
    "Value",
    "align",
    "column_name",
    "continuity",
    "corank_together",
    "density_correlation",
    "distance_consistency",
    "evaluate",
    "evaluate_across",
    "kmeans_ari",
    "knn_accuracy",
    "knn_jaccard",
    "knn_recall",
    "neighbourhood_hit",
    "not_available",
    "procrustes_residual",
    "r_nx",
    "r_nx_auc",
    "reference_values",
    "score",
    "shepard_spearman",
    "silhouette",
    "space_of",
    "stress",
    "triplet_accuracy",
    "trustworthiness",
]
