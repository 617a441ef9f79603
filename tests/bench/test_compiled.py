from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from bench import compiled

SOURCE = """
import numba

@numba.njit
def doubled(x):
    return 2 * x
"""


@pytest.mark.parametrize(("folder", "is_kept"), [("site-packages", True), ("work", False)])
def test_what_libraries_compile_is_kept_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, is_kept: bool
) -> None:
    name = f"doubling_in_{folder.replace('-', '_')}"
    file = tmp_path / folder / f"{name}.py"
    file.parent.mkdir()
    file.write_text(SOURCE)
    monkeypatch.syspath_prepend(file.parent)
    module = importlib.import_module(name)
    try:
        compiled.keep()
        assert module.doubled(2) == 4
    finally:
        del sys.modules[name]
    assert bool(list(file.parent.rglob(f"{name}*.nbi"))) == is_kept
