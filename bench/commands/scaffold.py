"""The reducer that `new` writes: a working one to start from."""

from __future__ import annotations

import keyword
from pathlib import Path

import reducers
from bench.errors import StudyError

TEMPLATE = '''"""{title}: write here in one sentence what the method does."""

import numpy as np

from reducers.base import Reducer


class {class_name}(Reducer):
    """A random projection of the data: replace it with your method."""

    label = "{title}"

    def __init__(self, n_components=2, random_state=None):
        self.n_components = n_components  # store parameters unchanged, and do nothing else here
        self.random_state = random_state

    def _fit(self, X, rng):
        # Learn from X, shape (n_samples, n_features); draw random numbers from rng only.
        # Return the embedding of X, shape (n_samples, n_components).
        self.components_ = rng.standard_normal((X.shape[1], self.n_components)).astype(X.dtype)
        return self._transform(X)

    def _transform(self, X):
        # Map new points. Leave this out if the method embeds only what it was fitted on.
        return X @ self.components_

    def _inverse_transform(self, Z):
        # The way back to the data. Leave this out if there is none.
        return Z @ np.linalg.pinv(self.components_).astype(Z.dtype)
'''


def text(name: str) -> str:
    """Return the source of a new reducer of that name."""
    words = name.split("_")
    return TEMPLATE.format(title=" ".join(words).capitalize(), class_name="".join(word.capitalize() for word in words))


def write(name: str) -> Path:
    """Write a new reducer into the folder of reducers and return its path.

    Raises StudyError if the name is no module's name, or is taken.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower() or name.startswith("_"):
        raise StudyError(f"Got reducer name {name!r}, but expected a lower-case Python name such as kernel_pca.")
    path = reducers.FOLDER / f"{name}.py"
    if path.exists() or name in reducers.names():
        raise StudyError(f"Got reducer name {name!r}, which is taken already; expected a new one.")
    path.write_text(text(name), encoding="utf-8")
    return path
