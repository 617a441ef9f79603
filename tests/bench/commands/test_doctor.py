from __future__ import annotations

from pathlib import Path

import pytest

from bench.commands import doctor
from bench.execution import supervisor


@pytest.mark.parametrize(("works", "said"), [(True, "ended with it"), (False, "no supervisor on this system")])
def test_it_says_what_becomes_of_processes_that_a_run_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, works: bool, said: str
) -> None:
    monkeypatch.setattr(supervisor, "works_here", lambda: works)
    (sign,) = [sign for sign in doctor.examine(tmp_path) if sign.subject == "containment"]
    assert sign.ok and said in sign.text
