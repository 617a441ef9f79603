"""The idea that seed 001 ends with: autoencoder and VAE in a chain, looking for a digit that was never seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from bench.claims.claim import Claim, Criterion, Measured, Number, Verdict
from bench.claims.evidence import Arrays, Evidence, Sample, greatest, minus
from bench.claims.pictures import Curves

KINDS = {"ae": "autoencoder", "vae": "VAE", "chain": "chain"}
WORTH = 0.01
"""Smallest difference in the area under the curve that is of interest."""


def chained(evidence: Evidence) -> Measured:
    """Leave one digit out of training at a time, and see whether it stands out among the held-out ones."""
    digits = [d for d in evidence.dataset.classes if evidence.has(*(f"{kind}-without-{d}" for kind in KINDS))]
    areas = {
        name: {digit: evidence.each(f"{kind}-without-{digit}", _area(evidence, digit)) for digit in digits}
        for kind, name in KINDS.items()
    }
    areas["both must agree"] = {digit: _agreed(evidence, digit) for digit in digits}
    means = {name: _mean(list(samples.values())) for name, samples in areas.items()}
    best = greatest(means["autoencoder"], means["VAE"])
    errors = _mean([evidence.each(f"vae-without-{d}", _area(evidence, d, "squared_error")) for d in digits])
    return Measured(
        (
            Criterion(
                "area under the curve, chain minus the better of the two", minus(means["chain"], best), least=WORTH
            ),
        ),
        (
            *(Number(f"area under the curve, mean over digits, {name}", sample) for name, sample in means.items()),
            Number("the same, VAE by its squared error alone", errors),
        ),
        Curves(
            "digit that was left out",
            "area under the ROC curve",
            {name: {float(d): s for d, s in samples.items()} for name, samples in areas.items()},
            joined=False,
        ),
    )


def _area(evidence: Evidence, digit: str, score: str = "extra_anomaly_score") -> Callable[[Arrays], float]:
    strange = _strange(evidence, digit)

    def measure(arrays: Arrays) -> float:
        return float(roc_auc_score(strange, arrays[score]))

    return measure


def _agreed(evidence: Evidence, digit: str) -> Sample:
    """Return the area where a digit is as strange as the less alarmed of autoencoder and VAE says, by rank."""
    strange = _strange(evidence, digit)
    ranks: list[dict[int, np.ndarray]] = []
    for kind in ("ae", "vae"):
        well = evidence.reading.well(f"{kind}-without-{digit}")
        ranks.append(
            {item.record.seed: rankdata(evidence.reading.arrays(item)["extra_anomaly_score"]) for item in well}
        )
    one, other = ranks
    return {seed: float(roc_auc_score(strange, np.minimum(one[seed], other[seed]))) for seed in one if seed in other}


def _strange(evidence: Evidence, digit: str) -> np.ndarray:
    y = evidence.dataset.y_test
    assert y is not None
    return y == evidence.dataset.classes.index(digit)


def _mean(samples: list[Sample]) -> Sample:
    """Return the mean over digits for each seed that all have."""
    shared = set.intersection(*(set(sample) for sample in samples))
    return {seed: float(np.mean([sample[seed] for sample in samples])) for seed in sorted(shared)}


CLAIMS = (
    Claim(
        key="chain",
        title="An autoencoder chained with a VAE finds anomalies better than either",
        source="seed 001",
        quote="My idea is to chain together a regular autoencoder with a VAE for anomaly detection.",
        question="One digit at a time is left out of training; all ten are among the held-out images, and the area "
        "under the ROC curve says how surely the unseen one has the higher anomaly score (the loss; 0.5 is chance). "
        "The post leaves open how to chain. Here a VAE learns the codes of an autoencoder and their losses are added, "
        "each in its mean on fitted digits; for comparison, the two side by side, alarmed only where both are. The "
        "chain should beat the better of the two by 0.01.",
        needs=("ae-without-3", "vae-without-3", "chain-without-3"),
        measure=chained,
        expected=None,
        lessons={
            Verdict.HOLDS: "The idea was good.",
            Verdict.FAILS: "This way of chaining adds nothing of interest to the better of its two parts.",
            Verdict.UNDECIDED: "Chain and autoencoder are within a hundredth or two of each other, the VAE is behind. "
            "If the chain adds anything, it is too little for these seeds to show. None of them finds a 1 that was "
            "never seen: so little ink makes so little error that it passes for the most usual digit of all.",
        },
    ),
)
