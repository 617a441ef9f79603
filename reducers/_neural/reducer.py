"""The base class of the neural reducers: how an encoder and a decoder are trained together."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import astuple
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch

from reducers._neural.checks import at_least, in_unit_interval, known_device, one_of
from reducers._neural.collapse import ACTIVE_VARIANCE
from reducers._neural.encoder_decoder import EncoderDecoder
from reducers._neural.extras import (
    POINTS_FILMED,
    PRIOR_SAMPLES,
    SAMPLES_SHOWN,
    epochs_filmed,
    epochs_shown,
    prior_codes,
)
from reducers._neural.history import Epoch
from reducers._neural.in_place import PointsInPlace, stays_in_place
from reducers._neural.networks import OUTPUTS, seeded, to_tensor
from reducers._neural.stopping import SCHEDULES
from reducers._neural.training import OPTIMIZERS, Recipe, Task, Terms, Trained, train

DEFAULT_BATCH = 128

Callback = Callable[[Epoch], bool | None]


class Seeds(NamedTuple):
    """The seeds of a fit, one for each use, so that no use changes the random numbers of another."""

    initialisation: int
    training: int
    split: int
    augmentation: int
    sampling: int


class NeuralReducer(EncoderDecoder):
    """An encoder and a decoder trained together; subclasses define the encoder's head and the loss."""

    reconstruction_reduction: ClassVar[str] = "sample"
    """Reduction of the reconstruction term that is minimised, as in `losses.scale`."""

    output_activation: str
    optimizer: str
    learning_rate: float
    learning_rate_schedule: str = "constant"
    batch_size: int | str
    n_epochs: int
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    tol: float
    callback: Callback | None
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
        """Return the weight of the KL term against the reconstruction term of a sample, in a batch of this size."""
        return 0.0

    def _beta_unit(self, reconstruction: float) -> float:
        """Return the factor that turns this weight into one against the squared error, from the reconstruction term."""
        return 1.0

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        self._check(X)
        initialisation, training = (int(seed) for seed in rng.randint(2**31, size=2))
        self.seeds_ = Seeds(initialisation, training, *(int(seed) for seed in rng.randint(2**31, size=3)))
        trained = self._train(X, self.seeds_, self.callback)
        self.history_, self.converged_ = trained.history, trained.converged
        self.n_iter_ = len(self.history_)
        codes = self._encoded(X)
        self.standard_deviation_ = codes.std(axis=0)
        self.active_units_ = int((codes.var(axis=0) > ACTIVE_VARIANCE).sum())
        self.is_collapsed_ = self.active_units_ == 0
        return self._embedding(X, codes)

    def _embedding(self, X: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the embedding of points whose codes are known."""
        return codes

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return self._embedding(X, self._encoded(X))

    def _output(self, X: np.ndarray) -> str:
        """Return what ends the decoder, given the data."""
        if self.output_activation != "auto":
            return self.output_activation
        return "sigmoid" if in_unit_interval(X) else "identity"

    def _check(self, X: np.ndarray) -> None:
        """Raise ValueError for parameters that are not allowed, or not with these data."""
        self._architecture.check(self._images(X.shape[1]).n_inputs)
        known_device(self.device)
        for name in ("n_epochs", "n_iter_no_change"):
            at_least(self, name, 1)
        at_least(self, "tol", 0)
        one_of(self, "output_activation", ["auto", *OUTPUTS])
        one_of(self, "optimizer", OPTIMIZERS)
        one_of(self, "learning_rate_schedule", SCHEDULES)
        if self.learning_rate_schedule != "constant" and not self.early_stopping:
            raise ValueError(
                f"Got learning_rate_schedule={self.learning_rate_schedule!r} without early_stopping, but expected "
                "both: it follows the loss of the points that are held back."
            )
        if not 0 < self.validation_fraction < 1:
            raise ValueError(
                f"Got validation_fraction={self.validation_fraction!r}, but expected a number between 0 and 1."
            )
        lowest = {"sigmoid": 0, "tanh": -1}.get(self.output_activation)
        if lowest is not None and (X.min() < lowest or X.max() > 1):
            raise ValueError(
                f"Got values from {X.min():g} to {X.max():g}, but a {self.output_activation} output reaches only "
                f"[{lowest}, 1]; scale the data or use output_activation='identity'."
            )
        self._check_batch(len(X))

    def _check_batch(self, n_samples: int) -> None:
        n_validation = self._n_validation(n_samples)
        if self.early_stopping and not 0 < n_validation < n_samples:
            raise ValueError(
                f"Got validation_fraction={self.validation_fraction:g}, but expected it to leave rows on both sides of "
                f"n_samples={n_samples}."
            )
        batch_size, n_rows = self.batch_size, n_samples - n_validation
        if batch_size == "auto":
            return
        if isinstance(batch_size, str) or batch_size < 1:
            raise ValueError(f"Got batch_size={batch_size!r}, but expected at least 1, or 'auto'.")
        if batch_size > n_rows:
            raise ValueError(
                f"Got batch_size={batch_size}, but expected at most the {n_rows} samples that are trained on; "
                "'auto' adapts to their number."
            )

    def _n_validation(self, n_samples: int) -> int:
        return round(self.validation_fraction * n_samples) if self.early_stopping else 0

    def _train(self, X: np.ndarray, seeds: Seeds, callback: Callback | None) -> Trained:
        """Build the networks, train them and return how it went."""
        with seeded(seeds.initialisation):
            self._build(X.shape[1], self._output(X))
        images, device = self.images_, torch.device(self.device)
        augmentation = torch.Generator(device).manual_seed(seeds.augmentation)
        # What never changes is computed once, if there is room for it, and the pixels as given are not needed any more.
        prepared = _unchanged if images.augments else images.preprocessed
        data = PointsInPlace(X, device, prepared) if stays_in_place(X) else prepared(to_tensor(X).to(device))
        n_validation = self._n_validation(len(X))
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seeds.split)).to(device)
        task = Task(
            parameters=[*self.encoder_.parameters(), *self.decoder_.parameters()],
            terms=self._terms,
            beta=self._beta,
            beta_unit=self._beta_unit,
            data=data,
            preprocessed=images.preprocessed if images.augments else _unchanged,
            augmented=(lambda pixels: images.augmented(pixels, augmentation)) if images.augments else None,
            rows=order[n_validation:] if n_validation else None,
            validation=order[:n_validation] if n_validation else None,
        )
        generator = torch.Generator(device).manual_seed(seeds.training)
        return train(task, self._recipe(task.n_rows), generator, callback)

    def _recipe(self, n_rows: int) -> Recipe:
        batch_size = self.batch_size
        return Recipe(
            n_epochs=self.n_epochs,
            batch_size=min(DEFAULT_BATCH, n_rows) if isinstance(batch_size, str) else batch_size,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            reduction=self.reconstruction_reduction,
            warm_up=self._warm_up,
            schedule=self.learning_rate_schedule,
            patience=self.n_iter_no_change if self.early_stopping else None,
            tol=self.tol,
        )

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        arrays = {
            "history": np.array([astuple(epoch) for epoch in self.history_]),
            "standard_deviation": self.standard_deviation_,
            "prior_samples": self._shown(prior_codes(PRIOR_SAMPLES, self.n_components)),
            "anomaly_score": -self.score_samples(X),
        }
        counts = {"active_units": self.active_units_, "is_collapsed": self.is_collapsed_}
        return {name: array.astype(np.float32) for name, array in arrays.items()} | {
            name: np.asarray(count, dtype=np.int32) for name, count in counts.items()
        }

    def training_extras(self, X: Any, by_epoch: bool = False) -> dict[str, np.ndarray]:
        """Return what a run keeps of the training, embedding aside; `extras` is the counterpart for test points.

        It is called after all timed calls. See `reducers._neural.extras` for the arrays.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training points, as they were given to `fit`.
        by_epoch : bool
            Decode prior samples and map points during training too. As `fit` does nothing of the kind, the training is
            repeated with the seeds of the fit, which takes as long.

        Returns
        -------
        dict of str to ndarray
        """
        X = self._checked_input(X)
        arrays = {"fitted_squared_error": self._errors(X, self._encoded(X)).astype(np.float32)}
        return arrays | (self._by_epoch(X) if by_epoch else {})

    def _by_epoch(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return decoded prior samples and positions of the first points, epoch by epoch of a second training."""
        twin, epochs, frames = copy.copy(self), epochs_shown(self.n_iter_), epochs_filmed(self.n_iter_)
        codes = prior_codes(SAMPLES_SHOWN, self.n_components)
        samples: dict[int, np.ndarray] = {}
        positions: dict[int, np.ndarray] = {}

        def ended(record: Epoch) -> bool:
            if record.epoch in epochs:
                samples[record.epoch] = twin._shown(codes)
            if record.epoch in frames:
                positions[record.epoch] = twin._transform(X[:POINTS_FILMED])
            return record.epoch == self.n_iter_

        twin._train(X, self.seeds_, ended)
        return {
            "prior_samples_by_epoch": np.stack(list(samples.values())).astype(np.float32),
            "prior_sample_epochs": np.array(list(samples), dtype=np.int32),
            "embedding_by_epoch": np.stack(list(positions.values())).astype(np.float32),
            "embedding_epochs": np.array(list(positions), dtype=np.int32),
        }


def _unchanged(data: torch.Tensor) -> torch.Tensor:
    return data
