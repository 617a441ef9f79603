"""Every claim is put before worlds in which it is true, is false, and cannot be decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reproductions.claims.catalogue import Claim, Verdict, claims
from bench.reproductions.claims.page import decided_claims, write
from bench.reproductions.claims.roles import ROLES
from tests.bench.reproductions.claims import maker
from tests.bench.reproductions.claims.maker import World

CLAIMS = tuple(claims().values())
EXTRA = {
    "threshold": ("linear-beta-7", "beta-2"),
    "clusters": ("umap",),
    "overfitting": ("ae-10-of-1000", "vae-10-of-1000"),
    "dimensions": ("ae-5", "vae-5"),
    "chain": ("ae-without-3", "vae-without-3", "chain-without-3"),
}
"""Variants beyond the needed ones that a claim includes where they are."""
ACCURACY, SILHOUETTE, UNITS = "knn_accuracy_k10_test", "silhouette_test", "vae_active_units"
DRAWS = "classifier_confidence:draws"


def silhouettes(zero: float, one: float, seven: float) -> dict[str, float]:
    return {f"silhouette_of_classes_test:{digit}": v for digit, v in (("0", zero), ("1", one), ("7", seven))}


def unexplained(named: float) -> dict[str, float]:
    return {f"unexplained_by_class:{digit}": named for digit in "0147"}


TRUE: dict[str, World] = {
    "unsuited": {"post 1 fixed": {ACCURACY: 0.5}},
    "cause": {"post 1": {UNITS: 0}, "post 1 with Adam": {UNITS: 0}},
    "threshold": {"linear, beta = 12": {UNITS: 0}, "deep, beta = 20": {UNITS: 0}},
    "missed": {"deep, beta = 20": {UNITS: 0, ACCURACY: 0.3}},
    "cross-entropy": {"cross-entropy": {ACCURACY: 0.45}},
    "clusters": {"post 2 autoencoder": {ACCURACY: 0.6, SILHOUETTE: 0.4}},
    "compact": {
        "post 2 autoencoder": {"spread_of_codes": 5, "distance_from_gaussian": 0.2, "share_covered": 0.6},
    },
    "missing-half": {"post 2 VAE, means": {"spread_of_means": 0.707}},
    "sampled": {"post 2 VAE, means": {ACCURACY: 0.56}},
    "gradient": {"deep, beta = 0": {"error": 1.02}},
    "realistic": {"post 2 autoencoder": {DRAWS: 0.5}},
    "well-rebuilt": {"post 3 autoencoder": unexplained(0.3)},
    "blob": {"post 3 autoencoder": silhouettes(0.5, 0.6, 0.2)},
    "further-learning": {"post 3 VAE": {ACCURACY: 0.6, "logistic_accuracy": 0.6}},
    "blurrier": {"post 3 VAE": {"error": 0.55, "error_through_draws": 0.6}},
    "flips": {"post 3 autoencoder fixed": {ACCURACY: 0.57}, "post 3 VAE fixed": {ACCURACY: 0.58}},
    "dimensions": {"autoencoder, k = 10": {ACCURACY: 0.8}},
    "limits": {"post 4": {"error": 0.3}, "post 4 fixed, short": {"error": 0.4}},
    "overfitting": {
        "autoencoder, k = 10": {"error": 0.6, "training_error": 0.5},
        "VAE, k = 10": {"error": 0.61, "training_error": 0.6},
    },
    "chain": {"chain-without-3": {"anomaly_auc": 0.9}},
}
FALSE: dict[str, World] = {
    "unsuited": {"post 1 fixed": {ACCURACY: 0.6}},
    "cause": {"post 1": {UNITS: 0}},
    "threshold": {"linear, beta = 12": {UNITS: 1}, "deep, beta = 20": {UNITS: 0}},
    "missed": {"deep, beta = 20": {UNITS: 0, ACCURACY: 0.11}},
    "cross-entropy": {"cross-entropy": {ACCURACY: 0.55}},
    "clusters": {"post 2 autoencoder": {ACCURACY: 0.6, SILHOUETTE: 0.05}},
    "compact": {"post 2 VAE": {"distance_from_gaussian": 0.2}},
    "missing-half": {},
    "sampled": {},
    "gradient": {"deep, beta = 0": {"error": 0.7}},
    "realistic": {"post 2 VAE fixed": {DRAWS: 0.5}},
    "well-rebuilt": {"post 3 autoencoder": unexplained(0.6)},
    "blob": {"post 3 autoencoder": silhouettes(0.5, 0.6, 0.0)},
    "further-learning": {"post 3 VAE": {ACCURACY: 0.4}},
    "blurrier": {"post 3 VAE": {"error_through_draws": 0.6}},
    "flips": {"post 3 VAE fixed": {ACCURACY: 0.58}},
    "dimensions": {"autoencoder, k = 10": {ACCURACY: 0.8, "class_spread_variation": 0.1}},
    "limits": {"post 4": {"error": 0.45}, "post 4 fixed, short": {"error": 0.3}},
    "overfitting": {
        "autoencoder, k = 10": {"error": 0.51, "training_error": 0.5},
        "VAE, k = 10": {"error": 0.61, "training_error": 0.6},
    },
    "chain": {"ae-without-3": {"anomaly_auc": 0.9}},
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return maker.variants_by_role(tmp_path_factory.mktemp("names"))


def verdict(claim: Claim, said: World, path: Path, names: dict[str, str], seeds: int = maker.SEEDS) -> Verdict:
    needed = [names[role] for role in claim.needs if not role.endswith("without a class")]
    study = maker.posts(*dict.fromkeys((*needed, *EXTRA.get(claim.key, ()))))
    results = maker.write(path, {names.get(role, role): of for role, of in said.items()}, study, seeds)
    return next(one.verdict for one in decided_claims(results) if one.claim == claim)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_holds_where_it_is_true(claim: Claim, tmp_path: Path, names: dict[str, str]) -> None:
    assert verdict(claim, TRUE[claim.key], tmp_path, names) is Verdict.HOLDS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_does_not_hold_where_it_is_false(claim: Claim, tmp_path: Path, names: dict[str, str]) -> None:
    assert verdict(claim, FALSE[claim.key], tmp_path, names) is Verdict.FAILS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_one_seed_decides_nothing(claim: Claim, tmp_path: Path, names: dict[str, str]) -> None:
    assert verdict(claim, TRUE[claim.key], tmp_path, names, seeds=1) is Verdict.UNDECIDED


def test_every_role_is_one_variant_of_the_study(names: dict[str, str]) -> None:
    assert all(names.values())
    assert len(set(names.values())) == len(ROLES)
    assert names["linear, beta = 9, long"] == "linear-beta-9-long"
    assert (names["post 4, short"], names["post 4"]) == ("post4-vae-short", "post4-vae")
    assert (names["post 4 fixed, short"], names["post 4 fixed, long"]) == ("post4-vae-fixed", "post4-vae-fixed-long")


def test_the_study_measures_all_that_claims_need_and_no_more(tmp_path: Path) -> None:
    study = maker.posts()
    assert {key.partition(":")[0] for key in maker.MEASURES | maker.CONSTANTS} == set(study.measures)
    results = maker.write(tmp_path, {}, study)
    decided = decided_claims(results)
    assert [one.claim.key for one in decided] == list(claims())
    for one in decided:
        assert list(one.criteria) == list(one.claim.counts)
        assert all(one.intervals.values()), one.claim.key


def test_the_small_study_has_every_claim(tmp_path: Path) -> None:
    study = maker.posts(name="posts-quick")
    assert study.measures == maker.posts().measures
    decided = decided_claims(maker.write(tmp_path, {}, study, seeds=2))
    assert len(decided) == len(CLAIMS)
    assert all(all(one.intervals.values()) for one in decided)


def test_answers_do_not_hang_on_the_names_of_variants(tmp_path: Path) -> None:
    study = maker.posts()
    said = {variant: {ACCURACY: 0.3 + 0.005 * number} for number, variant in enumerate(study.variants)}
    other = {variant: f"v{number}" for number, variant in enumerate(study.variants)}
    renamed = {other[variant]: spec.model_copy(update={"label": "?"}) for variant, spec in study.variants.items()}
    pages = [
        write(maker.write(tmp_path / folder, of, of_study))
        for folder, of, of_study in (
            ("before", said, study),
            ("after", {other[v]: of for v, of in said.items()}, study.model_copy(update={"variants": renamed})),
        )
    ]
    for before, after in zip(*pages, strict=True):
        assert before.name == after.name
        assert before.read_bytes() == after.read_bytes()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_is_quoted_in_a_line_and_says_what_follows(claim: Claim) -> None:
    assert "\n" not in claim.quote and len(claim.quote) < 120
    assert claim.source and claim.question.endswith(".") and not claim.title.endswith(".")
    assert {Verdict.HOLDS, Verdict.FAILS} <= set(claim.lessons)
    assert all(lesson.endswith(".") for lesson in claim.lessons.values())
    assert claim.counts and set(claim.needs) <= set(ROLES)
