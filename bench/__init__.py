"""A benchmarking study of dimensionality reducers, and the Python door to it.

- `score(X, Z, labels)` returns every score of any embedding, with no study and no results folder.
- `run(study)` carries out a study and returns its `Results`.
- `load_results(folder)` returns the `Results` of a folder: tables, embeddings, and `plot` for figures.

Names are imported when they are first used: worker processes import this package, and what it loads is part of the
memory that they measure.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "Results": "bench.commands.notebook",
    "load_results": "bench.commands.notebook",
    "run": "bench.commands.running",
    "score": "bench.metrics.functions",
}

__all__ = ["Results", "load_results", "run", "score"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), "Results" if name == "load_results" else name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
