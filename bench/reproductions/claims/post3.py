"""Measures of the claims around post 3: what passes through three dimensions, and what more of them would do."""

from __future__ import annotations

import pandas as pd

from bench.reproductions.claims.pictures import Curves, Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, SILHOUETTE, Posts, listed

DIGITS = list("0123456789")
AS_WRITTEN = {"autoencoder": "post 3 autoencoder", "VAE": "post 3 VAE"}
FIXED = {"autoencoder, no flips": "post 3 autoencoder fixed", "VAE, no flips": "post 3 VAE fixed"}


def _mean(of_digits: pd.DataFrame, digits: str) -> pd.Series:
    return of_digits[list(digits)].mean(axis=1, skipna=False)


def well_rebuilt(posts: Posts) -> Measured:
    """Compare the error of the digits named with that of the others, each in units of its own variety."""
    left = pd.DataFrame({d: posts.values("post 3 autoencoder", f"unexplained_by_class:{d}") for d in DIGITS})
    named, others = _mean(left, "0147"), _mean(left, "235689")
    quantities = {
        "left unexplained, mean of 0, 1, 4, 7 minus mean of the others": named - others,
        **{f"left unexplained of digit {digit}": found for digit, found in left.items()},
    }
    return quantities, Dots("squared error over the mean image's", left)


def blob(posts: Posts) -> Measured:
    """Compare the silhouettes of the classes."""
    variant = posts.find("post 3 autoencoder")
    of_runs = [posts.results.parts(variant, run, "silhouette_of_classes", "test") for run in posts.runs]
    classes = pd.DataFrame(of_runs, columns=DIGITS, dtype=float)
    others = _mean(classes, "2345689")
    quantities = {
        "silhouette, mean of 0 and 1 minus mean of the others": _mean(classes, "01") - others,
        "silhouette, 7 minus mean of the others": classes["7"] - others,
        "silhouette, mean of the others": others,
        **{f"silhouette of {digit}": found for digit, found in classes.items()},
    }
    return quantities, Dots("test silhouette by digit", classes)


def further_learning(posts: Posts) -> Measured:
    """Let two classifiers learn from the codes."""
    linear, near = (posts.each(AS_WRITTEN | FIXED, key) for key in ("logistic_accuracy", ACCURACY))
    quantities = {
        "logistic regression on the codes, VAE minus autoencoder": linear["VAE"] - linear["autoencoder"],
        "10-NN on the codes, VAE minus autoencoder": near["VAE"] - near["autoencoder"],
        **listed("logistic regression", linear),
        **listed("10-NN", near),
    }
    shown = [found[list(AS_WRITTEN)].add_suffix(how) for found, how in ((linear, ", linear"), (near, ", 10-NN"))]
    return quantities, Dots("test accuracy", pd.concat(shown, axis=1))


def blurrier(posts: Posts) -> Measured:
    """Compare reconstructions through the mean and through a sample with those of the autoencoder."""
    means, samples = (posts.each(AS_WRITTEN | FIXED, key) for key in ("error", "error_through_draws"))
    ratios = {}
    for text, suffix in (("as written", ""), ("no flips", ", no flips")):
        for name, error in (("means", means), ("samples", samples)):
            ratios[f"{name}, {text}"] = error[f"VAE{suffix}"] / means[f"autoencoder{suffix}"]
    quantities = {
        "squared error through samples, VAE over autoencoder": ratios["samples, as written"],
        "squared error through means, VAE over autoencoder": ratios["means, as written"],
        "squared error through means, VAE over autoencoder, no flips": ratios["means, no flips"],
        "squared error through samples, VAE over autoencoder, no flips": ratios["samples, no flips"],
    }
    return quantities, Dots("squared error over the autoencoder's", pd.DataFrame(ratios), {"equal": 1.0})


def flips(posts: Posts) -> Measured:
    """Train with and without sideways flips."""
    accuracy, error = (posts.each(AS_WRITTEN | FIXED, key) for key in (ACCURACY, "error"))
    differences, ratios = {}, {}
    for name in AS_WRITTEN:
        fixed = f"{name}, no flips"
        differences[f"test 10-NN accuracy, {name}, without flips minus with"] = accuracy[fixed] - accuracy[name]
        ratios[f"squared error, {name}, without flips over with"] = error[fixed] / error[name]
    shown = ["autoencoder", "autoencoder, no flips", "VAE", "VAE, no flips"]
    return differences | ratios, Dots("test 10-NN accuracy", accuracy[shown])


def dimensions(posts: Posts) -> Measured:
    """Give an autoencoder and a VAE more dimensions."""

    keys = (ACCURACY, SILHOUETTE, "class_spread_variation", "class_spread_variation_pairs")
    ae, silhouette, unevenness, by_pairs = (posts.along("n_components", "autoencoder, k = 10", key) for key in keys)
    vae, units = (posts.along("n_components", "VAE, k = 10", key) for key in (ACCURACY, "vae_active_units"))
    vae = {2: posts.values("deep, beta = 1", ACCURACY)} | vae
    in_theory = posts.constant("units_in_theory")
    quantities = {
        "test 10-NN accuracy, autoencoder, k = 10 minus k = 2": ae[10] - ae[2],
        "unevenness of the classes' spread, k = 10 over k = 2": unevenness[10] / unevenness[2],
        **{f"unevenness of the classes' spread, autoencoder, k = {k}": found for k, found in unevenness.items()},
        "unevenness over pairs of axes, k = 10 over k = 2": by_pairs[10] / by_pairs[2],
        **{f"test silhouette, autoencoder, k = {k}": found for k, found in silhouette.items()},
        **{
            f"active units, VAE, k = {k} ({min(k, in_theory):.0f} in theory)": found
            for k, found in units.items()
            if k > 5
        },
    }
    return quantities, Curves("dimensions k", "test 10-NN accuracy", {"autoencoder": ae, "VAE": vae})
