"""Training shared by the neural reducers: one loop, the data in memory or mapped, generators of its own.

A loader that serves one sample at a time costs several times what the matrix products cost; here an epoch is one
permutation and slices of one tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from time import perf_counter

import torch
from torch import nn

from reducers._neural.history import Epoch
from reducers._neural.in_place import PointsInPlace
from reducers._neural.losses import scale
from reducers._neural.networks import ROWS
from reducers._neural.stopping import Stopping
from reducers.errors import TrainingDivergedError

OPTIMIZERS = ("adam", "sgd")

Terms = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Loss, reconstruction term and KL term of a batch, each a mean over its samples."""


@dataclass(frozen=True)
class Recipe:
    """Settings of a training.

    Attributes
    ----------
    batch_size : int
        Samples a step.
    reduction : str
        Reduction of the reconstruction term that is minimised, as in `losses.scale`.
    warm_up : float
        Share of the steps over which beta grows linearly from 0.
    schedule : str
        What becomes of the learning rate, one of `stopping.SCHEDULES`.
    patience : int or None
        Epochs in a row that may pass without an improvement of more than `tol` of the loss of the validation rows, or
        without any of the rows trained on; None for no early stopping. See `stopping`.
    """

    n_epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float
    reduction: str = "sample"
    warm_up: float = 0.0
    schedule: str = "constant"
    patience: int | None = None
    tol: float = 0.0


@dataclass(frozen=True)
class Task:
    """Networks and data of a training.

    Attributes
    ----------
    parameters : sequence of Parameter
    terms : callable
        Terms of a batch, from the preprocessed batch, beta and a generator of noise.
    beta : callable
        Weight of the KL term against the reconstruction term, from the number of samples in a batch.
    beta_unit : callable
        Factor that turns this weight into one against the squared error, from the reconstruction term.
    data : Tensor of shape (n_samples, n_features), or PointsInPlace
        The only copy of the data, or the data themselves where they are too large for one.
    preprocessed : callable
        Returns rows of the data as the network is given them.
    rows : Tensor of shape (n_rows,) or None
        Rows to train on; None for all.
    validation : Tensor of shape (n_rows,) or None
        Rows held back for early stopping; None for none.
    augmented : callable or None
        Returns rows of the data changed at random and preprocessed; None without augmentation.
    order : callable or None
        Returns the rows of an epoch in their order, from a generator; None for all of them once, in a random order.
    """

    parameters: Sequence[nn.Parameter]
    terms: Callable[[torch.Tensor, float, torch.Generator], Terms]
    beta: Callable[[int], float]
    beta_unit: Callable[[float], float]
    data: torch.Tensor | PointsInPlace
    preprocessed: Callable[[torch.Tensor], torch.Tensor]
    rows: torch.Tensor | None = None
    validation: torch.Tensor | None = None
    augmented: Callable[[torch.Tensor], torch.Tensor] | None = None
    order: Callable[[torch.Generator], torch.Tensor] | None = None

    @property
    def n_rows(self) -> int:
        """How many rows are trained on."""
        return len(self.data) if self.rows is None else len(self.rows)


@dataclass(frozen=True)
class Trained:
    """What is known of a training: a record of each epoch, and whether it met the convergence rule of `stopping`."""

    history: tuple[Epoch, ...]
    converged: bool


def train(
    task: Task, recipe: Recipe, generator: torch.Generator, callback: Callable[[Epoch], bool | None] | None = None
) -> Trained:
    """Train in place and return how it went.

    Parameters
    ----------
    generator : Generator
        Source of the order of samples and of the noise.
    callback : callable or None
        Called with the record of each finished epoch; training stops when it returns True.

    Raises
    ------
    TrainingDivergedError
        If the loss is no longer a finite number.
    """
    optimizer = _optimizer(task.parameters, recipe)
    stopping = Stopping(optimizer, recipe.schedule, recipe.patience, recipe.tol)
    history: list[Epoch] = []
    for epoch in range(1, recipe.n_epochs + 1):
        started = perf_counter()
        loss, reconstruction, kl = _epoch(task, recipe, optimizer, generator, epoch)
        if not isfinite(loss):
            raise TrainingDivergedError(
                f"Got loss={loss} in epoch {epoch} of {recipe.n_epochs}, but expected a finite number; "
                f"try a learning_rate below {recipe.learning_rate:g}."
            )
        beta = task.beta(recipe.batch_size) * task.beta_unit(reconstruction) * _warmth(recipe, epoch)
        validation = _validation_loss(task, recipe)
        history.append(Epoch(epoch, loss, reconstruction, kl, beta, validation, perf_counter() - started))
        converged = stopping.watch(loss if task.validation is None else validation)
        if (callback is not None and callback(history[-1])) or converged:
            break
    stopping.restore()
    return Trained(tuple(history), stopping.converged)


def _optimizer(parameters: Sequence[nn.Parameter], recipe: Recipe) -> torch.optim.Optimizer:
    kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[recipe.optimizer]
    # Not torch's choice on a CPU, where it loops over the parameters instead: a third slower at this size.
    return kind(parameters, lr=recipe.learning_rate, fused=True)


def _epoch(
    task: Task, recipe: Recipe, optimizer: torch.optim.Optimizer, generator: torch.Generator, epoch: int
) -> list[float]:
    """Pass once over the rows; return the mean terms of a sample."""
    data, rows = task.data, task.rows
    if task.order is not None:
        order = task.order(generator)
    else:
        order = torch.randperm(task.n_rows, generator=generator, device=data.device)
        if rows is not None:
            order = rows[order]
    batches = order.split(recipe.batch_size)
    sums = torch.zeros(3, device=data.device)
    for step, chosen in enumerate(batches, start=1):
        n = len(chosen)
        batch = (task.augmented or task.preprocessed)(data.index_select(0, chosen))
        terms = task.terms(batch, task.beta(n) * _warmth(recipe, epoch - 1 + step / len(batches)), generator)
        factor = scale(recipe.reduction, n, batch.shape[1])
        optimizer.zero_grad()
        (terms[0] if factor == 1 else terms[0] * factor).backward()
        optimizer.step()
        sums += torch.stack(terms).detach() * n
    return (sums / len(order)).tolist()


def _warmth(recipe: Recipe, epochs: float) -> float:
    """Return the share of beta that holds after so many epochs, a fraction of one included."""
    return min(1.0, epochs / (recipe.warm_up * recipe.n_epochs)) if recipe.warm_up > 0 else 1.0


def _validation_loss(task: Task, recipe: Recipe) -> float:
    if task.validation is None:
        return nan
    # The same noise each time, so that the losses of two epochs differ by the weights alone.
    noise = torch.Generator(task.data.device).manual_seed(0)
    beta = task.beta(recipe.batch_size)
    with torch.inference_mode():
        losses = [
            float(task.terms(task.preprocessed(task.data[rows]), beta, noise)[0]) * len(rows)
            for rows in task.validation.split(ROWS)
        ]
    return sum(losses) / len(task.validation)
