"""What the neural reducers share: an encoder and a decoder trained together, and all that can be asked of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sklearn.utils.validation import FLOAT_DTYPES, check_is_fitted, validate_data

from reducers._checks import check, in_unit_interval
from reducers._collapse import ACTIVE_VARIANCE
from reducers._extras import collect, line, prior_codes
from reducers._history import Epoch
from reducers._images import Images
from reducers._networks import in_blocks, mlp, seeded, squared_errors, to_tensor
from reducers._persistence import load, save
from reducers._training import Recipe, Task, Terms, train
from reducers.base import Reducer, generator_of

SNAPSHOTS = 6
"""How often a training is looked at while it runs."""
SNAPSHOT_SAMPLES = 16
"""Codes decoded at each look, the same each time."""
DEFAULT_BATCH = 128


class NeuralReducer(Reducer):
    """An encoder and a decoder trained together; subclasses say how wide the encoder's head is and what the loss is."""

    hidden_layer_sizes: tuple[int, ...]
    activation: str
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
    horizontal_flip: float
    rotation: float
    resize: int | None
    symmetric_pixels: bool
    device: str
    callback: Callable[[Epoch], bool | None] | None
    random_state: int | np.random.RandomState | None

    quick_params = {"hidden_layer_sizes": (16,), "n_epochs": 2}

    @property
    @abstractmethod
    def _head_size(self) -> int:
        """Width of the encoder's last layer."""

    @abstractmethod
    def _codes(self, head: torch.Tensor) -> torch.Tensor:
        """Return the codes, of shape (n, n_components), in the encoder's output."""

    @abstractmethod
    def _terms(self, batch: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
        """Return loss, reconstruction term and KL term of a batch, each a mean over samples."""

    @abstractmethod
    def _sample_loss(self, seen: torch.Tensor) -> torch.Tensor:
        """Return the loss of each sample through its code, without noise."""

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
        self.squared_error_ = squared_errors(X, self._inverse_transform(codes))
        self.standard_deviation_ = codes.std(axis=0)
        self.active_units_ = int((codes.var(axis=0) > ACTIVE_VARIANCE).sum())
        self.is_collapsed_ = self.active_units_ == 0
        return self._placed(X, codes)

    def _build(self, n_features: int, output: str) -> None:
        """Make the networks; their weights come from torch's global generator."""
        self.output_ = output
        self.images_ = Images(n_features, self.resize, self.symmetric_pixels, self.horizontal_flip, self.rotation)
        hidden, n_inputs = tuple(self.hidden_layer_sizes), self.images_.n_inputs
        self.encoder_ = mlp((n_inputs, *hidden, self._head_size), self.activation).to(self.device)
        self.decoder_ = mlp((self.n_components, *reversed(hidden), n_inputs), self.activation, output).to(self.device)

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

    def _encoded(self, X: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda pixels: self._codes(self.encoder_(self.images_.seen(pixels))), X)

    def _placed(self, X: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the embedding of points whose codes are known."""
        return codes

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return self._placed(X, self._encoded(X))

    def _inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        return self._in_blocks(lambda codes: self.images_.restored(self.decoder_(codes)), Z)

    def _shown(self, Z: np.ndarray) -> np.ndarray:
        """Return decoded codes as pixels at the network's own resolution."""
        return self._in_blocks(lambda codes: self.images_.shown(self.decoder_(codes)), Z)

    def _in_blocks(self, function: Callable[[torch.Tensor], torch.Tensor], X: np.ndarray) -> np.ndarray:
        return in_blocks(function, X, torch.device(self.device))

    def _extras(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return collect(self, X)

    def encode(self, X: Any) -> np.ndarray:
        """Return the codes of points, new ones too.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        return self._encoded(self._checked_input(X))

    def decode(self, Z: Any) -> np.ndarray:
        """Return the points that codes stand for; the same as `inverse_transform`.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_components)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        return self.inverse_transform(Z)

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return what is left of points that pass through their codes, without noise.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        return self._inverse_transform(self.encode(X))

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how usual each point is: the lower, the more abnormal, as in scikit-learn's outlier detectors.

        It is minus the loss of the sample as it was trained on, without noise: squared error plus beta times KL.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        X = self._checked_input(X)
        return -self._in_blocks(lambda pixels: self._sample_loss(self.images_.seen(pixels)), X)

    def sample(self, n: int, random_state: int | np.random.RandomState | None = None) -> np.ndarray:
        """Return decoded draws from a standard normal distribution of codes.

        A VAE is trained to place its codes so; of a plain autoencoder this asks what lies where no code may be.

        Returns
        -------
        ndarray of shape (n, n_features)
        """
        check_is_fitted(self, "embedding_")
        return self._inverse_transform(generator_of(random_state).standard_normal((n, self.n_components)))

    def interpolate(self, a: Any, b: Any, steps: int = 12) -> np.ndarray:
        """Return decoded codes on the straight line between the codes of two points, both ends included.

        Parameters
        ----------
        a, b : array-like of shape (n_features,)
        steps : int
            Points on the line.

        Returns
        -------
        ndarray of shape (steps, n_features)
        """
        start, end = self.encode([a, b])
        return self._inverse_transform(line(start, end, steps))

    def latent_grid(self, n: int = 15, bounds: Any = None) -> np.ndarray:
        """Return what stands on a grid of codes in the plane, as an image of it is read: top row first.

        Parameters
        ----------
        n : int
            Points a side.
        bounds : ((float, float), (float, float)) or None
            Least and greatest value on each axis; None takes the range of the middle 98 % of the fitted codes.

        Returns
        -------
        ndarray of shape (n, n, n_features)

        Raises
        ------
        ValueError
            If the embedding has another number of dimensions than two.
        """
        check_is_fitted(self, "embedding_")
        if self.n_components != 2:
            raise ValueError(f"Got n_components={self.n_components}, but a grid is drawn in expected 2 dimensions.")
        if bounds is None:
            bounds = np.quantile(self.embedding_, [0.01, 0.99], axis=0).T
        (left, right), (bottom, top) = bounds
        across, up = np.meshgrid(np.linspace(left, right, n), np.linspace(top, bottom, n))
        codes = np.column_stack([across.ravel(), up.ravel()])
        return self._inverse_transform(codes).reshape(n, n, -1)

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

    def _checked_input(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "embedding_")
        return validate_data(self, X, dtype=FLOAT_DTYPES, order="C", reset=False)


def _unchanged(data: torch.Tensor) -> torch.Tensor:
    return data
