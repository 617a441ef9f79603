"""Measures of the claims around post 1: a VAE that shows nothing, and an idea for finding anomalies."""

from __future__ import annotations

from bench.reproductions.claims.catalogue import Measured
from bench.reproductions.claims.pictures import Curves, Dots
from bench.reproductions.claims.roles import ACCURACY, SILHOUETTE, Posts, greatest, listed, mean, minus, over
from bench.store.values import Values

ARMS = {
    "as written": "post 1",
    "Adam": "post 1 with Adam",
    "sums": "post 1 with sums",
    "both fixed": "post 1 fixed",
}
BETA = "beta on the squared error of a digit"
BETAS_SHOWN = (2, 100)
"""Least and greatest beta whose active units the table lists."""


def unsuited(posts: Posts) -> Measured:
    """Compare post 1's VAE, both faults fixed, with PCA."""
    accuracy = posts.each({"PCA": "PCA"} | ARMS, ACCURACY)
    return Measured(
        {
            "test 10-NN accuracy, VAE with both faults fixed minus PCA": minus(accuracy["both fixed"], accuracy["PCA"]),
            **listed("test 10-NN accuracy", accuracy),
            "test silhouette, both fixed": posts.values("post 1 fixed", SILHOUETTE),
        },
        Dots("test 10-NN accuracy", accuracy, {"chance": posts.constant("majority_class")}),
    )


def cause(posts: Posts) -> Measured:
    """Fix the two faults of post 1 one at a time."""
    units = posts.each(ARMS, "vae_active_units")
    mean_image = posts.constant("mean_image_error")
    errors = {name: over(error, mean_image) for name, error in posts.each(ARMS, "error").items()}
    return Measured(
        {
            "active units as written": units["as written"],
            "active units with Adam for SGD, loss as written": units["Adam"],
            "active units with summed terms, SGD as written": units["sums"],
            **listed("KL in nats a digit", posts.each(ARMS, "kl")),
            **listed("squared error over the mean image's", errors),
        },
        Dots("active units, of two", units),
    )


def threshold(posts: Posts) -> Measured:
    """Count the active units of linear and of deep VAEs under each beta, compared with theory for the linear ones."""
    first, second = (posts.constant(f"principal_variances:{axis}") for axis in (1, 2))
    deep = posts.values_along("beta", "deep, beta = 5", "vae_active_units")
    linear = posts.values_along("beta", "linear, beta = 5", "vae_active_units")

    def predicted(beta: float) -> int:
        return sum(2 * variance > beta for variance in (first, second))

    quantities = {
        f"linear, beta = {beta:g}: active units minus those that theory predicts": minus(found, predicted(beta))
        for beta, found in linear.items()
    }
    quantities |= {
        "deep, beta = 5, below both thresholds: active units": deep[5],
        "deep, beta = 20, far above both: active units": deep[20],
    }
    least, most = BETAS_SHOWN
    for beta, found in deep.items():
        if beta not in (5, 20) and least <= beta <= most:
            quantities[f"deep, beta = {beta:g}: active units"] = found
    if posts.find("linear, beta = 9, long") != posts.find("linear, beta = 9"):
        text = "linear, beta = 9, three times the training: active units minus those that theory predicts"
        quantities[text] = minus(posts.values("linear, beta = 9, long", "vae_active_units"), predicted(9))
    for beta, found in posts.values_along("beta", "linear, beta = 5", "spread_of_means").items():
        spread = (sum(max(1 - beta / (2 * variance), 0) for variance in (first, second)) / 2) ** 0.5
        quantities[f"linear, beta = {beta:g}: spread of the codes (theory {spread:.2f})"] = found
    curves = {"784-400-2": deep, "784-2, linear": linear}
    marks = {"2λ₂ ": 2 * second, " 2λ₁": 2 * first}
    return Measured(quantities, Curves(BETA, "active units", curves, marks, logarithmic=True))


