"""The convolutional VAE of the Parametric UMAP paper."""

from __future__ import annotations

from reducers._neural.convolutional import Convolutional
from reducers._neural.convolutions import PAPER
from reducers.vae import VAE


class ConvolutionalVAE(Convolutional, VAE):
    """Convolutional VAE (Sainburg, McInnes and Gentner 2021); the embedding is the posterior mean.

    Parameters and attributes are those of `VAE`; `hidden_layer_sizes` as in `ConvolutionalAutoencoder`. The paper's
    code averages the KL term over the latent dimensions: with two of them that is `beta=0.5` here, and its
    cross-entropy is `likelihood="bernoulli"`.
    """

    label = "Convolutional VAE"
    by_default = False
    references = (VAE.references[0], PAPER)
