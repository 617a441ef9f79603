"""Measures of the claims around post 2: what the latent space of an autoencoder and of a VAE looks like."""

from __future__ import annotations

from bench.reproductions.claims.pictures import Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, SILHOUETTE, Posts, listed

SUBSTANTIAL = 0.25
"""Silhouette below which no substantial structure is found (Kaufman and Rousseeuw 1990)."""
ARMS = {"autoencoder": "post 2 autoencoder", "VAE": "post 2 VAE"}


def clusters(posts: Posts) -> Measured:
    """Ask for neighbourhoods and for clusters."""
    arms = {"PCA": "PCA"} | ARMS
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
    ae, vae = ARMS
    quantities = {
        "spread of the codes, VAE over autoencoder": spread[vae] / spread[ae],
        "distance from a Gaussian, VAE minus autoencoder": distance[vae] - distance[ae],
        "share of its frame that is covered, VAE minus autoencoder": covered[vae] - covered[ae],
        **listed("spread of the codes", spread),
        **listed("distance from a Gaussian", distance),
        **listed("share covered", covered),
    }
    return quantities, Dots("spread of the codes", spread, {"N(0, I)": 1.0})


def missing_half(posts: Posts) -> Measured:
    """Compare the KL term as post 2 has it with the correct one."""
    arms = {"missing half": "post 2 VAE, means", "correct": "post 2 VAE fixed"}
    accuracy, spread, error = (posts.each(arms, key) for key in (ACCURACY, "spread_of_means", "error"))
    wrong, correct = arms
    quantities = {
        "spread of the means, missing half over correct": spread[wrong] / spread[correct],
        "test 10-NN accuracy, missing half minus correct": accuracy[wrong] - accuracy[correct],
        "squared error, missing half over correct": error[wrong] / error[correct],
        **listed("KL to N(0, I) in nats a digit", posts.each(arms, "kl")),
        **listed("test 10-NN accuracy", accuracy),
    }
    predicted = {"1/√2 of the correct one": float(spread[correct].mean()) * 2**-0.5}
    return quantities, Dots("spread of the means", spread, predicted)


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
    arms = {"without KL": "without KL", "with KL": "post 2 VAE fixed"}
    error = posts.each(arms, "error") / posts.constant("mean_image_error")
    quantities = {
        **listed("test squared error over the mean image's", error),
        **listed("test 10-NN accuracy", posts.each(arms, ACCURACY)),
        **listed("spread of the means", posts.each(arms, "spread_of_means")),
        **listed("deviation of a posterior", posts.each(arms, "posterior_deviation")),
    }
    return quantities, Dots("test squared error over the mean image's", error, {"untrained": 1.0})


def realistic(posts: Posts) -> Measured:
    """Compare decoded samples of N(0, I) with reconstructions, and those of the two programs."""
    samples, displayed, lattice = (
        posts.each(ARMS, f"classifier_confidence:{part}") for part in ("draws", "displayed", "lattice")
    )
    quantities = {
        "confidence in samples minus in reconstructions, VAE": samples["VAE"] - displayed["VAE"],
        "confidence in samples, VAE minus autoencoder": samples["VAE"] - samples["autoencoder"],
        **listed("confidence in samples", samples),
        **listed("confidence in reconstructed test digits", displayed),
        **listed("confidence over a lattice of its codes", lattice),
        **listed("distance of a sample to the nearest image", posts.each(ARMS, "distance_to_nearest_image")),
    }
    of_digits = {"test digits": posts.constant("classifier_confidence:real")}
    return quantities, Dots("confidence in decoded samples", samples, of_digits)
