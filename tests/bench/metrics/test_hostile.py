"""No input ends the process: what `hostile.py` does is done in a process of its own, whose end is looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.whole
def test_whatever_is_handed_in_ends_in_a_value_or_a_sentence() -> None:
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.bench.metrics.hostile"]
    several = os.environ | {"NUMBA_NUM_THREADS": "2", "HOSTILE_EXAMPLES": "40"}
    ended = subprocess.run(command, cwd=Path(__file__).parents[3], env=several, capture_output=True, timeout=300)
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")[-5_000:]
