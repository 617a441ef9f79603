"""A benchmarking study of dimensionality reducers, and the Python door to it.

- `score(X, Z, labels)` returns every score of any embedding, with no study and no results folder; of a million points
  with `anchors=5000`, and with standard errors.
- `load_results(folder)` returns the `Results` of a folder: tables, embeddings, figures and report.
- `run(study)` carries out a study, also on data of one's own, and returns its `Results`.

`results/example.ipynb` shows each of them. Names are imported when they are first used: worker processes import this
package, and what it loads is part of the memory that they measure.

Examples
--------
>>> import bench
>>> bench.__all__
['Results', 'load_results', 'run', 'score']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.commands.notebook import Results, load_results, run
    from bench.metrics.functions import score

_MODULES = {
    "Results": "bench.commands.notebook",
    "load_results": "bench.commands.notebook",
    "run": "bench.commands.notebook",
    "score": "bench.metrics.functions",
}

__all__ = ["Results", "load_results", "run", "score"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bench.execution import identity

    identity.check()
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
