from __future__ import annotations

from pathlib import Path

import pytest

import bench
from bench.commands import doctor
from bench.execution import supervisor


@pytest.mark.parametrize(("works", "said"), [(True, "ended with it"), (False, "no supervisor on this system")])
def test_it_says_what_becomes_of_processes_that_a_run_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, works: bool, said: str
) -> None:
    monkeypatch.setattr(supervisor, "works_here", lambda: works)
    (sign,) = [sign for sign in doctor.examine(tmp_path) if sign.subject == "containment"]
    assert sign.ok and said in sign.text


def test_it_says_which_packages_are_used_and_which_could_hide_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def packages() -> doctor.Sign:
        return next(sign for sign in doctor.examine(tmp_path) if sign.subject == "packages")

    assert packages() == doctor.Sign(True, "packages", f"bench and reducers of {Path(bench.__file__).parents[1]}")
    (tmp_path / "reducers.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert not packages().ok and f"hides ours where Python finds it first: {tmp_path}/reducers.py" in packages().text
    monkeypatch.chdir(tmp_path)
    assert not packages().ok and packages().text.startswith("Got package reducers from")