def missed(posts: Posts) -> Measured:
    """Look at a collapsed VAE through a score that knows no scale."""
    collapsed, intact = "deep, beta = 20", "deep, beta = 1"
    accuracy = posts.values_along("beta", collapsed, ACCURACY)
    return Measured(
        {
            "active units at beta = 20": posts.values(collapsed, "vae_active_units"),
            "test 10-NN accuracy at beta = 20 minus majority-class accuracy": minus(
                posts.values(collapsed, ACCURACY), posts.constant("majority_class")
            ),
            "squared error over the mean image's, beta = 20": over(
                posts.values(collapsed, "error"), posts.constant("mean_image_error")
            ),
            "spread of the codes at beta = 20": posts.values(collapsed, "spread_of_means"),
            "spread of the codes at beta = 1": posts.values(intact, "spread_of_means"),
            "test silhouette at beta = 20": posts.values(collapsed, SILHOUETTE),
        },
        Curves(BETA, "test 10-NN accuracy", {"784-400-2": accuracy}, logarithmic=True),
    )


def cross_entropy(posts: Posts) -> Measured:
    """Compare likelihoods of a pixel under one network and budget."""
    arms = {
        "squared error": "deep, beta = 1",
        "cross-entropy": "cross-entropy",
        "optimal variance": "optimal variance",
    }
    accuracy = posts.each(arms, ACCURACY)
    return Measured(
        {
            "test 10-NN accuracy, squared error minus cross-entropy": minus(
                accuracy["squared error"], accuracy["cross-entropy"]
            ),
            **listed("test 10-NN accuracy", accuracy),
            **listed("test silhouette", posts.each(arms, SILHOUETTE)),
            **listed("KL in nats a digit", posts.each(arms, "kl")),
        },
        Dots("test 10-NN accuracy", accuracy),
    )


def overfitting(posts: Posts) -> Measured:
    """Compare errors of training and test digits, with all points and with few."""
    whole = posts.results.runs["n_train"].max()
    pairs = {float(whole): {"autoencoder": posts.find("autoencoder, k = 10"), "VAE": posts.find("VAE, k = 10")}}
    few = {name: posts.along("n", f"{name}, k = 10") for name in ("autoencoder", "VAE")}
    pairs |= {float(n): {name: of[n] for name, of in few.items()} for n in few["autoencoder"] if n in few["VAE"]}
    gaps: dict[str, dict[float, Values]] = {"autoencoder": {}, "VAE": {}}
    training: dict[float, Values] = {}
    for n, pair in sorted(pairs.items()):
        own = {name: posts.of(variant, "training_error") for name, variant in pair.items()}
        for name, variant in pair.items():
            gaps[name][n] = minus(over(posts.of(variant, "error"), own[name]), 1)
        training[n] = over(own["VAE"], own["autoencoder"])
    text = "test error over training error, less 1"
    return Measured(
        {
            "gap of the autoencoder minus gap of the VAE": minus(gaps["autoencoder"][whole], gaps["VAE"][whole]),
            "gap of the autoencoder": gaps["autoencoder"][whole],
            "training error, VAE over autoencoder": training[whole],
            **{f"{text}: {name}, {n:,.0f} points": v for name, along in gaps.items() for n, v in along.items()},
            **{f"training error, VAE over autoencoder, {n:,.0f} points": v for n, v in training.items() if n < whole},
        },
        Curves("training digits", text, gaps),
    )


def chain(posts: Posts) -> Measured:
    """Leave one digit out of training at a time, and see whether it stands out among the test digits."""
    variants = {name: posts.along("without", f"{name} without a class") for name in ("autoencoder", "VAE", "chain")}
    digits = [digit for digit in variants["chain"] if all(digit in of for of in variants.values())]

    def along(name: str, quantity: str) -> dict[float, Values]:
        return {float(digit): posts.of(variants[name][digit], quantity) for digit in digits}

    areas = {name: along(name, "anomaly_auc") for name in variants}
    areas["both must agree"] = along("VAE", "anomaly_auc_of_both")
    means = {name: mean(of.values()) for name, of in areas.items()}
    return Measured(
        {
            "area under the curve, chain minus the better of the two": minus(
                means["chain"], greatest(means["autoencoder"], means["VAE"])
            ),
            **listed("area under the curve, mean over digits", means),
            "area under the curve, mean over digits, VAE by its squared error alone": mean(
                along("VAE", "anomaly_auc_of_error").values()
            ),
        },
        Curves("digit that was left out", "area under the ROC curve", areas, joined=False),
    )


MEASURES = {
    "unsuited": unsuited,
    "cause": cause,
    "threshold": threshold,
    "missed": missed,
    "cross-entropy": cross_entropy,
    "overfitting": overfitting,
    "chain": chain,
}
