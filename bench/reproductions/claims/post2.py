"""Measures of the claims around post 2: what the latent space of an autoencoder and of a VAE looks like."""

from __future__ import annotations

from bench.reproductions.claims.pictures import Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, SILHOUETTE, Posts, listed

SUBSTANTIAL = 0.25
"""Silhouette below which no substantial structure is found (Kaufman and Rousseeuw 1990)."""
ARMS = {
    "autoencoder": "post 2 autoencoder",
    "VAE as written": "post 2 VAE",
    "VAE, means": "post 2 VAE, means",
    "VAE fixed": "post 2 VAE fixed",
}


def clusters(posts: Posts) -> Measured:
    """Ask for neighbourhoods and for clusters."""
    arms = {"PCA": "PCA", "autoencoder": "post 2 autoencoder", "openTSNE": "openTSNE", "UMAP": "UMAP"}
    silhouette, accuracy = posts.each(arms, SILHOUETTE), posts.each(arms, ACCURACY)
    quantities = {
        "test 10-NN accuracy, autoencoder minus PCA": accuracy["autoencoder"] - accuracy["PCA"],
        **listed("test silhouette", silhouette),
        **listed("test 10-NN accuracy", accuracy),
    }
    return quantities, Dots("test silhouette", silhouette, {"substantial": SUBSTANTIAL})


def compact(posts: Posts) -> Measured:
    """Compare range, shape and gaps of the two latent spaces."""
    keys = ("spread_of_codes", "distance_from_gaussian", "share_covered")
    spread, distance, covered = (posts.each(ARMS, key) for key in keys)
    ae, vae = "autoencoder", "VAE as written"
    quantities = {
        "spread of the codes, VAE as written over autoencoder": spread[vae] / spread[ae],
        "distance from a Gaussian, VAE as written minus autoencoder": distance[vae] - distance[ae],
        "share of its frame that is covered, VAE as written minus autoencoder": covered[vae] - covered[ae],
        **listed("spread of the codes", spread),
        **listed("distance from a Gaussian", distance),
        **listed("share covered", covered),
    }
    return quantities, Dots("spread of the codes", spread, {"N(0, I)": 1.0})


def missing_half(posts: Posts) -> Measured:
    """Compare the KL term as post 2 has it with the correct one."""
    arms = {name: ARMS[name] for name in ("VAE, means", "VAE fixed")}
    accuracy, spread, error = (posts.each(arms, key) for key in (ACCURACY, "spread_of_means", "error"))
    text = "spread of the means, missing half over correct"
    quantities = {
        text: spread["VAE, means"] / spread["VAE fixed"],
        "test 10-NN accuracy, missing half minus correct": accuracy["VAE, means"] - accuracy["VAE fixed"],
        "squared error, missing half over correct": error["VAE, means"] / error["VAE fixed"],
        **listed("KL to N(0, I) in nats a digit", posts.each(arms, "kl")),
        **listed("test 10-NN accuracy", accuracy),
    }
    predicted = {"1/√2 of the correct one": float(spread["VAE fixed"].mean()) * 2**-0.5}
    arms_named = spread.rename(columns={"VAE, means": "missing half", "VAE fixed": "correct"})
    return quantities, Dots("spread of the means", arms_named, predicted)


def sampled(posts: Posts) -> Measured:
    """Compare sampled codes with the means of the same trained model."""
    accuracy = posts.each({"means": "post 2 VAE, means", "samples": "post 2 VAE"}, ACCURACY)
    quantities = {
        "test 10-NN accuracy, means minus samples": accuracy["means"] - accuracy["samples"],
        **listed("test 10-NN accuracy", accuracy),
    }
    return quantities, Dots("test 10-NN accuracy", accuracy)


def gradient(posts: Posts) -> Measured:
    """Train through the sampling without any KL term."""
    arms = {"without KL": "deep, beta = 0", "with KL": "deep, beta = 1"}
    error = posts.each(arms, "error") / posts.constant("mean_image_error")
    quantities = {
        **listed("test squared error over the mean image's", error),
        **listed("test 10-NN accuracy", posts.each(arms, ACCURACY)),
        **listed("spread of the means", posts.each(arms, "spread_of_means")),
        **listed("deviation of a posterior", posts.each(arms, "posterior_deviation")),
    }
    return quantities, Dots("test squared error over the mean image's", error, {"untrained": 1.0})


def realistic(posts: Posts) -> Measured:
    """Compare decoded samples of N(0, I), and decoded lattices over the codes, of autoencoder and VAE."""
    arms = {name: ARMS[name] for name in ("autoencoder", "VAE as written", "VAE fixed")}
    wider = {f"VAE in {k} dimensions": f"VAE, k = {k}" for k in (10, 20)}
    samples = posts.each(arms, "classifier_confidence:draws")
    rebuilt = posts.values("post 2 VAE fixed", "classifier_confidence:rebuilt")
    of_digits = posts.constant("classifier_confidence:real")
    quantities = {
        "confidence in samples, VAE fixed minus test digits": samples["VAE fixed"] - of_digits,
        "confidence in samples, VAE fixed minus autoencoder": samples["VAE fixed"] - samples["autoencoder"],
        **listed("confidence in samples", posts.each(arms | wider, "classifier_confidence:draws")),
        "confidence in 16 reconstructed test digits, VAE fixed": rebuilt,
        **listed("confidence over a lattice of its codes", posts.each(arms, "classifier_confidence:lattice")),
        **listed("distance of a sample to the nearest image", posts.each(arms, "distance_to_nearest_image")),
    }
    return quantities, Dots("confidence in decoded samples", samples, {"test digits": of_digits})
