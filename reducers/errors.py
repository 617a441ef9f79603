"""Errors and warnings of the reducers.

::

    ReducerError
    ├── UnknownReducerError         no reducer has that name
    ├── UnknownPresetError          no preset has that name
    ├── UnavailableReducerError     its library is missing or its file does not import
    ├── DuplicateReducerError       two reducers have one name
    ├── InvalidEmbeddingError       what a reducer returned is no embedding; also a ValueError
    └── TrainingDivergedError       a loss is no longer a finite number; also an ArithmeticError
    UserWarning
    └── PosteriorCollapseWarning    the codes carry no information about the data
"""


class ReducerError(Exception):
    """A reducer that is not available, or that failed in a way that it names itself."""


class UnknownReducerError(ReducerError):
    """No reducer has that name."""


class UnknownPresetError(ReducerError):
    """No preset has that name."""


class UnavailableReducerError(ReducerError):
    """The reducer is known, but its library is missing or its file does not import."""


class DuplicateReducerError(ReducerError):
    """Two reducers have one name."""


class InvalidEmbeddingError(ReducerError, ValueError):
    """A reducer returned something that is no embedding: not an array, a wrong shape, not real, not finite."""


class TrainingDivergedError(ReducerError, ArithmeticError):
    """The loss is no longer a finite number."""


class PosteriorCollapseWarning(UserWarning):
    """No latent dimension carries information about the data."""
