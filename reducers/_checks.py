"""What is refused before a network is trained, in words."""

from __future__ import annotations

from collections.abc import Collection
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from reducers._losses import REDUCTIONS
from reducers._networks import ACTIVATIONS, OUTPUTS
from reducers._training import OPTIMIZERS

if TYPE_CHECKING:
    from reducers._neural import NeuralReducer


def check(reducer: NeuralReducer, X: np.ndarray) -> None:
    """Refuse parameters that cannot be, or cannot be with these data.

    Raises
    ------
    ValueError
        If one is refused.
    """
    for name in ("n_epochs", "n_iter_no_change"):
        at_least(reducer, name, 1)
    for name in ("horizontal_flip", "rotation", "tol"):
        at_least(reducer, name, 0)
    one_of(reducer, "activation", ACTIVATIONS)
    one_of(reducer, "output_activation", ["auto", *OUTPUTS])
    one_of(reducer, "reconstruction_reduction", REDUCTIONS)
    one_of(reducer, "optimizer", OPTIMIZERS)
    if not 0 < reducer.validation_fraction < 1:
        raise ValueError(
            f"Got validation_fraction={reducer.validation_fraction!r}, but expected a number between 0 and 1."
        )
    _check_images(reducer, X.shape[1])
    _check_range(reducer, X)
    _check_batch(reducer, len(X))


def one_of(reducer: Any, name: str, allowed: Collection[str]) -> None:
    """Refuse a parameter that is none of the words allowed."""
    value = getattr(reducer, name)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"Got {name}={value!r}, but expected one of: {', '.join(allowed)}.")


def at_least(reducer: Any, name: str, least: float) -> None:
    """Refuse a parameter below its least value."""
    value = getattr(reducer, name)
    if not value >= least:
        raise ValueError(f"Got {name}={value!r}, but expected at least {least}.")


def in_unit_interval(X: np.ndarray) -> bool:
    """Tell whether all values lie in [0, 1]."""
    return bool(X.min() >= 0 and X.max() <= 1)


def _check_images(reducer: NeuralReducer, n_features: int) -> None:
    changes = [name for name in ("horizontal_flip", "rotation", "resize") if getattr(reducer, name)]
    if changes and isqrt(n_features) ** 2 != n_features:
        raise ValueError(f"Got {changes[0]} for {n_features} features, but expected those of a square image.")
    if reducer.resize is not None:
        at_least(reducer, "resize", 1)


def _check_range(reducer: NeuralReducer, X: np.ndarray) -> None:
    output = reducer.output_activation
    if output == "tanh" and not reducer.symmetric_pixels and (X.min() < -1 or X.max() > 1):
        raise ValueError(f"Got values from {X.min():g} to {X.max():g}, but a tanh output reaches only [-1, 1].")
    if output == "sigmoid" and reducer.symmetric_pixels:
        raise ValueError(
            "Got symmetric_pixels=True with output_activation='sigmoid', which reaches only [0, 1]; use 'tanh'."
        )
    if (output == "sigmoid" or reducer.symmetric_pixels) and not in_unit_interval(X):
        wanted = "a sigmoid output reaches" if output == "sigmoid" else "symmetric_pixels expects"
        raise ValueError(
            f"Got values from {X.min():g} to {X.max():g}, but {wanted} only [0, 1]; "
            "scale the data or use output_activation='identity'."
        )


def _check_batch(reducer: NeuralReducer, n_samples: int) -> None:
    held_back = round(reducer.validation_fraction * n_samples) if reducer.early_stopping else 0
    if reducer.early_stopping and not 0 < held_back < n_samples:
        raise ValueError(
            f"Got validation_fraction={reducer.validation_fraction:g}, but expected it to leave rows on both sides of "
            f"n_samples={n_samples}."
        )
    batch_size, n_rows = reducer.batch_size, n_samples - held_back
    if batch_size == "auto":
        return
    if isinstance(batch_size, str) or batch_size < 1:
        raise ValueError(f"Got batch_size={batch_size!r}, but expected at least 1, or 'auto'.")
    if batch_size > n_rows:
        raise ValueError(
            f"Got batch_size={batch_size}, but expected at most the {n_rows} samples that are trained on; "
            "'auto' adapts to their number."
        )
