"""How real decoded codes look: to a classifier of real digits, and by the nearest fitted image."""

from __future__ import annotations

from functools import partial

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.claims.claim import Criterion, Measured, Number
from bench.claims.evidence import Evidence, Sample, less, minus
from bench.claims.pictures import Dots

ARMS = {"seed002-ae": "autoencoder", "seed002-vae": "VAE as written", "seed002-vae-sound": "VAE mended"}


def realism(evidence: Evidence) -> Measured:
    """Compare decoded draws of N(0, I), and decoded lattices over the codes, of autoencoder and VAE."""
    classifier = _classifier(evidence)
    X_test = evidence.dataset.X_test
    real = float(np.mean(_confidence(classifier, X_test)))

    def sure(variant: str, what: str = "extra_prior_samples") -> Sample:
        return evidence.each(variant, lambda arrays: np.mean(_confidence(classifier, arrays[what])))

    def near(variant: str) -> Sample:
        distances = partial(_to_nearest, X=evidence.dataset.X)
        return evidence.each(variant, lambda arrays: np.median(distances(arrays["extra_prior_samples"])))

    draws = {variant: sure(variant) for variant in ARMS}
    vae, ae = draws["seed002-vae-sound"], draws["seed002-ae"]
    wider = {k: f"vae-{k}" for k in (10, 20) if evidence.has(f"vae-{k}")}
    numbers = (
        *(Number(f"confidence in draws, {name}", draws[variant]) for variant, name in ARMS.items()),
        *(Number(f"confidence in draws, VAE in {k} dimensions", sure(variant)) for k, variant in wider.items()),
        Number("confidence in 16 held-out digits rebuilt, VAE mended", sure("seed002-vae-sound", "rebuilt")),
        *(Number(f"confidence over a lattice of its codes, {name}", sure(v, "grid")) for v, name in ARMS.items()),
        *(Number(f"distance of a draw to the nearest image, {name}", near(v)) for v, name in ARMS.items()),
    )
    return Measured(
        (
            Criterion(
                "confidence in draws of the mended VAE minus that in held-out digits", less(vae, real), least=-0.1
            ),
            Criterion("confidence in draws, mended VAE minus autoencoder", minus(vae, ae), least=0.05),
        ),
        numbers,
        Dots("confidence in decoded draws", {name: draws[variant] for variant, name in ARMS.items()}, {"real": real}),
    )


def _classifier(evidence: Evidence) -> Pipeline:
    """Return a small classifier of real digits: logistic regression on 50 principal components."""
    dataset = evidence.dataset
    model = make_pipeline(PCA(50, random_state=0), StandardScaler(), LogisticRegression(max_iter=1_000))
    return model.fit(dataset.X, dataset.y)


def _confidence(classifier: Pipeline, images: np.ndarray) -> np.ndarray:
    """Return the probability of the class that the classifier holds to be the likeliest."""
    return classifier.predict_proba(images).max(axis=1)


def _to_nearest(images: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of each image to the nearest of `X`."""
    squared = np.square(images).sum(axis=1)[:, None] + np.square(X).sum(axis=1) - 2 * images.astype(np.float64) @ X.T
    return np.sqrt(np.maximum(squared.min(axis=1), 0))
