"""Presets: the published programs with their parameters, and each with its faults fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preset:
    """Parameters of a reducer under the name of the published program, or network, that they rebuild.

    Attributes
    ----------
    name : str
        Name of the preset.
    reducer : str
        The reducer that takes the parameters.
    params : mapping of str to object
        Its parameters; the others keep their defaults.
    source : str
        Where the program was published, and what of it is not rebuilt.
    faults : tuple of str
        What is known to be wrong with it, including what is not rebuilt.
    fixes : tuple of str
        What the fixed twin does differently, one entry a fault; empty for a program as it was written.
    """

    name: str
    reducer: str
    params: Mapping[str, Any]
    source: str
    faults: tuple[str, ...]
    fixes: tuple[str, ...] = ()


_SUMMED_OVER_THE_BATCH = (
    "The loss is summed over the batch, so that its scale, and under plain gradient descent the step, grows with it; "
    "Adam hides that."
)
_FLIPS = "Digits are flipped in training, which makes other shapes of them; the test images are not flipped."
_POST1 = (
    "Post 1, a blog post by James McCaffrey: mnist_vae_viz.py. Its data are the first 10,000 training images; torch's "
    "seed is 1. The first attempt with one latent dimension is not kept."
)
_POST2 = (
    "Post 2, a blog post by Alexander Van de Kleut. Its data are all 60,000 training images, and its pictures show "
    "training points; torch's seed is 0."
)
_POST3 = (
    "Post 3, a course page on autoencoders. Its data are all 60,000 training images; no seed is set. Pixels are "
    "rounded to 8 bits after its rotation and its resize; here they are not."
)
_POST4 = (
    "Post 4, a blog post on reconstructing MNIST. Its data are all 60,000 training images; no seed is set. It plans "
    "1,000 epochs and shows its pictures after about 50."
)
_SMALL = {"n_components": 3, "hidden_layer_sizes": (64, 16), "batch_size": 64, "n_epochs": 20}
_NOT_REBUILT = "Not rebuilt: "


def _pair(
    name: str,
    reducer: str,
    params: Mapping[str, Any],
    source: str,
    faults: tuple[str, ...],
    *,
    fixed: str,
    changes: Mapping[str, Any] | None = None,
    fixes: tuple[str, ...],
) -> tuple[Preset, Preset]:
    """Return the preset of a program as written and that of its twin: reducer `fixed` with some parameters changed."""
    remaining = tuple(fault for fault in faults if fault.startswith(_NOT_REBUILT))
    return (
        Preset(name, reducer, params, source, faults),
        Preset(f"{name}-fixed", fixed, {**params, **(changes or {})}, source, remaining, fixes),
    )


_PAIRS = (
    _pair(
        "post1-vae",
        "reducers.posts.post1:Post1VAE",
        {
            "n_components": 2,
            "hidden_layer_sizes": (400,),
            "output_activation": "sigmoid",
            "optimizer": "sgd",
            "learning_rate": 0.01,
            "batch_size": 10,
            "n_epochs": 40,
        },
        _POST1,
        (
            "The squared error is averaged over batch and pixels while the KL term is summed over both of its axes: "
            "beta on the squared error of a sample is batch times pixels, 7,840, and the posterior collapses.",
            "SGD with step 0.01 on a reconstruction term already divided by 7,840 hardly trains the decoder.",
        ),
        fixed="vae",
        changes={"optimizer": "adam", "learning_rate": 1e-3},
        fixes=(
            "Squared error and KL are both summed over a sample and averaged over the batch: beta is 1.",
            "Adam with step 0.001.",
        ),
    ),
    _pair(
        "post2-ae",
        "reducers.posts.post2:Post2Autoencoder",
        {
            "n_components": 2,
            "hidden_layer_sizes": (512,),
            "output_activation": "sigmoid",
            "batch_size": 128,
            "n_epochs": 20,
        },
        _POST2,
        (_SUMMED_OVER_THE_BATCH,),
        fixed="autoencoder",
        fixes=("The loss is averaged over the batch.",),
    ),
    _pair(
        "post2-vae",
        "reducers.posts.post2:Post2VAE",
        {
            "n_components": 2,
            "hidden_layer_sizes": (512,),
            "output_activation": "sigmoid",
            "batch_size": 128,
            "n_epochs": 20,
        },
        _POST2,
        (
            "The KL term lacks the factor 1/2 on mean and variance: it is, up to 0.347 nats a dimension, the "
            "divergence from N(0, 1/2), so that codes are narrower than the N(0, 1) that is sampled.",
            "The plotted codes are drawn from the posterior, which blurs them, not its means.",
            _SUMMED_OVER_THE_BATCH,
            f"{_NOT_REBUILT}the text says that without the KL term no gradient passes the sampling; it does.",
        ),
        fixed="reducers.posts.post2:Post2VAEFixed",
        fixes=(
            "The KL term is the divergence from N(0, 1).",
            "The embedding is the posterior mean.",
            "The loss is averaged over the batch.",
        ),
    ),
    _pair(
        "post3-ae",
        "reducers.posts.post3:Post3Autoencoder",
        _SMALL,
        _POST3,
        (_FLIPS, f"{_NOT_REBUILT}it is evaluated on 200 test points."),
        fixed="reducers.posts.post3:Post3AutoencoderFixed",
        fixes=("No flips; rotations stay.",),
    ),
    _pair(
        "post3-vae",
        "reducers.posts.post3:Post3VAE",
        _SMALL,
        f"{_POST3} On pixels in [-1, 1] its beta of 1 is a quarter on pixels in [0, 1].",
        (
            _FLIPS,
            _SUMMED_OVER_THE_BATCH,
            f"{_NOT_REBUILT}the text's KL term has a wrong sign, the code has the correct one.",
            f"{_NOT_REBUILT}it is evaluated on 200 test points, and its reconstructions pass through sampled codes.",
        ),
        fixed="reducers.posts.post3:Post3VAEFixed",
        fixes=("No flips; rotations stay.", "The loss is averaged over the batch."),
    ),
    _pair(
        "post4-vae",
        "reducers.posts.post4:Post4VAE",
        {
            "n_components": 10,
            "hidden_layer_sizes": (256, 64),
            "output_activation": "sigmoid",
            "batch_size": 32,
            "n_epochs": 50,
        },
        _POST4,
        (
            "ReLU ends the encoder: no mean and no deviation below 0. A deviation of exactly 0 costs 8.71 nats a "
            "dimension without any gradient. A mean stuck at 0 is lost to the embedding, which is the means; the "
            "deviation may go on to carry the digit, and then only a draw shows it.",
        ),
        fixed="reducers.posts.post4:Post4VAEFixed",
        fixes=("The encoder ends in linear heads for the mean and the logarithm of the variance.",),
    ),
)

PRESETS: Mapping[str, Preset] = {preset.name: preset for pair in _PAIRS for preset in pair}
"""Every preset by name."""
