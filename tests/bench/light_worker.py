"""The real worker without scikit-learn, of which it loads a stand-in: most of a worker's start is that import.

What is the project's own is as ever: the worker, its supervisor, `reducers.base` with all its checks. Of scikit-learn
there are only the names that `reducers.base` imports, and of these what fakes need.
"""

from __future__ import annotations

import inspect
import sys
from types import MethodType, ModuleType
from typing import Any

import numpy as np

COMMAND = (sys.executable, "-m", "tests.bench.light_worker")
FLOAT_DTYPES = (np.float64, np.float32, np.float16)


class BaseEstimator:
    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}


class ClassNamePrefixFeaturesOutMixin: ...


class available_if:
    """Give a class a method that an object has if `check` returns true of it, and does not raise."""

    def __init__(self, check: Any) -> None:
        self.check = check

    def __call__(self, function: Any) -> available_if:
        self.function = function
        return self

    def __get__(self, object_: Any, owner: type) -> Any:
        try:
            self.check(object_)
        except AttributeError as error:
            raise AttributeError(f"{owner.__name__} has no such method") from error
        return MethodType(self.function, object_)


def check_array(X: Any, *, dtype: Any, order: str) -> np.ndarray:
    X = np.asarray(X, order=order)
    assert X.dtype in dtype and X.ndim == 2 and np.isfinite(X).all()
    return X


def validate_data(estimator: Any, X: Any, *, reset: bool = True, ensure_min_samples: int = 1, **how: Any) -> np.ndarray:
    return check_array(X, **how)


def check_is_fitted(estimator: Any, attribute: str) -> None:
    assert hasattr(estimator, attribute)


def check_random_state(seed: Any) -> np.random.RandomState:
    return np.random.RandomState(seed)


STAND_INS: dict[str, dict[str, Any]] = {
    "sklearn": {},
    "sklearn.base": {
        "BaseEstimator": BaseEstimator,
        "ClassNamePrefixFeaturesOutMixin": ClassNamePrefixFeaturesOutMixin,
    },
    "sklearn.utils": {
        "Tags": object,
        "TransformerTags": object,
        "check_array": check_array,
        "check_random_state": check_random_state,
    },
    "sklearn.utils.metaestimators": {"available_if": available_if},
    "sklearn.utils.validation": {
        "FLOAT_DTYPES": FLOAT_DTYPES,
        "check_is_fitted": check_is_fitted,
        "validate_data": validate_data,
    },
}


def main() -> None:
    for name, members in STAND_INS.items():
        sys.modules[name] = module = ModuleType(name)
        vars(module).update(members)
    from bench.execution import worker

    worker.main()


if __name__ == "__main__":
    main()
