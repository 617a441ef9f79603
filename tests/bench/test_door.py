from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import bench


def test_the_door_loads_nothing_before_it_is_used() -> None:
    """A worker measures memory from the start, and what this package imports is part of it."""
    code = "import sys, bench; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "bench" in found
    assert not {"numpy", "pandas", "sklearn", "scipy", "numba", "pydantic", "torch", "reducers"} & set(found)


def test_every_name_is_there() -> None:
    from bench.commands import notebook
    from bench.metrics.functions import score

    assert bench.score is score
    assert (bench.Results, bench.load_results, bench.run) == (notebook.Results, notebook.load_results, notebook.run)
    assert set(bench.__all__) <= set(dir(bench))
    with pytest.raises(AttributeError, match="'bench' has no attribute 'scor'"):
        bench.scor  # noqa: B018


def test_whatever_is_public_says_what_it_takes_and_shows_an_example() -> None:
    """numpydoc, as libraries around it have it; the examples are run by `tests/test_doctests.py`."""
    public = [bench.score, bench.run, bench.load_results, bench.Results]
    public += [getattr(bench.Results, name) for name in ("table", "plot", "report")]
    for one in public:
        sections = inspect.getdoc(one) or ""
        assert "Examples\n--------\n>>> " in sections, one
        takes = [name for name in inspect.signature(one).parameters if name not in ("self", "only")]
        if one is not bench.Results:
            assert "Parameters\n----------\n" in sections and "Raises\n------\n" in sections, one
            assert all(re.search(rf"^[*\w, ]*\b{name}\b.*$", sections, re.MULTILINE) for name in takes), one
