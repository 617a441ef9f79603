"""The reducers that `new` writes: working ones to start from."""

from __future__ import annotations

import keyword
from pathlib import Path
from string import Template

import reducers
from bench.errors import StudyError, unknown

SKLEARN = '''"""$title: write here in one sentence what the method does."""

from sklearn.decomposition import TruncatedSVD

from reducers.base import Reducer


class $class_name(Reducer):
    """A truncated singular value decomposition: replace it with your method."""

    label = "$title"

    def __init__(self, n_components=2, n_iter=5, random_state=None):
        self.n_components = n_components  # store parameters unchanged, and do nothing else here
        self.n_iter = n_iter
        self.random_state = random_state

    def _fit(self, X, rng):
        # X has shape (n_samples, n_features); studies hand it as float32. Draw random numbers from rng only: it is a
        # RandomState, and a library that expects an int takes one from it.
        seed = rng.randint(2**31 - 1)
        self.svd_ = TruncatedSVD(self.n_components, n_iter=self.n_iter, random_state=seed)
        # Return the embedding, shape (n_samples, n_components).
        return self.svd_.fit_transform(X)

    def _transform(self, X):
        # Map new points. Leave this out if the method embeds only what it was fitted on.
        return self.svd_.transform(X)

    def _inverse_transform(self, Z):
        # The way back to the data. Leave this out if there is none.
        return self.svd_.inverse_transform(Z)
'''

TRANSDUCTIVE = '''"""$title: write here in one sentence what the method does."""

import numpy as np
from sklearn.metrics import pairwise_distances

from reducers.base import Reducer


class $class_name(Reducer):
    """Multidimensional scaling by SMACOF: replace it with your method.

    It embeds only the points it was fitted on, so that there is no `_transform`.
    """

    label = "$title"
    quick_params = {"n_iter": 5}  # tiny settings for warm-ups and checks, on the usual code path

    def __init__(self, n_components=2, n_iter=100, random_state=None):
        self.n_components = n_components  # store parameters unchanged, and do nothing else here
        self.n_iter = n_iter
        self.random_state = random_state

    def _fit(self, X, rng):
        # X has shape (n_samples, n_features); studies hand it as float32. Draw random numbers from rng only.
        Z = rng.standard_normal((len(X), self.n_components)).astype(X.dtype)
        target = pairwise_distances(X)
        for _ in range(self.n_iter):
            ratio = target / np.maximum(pairwise_distances(Z), 1e-6)
            np.fill_diagonal(ratio, 0)
            Z = (ratio.sum(axis=1, keepdims=True) * Z - ratio @ Z) / len(X)
        # Return the embedding, shape (n_samples, n_components).
        return Z
'''

TORCH = '''"""$title: write here in one sentence what the method does."""

import torch

from reducers._neural.losses import squared_error
from reducers._neural.reducer import NeuralReducer


class $class_name(NeuralReducer):
    """A denoising autoencoder: replace its loss with that of your method.

    `NeuralReducer` builds the encoder and the decoder, trains them and keeps `history_`, an `Epoch` for each epoch,
    which studies draw. It maps new points (`transform`) and back (`inverse_transform`). All seeds come from
    `random_state`.
    """

    label = "$title"

    # Settings of the training that are no parameters here: put one into __init__, and it is a parameter.
    output_activation = "auto"  # a sigmoid if the data lie in [0, 1]
    optimizer = "adam"
    batch_size = "auto"
    validation_fraction = 0.1  # held back if early_stopping
    n_iter_no_change = 10
    tol = 1e-4

    def __init__(
        self,
        n_components=2,
        hidden_layer_sizes=(256, 128),
        noise=0.1,
        learning_rate=1e-3,
        n_epochs=20,
        early_stopping=False,
        device="cpu",
        callback=None,
        random_state=None,
    ):
        self.n_components = n_components  # store parameters unchanged, and do nothing else here
        self.hidden_layer_sizes = hidden_layer_sizes
        self.noise = noise
        self.learning_rate = learning_rate
        self.n_epochs = n_epochs
        self.early_stopping = early_stopping
        self.device = device
        self.callback = callback  # called with the Epoch of each finished epoch; training stops when it returns True
        self.random_state = random_state

    @property
    def _head_size(self):
        # Width of the encoder's last layer.
        return self.n_components

    def _codes(self, head):
        # Where in the encoder's output the embedding is.
        return head

    def _terms(self, batch, beta, generator):
        # Return what is minimised, the reconstruction term in it, and a KL term: means over the samples of the batch.
        # Draw noise from the generator only. Your own networks are made in _build.
        noise = torch.randn(batch.shape, generator=generator, device=batch.device)
        error = squared_error(self.decoder_(self.encoder_(batch + self.noise * noise)), batch).mean()
        return error, error, torch.zeros((), device=batch.device)

    def _sample_loss(self, inputs):
        # The loss of each sample without noise; it says how unusual a point is.
        return squared_error(self.decoder_(self.encoder_(inputs)), inputs)
'''

TEMPLATES = {"sklearn": SKLEARN, "transductive": TRANSDUCTIVE, "torch": TORCH}
"""By name: a method around a library, one that cannot map new points, one that is trained."""


def text(name: str, template: str = "sklearn") -> str:
    """Return the source of a new reducer of that name; StudyError if there is no such template."""
    if template not in TEMPLATES:
        raise StudyError(unknown("template", template, TEMPLATES))
    words = name.split("_")
    names = {"title": " ".join(words).capitalize(), "class_name": "".join(word.capitalize() for word in words)}
    return Template(TEMPLATES[template]).substitute(names)


def write(name: str, template: str = "sklearn") -> Path:
    """Write a new reducer into the folder of reducers and return its path.

    Raises StudyError if the name is no module's name, or is taken, or there is no such template.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower() or name.startswith("_"):
        raise StudyError(f"Got reducer name {name!r}, but expected a lower-case Python name such as kernel_pca.")
    path = reducers.FOLDER / f"{name}.py"
    if path.exists() or name in reducers.names():
        raise StudyError(f"Got reducer name {name!r}, which is taken already; expected a new one.")
    path.write_text(text(name, template), encoding="utf-8")
    return path
