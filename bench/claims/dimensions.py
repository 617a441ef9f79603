"""The claim of seed 003 on more dimensions: against clumping, and against uneven spread."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from bench.claims.claim import Claim, Criterion, Measured, Number, Verdict
from bench.claims.collapse import largest_variances
from bench.claims.evidence import Arrays, Evidence, minus, over
from bench.claims.pictures import Curves


def dimensions(evidence: Evidence) -> Measured:
    """Give an autoencoder and a VAE more dimensions."""
    ae, vae = evidence.numbered("ae-"), {2.0: "beta-1"} | evidence.numbered("vae-")
    accuracy = {
        "autoencoder": {k: evidence.accuracy(variant) for k, variant in ae.items()},
        "VAE": {k: evidence.accuracy(variant) for k, variant in vae.items()},
    }
    unevenness = {k: evidence.each(variant, _unevenness(evidence)) for k, variant in ae.items()}
    numbers = [Number(f"unevenness of the classes' spread, autoencoder, k = {k:g}", s) for k, s in unevenness.items()]
    by_pairs = {k: evidence.each(ae[k], _unevenness_by_pairs(evidence)) for k in (2, 10)}
    text = "unevenness over pairs of axes, k = 10 over k = 2"
    numbers += [Number(text, over(by_pairs[10], by_pairs[2]))]
    numbers += [Number(f"held-out silhouette, autoencoder, k = {k:g}", evidence.silhouette(v)) for k, v in ae.items()]
    numbers += [
        Number(f"active units, VAE, k = {k:g} ({allowed} in theory)", evidence.active_units(variant))
        for k, variant in vae.items()
        if k > 5 and (allowed := min(int(k), int(np.sum(2 * largest_variances(evidence) > 1))))
    ]
    return Measured(
        (
            Criterion(
                "held-out 10-NN accuracy, autoencoder, k = 10 minus k = 2",
                minus(accuracy["autoencoder"][10], accuracy["autoencoder"][2]),
                least=0.05,
            ),
            Criterion(
                "unevenness of the classes' spread, k = 10 over k = 2", over(unevenness[10], unevenness[2]), least=0.8
            ),
        ),
        tuple(numbers),
        Curves("dimensions k", "held-out 10-NN accuracy", accuracy),
    )


def _unevenness(evidence: Evidence) -> Callable[[Arrays], float]:
    """Return the measure of how unevenly the classes are spread: the coefficient of variation of their radii."""
    return lambda arrays: _variation(_class_variances(evidence, arrays).sum(axis=1))


def _unevenness_by_pairs(evidence: Evidence) -> Callable[[Arrays], float]:
    """Return the same within every two axes, averaged.

    A radius over many axes averages more than one over two, which alone makes radii more alike; pairs do not.
    """

    def measure(arrays: Arrays) -> float:
        variances = _class_variances(evidence, arrays)
        pairs = combinations(range(variances.shape[1]), 2)
        return float(np.mean([_variation(variances[:, pair].sum(axis=1)) for pair in map(list, pairs)]))

    return measure


def _class_variances(evidence: Evidence, arrays: Arrays) -> np.ndarray:
    """Return the variance of each class along each axis."""
    y = evidence.dataset.y
    assert y is not None
    return np.array([arrays["fit"][y == label].var(axis=0, dtype=np.float64) for label in np.unique(y)])


def _variation(squared_radii: np.ndarray) -> float:
    radii = np.sqrt(squared_radii)
    return float(np.std(radii) / np.mean(radii))


CLAIMS = (
    Claim(
        key="dimensions",
        title="More dimensions help against clumping, less against uneven spread",
        source="seed 003",
        quote="Adding more dimensions would help with the clumping issue, but not so much with the spreading issue.",
        question="Clumping: 10-NN accuracy should gain at least 0.05 from two to ten dimensions. Spreading: how "
        "unequal the radii of the classes are (their coefficient of variation) should lose less than a fifth. Seed "
        "001's network, as an autoencoder and as a VAE.",
        needs=("ae-2", "ae-10", "beta-1", "vae-10"),
        measure=dimensions,
        expected=Verdict.HOLDS,
        lessons={
            Verdict.HOLDS: "As said, on both counts.",
            Verdict.FAILS: "It helps against both. With ten dimensions the classes are spread far more evenly. Some "
            "of that is arithmetic, a radius over more axes averages more; but within pairs of axes, where it is "
            "none, they are more alike as well. Another surprise: the VAE was expected to leave dimensions unused, "
            "and after these ten epochs it uses all. Seed 004's mended network, in its fifty, gives up three of its "
            "ten.",
        },
    ),
)
