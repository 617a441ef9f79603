"""Measures of the claims around post 1: a VAE that shows nothing, and an idea for finding anomalies."""

from __future__ import annotations

import pandas as pd

from bench.reproductions.claims.pictures import Curves, Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, SILHOUETTE, Posts, listed

ARMS = {
    "as written": "post 1",
    "Adam": "post 1 with Adam",
    "sums": "post 1 with sums",
    "both fixed": "post 1 fixed",
}
BETA = "beta on the squared error of a digit"


def unsuited(posts: Posts) -> Measured:
    """Compare post 1's VAE, both faults fixed, with PCA and UMAP."""
    accuracy = posts.each({"PCA": "PCA", "UMAP": "UMAP"} | ARMS, ACCURACY)
    quantities = {
        "test 10-NN accuracy, fixed VAE minus PCA": accuracy["both fixed"] - accuracy["PCA"],
        "test 10-NN accuracy, fixed VAE minus UMAP": accuracy["both fixed"] - accuracy["UMAP"],
        **listed("test 10-NN accuracy", accuracy),
        "test silhouette, both fixed": posts.values("post 1 fixed", SILHOUETTE),
    }
    return quantities, Dots("test 10-NN accuracy", accuracy, {"chance": posts.constant("majority_class")})


def cause(posts: Posts) -> Measured:
    """Fix the two faults of post 1 one at a time."""
    units = posts.each(ARMS, "vae_active_units")
    quantities = {
        "active units as written": units["as written"],
        "active units with Adam for SGD, loss as written": units["Adam"],
        "active units with summed terms, SGD as written": units["sums"],
        **listed("KL in nats a digit", posts.each(ARMS, "kl")),
        **listed("squared error over the mean image's", posts.each(ARMS, "error") / posts.constant("mean_image_error")),
    }
    return quantities, Dots("active units, of two", units)


def threshold(posts: Posts) -> Measured:
    """Count the active units of linear and of deep VAEs under each beta, compared with theory for the linear ones."""
    variances = [posts.constant(f"principal_variances:{axis}") for axis in (1, 2)]
    deep, linear = (posts.along("beta", f"{name}, beta = 5", "vae_active_units") for name in ("deep", "linear"))
    quantities = {
        f"linear, beta = {beta:g}: active units minus those in theory": found - sum(2 * v > beta for v in variances)
        for beta, found in linear.items()
    }
    quantities |= {
        "deep, beta = 5, below both thresholds: active units": deep[5],
        "deep, beta = 20, far above both: active units": deep[20],
    }
    quantities |= {f"deep, beta = {beta:g}: active units": deep[beta] for beta in deep if beta not in (5, 20)}
    for beta, found in posts.along("beta", "linear, beta = 5", "spread_of_means").items():
        spread = (sum(max(1 - beta / (2 * variance), 0) for variance in variances) / 2) ** 0.5
        quantities[f"linear, beta = {beta:g}: spread of the codes (theory {spread:.2f})"] = found
    marks = {"2λ₂ ": 2 * variances[1], " 2λ₁": 2 * variances[0]}
    curves = {"784-400-2": deep, "784-2, linear": linear}
    return quantities, Curves(BETA, "active units", curves, marks, logarithmic=True)


def missed(posts: Posts) -> Measured:
    """Look at a collapsed VAE through a score that knows no scale."""
    collapsed, intact = "deep, beta = 20", "deep, beta = 1"
    above_chance = posts.values(collapsed, ACCURACY) - posts.constant("majority_class")
    quantities = {
        "active units at beta = 20": posts.values(collapsed, "vae_active_units"),
        "test 10-NN accuracy at beta = 20 minus majority-class accuracy": above_chance,
        "squared error over the mean image's, beta = 20": (
            posts.values(collapsed, "error") / posts.constant("mean_image_error")
        ),
        "spread of the codes at beta = 20": posts.values(collapsed, "spread_of_means"),
        "spread of the codes at beta = 1": posts.values(intact, "spread_of_means"),
        "test silhouette at beta = 20": posts.values(collapsed, SILHOUETTE),
    }
    curves = {"784-400-2": posts.along("beta", collapsed, ACCURACY)}
    return quantities, Curves(BETA, "test 10-NN accuracy", curves, logarithmic=True)


def cross_entropy(posts: Posts) -> Measured:
    """Compare two likelihoods of a pixel under one network and budget."""
    arms = {"squared error": "post 1 fixed", "cross-entropy": "cross-entropy"}
    others = {"autoencoder": "autoencoder", "autoencoder, cross-entropy": "autoencoder, cross-entropy"}
    accuracy = posts.each(arms | others, ACCURACY)
    quantities = {
        "test 10-NN accuracy, squared error minus cross-entropy": accuracy["squared error"] - accuracy["cross-entropy"],
        "the same of an autoencoder": posts.values(others["autoencoder"], ACCURACY)
        - posts.values("autoencoder, cross-entropy", ACCURACY),
        **listed("test 10-NN accuracy", accuracy),
        **listed("KL in nats a digit", posts.each(arms, "kl")),
    }
    return quantities, Dots("test 10-NN accuracy", accuracy)


def overfitting(posts: Posts) -> Measured:
    """Compare errors of training and test digits."""
    arms = {"autoencoder": "autoencoder", "VAE": "post 1 fixed"}
    test, training = posts.each(arms, "error"), posts.each(arms, "training_error")
    gaps = test / training - 1
    quantities = {
        "gap of the autoencoder minus gap of the VAE": gaps["autoencoder"] - gaps["VAE"],
        "gap of the autoencoder": gaps["autoencoder"],
        "gap of the VAE": gaps["VAE"],
        "training error, VAE over autoencoder": training["VAE"] / training["autoencoder"],
        "test error, VAE over autoencoder": test["VAE"] / test["autoencoder"],
    }
    return quantities, Dots("test error over training error, less 1", gaps)


def chain(posts: Posts) -> Measured:
    """Leave one digit out of training at a time, and see whether it stands out among the test digits."""

    def along(name: str, quantity: str = "anomaly_auc") -> pd.DataFrame:
        return pd.DataFrame(posts.along("without", f"{name} without a class", quantity))

    areas = {name: along(name) for name in ("autoencoder", "VAE", "chain")}
    digits = [digit for digit in areas["chain"] if all(digit in of for of in areas.values())]
    areas["both must agree"] = along("VAE", "anomaly_auc_of_both")
    areas = {name: of[digits] for name, of in areas.items()}
    means = pd.DataFrame({name: of.mean(axis=1, skipna=False) for name, of in areas.items()})
    # One of the two for all runs: the better one of each run would be the better for its noise, too.
    alone = means[["autoencoder", "VAE"]].dropna().mean()
    better = max(alone.index, key=lambda name: alone[name])
    of_error = along("VAE", "anomaly_auc_of_error")[digits].mean(axis=1, skipna=False)
    quantities = {
        "area under the curve, chain minus the better of the two": means["chain"] - means[better],
        **listed("area under the curve, mean over digits", means),
        "area under the curve, mean over digits, VAE by its squared error alone": of_error,
    }
    curves = {name: dict(of.items()) for name, of in areas.items()}
    return quantities, Curves("digit that was left out", "area under the ROC curve", curves, joined=False)
