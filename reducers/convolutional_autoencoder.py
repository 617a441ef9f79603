"""The convolutional autoencoder of the Parametric UMAP paper."""

from __future__ import annotations

from reducers._neural.convolutional import Convolutional
from reducers._neural.convolutions import PAPER
from reducers.cross_entropy_autoencoder import CrossEntropyAutoencoder


class ConvolutionalAutoencoder(Convolutional, CrossEntropyAutoencoder):
    """Convolutional autoencoder trained on the cross-entropy of pixels (Sainburg, McInnes and Gentner 2021).

    Parameters and attributes are those of `Autoencoder`; `hidden_layer_sizes` are the dense layers between the
    convolutions and the codes, of which the paper has one of 512.
    """

    label = "Convolutional autoencoder"
    by_default = False
    references = (PAPER,)
