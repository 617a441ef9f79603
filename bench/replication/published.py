"""What was published, and which of our variants stands beside it.

Sainburg, McInnes and Gentner 2021, Parametric UMAP embeddings for representation and semi-supervised learning, Neural
Computation 33(11); the numbers are those of its notebooks at github.com/timsainb/ParametricUMAP_paper, commit 00b4d67.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = (
    "Sainburg, McInnes and Gentner 2021, *Parametric UMAP embeddings for representation and semi-supervised learning*, "
    "Neural Computation 33(11): the numbers of its notebooks, "
    "[timsainb/ParametricUMAP_paper](https://github.com/timsainb/ParametricUMAP_paper) at 00b4d67"
)

MEASURES: Mapping[str, str] = {
    "trustworthiness": "trustworthiness, k = 5",
    "silhouette": "silhouette",
    "1nn": "1-NN accuracy",
    "5nn": "5-NN accuracy",
    "v_measure": "k-means V-measure",
    "mse": "reconstruction error",
}

THEIRS: Mapping[str, Mapping[str, float]] = {
    "PCA": {
        "trustworthiness": 0.7434,
        "silhouette": 0.0228,
        "1nn": 0.3765,
        "5nn": 0.4201,
        "v_measure": 0.3234,
        "mse": 0.0557,
    },
    "t-SNE": {"trustworthiness": 0.9874, "silhouette": 0.3498, "1nn": 0.9411, "5nn": 0.9502, "v_measure": 0.7704},
    # Its reconstruction error is of umap-learn's own inverse, which the reducer here does not offer.
    "UMAP": {"trustworthiness": 0.9601, "silhouette": 0.5186, "1nn": 0.9317, "5nn": 0.9544, "v_measure": 0.8375},
    "AE": {
        "trustworthiness": 0.9663,
        "silhouette": -0.0258,
        "1nn": 0.7647,
        "5nn": 0.7926,
        "v_measure": 0.4093,
        "mse": 0.0369,
    },
    "VAE": {
        "trustworthiness": 0.9513,
        "silhouette": 0.0627,
        "1nn": 0.7241,
        "5nn": 0.7649,
        "v_measure": 0.5467,
        "mse": 0.0371,
    },
}
"""Their table of MNIST in two dimensions, by method and measure."""


@dataclass(frozen=True)
class Experiment:
    """Two of our variants that differ in one thing; what it does is the difference of their measures."""

    what: str
    before: str
    after: str


AE_ARCHITECTURE = Experiment("convolutions", "ae-dense", "ae-conv")
AE_EPOCHS = Experiment("longer training", "ae-dense", "ae-dense-long")
AE_LOSS = Experiment("squared error for cross-entropy", "ae-dense", "ae-squared")
VAE_ARCHITECTURE = Experiment("convolutions", "vae-dense", "vae-conv")
VAE_BETA = Experiment("a KL term of full weight", "vae-dense", "vae-beta-1")

EXPERIMENTS = (AE_ARCHITECTURE, AE_EPOCHS, AE_LOSS, VAE_ARCHITECTURE, VAE_BETA)

UMAP_CHANCE = ("umap", "umap-2", "umap-3")
AE_CHANCE = ("ae-dense-long", "ae-dense-long-2", "ae-dense-long-3")
VAE_CHANCE = ("vae-dense", "vae-dense-2", "vae-dense-3")

CHANCES = (UMAP_CHANCE, AE_CHANCE, VAE_CHANCE)
"""Variants of ours that differ from one another by chance alone."""


@dataclass(frozen=True)
class Pair:
    """One of our variants beside a column of theirs.

    Attributes
    ----------
    differs : str
        What the two are known to differ in, as a sentence ends.
    experiment : Experiment or None
        Changes what they differ in from how ours is to how theirs is.
    chance : tuple of str
        Variants like ours that differ from one another by chance alone.
    """

    variant: str
    theirs: str
    differs: str
    experiment: Experiment | None = None
    chance: tuple[str, ...] = ()


PAIRS = (
    Pair("pca", "PCA", "versions of libraries alone"),
    Pair("opentsne", "t-SNE", "versions of libraries and the seed"),
    Pair("umap", "UMAP", "versions of libraries and the seed", chance=UMAP_CHANCE),
    Pair("ae-dense-long", "AE", "the architecture: dense layers for their convolutions", AE_ARCHITECTURE, AE_CHANCE),
    Pair("ae-conv", "AE", "the length of training: 50 epochs were theirs", AE_EPOCHS, AE_CHANCE),
    Pair("vae-dense", "VAE", "the architecture: dense layers for their convolutions", VAE_ARCHITECTURE, VAE_CHANCE),
    Pair("vae-conv", "VAE", "versions of libraries and the seed", chance=VAE_CHANCE),
)


@dataclass(frozen=True)
class Training:
    """What their training printed: the mean loss during each epoch.

    Attributes
    ----------
    variant : str
        Ours of the same architecture and loss.
    losses : tuple of float
        Of the first epochs.
    n_epochs, last : int, float
        How many there were, and the loss of the last one.
    unit : float
        What turns one of these losses into nats a sample.
    """

    variant: str
    theirs: str
    losses: tuple[float, ...]
    n_epochs: int
    last: float
    unit: float = 1.0


TRAININGS = (
    Training(
        "ae-conv",
        "AE",
        (0.2615, 0.2029, 0.1889, 0.1834, 0.1802, 0.1780, 0.1764, 0.1751, 0.1739, 0.1729),
        n_epochs=50,
        last=0.1573,
        unit=784.0,  # printed a pixel
    ),
    # Its KL term is a mean over the two latent dimensions, so that it has half its weight.
    Training(
        "vae-conv",
        "VAE",
        (186.9876, 156.9598, 151.5974, 148.4995, 146.4532, 145.1295, 143.8592, 142.9389, 141.9960, 140.9958),
        n_epochs=30,
        last=134.2354,
    ),
)
