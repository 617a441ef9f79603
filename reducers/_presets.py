"""The seed systems as named sets of parameters, each with its source, its faults, and a twin without those faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preset:
    """Parameters of a reducer under the name of the system that they rebuild.

    Attributes
    ----------
    name : str
        Name of the preset.
    reducer : str
        The reducer that takes the parameters.
    params : mapping of str to object
        Its parameters; the others keep their defaults.
    source : str
        Where the system was published, and what of it is no parameter here.
    faults : tuple of str
        What is known to be wrong with it, parameter or not.
    mends : tuple of str
        What a sound twin does otherwise, one entry a mended fault; empty for a system as it was written.
    """

    name: str
    reducer: str
    params: Mapping[str, Any]
    source: str
    faults: tuple[str, ...]
    mends: tuple[str, ...] = ()


_SUMMED_OVER_THE_BATCH = (
    "The loss is summed over the batch, so that its scale, and under plain gradient descent the step, grows with it; "
    "Adam hides that."
)
_FLIPS = "Digits are flipped sideways in training, which makes other shapes of them; the test images are not flipped."

_SEEDS = (
    Preset(
        "seed001",
        "vae",
        {
            "n_components": 2,
            "hidden_layer_sizes": (400,),
            "output_activation": "sigmoid",
            "reconstruction_reduction": "mean",
            "kl_reduction": "sum",
            "optimizer": "sgd",
            "learning_rate": 0.01,
            "batch_size": 10,
            "n_epochs": 40,
        },
        "Seeds 000 and 001, one blog post by James McCaffrey: mnist_vae_viz.py. Its data are the first 10,000 training "
        "images; torch's seed is 1. The first attempt with one latent dimension is not kept.",
        (
            "The squared error is averaged over batch and pixels while the KL term is summed over both of its axes: "
            "beta on the squared error of a sample is batch times pixels, 7,840, and the posterior collapses.",
            "SGD with step 0.01 on a reconstruction term already divided by 7,840 hardly trains the decoder.",
        ),
    ),
    Preset(
        "seed002-ae",
        "autoencoder",
        {
            "n_components": 2,
            "hidden_layer_sizes": (512,),
            "output_activation": "sigmoid",
            "reconstruction_reduction": "sum",
            "batch_size": 128,
            "n_epochs": 20,
        },
        "Seed 002, a blog post by Alexander Van de Kleut. Its data are all 60,000 training images, and its pictures "
        "show fitted points; torch's seed is 0.",
        (_SUMMED_OVER_THE_BATCH,),
    ),
    Preset(
        "seed002-vae",
        "vae",
        {
            "n_components": 2,
            "hidden_layer_sizes": (512,),
            "output_activation": "sigmoid",
            "latent_head": "log_deviation",
            "kl_form": "missing_half",
            "reconstruction_reduction": "sum",
            "kl_reduction": "sum",
            "embedding": "sample",
            "batch_size": 128,
            "n_epochs": 20,
        },
        "Seed 002, a blog post by Alexander Van de Kleut. Its data are all 60,000 training images, and its pictures "
        "show fitted points; torch's seed is 0.",
        (
            "The KL term lacks the factor 1/2 on mean and variance: it is, up to 0.347 nats a dimension, the "
            "divergence from N(0, 1/2), so that codes are narrower than the N(0, 1) that is sampled.",
            "The plotted codes are drawn from the posterior, which blurs them, not its means.",
            _SUMMED_OVER_THE_BATCH,
            "Not a parameter: the text says that without the KL term no gradient passes the sampling; it does.",
        ),
    ),
    Preset(
        "seed003-ae",
        "autoencoder",
        {
            "n_components": 3,
            "hidden_layer_sizes": (64, 16),
            "activation": "leaky_relu",
            "output_activation": "tanh",
            "reconstruction_reduction": "mean",
            "batch_size": 64,
            "n_epochs": 20,
            "horizontal_flip": 0.5,
            "rotation": 10.0,
            "resize": 14,
            "symmetric_pixels": True,
        },
        "Seed 003, a course page on autoencoders. Its data are all 60,000 training images; no seed is set. Pixels are "
        "rounded to 8 bits behind its rotation and its resize; here they are not.",
        (_FLIPS, "Not a parameter: it is judged by 200 test points."),
    ),
    Preset(
        "seed003-vae",
        "vae",
        {
            "n_components": 3,
            "hidden_layer_sizes": (64, 16),
            "activation": "leaky_relu",
            "output_activation": "tanh",
            "reconstruction_reduction": "sum",
            "kl_reduction": "sum",
            "batch_size": 64,
            "n_epochs": 20,
            "horizontal_flip": 0.5,
            "rotation": 10.0,
            "resize": 14,
            "symmetric_pixels": True,
        },
        "Seed 003, a course page on autoencoders. Its data are all 60,000 training images; no seed is set. Pixels are "
        "rounded to 8 bits behind its rotation and its resize; here they are not. On pixels in [-1, 1] its beta of 1 "
        "is a quarter on pixels in [0, 1].",
        (
            _FLIPS,
            _SUMMED_OVER_THE_BATCH,
            "Not a parameter: the text's KL term has a wrong sign, the code has the right one.",
            "Not a parameter: it is judged by 200 test points, and its reconstructions pass through sampled codes.",
        ),
    ),
    Preset(
        "seed004",
        "vae",
        {
            "n_components": 10,
            "hidden_layer_sizes": (256, 64),
            "output_activation": "sigmoid",
            "latent_head": "relu",
            "reconstruction_reduction": "mean",
            "kl_reduction": "mean",
            "batch_size": 32,
            "n_epochs": 50,
        },
        "Seed 004, a blog post on reconstructing MNIST. Its data are all 60,000 training images; no seed is set. It "
        "plans 1,000 epochs and shows its pictures after about 50.",
        (
            "ReLU ends the encoder: no mean and no deviation below 0. A deviation of exactly 0 costs 8.71 nats a "
            "dimension without any gradient. A mean stuck at 0 is lost to the embedding, which is the means; the "
            "deviation may go on to carry the digit, and then only a draw shows it.",
        ),
    ),
)

_SOUND: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "seed001": (
        {
            "reconstruction_reduction": "sample",
            "kl_reduction": "sample",
            "optimizer": "adam",
            "learning_rate": 1e-3,
        },
        (
            "Squared error and KL are both summed over a sample and averaged over the batch: beta is 1.",
            "Adam with step 0.001.",
        ),
    ),
    "seed002-ae": ({"reconstruction_reduction": "sample"}, ("The loss is averaged over the batch.",)),
    "seed002-vae": (
        {
            "kl_form": "exact",
            "embedding": "mean",
            "reconstruction_reduction": "sample",
            "kl_reduction": "sample",
        },
        (
            "The KL term is the divergence from N(0, 1).",
            "The embedding is the posterior mean.",
            "The loss is averaged over the batch.",
        ),
    ),
    "seed003-ae": ({"horizontal_flip": 0.0}, ("No flips; rotations stay.",)),
    "seed003-vae": (
        {"horizontal_flip": 0.0, "reconstruction_reduction": "sample", "kl_reduction": "sample"},
        ("No flips; rotations stay.", "The loss is averaged over the batch."),
    ),
    "seed004": (
        {"latent_head": "log_variance"},
        ("The encoder ends in linear heads for the mean and the logarithm of the variance.",),
    ),
}

PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for seed in _SEEDS
    for preset in (
        seed,
        Preset(
            f"{seed.name}-sound",
            seed.reducer,
            {**seed.params, **_SOUND[seed.name][0]},
            seed.source,
            tuple(fault for fault in seed.faults if fault.startswith("Not a parameter")),
            _SOUND[seed.name][1],
        ),
    )
}
"""Every preset by name."""
