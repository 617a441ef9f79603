"""What the neural reducers share: how an encoder and a decoder are trained together, saved and loaded."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Self

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from reducers._checks import check, in_unit_interval
from reducers._collapse import ACTIVE_VARIANCE
from reducers._encoder_decoder import EncoderDecoder
from reducers._extras import collect, prior_codes
from reducers._history import Epoch
from reducers._networks import seeded, to_tensor
from reducers._persistence import load, save
from reducers._training import Recipe, Task, Terms, train

SNAPSHOTS = 6
"""How often a training is looked at while it runs."""
SNAPSHOT_SAMPLES = 16
"""Codes decoded at each look, the same each time."""
DEFAULT_BATCH = 128


class NeuralReducer(EncoderDecoder):
    """An encoder and a decoder trained together; subclasses say how wide the encoder's head is and what the loss is."""

    output_activation: str
    reconstruction_reduction: str
    optimizer: str
    learning_rate: float
    batch_size: int | str
    n_epochs: int
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    tol: float
    callback: Callable[[Epoch], bool | None] | None
    random_state: int | np.random.RandomState | None

    quick_params = {"hidden_layer_sizes": (16,), "n_epochs": 2}

    @abstractmethod
    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        """Return loss, reconstruction term and KL term of a batch, each a mean over samples."""

    @property
    def _warm_up(self) -> float:
        """Share of the steps over which beta grows."""
        return 0.0

    def _beta(self, n_samples: int) -> float:
        """Return the weight of the KL term against the reconstruction term of a sample, in a batch of so many."""
        return 0.0

    def _beta_unit(self, reconstruction: float) -> float:
        """Return what turns that weight into one against the squared error, from the reconstruction term."""
        return 1.0

    def _check(self, X: np.ndarray) -> None:
        """Refuse parameters that cannot be, or cannot be with these data."""
        check(self, X)

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        self._check(X)
        initialisation, training = (int(seed) for seed in rng.randint(2**31, size=2))
        split, augmentation, self.drawing_seed_ = (int(seed) for seed in rng.randint(2**31, size=3))
        with seeded(initialisation):
            self._build(X.shape[1], self._output(X))
        self.history_, self.snapshots_ = self._trained(X, training, split, augmentation)
        self.n_iter_ = len(self.history_)
        codes = self._encoded(X)
        self.squared_error_ = self._errors(X, codes)
        self.standard_deviation_ = codes.std(axis=0)
        self.active_units_ = int((codes.var(axis=0) > ACTIVE_VARIANCE).sum())
        self.is_collapsed_ = self.active_units_ == 0
        return self._placed(X, codes)

    def _output(self, X: np.ndarray) -> str:
        """Return what "auto" means for the data."""
        if self.output_activation != "auto":
            return self.output_activation
        if self.symmetric_pixels:
            return "tanh"
        return "sigmoid" if in_unit_interval(X) else "identity"

    def _trained(
        self, X: np.ndarray, training: int, split: int, augmentation: int
    ) -> tuple[tuple[Epoch, ...], dict[int, np.ndarray]]:
        """Train the networks; return the history, and prior samples by the epoch they were decoded after."""
        images, device = self.images_, torch.device(self.device)
        data = to_tensor(X).to(device)
        turns = torch.Generator(device).manual_seed(augmentation)
        if not images.augments:
            # What never changes is computed once, and the pixels as given are not needed any more.
            data = images.seen(data)
        n_validation = round(self.validation_fraction * len(X)) if self.early_stopping else 0
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(split)).to(device)
        task = Task(
            parameters=[*self.encoder_.parameters(), *self.decoder_.parameters()],
            terms=self._terms,
            beta=self._beta,
            beta_unit=self._beta_unit,
            data=data,
            seen=images.seen if images.augments else _unchanged,
            drawn=(lambda pixels: images.augmented(pixels, turns)) if images.augments else None,
            rows=order[n_validation:] if n_validation else None,
            validation=order[:n_validation] if n_validation else None,
        )
        recipe = self._recipe(task.n_rows)
        snapshots: dict[int, np.ndarray] = {}
        looks = set(np.linspace(1, self.n_epochs, min(SNAPSHOTS, self.n_epochs)).round().astype(int).tolist())

        def ended(record: Epoch) -> bool | None:
            if record.epoch in looks:
                snapshots[record.epoch] = self._shown(prior_codes(SNAPSHOT_SAMPLES, self.n_components))
            return self.callback(record) if self.callback is not None else None

        return train(task, recipe, torch.Generator(device).manual_seed(training), ended), snapshots

    def _recipe(self, n_rows: int) -> Recipe:
        batch_size = self.batch_size
        return Recipe(
            n_epochs=self.n_epochs,
            batch_size=min(DEFAULT_BATCH, n_rows) if isinstance(batch_size, str) else batch_size,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            reduction=self.reconstruction_reduction,
            warm_up=self._warm_up,
            patience=self.n_iter_no_change if self.early_stopping else None,
            tol=self.tol,
        )

    def _placed(self, X: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the embedding of points whose codes are known."""
        return codes

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return self._placed(X, self._encoded(X))

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return collect(self, X)

    def save(self, folder: str | Path) -> None:
        """Write the fitted reducer into a folder: `parameters.json` and `weights.pt`, no pickled code.

        Raises
        ------
        SavedReducerError
            If a parameter cannot be written as JSON.
        """
        check_is_fitted(self, "embedding_")
        save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return the fitted reducer that `save` wrote into a folder.

        Raises
        ------
        SavedReducerError
            If the folder is incomplete or damaged, or holds a reducer of another class.
        """
        return load(cls, Path(folder))


def _unchanged(data: torch.Tensor) -> torch.Tensor:
    return data
