"""Parameters of training that reducers without an encoder and a decoder have in common."""

from __future__ import annotations

from typing import Any

from reducers._neural.checks import at_least, known_device, one_of
from reducers._neural.reducer import DEFAULT_BATCH
from reducers._neural.stopping import SCHEDULES
from reducers._neural.training import Recipe


def recipe(reducer: Any, n_samples: int) -> Recipe:
    """Return the recipe that the parameters of a reducer ask for; early stopping watches the loss of training itself.

    Raises
    ------
    ValueError
        If a parameter is not allowed.
    """
    known_device(reducer.device)
    for name in ("n_epochs", "n_iter_no_change"):
        at_least(reducer, name, 1)
    at_least(reducer, "tol", 0)
    one_of(reducer, "learning_rate_schedule", SCHEDULES)
    batch_size = min(DEFAULT_BATCH, n_samples) if reducer.batch_size == "auto" else reducer.batch_size
    if isinstance(batch_size, str) or not 1 <= batch_size <= n_samples:
        raise ValueError(f"Got batch_size={batch_size!r}, but expected 1 to n_samples={n_samples}, or 'auto'.")
    return Recipe(
        n_epochs=reducer.n_epochs,
        batch_size=batch_size,
        optimizer="adam",
        learning_rate=reducer.learning_rate,
        schedule=reducer.learning_rate_schedule,
        patience=reducer.n_iter_no_change if reducer.early_stopping else None,
        tol=reducer.tol,
    )
