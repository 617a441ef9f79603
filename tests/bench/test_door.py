from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bench


def test_the_door_loads_nothing_before_it_is_used() -> None:
    """A worker measures memory from the start, and what this package imports is part of it."""
    code = "import sys, bench; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "bench" in found
    assert not {"numpy", "pandas", "sklearn", "scipy", "numba", "pydantic", "torch", "reducers"} & set(found)


def test_every_name_is_there() -> None:
    from bench.commands.notebook import Results
    from bench.metrics.functions import score

    assert bench.score is score
    assert bench.Results is Results
    assert callable(bench.run)
    assert set(bench.__all__) <= set(dir(bench))
    with pytest.raises(AttributeError, match="'bench' has no attribute 'scor'"):
        bench.scor  # noqa: B018


def test_results_of_a_folder_are_those_of_the_store(tmp_path: Path) -> None:
    assert bench.load_results(tmp_path).folder == tmp_path
