"""Made-up results of the studies of the posts: what was measured of each variant is said, not measured."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bench.reproductions.claims.roles import ROLES, Posts
from bench.store.results import Results
from bench.studies import study as studies
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

STUDIES = ("posts-1", "posts-1-more", "posts-2", "posts-2-more", "posts-3", "posts-4", "posts-4-more")
SEEDS = 5
ALL_IMAGES, FIRST_IMAGES = 60_000, 10_000
DIGITS = tuple("0123456789")
World = Mapping[str, Mapping[str, float]]
"""By role or variant what is said of it: values by quantity."""

VARYING = {
    "knn_accuracy_k10_test": 0.5,
    "silhouette_test": 0.1,
    "error": 0.5,
    "error_through_draws": 0.5,
    "training_error": 0.5,
    "kl": 3.0,
    "spread_of_means": 1.0,
    "posterior_deviation": 0.1,
    "spread_of_codes": 1.0,
    "distance_from_gaussian": 0.05,
    "share_covered": 0.8,
    "logistic_accuracy": 0.5,
    "classifier_confidence:draws": 0.85,
    "classifier_confidence:displayed": 0.85,
    "classifier_confidence:lattice": 0.9,
    "distance_to_nearest_image": 4.0,
    "sharpness": 0.5,
    "wrong_digits": 0.2,
    "anomaly_auc": 0.7,
    "anomaly_auc_of_error": 0.7,
    "anomaly_auc_of_both": 0.7,
    **{f"silhouette_of_classes_test:{digit}": 0.0 for digit in DIGITS},
    **{f"unexplained_by_class:{digit}": 0.5 for digit in DIGITS},
    **{f"class_offsets:{digit}": 1.0 for digit in DIGITS},
}
"""They vary a little from seed to seed."""
CONSTANTS = {
    "vae_active_units": 2.0,
    "mean_image_error": 1.0,
    "majority_class": 0.1,
    "principal_variances:1": 5.2,
    "principal_variances:2": 3.8,
    "classifier_confidence:real": 0.9,
}


@cache
def read(name: str) -> Study:
    """Return a study with nothing to draw."""
    return studies.read(name).resolved().model_copy(update={"figures": ()})


@cache
def posts(*variants: str) -> Study:
    """Return one study with the variants given, by default all that the studies of the posts have."""
    whole: dict[str, Variant] = {}
    measures: dict[str, None] = {}
    for one in map(read, STUDIES):
        whole |= one.variants
        measures |= dict.fromkeys(one.measures)
    chosen = {variant: whole[variant] for variant in variants or whole}
    return read(STUDIES[0]).model_copy(update={"name": "posts", "variants": chosen, "measures": tuple(measures)})


def write(path: Path, said: World, study: Study, seeds: int = SEEDS, images: int = ALL_IMAGES) -> Results:
    """Write results in which all variants are alike but for what is said; they have what the study asks for."""
    values = {}
    for variant, spec in study.variants.items():
        known = {*study.measures, *(maker.SCORES if spec.scores else ())}
        found = _values(said.get(variant, {}), seeds)
        values[variant] = {key: value for key, value in found.items() if key.partition(":")[0] in known}
    return maker.write(path, values, study, runs={variant: {"n_train": images} for variant in study.variants})


def _values(said: Mapping[str, float], seeds: int) -> dict[str, list[float]]:
    jitter = [0.0005 * (seed - 2) for seed in range(seeds)]
    found = {quantity: [value + one for one in jitter] for quantity, value in (VARYING | said).items()}
    return found | {quantity: [said.get(quantity, value)] * seeds for quantity, value in CONSTANTS.items()}


def variants_by_role(path: Path) -> dict[str, str]:
    """Return the variant that has each role."""
    results = maker.write(path, {variant: {"fit_s": [1.0]} for variant in posts().variants}, posts())
    return {role: Posts(results).find(role) for role in ROLES}
