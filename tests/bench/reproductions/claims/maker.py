"""Made-up results of the study of the posts: what was measured of each variant is said, not measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.reproductions.claims.roles import ROLES, Posts
from bench.store.results import Results
from bench.studies import study as studies
from bench.studies.study import Study
from tests.bench import results_maker as maker

SEEDS = 5
DIGITS = tuple("0123456789")
World = Mapping[str, Mapping[str, float]]
"""By role or variant what is said of it: values by quantity."""

SCORES = {"knn_accuracy_k10_test": 0.5, "silhouette_test": 0.1} | {
    f"silhouette_of_classes_test:{digit}": 0.0 for digit in DIGITS
}
MEASURES = {
    "error": 0.5,
    "error_through_draws": 0.5,
    "training_error": 0.5,
    "kl": 3.0,
    "spread_of_means": 1.0,
    "posterior_deviation": 0.1,
    "spread_of_codes": 1.0,
    "distance_from_gaussian": 0.05,
    "share_covered": 0.8,
    "class_spread_variation": 0.3,
    "class_spread_variation_pairs": 0.3,
    "logistic_accuracy": 0.5,
    "classifier_confidence:draws": 0.85,
    "classifier_confidence:rebuilt": 0.9,
    "classifier_confidence:lattice": 0.9,
    "distance_to_nearest_image": 4.0,
    "anomaly_auc": 0.7,
    "anomaly_auc_of_error": 0.7,
    "anomaly_auc_of_both": 0.7,
} | {f"unexplained_by_class:{digit}": 0.5 for digit in DIGITS}
"""They vary a little from seed to seed."""
CONSTANTS = {
    "vae_active_units": 2.0,
    "mean_image_error": 1.0,
    "majority_class": 0.1,
    "principal_variances:1": 5.2,
    "principal_variances:2": 3.8,
    "units_in_theory": 20.0,
    "classifier_confidence:real": 0.9,
}


def posts(*variants: str, name: str = "posts") -> Study:
    """Return the study with the variants given, by default all."""
    found = studies.read(name).resolved()
    chosen = {variant: found.variants[variant] for variant in variants or found.variants}
    return found.model_copy(update={"variants": chosen, "figures": ()})


def write(path: Path, said: World, study: Study, seeds: int = SEEDS) -> Results:
    """Write results of a study in which all variants are alike but for what is said."""
    values = {variant: _values(said.get(variant, {}), seeds) for variant in study.variants}
    runs = {variant: {"n_train": spec.n or 10_000} for variant, spec in study.variants.items()}
    return maker.write(path, values, study, runs=runs)


def _values(said: Mapping[str, float], seeds: int) -> dict[str, list[float]]:
    jitter = [0.0005 * (seed - 2) for seed in range(seeds)]
    found = {quantity: [value + one for one in jitter] for quantity, value in (SCORES | MEASURES | said).items()}
    return found | {quantity: [said.get(quantity, value)] * seeds for quantity, value in CONSTANTS.items()}


def variants_by_role(path: Path) -> dict[str, str]:
    """Return the variant of the study `posts` that has each role."""
    results = maker.write(path, {variant: {"fit_s": [1.0]} for variant in posts().variants}, posts())
    return {role: Posts(results).find(role) for role in ROLES}
