"""Every claim is put before worlds in which it is true, is false, and cannot be told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bench.claims import CLAIMS
from bench.claims.claim import Claim, Verdict
from bench.datasets import Dataset
from tests.bench.claims import maker
from tests.bench.claims.maker import World

BY_KEY = {claim.key: claim for claim in CLAIMS}
EXTRA = {
    "threshold": ("linear-beta-7", "beta-2"),
    "missed": (),
    "clusters": ("umap",),
    "overfitting": ("ae-10-of-100", "vae-10-of-100"),
    "dimensions": ("ae-5", "vae-5"),
}
"""Variants beyond the needed ones that a claim takes along where they are."""


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return maker.digits()


def gaussian(scale: float) -> Callable[[int], np.ndarray]:
    return lambda seed: scale * np.random.RandomState(seed).standard_normal((400, 2))


def ring(scale: float) -> Callable[[int], np.ndarray]:
    """Return codes on a circle: no Gaussian, and with a gap in the middle."""

    def codes(seed: int) -> np.ndarray:
        angles = np.random.RandomState(seed).uniform(0, 2 * np.pi, 400)
        return scale * np.column_stack([np.cos(angles), np.sin(angles)])

    return codes


def by_class(*spreads: float) -> Callable[[int], np.ndarray]:
    """Return codes whose classes lie at their own places, spread as far as is said, the last for all others."""

    def codes(seed: int) -> np.ndarray:
        y = np.arange(400) % 10
        radii = np.array([*spreads, *[spreads[-1]] * (10 - len(spreads))])
        centres = np.column_stack([np.cos(y), np.sin(y)]) * 10
        return centres + radii[y][:, None] * np.random.RandomState(seed).standard_normal((400, 2))

    return codes


def telling(seed: int) -> np.ndarray:
    """Return held-out codes that follow `by_class`."""
    y = np.arange(200) % 10
    return np.column_stack([np.cos(y), np.sin(y)]) * 10 + 0.1 * np.random.RandomState(seed).standard_normal((200, 2))


def alarmed(by: float) -> Callable[[int], np.ndarray]:
    """Return anomaly scores that are higher for a 3."""
    return lambda seed: np.random.RandomState(seed).standard_normal(200) + by * (np.arange(200) % 10 == 3)


def rebuilt(named: float, others: float) -> Callable[[int], np.ndarray]:
    data = maker.digits()
    around = np.square(data.X_test - data.X.mean(axis=0)).sum(axis=1)
    shares = np.where(np.isin(np.arange(200) % 10, (0, 1, 4, 7)), named, others)
    return lambda seed: around * shares * (1 + 0.0005 * seed)


GREY = np.full((64, 64), 0.35, np.float32)

TRUE: dict[str, World] = {
    "unsuited": {"seed001-sound": {"accuracy": 0.5}},
    "cause": {"seed001": {"units": 0}, "seed001-adam": {"units": 0}},
    "threshold": {"linear-beta-5": {"units": 0}, "linear-beta-7": {"units": 0}, "linear-beta-12": {"units": 0}},
    "missed": {"beta-20": {"units": 0, "accuracy": 0.3}},
    "cross-entropy": {"bernoulli": {"accuracy": 0.45}},
    "clusters": {"seed002-ae": {"accuracy": 0.6, "silhouette": 0.4}},
    "compact": {"seed002-ae": {"fit": ring(5)}, "seed002-vae": {"fit": gaussian(0.7)}},
    "missing-half": {"seed002-vae-mean": {"spread": 0.707}},
    "sampled": {"seed002-vae-mean": {"accuracy": 0.56}},
    "gradient": {"beta-0": {"error": 1.02}},
    "realistic": {"seed002-ae": {"extra_prior_samples": GREY}},
    "well-rebuilt": {"seed003-ae": {"squared_error": rebuilt(0.3, 0.6)}},
    "blob": {"seed003-ae": {"silhouettes": {"0": 0.5, "1": 0.6, "7": 0.2}}},
    "further-learning": {
        "seed003-vae": {"accuracy": 0.6, "fit": by_class(0.1), "test": telling},
    },
    "blurrier": {"seed003-vae": {"error": 0.55, "drawn_error": 0.6}},
    "dimensions": {"ae-10": {"accuracy": 0.8}},
    "flips": {"seed003-ae-sound": {"accuracy": 0.57}, "seed003-vae-sound": {"accuracy": 0.58}},
    "limits": {"seed004": {"error": 0.3}, "seed004-sound": {"error": 0.4}},
    "overfitting": {"ae-10": {"error": 0.6, "fitted_error": 0.5}, "vae-10": {"error": 0.61, "fitted_error": 0.6}},
    "chain": {
        "ae-without-3": {"extra_anomaly_score": alarmed(1)},
        "vae-without-3": {"extra_anomaly_score": alarmed(1)},
        "chain-without-3": {"extra_anomaly_score": alarmed(4)},
    },
}
FALSE: dict[str, World] = {
    "unsuited": {"seed001-sound": {"accuracy": 0.6}},
    "cause": {"seed001": {"units": 0}, "seed001-adam": {"units": 2}},
    "threshold": {"linear-beta-12": {"units": 1}},
    "missed": {"beta-20": {"units": 0, "accuracy": 0.11}},
    "cross-entropy": {"bernoulli": {"accuracy": 0.55}},
    "clusters": {"seed002-ae": {"accuracy": 0.6, "silhouette": 0.05}},
    "compact": {"seed002-ae": {"fit": gaussian(5)}, "seed002-vae": {"fit": ring(0.7)}},
    "missing-half": {"seed002-vae-mean": {"spread": 1.0}},
    "sampled": {"seed002-vae-mean": {"accuracy": 0.5}},
    "gradient": {"beta-0": {"error": 0.7}},
    "realistic": {"seed002-vae-sound": {"extra_prior_samples": GREY}},
    "well-rebuilt": {"seed003-ae": {"squared_error": rebuilt(0.6, 0.5)}},
    "blob": {"seed003-ae": {"silhouettes": {"0": 0.5, "1": 0.6, "7": 0.0}}},
    "further-learning": {"seed003-vae": {"accuracy": 0.4}},
    "blurrier": {"seed003-vae": {"error": 0.5, "drawn_error": 0.6}},
    "dimensions": {"ae-10": {"accuracy": 0.52}},
    "flips": {"seed003-vae-sound": {"accuracy": 0.58}},
    "limits": {"seed004": {"error": 0.45}, "seed004-sound": {"error": 0.3}},
    "overfitting": {"ae-10": {"error": 0.51, "fitted_error": 0.5}, "vae-10": {"error": 0.61, "fitted_error": 0.6}},
    "chain": {
        "ae-without-3": {"extra_anomaly_score": alarmed(4)},
        "vae-without-3": {"extra_anomaly_score": alarmed(1)},
        "chain-without-3": {"extra_anomaly_score": alarmed(1)},
    },
}
USUAL: dict[str, World] = {
    "threshold": {"beta-5": {"units": 2}, "beta-20": {"units": 0}},
    "dimensions": {variant: {"fit": by_class(0.5, 1.0, 2.0)} for variant in ("ae-2", "ae-5", "ae-10")},
}
"""What holds in both worlds of a claim."""


def world(key: str, said: dict[str, World]) -> World:
    usual = USUAL.get(key, {})
    variants = {*usual, *said[key]}
    return {variant: {**usual.get(variant, {}), **said[key].get(variant, {})} for variant in variants}


def verdict(claim: Claim, data: Dataset, said: dict[str, World], seeds: int = maker.SEEDS) -> Verdict:
    variants = tuple(dict.fromkeys((*claim.needs, *EXTRA.get(claim.key, ()))))
    evidence = maker.evidence(data, variants, world(claim.key, said), seeds)
    assert evidence.has(*claim.needs)
    return claim.measure(evidence).verdict


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_holds_where_it_is_true(claim: Claim, dataset: Dataset) -> None:
    assert verdict(claim, dataset, TRUE) is Verdict.HOLDS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_does_not_hold_where_it_is_false(claim: Claim, dataset: Dataset) -> None:
    assert verdict(claim, dataset, FALSE) is Verdict.FAILS


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_one_seed_decides_nothing(claim: Claim, dataset: Dataset) -> None:
    assert verdict(claim, dataset, TRUE, seeds=1) is Verdict.UNDECIDED
    assert verdict(claim, dataset, FALSE, seeds=1) is Verdict.UNDECIDED


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_a_claim_is_quoted_in_a_line_and_says_what_follows(claim: Claim) -> None:
    assert "\n" not in claim.quote and len(claim.quote) < 120
    assert claim.source and claim.question.endswith(".") and not claim.title.endswith(".")
    assert {Verdict.HOLDS, Verdict.FAILS} <= set(claim.lessons)
    assert all(lesson.endswith(".") for lesson in claim.lessons.values())


def test_keys_are_different() -> None:
    assert len(BY_KEY) == len(CLAIMS)


def test_theory_counts_the_units_of_a_linear_vae(dataset: Dataset) -> None:
    from bench.claims.collapse import largest_variances

    evidence = maker.evidence(dataset, ("pca",), {})
    expected = np.sort(np.linalg.svd(dataset.X - dataset.X.mean(axis=0), compute_uv=False) ** 2 / 399)[::-1]
    np.testing.assert_allclose(largest_variances(evidence)[:10], expected[:10], rtol=1e-4)
