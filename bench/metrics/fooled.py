"""Which attacks fool which score, as `make attacks` found: a part of the weakness that each score states.

`bench.metrics.attacks` says what the attacks are. A test compares this table with `results/attacks/attacks.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping

FOOLED_BY: Mapping[str, tuple[str, ...]] = {
    "r_nx_auc": ("impostor data", "copied rows"),
    "knn_recall": ("impostor data", "copied rows"),
    "trustworthiness": ("torn map", "impostor data", "copied rows"),
    "continuity": ("impostor data", "copied rows"),
    "mrre_false": ("torn map", "impostor data", "copied rows"),
    "mrre_missing": ("impostor data", "copied rows"),
    "lcmc": ("impostor data", "copied rows"),
    "knn_accuracy": ("class spots", "small groups", "impostor data", "copied rows"),
    "neighbourhood_hit": ("class spots", "small groups", "impostor data", "copied rows"),
    "silhouette": ("class spots", "class means", "impostor data"),
    "davies_bouldin": ("class spots", "class means", "impostor data"),
    "calinski_harabasz": ("class spots", "class means", "impostor data"),
    "distance_consistency": ("class spots", "class means", "impostor data"),
    "label_trustworthiness": ("class spots", "class means"),
    "label_continuity": (
        "small groups",
        "class means",
        "torn map",
        "folded map",
        "scrambled map",
        "density line",
        "random positions",
        "impostor data",
        "pure noise",
        "copied rows",
        "scaled axes",
    ),
    "kmeans_ari": ("class spots", "class means", "torn map", "impostor data"),
    "kmeans_ami": ("class spots", "class means", "torn map", "impostor data"),
    "hdbscan_ari": ("class spots", "impostor data"),
    "hdbscan_ami": ("class spots", "impostor data"),
    "shepard_spearman": ("scrambled map", "impostor data"),
    "stress": ("scrambled map",),
    "triplet_accuracy": ("impostor data",),
    "centroid_spearman": ("class means", "impostor data"),
    "nearest_classes": ("impostor data",),
    "density_correlation": ("density line", "impostor data"),
}
"""Attacks by the key of the score, in the order of that table; a score without one was not fooled, or not attacked."""
