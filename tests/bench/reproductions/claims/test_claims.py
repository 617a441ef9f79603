"""Every claim is put before worlds in which it is true, is false, and cannot be decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.reproductions.claims.catalogue import Claim, Origin, Result, claims
from bench.reproductions.claims.page import decided_claims, measured, page
from bench.reproductions.claims.roles import ROLES, Posts
from tests.bench import results_maker
from tests.bench.reproductions.claims import maker
from tests.bench.reproductions.claims.maker import World

CLAIMS = tuple(claims().values())
EXTRA = {
    "threshold": ("linear-beta-7", "linear-beta-9", "beta-2"),
    "dimensions": ("post3-ae-10",),
    "chain": ("ae-without-3", "vae-without-3", "chain-without-3"),
}
"""Variants beyond the needed ones that a claim includes where they are."""
ACCURACY, SILHOUETTE, UNITS = "knn_accuracy_k10_test", "silhouette_test", "vae_active_units"
DRAWS, WRONG = "classifier_confidence:draws", "wrong_digits"


def by_digit(score: str, others: float = 0.0, **of_digits: float) -> dict[str, float]:
    numbers = {"zero": "0", "one": "1", "seven": "7"}
    values = dict.fromkeys(maker.DIGITS, others) | {numbers[name]: value for name, value in of_digits.items()}
    return {f"{score}:{digit}": value for digit, value in values.items()}


def unexplained(named: float) -> dict[str, float]:
    return {f"unexplained_by_class:{digit}": named for digit in "0147"}


SILHOUETTES = "silhouette_of_classes_test"
TRUE: dict[str, World] = {
    "unsuited": {"post 1 fixed": {ACCURACY: 0.5}, "UMAP": {ACCURACY: 0.9}},
    "cause": {"post 1": {UNITS: 0}, "post 1 with Adam": {UNITS: 0}},
    "threshold": {
        "linear, beta = 12": {UNITS: 0},
        "linear-beta-9": {UNITS: 1},
        "deep, beta = 20": {UNITS: 0},
    },
    "missed": {"deep, beta = 20": {UNITS: 0, ACCURACY: 0.3}},
    "cross-entropy": {"cross-entropy": {ACCURACY: 0.45}},
    "clusters": {"post 2 autoencoder": {ACCURACY: 0.6, SILHOUETTE: 0.4}},
    "compact": {
        "post 2 autoencoder": {"spread_of_codes": 5, "distance_from_gaussian": 0.2, "share_covered": 0.6},
    },
    "missing-half": {"post 2 VAE, means": {"spread_of_means": 0.707}},
    "sampled": {"post 2 VAE, means": {ACCURACY: 0.56}},
    "gradient": {"without KL": {"error": 1.02}},
    "realistic": {"post 2 autoencoder": {DRAWS: 0.5}},
    "well-rebuilt": {"post 3 autoencoder": unexplained(0.3)},
    "blob": {"post 3 autoencoder": by_digit(SILHOUETTES, zero=0.5, one=0.6, seven=0.2)},
    "further-learning": {"post 3 VAE": {ACCURACY: 0.6, "logistic_accuracy": 0.6}},
    "blurrier": {"post 3 VAE": {"error_through_draws": 0.6, "sharpness": 0.4}},
    "flips": {"post 3 autoencoder fixed": {ACCURACY: 0.57}, "post 3 VAE fixed": {ACCURACY: 0.58}},
    "dimensions": {"post 3 autoencoder, k = 10": {ACCURACY: 0.8}},
    "limits": {"post 4, longer": {WRONG: 0.1}},
    "head": {"post 4 fixed": {WRONG: 0.1, "error_through_draws": 0.3}},
    "overfitting": {
        "autoencoder": {"error": 0.6, "training_error": 0.5},
        "post 1 fixed": {"error": 0.61, "training_error": 0.6},
    },
    "chain": {"chain-without-3": {"anomaly_auc": 0.9}},
}
FALSE: dict[str, World] = {
    "unsuited": {"post 1 fixed": {ACCURACY: 0.6}},
    "cause": {"post 1": {UNITS: 1}, "post 1 with sums": {UNITS: 0}},
    "threshold": {
        "linear, beta = 5": {UNITS: 0},
        "linear-beta-7": {UNITS: 0},
        "deep, beta = 5": {UNITS: 0},
    },
    "missed": {"deep, beta = 20": {ACCURACY: 0.11}},
    "cross-entropy": {"cross-entropy": {ACCURACY: 0.55}},
    "clusters": {"post 2 autoencoder": {SILHOUETTE: 0.05}},
    "compact": {"post 2 VAE": {"distance_from_gaussian": 0.2}},
    "missing-half": {"post 2 VAE, means": {ACCURACY: 0.6, "error": 0.6}},
    "sampled": {},
    "gradient": {"without KL": {"error": 0.7}},
    "realistic": {"post 2 VAE": {DRAWS: 0.5}},
    "well-rebuilt": {"post 3 autoencoder": unexplained(0.6)},
    "blob": {"post 3 autoencoder": by_digit(SILHOUETTES, 0.5)},
    "further-learning": {"post 3 VAE": {ACCURACY: 0.4, "logistic_accuracy": 0.4}},
    "blurrier": {},
    "flips": {},
    "dimensions": {"post 3 autoencoder": by_digit("class_offsets", 1.0, zero=3.0, one=3.0)},
    "limits": {},
    "head": {},
    "overfitting": {"autoencoder": {"error": 0.51}, "post 1 fixed": {"error": 0.51}},
    "chain": {"ae-without-3": {"anomaly_auc": 0.9}},
}
PARTLY: dict[str, World] = {
    "unsuited": {"post 1 fixed": {ACCURACY: 0.6}, "UMAP": {ACCURACY: 0.9}},
    "clusters": {"post 2 autoencoder": {ACCURACY: 0.6}},
    "realistic": {"post 2 VAE": {DRAWS: 0.7}, "post 2 autoencoder": {DRAWS: 0.5}},
    "blurrier": {"post 3 VAE": {"error_through_draws": 0.6}},
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return maker.variants_by_role(tmp_path_factory.mktemp("names"))


def result(
    claim: Claim, said: World, path: Path, names: dict[str, str], seeds: int = maker.SEEDS, images: int = 60_000
) -> Result:
    needed = [names[role] for role in claim.needs if not role.endswith("without a class")]
    study = maker.posts(*dict.fromkeys((*needed, *EXTRA.get(claim.key, ()))))
    results = maker.write(path, {names.get(role, role): of for role, of in said.items()}, study, seeds, images)
    return next(one.result for one in decided_claims(results) if one.claim == claim)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_holds_where_it_is_true(claim: Claim, tmp_path: Path, names: dict[str, str]) -> None:
    assert result(claim, TRUE[claim.key], tmp_path, names) is Result.HOLDS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_fails_where_it_is_false(claim: Claim, tmp_path: Path, names: dict[str, str]) -> None:
    assert result(claim, FALSE[claim.key], tmp_path, names) is Result.FAILS


@pytest.mark.parametrize("key", PARTLY)
def test_a_claim_holds_partly_where_one_part_is_true(key: str, tmp_path: Path, names: dict[str, str]) -> None:
    assert result(claims()[key], PARTLY[key], tmp_path, names) is Result.PARTLY


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_one_seed_decides_nothing(claim: Claim, tmp_path: Path, names: dict[str, str]) -> None:
    assert result(claim, TRUE[claim.key], tmp_path, names, seeds=1) is Result.OPEN


@pytest.mark.parametrize("key", ["clusters", "blurrier", "limits", "flips"])
def test_fewer_images_than_the_post_had_decide_nothing(key: str, tmp_path: Path, names: dict[str, str]) -> None:
    assert result(claims()[key], TRUE[key], tmp_path, names, images=10_000) is Result.OPEN


def test_fewer_epochs_than_the_post_had_decide_nothing(tmp_path: Path) -> None:
    study = maker.posts("post2-vae", "post2-vae-means")
    short = {"post2-vae-means": study.variants["post2-vae-means"].model_copy(update={"params": {"n_epochs": 19}})}
    study = study.model_copy(update={"variants": study.variants | short})
    [one] = decided_claims(maker.write(tmp_path, {}, study))
    assert (one.claim.key, one.said) == ("sampled", "open: not measured in this form")


def test_every_role_is_one_variant(names: dict[str, str]) -> None:
    assert all(names.values())
    assert len(set(names.values())) == len(ROLES)
    assert names["post 4"] == "post4-vae"
    assert (names["post 4, longer"], names["post 4, larger"]) == ("post4-vae-longer", "post4-vae-larger")


def test_each_claim_is_measured_by_one_study_with_the_seeds_that_the_pilot_asks_for(tmp_path: Path) -> None:
    decided: list[str] = []
    for name in maker.STUDIES:
        study = maker.read(name)
        found = decided_claims(maker.write(tmp_path / name, {}, study, images=study.n or maker.FIRST_IMAGES))
        for one in found:
            assert one.is_measured, (name, one.claim.key)
            assert study.seeds >= (one.claim.seeds_needed if one.claim.origin is Origin.POST else 10), one.claim.key
            assert all(one.intervals.values()), (name, one.claim.key)
        decided += [one.claim.key for one in found]
    assert sorted(decided) == sorted(claims())


def test_no_study_measures_what_no_claim_looks_at() -> None:
    known = {key.partition(":")[0] for key in maker.VARYING | maker.CONSTANTS}
    assert set(maker.posts().measures) <= known
    assert set(maker.read("posts-quick").measures) == {*maker.posts().measures}


def test_the_small_study_has_every_claim_and_decides_none_of_a_posts_budget(tmp_path: Path) -> None:
    results = maker.write(tmp_path, {}, maker.read("posts-quick"), seeds=2, images=600)
    decided = decided_claims(results)
    assert [one.claim for one in decided] == list(CLAIMS)
    assert {one.result for one in decided if one.claim.post and one.claim.own_budget} == {Result.OPEN}
    assert all(measured(claim.key, Posts(results))[0] for claim in CLAIMS)


def test_parts_are_read_of_scores_and_of_measures(tmp_path: Path) -> None:
    study = maker.posts("post3-ae")
    said = {"post3-ae": {"class_offsets:3": 7.0, "silhouette_of_classes_test:3": 0.4}}
    posts = Posts(maker.write(tmp_path, said, study))
    for score, value in (("class_offsets", 7.0), ("silhouette_of_classes_test", 0.4)):
        found = posts.parts("post 3 autoencoder", score)
        assert list(found) == list(maker.DIGITS) and len(found) == maker.SEEDS
        assert found["3"].mean() == pytest.approx(value)


def test_of_two_equal_arms_none_is_the_better_one_in_each_run(tmp_path: Path) -> None:
    areas = {
        "ae-without-3": [0.72, 0.68, 0.72, 0.68, 0.71],
        "vae-without-3": [0.68, 0.72, 0.68, 0.72, 0.70],
        "chain-without-3": [0.72, 0.70, 0.74, 0.71, 0.73],
    }
    names = ("anomaly_auc", "anomaly_auc_of_both", "anomaly_auc_of_error")
    values = {variant: dict.fromkeys(names, of) for variant, of in areas.items()}
    quantities, _ = measured("chain", Posts(results_maker.write(tmp_path, values, maker.posts(*areas))))
    found = quantities["area under the curve, chain minus the better of the two"]
    assert found.mean() == pytest.approx(0.72 - 0.702), "compared with the larger of each run it would be 0.002"


def test_answers_do_not_hang_on_the_names_of_variants(tmp_path: Path) -> None:
    study = maker.posts()
    said = {variant: {ACCURACY: 0.3 + 0.005 * number} for number, variant in enumerate(study.variants)}
    other = {variant: f"v{number}" for number, variant in enumerate(study.variants)}
    renamed = {other[variant]: spec.model_copy(update={"label": "?"}) for variant, spec in study.variants.items()}
    said_of_others = {other[variant]: of for variant, of in said.items()}
    before = maker.write(tmp_path / "before", said, study)
    after = maker.write(tmp_path / "after", said_of_others, study.model_copy(update={"variants": renamed}))
    assert page(before, decided_claims(before)) == page(after, decided_claims(after))
