"""Errors and warnings of the reducers.

::

    ReducerError
    ├── UnknownReducerError         no reducer has that name
    ├── UnknownPresetError          no preset has that name
    ├── UnavailableReducerError     its library is missing or its file does not import
    ├── DuplicateReducerError       two reducers claim one name
    └── SavedReducerError           a folder is no saved reducer, or a reducer cannot be saved
    ArithmeticError
    └── TrainingDivergedError       a loss stopped being a finite number
    UserWarning
    └── PosteriorCollapseWarning    codes say nothing of the data
"""


class ReducerError(Exception):
    """A reducer that cannot be had."""


class UnknownReducerError(ReducerError):
    """No reducer has that name."""


class UnknownPresetError(ReducerError):
    """No preset has that name."""


class UnavailableReducerError(ReducerError):
    """The reducer is there, but its library is missing or its file does not import."""


class DuplicateReducerError(ReducerError):
    """Two reducers claim one name."""


class SavedReducerError(ReducerError):
    """A folder cannot be read as a saved reducer, or a reducer cannot be saved."""


class TrainingDivergedError(ArithmeticError):
    """The loss stopped being a finite number."""


class PosteriorCollapseWarning(UserWarning):
    """No latent dimension carries information about the data."""
