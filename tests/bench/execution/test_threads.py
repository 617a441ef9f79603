from __future__ import annotations

import subprocess
import sys

import pytest

from bench.execution import threads


@pytest.mark.whole
def test_every_library_keeps_the_budget() -> None:
    code = (
        "import numba, numpy, sklearn, torch; from bench.execution import threads; threads.set_budget(1); "
        "print([pool.threads for pool in threads.read_back()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.strip("[]\n").split(", ")) == {"1"}


def test_a_waiting_thread_gives_up_its_core_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    assert threads.environment(2)["GOMP_SPINCOUNT"] == str(threads.SPIN_TURNS)
    assert threads.environment(2)["OMP_NUM_THREADS"] == "2"
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    assert "GOMP_SPINCOUNT" not in threads.environment(2)
