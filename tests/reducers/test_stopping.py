"""When a training ends, which weights it keeps, and whether it says that it converged."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from reducers._neural.stopping import FACTOR, Stopping
from reducers._neural.training import Recipe, Task, train
from reducers.autoencoder import Autoencoder

X = (load_digits().data[:300] / 16).astype(np.float32)
HASTY = {
    "hidden_layer_sizes": (16,),
    "learning_rate": 0.02,
    "batch_size": 20,
    "early_stopping": True,
    "n_iter_no_change": 2,
    "random_state": 0,
}


def watched(losses: list[float], schedule: str, patience: int | None = 1, tol: float = 0.5) -> tuple[int, float, float]:
    """Return after how many losses training ends (0: never), the weight that is kept, and the learning rate then.

    The weight is the number of the epoch.
    """
    weight = torch.nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    stopping = Stopping(optimizer, schedule, patience, tol)
    ended = 0
    for epoch, loss in enumerate(losses, start=1):
        weight.data.fill_(epoch)
        if stopping.watch(loss):
            ended = epoch
            break
    stopping.restore()
    assert stopping.converged is bool(ended)
    return ended, float(weight.detach()), float(optimizer.param_groups[0]["lr"])


@pytest.mark.parametrize(
    ("schedule", "losses", "found"),
    [
        ("constant", [9, 8, 7, 6, 5], (0, 5, 1.0)),
        ("constant", [9, 8, 8, 8, 1], (4, 2, 1.0)),
        ("constant", [9, 8.8, 8.6, 1], (3, 3, 1.0)),  # each better, but by less than tol; the best weights count
        ("constant", [9, 10, 8, 9, 7], (0, 5, 1.0)),  # patience begins anew with each improvement
        ("plateau", [9, 8, 8, 8, 1], (0, 5, FACTOR)),
        ("plateau", [9, 8, 8, 8, 8, 8], (6, 2, FACTOR)),
        ("plateau", [9, 8, 8, 8, 6, 6, 6], (7, 5, FACTOR)),
    ],
)
def test_training_ends_where_the_loss_stays(
    schedule: str, losses: list[float], found: tuple[int, float, float]
) -> None:
    assert watched(losses, schedule) == found


def test_without_patience_nothing_is_watched() -> None:
    assert watched([1.0] * 50, "constant", patience=None) == (0, 50.0, 1.0)


def test_only_a_training_that_ended_by_itself_has_converged() -> None:
    converged = Autoencoder(**HASTY, n_epochs=200).fit(X)
    assert converged.converged_ and converged.n_iter_ < 200
    assert not Autoencoder(**HASTY, n_epochs=converged.n_iter_ - 1).fit(X).converged_
    assert Autoencoder(**HASTY, n_epochs=converged.n_iter_).fit(X).converged_
    fixed = Autoencoder(hidden_layer_sizes=(16,), n_epochs=3, random_state=0).fit(X)
    assert fixed.converged_ is False
    stopped = Autoencoder(**HASTY, n_epochs=200, callback=lambda record: record.epoch == 2).fit(X)
    assert (stopped.n_iter_, stopped.converged_) == (2, False)


def test_smaller_steps_find_a_lower_loss() -> None:
    constant, plateau = (
        Autoencoder(**HASTY, learning_rate_schedule=schedule, n_epochs=300).fit(X)
        for schedule in ("constant", "plateau")
    )
    assert constant.converged_ and plateau.converged_
    same = zip(constant.history_, plateau.history_, strict=False)
    assert all(one.loss == other.loss for one, other in same), "the schedule changed what came before it"
    least = [min(epoch.validation for epoch in one.history_) for one in (constant, plateau)]
    assert least[1] < least[0]


def test_a_schedule_needs_points_that_are_held_back() -> None:
    with pytest.raises(ValueError, match="Got learning_rate_schedule='plateau' without early_stopping"):
        Autoencoder(learning_rate_schedule="plateau").fit(X)
    with pytest.raises(ValueError, match="Got learning_rate_schedule='cosine', but expected one of: constant, plateau"):
        Autoencoder(learning_rate_schedule="cosine").fit(X)


def test_a_task_without_validation_rows_is_watched_by_its_training_loss_and_may_order_its_rows() -> None:
    weight, seen = torch.nn.Parameter(torch.tensor([4.0])), []

    def terms(batch: torch.Tensor, beta: float, generator: torch.Generator) -> tuple[torch.Tensor, ...]:
        seen.append(batch.flatten().tolist())
        loss = (weight - 1).square().sum() + 0 * batch.float().sum()
        return loss, loss, torch.zeros(())

    task = Task(
        parameters=[weight],
        terms=terms,
        beta=lambda n: 0.0,
        beta_unit=lambda reconstruction: 1.0,
        data=torch.arange(5)[:, None],
        preprocessed=lambda rows: rows,
        order=lambda generator: torch.tensor([3, 3, 1]),
    )
    recipe = Recipe(n_epochs=100, batch_size=2, optimizer="sgd", learning_rate=0.1, patience=2, tol=1e-3)
    trained = train(task, recipe, torch.Generator().manual_seed(0))
    assert trained.converged and len(trained.history) < 100
    assert seen[:2] == [[3, 3], [1]]
    assert trained.history[0].loss == pytest.approx((2 * 9 + 2.4**2) / 3), "a mean over the rows of the epoch"
    assert float(weight.detach()) == pytest.approx(1, abs=0.05)
