"""Measures of the claims around post 3: what passes through three dimensions, and what more of them would do."""

from __future__ import annotations

import pandas as pd

from bench.reproductions.claims.pictures import Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, Posts, listed

ARMS = {"autoencoder": "post 3 autoencoder", "VAE": "post 3 VAE"}
FIXED = {"autoencoder, no flips": "post 3 autoencoder fixed", "VAE, no flips": "post 3 VAE fixed"}
APART, BLOB = "01", "2345689"
"""Digits that the post sees apart from the rest, and those that are the blob; 7 is in between."""


def _mean(of_digits: pd.DataFrame, digits: str) -> pd.Series:
    return of_digits[list(digits)].mean(axis=1, skipna=False)


def _farther(posts: Posts, role: str) -> pd.Series:
    """Return how much farther from the rest 0 and 1 lie than the digits of the blob."""
    offsets = posts.parts(role, "class_offsets")
    return _mean(offsets, APART) / _mean(offsets, BLOB)


def well_rebuilt(posts: Posts) -> Measured:
    """Compare the error of the digits named with that of the others, each in units of its own variety."""
    left = posts.parts("post 3 autoencoder", "unexplained_by_class")
    quantities = {
        "left unexplained, mean of 0, 1, 4, 7 minus mean of the others": _mean(left, "0147") - _mean(left, "235689"),
        **{f"left unexplained of digit {digit}": found for digit, found in left.items()},
    }
    return quantities, Dots("squared error over the mean image's", left)


def blob(posts: Posts) -> Measured:
    """Compare the silhouettes of the classes."""
    classes = posts.parts("post 3 autoencoder", "silhouette_of_classes_test")
    others = _mean(classes, BLOB)
    quantities = {
        "silhouette, mean of 0 and 1 minus mean of the others": _mean(classes, APART) - others,
        "silhouette, 7 minus mean of the others": classes["7"] - others,
        "silhouette, mean of the others": others,
        **{f"silhouette of {digit}": found for digit, found in classes.items()},
        "distance from the rest, mean of 0 and 1 over mean of the others": _farther(posts, "post 3 autoencoder"),
    }
    return quantities, Dots("test silhouette by digit", classes)


def further_learning(posts: Posts) -> Measured:
    """Let two classifiers learn from the codes."""
    linear, near = (posts.each(ARMS | FIXED, key) for key in ("logistic_accuracy", ACCURACY))
    quantities = {
        "logistic regression on the codes, VAE minus autoencoder": linear["VAE"] - linear["autoencoder"],
        "10-NN on the codes, VAE minus autoencoder": near["VAE"] - near["autoencoder"],
        **listed("logistic regression", linear),
        **listed("10-NN", near),
    }
    shown = [found[list(ARMS)].add_suffix(how) for found, how in ((linear, ", linear"), (near, ", 10-NN"))]
    return quantities, Dots("test accuracy", pd.concat(shown, axis=1))


def blurrier(posts: Posts) -> Measured:
    """Compare reconstructions of the VAE, through samples, with those of the autoencoder."""
    error, sharp = (posts.each(ARMS, key) for key in ("error", "sharpness"))
    through_samples = posts.values("post 3 VAE", "error_through_draws")
    ratios = {
        "squared error through samples": through_samples / error["autoencoder"],
        "sharpness through samples": sharp["VAE"] / sharp["autoencoder"],
        "squared error through means": error["VAE"] / error["autoencoder"],
    }
    quantities = {f"{text}, VAE over autoencoder": ratio for text, ratio in ratios.items()}
    return quantities, Dots("VAE over autoencoder", pd.DataFrame(ratios), {"equal": 1.0})


def flips(posts: Posts) -> Measured:
    """Train with and without sideways flips."""
    accuracy, error = (posts.each(ARMS | FIXED, key) for key in (ACCURACY, "error"))
    differences, ratios = {}, {}
    for name in ARMS:
        fixed = f"{name}, no flips"
        differences[f"test 10-NN accuracy, {name}, without flips minus with"] = accuracy[fixed] - accuracy[name]
        ratios[f"squared error, {name}, without flips over with"] = error[fixed] / error[name]
    return differences | ratios, Dots(
        "test 10-NN accuracy", accuracy[[name for arm in ARMS for name in (arm, f"{arm}, no flips")]]
    )


def dimensions(posts: Posts) -> Measured:
    """Give the autoencoder ten dimensions for its three."""
    roles = {"k = 3": "post 3 autoencoder", "k = 10": "post 3 autoencoder, k = 10"}
    accuracy = pd.DataFrame({name: posts.values(role, ACCURACY) for name, role in roles.items()})
    farther = pd.DataFrame({name: _farther(posts, role) for name, role in roles.items()})
    quantities = {
        "test 10-NN accuracy, k = 10 minus k = 3": accuracy["k = 10"] - accuracy["k = 3"],
        "how much farther 0 and 1 lie, k = 10 over k = 3": farther["k = 10"] / farther["k = 3"],
        **listed("test 10-NN accuracy", accuracy),
        **listed("distance from the rest, mean of 0 and 1 over mean of the others", farther),
    }
    return quantities, Dots("distance of 0 and 1 over that of others", farther, {"equal": 1.0})
