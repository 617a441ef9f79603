"""Reducers that are always convolutional, with dense layers of any width between the convolutions and the codes."""

from __future__ import annotations

from sklearn.utils import Tags

from reducers._neural.architectures import Architecture
from reducers._neural.reducer import NeuralReducer


class Convolutional(NeuralReducer):
    """Convolutions around the hidden layers of a neural reducer; images are square, with a side divisible by 4."""

    @property
    def _architecture(self) -> Architecture:
        return Architecture(super()._architecture.hidden, is_convolutional=True)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags._skip_test = True  # scikit-learn's checks fit data that are no images
        return tags
