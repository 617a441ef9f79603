"""Presets of autoencoders and VAEs with architectures from the literature, trained until they converge.

The networks' own defaults are made for a first look: 256-128, 20 epochs. Here a tenth of the training points is held
back. Training ends when their loss improves no more, and the best weights are kept; see `reducers._neural.stopping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reducers.posts.presets import Preset

UNTIL_CONVERGED: Mapping[str, Any] = {
    "n_epochs": 300,
    "early_stopping": True,
    "n_iter_no_change": 10,
    "tol": 0.01,
    "learning_rate_schedule": "plateau",
}
"""A loss of 30, the squared error of a digit, must improve by 0.03 % within 11 epochs, or training has converged."""
_SLOW: Mapping[str, Any] = {"n_epochs": 50, "n_iter_no_change": 5}
"""Of convolutions, of which an epoch takes a hundred times as long as one of the smallest network here."""

_ARCHITECTURES: tuple[tuple[str, tuple[int, ...] | str, str], ...] = (
    ("256-128", (256, 128), "The default architecture of this project."),
    ("512-256-128-64", (512, 256, 128, 64), "Narrower by half from layer to layer, as in many published examples."),
    (
        "1000-500-250",
        (1000, 500, 250),
        "Hinton and Salakhutdinov 2006, Reducing the dimensionality of data with neural networks: the layers of their "
        "network for MNIST. Its codes were 2 or 30 numbers, its units logistic and trained layer by layer first; here "
        "they are rectified, as is usual today, and trained together.",
    ),
    (
        "convolutional",
        "convolutional",
        "Sainburg, McInnes and Gentner 2021, Parametric UMAP embeddings for representation and semi-supervised "
        "learning: the layers of their networks for MNIST, two convolutions and a dense layer of 512.",
    ),
)

NETWORKS: Mapping[str, Preset] = {
    f"{prefix}-{name}": Preset(
        f"{prefix}-{name}",
        reducer,
        {"hidden_layer_sizes": layers, **UNTIL_CONVERGED, **(_SLOW if layers == "convolutional" else {})},
        source,
        faults=(),
    )
    for prefix, reducer in (("ae", "autoencoder"), ("vae", "vae"))
    for name, layers, source in _ARCHITECTURES
}
"""Every preset of a network by name."""
