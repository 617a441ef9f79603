"""Measures of the claims around post 3: what passes through three dimensions, and what more of them would do."""

from __future__ import annotations

from bench.reproductions.claims.catalogue import Measured
from bench.reproductions.claims.pictures import Curves, Dots
from bench.reproductions.claims.roles import ACCURACY, SILHOUETTE, Posts, listed, mean, minus, over
from bench.store.values import Values

DIGITS = tuple("0123456789")
WELL_RECONSTRUCTED = ("0", "1", "4", "7")
AS_WRITTEN = {"autoencoder": "post 3 autoencoder", "VAE": "post 3 VAE"}
FIXED = {"autoencoder, no flips": "post 3 autoencoder fixed", "VAE, no flips": "post 3 VAE fixed"}


def well_rebuilt(posts: Posts) -> Measured:
    """Compare the error of the digits named with that of the others, each in units of its own variety."""
    left = {digit: posts.values("post 3 autoencoder", f"unexplained_by_class:{digit}") for digit in DIGITS}
    named = mean(left[digit] for digit in WELL_RECONSTRUCTED)
    others = mean(found for digit, found in left.items() if digit not in WELL_RECONSTRUCTED)
    return Measured(
        {
            "left unexplained, mean of 0, 1, 4, 7 minus mean of the others": minus(named, others),
            **{f"left unexplained of digit {digit}": found for digit, found in left.items()},
        },
        Dots("squared error over the mean image's", left),
    )


def blob(posts: Posts) -> Measured:
    """Compare the silhouettes of the classes."""
    results, variant = posts.results, posts.find("post 3 autoencoder")
    of_runs = {run: results.parts(variant, run, "silhouette_of_classes", "test") for run in results.run_ids(variant)}
    classes = {
        digit: Values({run: parts[digit] for run, parts in of_runs.items() if digit in parts}) for digit in DIGITS
    }
    others = mean(found for digit, found in classes.items() if digit not in ("0", "1", "7"))
    return Measured(
        {
            "silhouette, mean of 0 and 1 minus mean of the others": minus(mean([classes["0"], classes["1"]]), others),
            "silhouette, 7 minus mean of the others": minus(classes["7"], others),
            "silhouette, mean of the others": others,
            **{f"silhouette of {digit}": found for digit, found in classes.items()},
        },
        Dots("test silhouette by digit", classes),
    )


def further_learning(posts: Posts) -> Measured:
    """Let two classifiers learn from the codes."""
    linear, near = (posts.each(AS_WRITTEN | FIXED, key) for key in ("logistic_accuracy", ACCURACY))
    shown = {
        f"{name}, {how}": found[name] for how, found in (("linear", linear), ("10-NN", near)) for name in AS_WRITTEN
    }
    return Measured(
        {
            "logistic regression on the codes, VAE minus autoencoder": minus(linear["VAE"], linear["autoencoder"]),
            "10-NN on the codes, VAE minus autoencoder": minus(near["VAE"], near["autoencoder"]),
            **listed("logistic regression", linear),
            **listed("10-NN", near),
        },
        Dots("test accuracy", shown),
    )


def blurrier(posts: Posts) -> Measured:
    """Compare reconstructions through the mean and through a sample with those of the autoencoder."""
    ratios = {}
    for name, pair in (("as written", AS_WRITTEN), ("no flips", FIXED)):
        ae, vae = pair.values()
        ratios[f"means, {name}"] = over(posts.values(vae, "error"), posts.values(ae, "error"))
        ratios[f"samples, {name}"] = over(posts.values(vae, "error_through_draws"), posts.values(ae, "error"))
    return Measured(
        {
            "squared error through samples, VAE over autoencoder": ratios["samples, as written"],
            "squared error through means, VAE over autoencoder": ratios["means, as written"],
            "squared error through means, VAE over autoencoder, no flips": ratios["means, no flips"],
            "squared error through samples, VAE over autoencoder, no flips": ratios["samples, no flips"],
        },
        Dots("squared error over the autoencoder's", ratios, {"equal": 1.0}),
    )


def flips(posts: Posts) -> Measured:
    """Train with and without sideways flips."""
    accuracy, error = (posts.each(AS_WRITTEN | FIXED, key) for key in (ACCURACY, "error"))
    names = dict(zip(AS_WRITTEN, FIXED, strict=True))
    return Measured(
        {
            **{
                f"test 10-NN accuracy, {name}, without flips minus with": minus(accuracy[fixed], accuracy[name])
                for name, fixed in names.items()
            },
            **{
                f"squared error, {name}, without flips over with": over(error[fixed], error[name])
                for name, fixed in names.items()
            },
        },
        Dots("test 10-NN accuracy", {name: accuracy[name] for pair in names.items() for name in pair}),
    )


def dimensions(posts: Posts) -> Measured:
    """Give an autoencoder and a VAE more dimensions."""
    ae = posts.along("n_components", "autoencoder, k = 10")
    vae = {2: posts.find("deep, beta = 1")} | posts.along("n_components", "VAE, k = 10")
    accuracy = {
        name: {k: posts.of(variant, ACCURACY) for k, variant in variants.items()}
        for name, variants in (("autoencoder", ae), ("VAE", vae))
    }
    unevenness, by_pairs = (
        {k: posts.of(variant, key) for k, variant in ae.items()}
        for key in ("class_spread_variation", "class_spread_variation_pairs")
    )
    in_theory = posts.constant("units_in_theory")
    return Measured(
        {
            "test 10-NN accuracy, autoencoder, k = 10 minus k = 2": minus(
                accuracy["autoencoder"][10], accuracy["autoencoder"][2]
            ),
            "unevenness of the classes' spread, k = 10 over k = 2": over(unevenness[10], unevenness[2]),
            **{f"unevenness of the classes' spread, autoencoder, k = {k}": found for k, found in unevenness.items()},
            "unevenness over pairs of axes, k = 10 over k = 2": over(by_pairs[10], by_pairs[2]),
            **{f"test silhouette, autoencoder, k = {k}": posts.of(variant, SILHOUETTE) for k, variant in ae.items()},
            **{
                f"active units, VAE, k = {k} ({min(k, in_theory):.0f} in theory)": posts.of(variant, "vae_active_units")
                for k, variant in vae.items()
                if k > 5
            },
        },
        Curves("dimensions k", "test 10-NN accuracy", accuracy),
    )


MEASURES = {
    "well-rebuilt": well_rebuilt,
    "blob": blob,
    "further-learning": further_learning,
    "blurrier": blurrier,
    "flips": flips,
    "dimensions": dimensions,
}
