"""Auto-decoder: free positions, trained together with the network that must reconstruct the data from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from sklearn.decomposition import PCA
from torch import nn

from reducers._neural.architectures import architecture
from reducers._neural.checks import in_unit_interval, one_of
from reducers._neural.history import Epoch
from reducers._neural.losses import squared_error
from reducers._neural.networks import OUTPUTS, in_blocks, seeded, to_tensor
from reducers._neural.settings import recipe
from reducers._neural.training import Task, Terms, train
from reducers.base import Reducer

UNIT = 10.0
"""Length of the unit that positions are optimised in: Adam's steps have the size of the learning rate in any unit."""
NOISE = 1e-4
"""Deviation of noise on positions of PCA, as in umap-learn, so that equal points can part."""


class AutoDecoder(Reducer):
    """An autoencoder without its encoder: the position of each training point is optimised like a weight.

    Error, decoder and optimiser are those of `Autoencoder`. It has no `transform`: a new point would have to be
    optimised too. It shows what of an autoencoder's embedding is due to its encoder.

    Parameters
    ----------
    n_components : int
        Dimensions of the embedding.
    hidden_layer_sizes : tuple of int, or "convolutional"
        Hidden layers of the encoder of an `Autoencoder` whose decoder this is; the decoder mirrors them.
    output_activation : {"auto", "sigmoid", "tanh", "identity"}
        Activation behind the decoder's last layer; "auto" is a sigmoid if the training data lie in [0, 1], else none.
    init : {"pca", "random"}
        Initial positions: principal components, scaled so that the first has a standard deviation of 1, or draws of a
        standard normal distribution.
    learning_rate : float
        Step size of Adam, for the weights; positions take steps ten times as long.
    learning_rate_schedule : {"constant", "plateau"}
        "plateau" goes on with a tenth of it where training would stop early, and stops the next time.
    batch_size : int or "auto"
        Samples a step; "auto" is 128, or all if there are fewer.
    n_epochs : int
        Passes over the data, at most.
    early_stopping : bool
        Stop when the loss improves no more; the best weights are kept. No points are held back: without an encoder they
        would have no positions.
    n_iter_no_change : int
        Epochs in a row that may pass without improvement.
    tol : float
        Least improvement of the loss of a sample that counts.
    device : str
        Where torch computes, such as "cpu" or "cuda".
    callback : callable or None
        Called with the `Epoch` of each finished epoch; training stops when it returns True.
    random_state : int, RandomState or None
        Seed of the weights, of the positions and of the order of samples.

    Attributes
    ----------
    history_ : tuple of Epoch
        A record of each epoch: loss, seconds.
    n_iter_ : int
        Epochs run.
    converged_ : bool
        Whether training stopped early.
    """

    label = "Auto-decoder"
    by_default = False
    quick_params = {"hidden_layer_sizes": (16,), "n_epochs": 2}
    references = (
        "Tan and Mayrovouniotis 1995, Reducing data dimensionality through optimizing neural network inputs",
        "Park, Florence, Straub, Newcombe and Lovegrove 2019, DeepSDF: the name",
    )

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: tuple[int, ...] | str = (256, 128),
        output_activation: str = "auto",
        init: str = "pca",
        learning_rate: float = 1e-3,
        learning_rate_schedule: str = "constant",
        batch_size: int | str = "auto",
        n_epochs: int = 100,
        early_stopping: bool = False,
        n_iter_no_change: int = 10,
        tol: float = 1e-4,
        device: str = "cpu",
        callback: Callable[[Epoch], bool | None] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.hidden_layer_sizes = hidden_layer_sizes
        self.output_activation = output_activation
        self.init = init
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.batch_size = batch_size
        self.n_epochs = n_epochs
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.device = device
        self.callback = callback
        self.random_state = random_state

    def _fit(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        one_of(self, "init", ["pca", "random"])
        one_of(self, "output_activation", ["auto", *OUTPUTS])
        settings, layers = recipe(self, len(X)), architecture(self.hidden_layer_sizes)
        layers.check(X.shape[1])
        initialisation, training = (int(seed) for seed in rng.randint(2**31, size=2))
        output = self.output_activation
        if output == "auto":
            output = "sigmoid" if in_unit_interval(X) else "identity"
        with seeded(initialisation):
            _, decoder = layers.networks(X.shape[1], self.n_components, self.n_components, "relu", output)
        self.decoder_ = decoder.to(self.device)
        data, start = to_tensor(X).to(self.device), to_tensor(self._start(X, rng) / UNIT)
        positions = nn.Parameter(start.to(self.device))

        def terms(rows: torch.Tensor, beta: float, generator: torch.Generator) -> Terms:
            rebuilt = self.decoder_(positions.index_select(0, rows[:, 0]) * UNIT)
            error = squared_error(rebuilt, data.index_select(0, rows[:, 0])).mean()
            return error, error, torch.zeros((), device=data.device)

        task = Task(
            parameters=[positions, *self.decoder_.parameters()],
            terms=terms,
            beta=lambda n: 0.0,
            beta_unit=lambda reconstruction: 1.0,
            data=torch.arange(len(X), device=self.device)[:, None],
            preprocessed=lambda rows: rows,
        )
        generator = torch.Generator(self.device).manual_seed(training)
        trained = train(task, settings, generator, self.callback)
        self.history_, self.converged_, self.n_iter_ = trained.history, trained.converged, len(trained.history)
        return (positions.detach() * UNIT).cpu().numpy()

    def _start(self, X: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Return the initial positions."""
        drawn = rng.standard_normal((len(X), self.n_components))
        if self.init == "random":
            return drawn
        n = min(self.n_components, *X.shape)
        found = PCA(n, random_state=rng).fit_transform(X)
        start = NOISE * drawn
        start[:, :n] += found / max(found[:, 0].std(), np.finfo(found.dtype).tiny)
        return start

    def _inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        return in_blocks(self.decoder_, Z, torch.device(self.device))
