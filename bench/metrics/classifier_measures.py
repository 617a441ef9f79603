"""Measures of what classifiers see: in codes, and in images that neural reducers decode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.errors import UndefinedError
from bench.metrics.measure import Subject

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline


def logistic_accuracy(subject: Subject) -> float:
    """Accuracy of logistic regression on the embedding, for test points."""
    _require_all_classes(subject)
    Z_test = subject["test"]
    return float(_logistic_regression().fit(subject.Z, subject.y).score(Z_test, subject.y_test))


def classifier_confidence(subject: Subject) -> dict[str, float]:
    """Mean probability of the likeliest class, by a classifier of real images.

    Of test images (`real`), of decoded draws of N(0, I) (`draws`), of reconstructed images (`rebuilt`), of all those
    that a post's program displays (`displayed`) and of the decoded lattice over the codes (`lattice`).
    """
    images = {"draws": _whole_images(subject, "extra_prior_samples")}
    classifier = _image_classifier(subject)
    for part, name in (("rebuilt", "rebuilt"), ("displayed", "extra_displayed"), ("lattice", "grid")):
        if name in subject.arrays:
            images[part] = subject[name]
    real = subject.space.once("confidence", lambda: _confidence(classifier, subject.dataset.X_test))
    return {"real": real} | {part: _confidence(classifier, of_part) for part, of_part in images.items()}


def wrong_digits(subject: Subject) -> float:
    """Share of displayed reconstructions that a classifier of real images takes for another class than the image's own.

    Of test images whose class it knows itself, so that its own errors are not the reducer's.
    """
    images, classifier = _whole_images(subject, "extra_displayed"), _image_classifier(subject)
    y = subject.y_test[: len(images)]
    known = classifier.predict(subject.dataset.X_test[: len(images)]) == y
    if not known.any():
        raise UndefinedError("the classifier knows none of the images")
    return float(np.mean(classifier.predict(images)[known] != y[known]))


def distance_to_nearest_image(subject: Subject) -> float:
    """Median Euclidean distance of a decoded draw of N(0, I) to the nearest training image."""
    images, X = _whole_images(subject, "extra_prior_samples"), subject.dataset.X
    squared = np.square(images).sum(axis=1)[:, None] + np.square(X).sum(axis=1) - 2 * images.astype(np.float64) @ X.T
    return float(np.median(np.sqrt(np.maximum(squared.min(axis=1), 0))))


def _image_classifier(subject: Subject) -> Pipeline:
    """Return logistic regression on 50 principal components of the training images."""
    from sklearn.decomposition import PCA

    _require_all_classes(subject)

    def fitted() -> Pipeline:
        return _logistic_regression(PCA(50, random_state=0)).fit(subject.dataset.X, subject.y)

    return subject.space.once("classifier", fitted)


def _whole_images(subject: Subject, name: str) -> np.ndarray:
    images = subject[name]
    if images.shape[1] != subject.dataset.X.shape[1]:
        raise UndefinedError("the network makes images of another size")
    return images


def _require_all_classes(subject: Subject) -> None:
    if subject.without:
        raise UndefinedError("a class is left out")


def _logistic_regression(*before: BaseEstimator) -> Pipeline:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(*before, StandardScaler(), LogisticRegression(max_iter=1_000))


def _confidence(classifier: Pipeline, images: np.ndarray) -> float:
    return float(np.mean(classifier.predict_proba(images).max(axis=1)))
