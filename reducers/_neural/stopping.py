"""When a training ends: the watched loss, smaller steps where it stays, and the best weights kept.

The convergence rule of all networks: a training has converged if it ended by itself, which it does when the watched
loss has not improved by more than `tol` for more than `patience` epochs in a row. With the schedule "plateau" it first
goes on with a tenth of the learning rate, and ends when the smaller steps bring no improvement either.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import torch
from torch import nn

SCHEDULES: dict[str, int] = {"constant": 0, "plateau": 1}
"""How often the learning rate is reduced before a training ends."""
FACTOR = 0.1
"""Of the learning rate, each time."""


class Stopping:
    """Watches the loss of a training; without patience it does nothing.

    Attributes
    ----------
    converged : bool
        Whether the convergence rule has been met.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, schedule: str, patience: int | None, tol: float) -> None:
        self.optimizer, self.patience, self.tol = optimizer, patience, tol
        self.reductions = SCHEDULES[schedule]
        self.loss, self.waited = inf, 0
        self.weights: list[torch.Tensor] | None = None
        self.converged = False

    def watch(self, loss: float) -> bool:
        """Note the loss after an epoch; tell whether training has converged."""
        if self.patience is None:
            return False
        self.waited = 0 if loss < self.loss - self.tol else self.waited + 1
        if loss < self.loss:
            self.loss = loss
            self.weights = [parameter.detach().clone() for parameter in self._parameters]
        if self.waited > self.patience:
            self.converged = not self.reductions
            self._take_smaller_steps()
        return self.converged

    def restore(self) -> None:
        """Put the best weights back, if any were kept."""
        if self.weights is not None:
            with torch.no_grad():
                for parameter, kept in zip(self._parameters, self.weights, strict=True):
                    parameter.copy_(kept)

    def _take_smaller_steps(self) -> None:
        if self.reductions:
            self.reductions, self.waited = self.reductions - 1, 0
            for group in self.optimizer.param_groups:
                group["lr"] *= FACTOR

    @property
    def _parameters(self) -> Sequence[nn.Parameter]:
        return [parameter for group in self.optimizer.param_groups for parameter in group["params"]]
