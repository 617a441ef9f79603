"""Measures: quantities that only some studies ask for, by `measures = [...]` in their file.

They are computed of each run when it is scored, `MEASURES[key].compute(Subject(...))`, and stored with it in
`measures.csv`. Which claim or page uses which:

=============================  =========================================================================================
measure                        used by
=============================  =========================================================================================
error                          cause, missed, missing-half, gradient, blurrier, flips, limits, overfitting; replication
error_through_draws            blurrier, limits
training_error                 overfitting
mean_image_error               cause, missed, gradient
unexplained_by_class           well-rebuilt
vae_active_units               cause, threshold, missed, dimensions, limits
kl                             cause, missing-half, cross-entropy
spread_of_means                threshold, missed, missing-half, gradient
posterior_deviation            gradient
spread_of_codes                compact
distance_from_gaussian         compact
share_covered                  compact
principal_variances            threshold
units_in_theory                dimensions
class_spread_variation         dimensions
class_spread_variation_pairs   dimensions
majority_class                 unsuited, missed
logistic_accuracy              further-learning
classifier_confidence          realistic
distance_to_nearest_image      realistic
anomaly_auc                    chain
anomaly_auc_of_error           chain
anomaly_auc_of_both            chain
trustworthiness_of_first       replication
silhouette_of_labels           replication
knn_score                      replication
kmeans_by_silhouette           replication
training_loss                  replication
=============================  =========================================================================================
"""

from __future__ import annotations

from bench.metrics import network_measures, published_measures
from bench.metrics.measure import Measure

MEASURES = {
    found.key: found
    for module in (network_measures, published_measures)
    for found in vars(module).values()
    if isinstance(found, Measure)
}
"""Every measure by its key."""
