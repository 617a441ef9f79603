from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bench
import reducers
from bench.errors import InstallationError
from bench.execution import identity

PROJECT = Path(__file__).parents[3]


def package(folder: Path, name: str, text: str) -> Path:
    (folder / name).mkdir(parents=True)
    (file := folder / name / "__init__.py").write_text(text)
    return file


def python(*words: str, folder: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(path or ""), "COLUMNS": "500"}
    return subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)


def on_a_machine(folder: Path, path: Path) -> str:
    """Return what the module says by value: there, its name is of another package or of none."""
    code = f"{inspect.getsource(identity)}\nprint(fault())"
    # Without site-packages, where an editable install of this project may lie.
    said = python("-S", "-c", code, folder=folder, path=path)
    assert not said.stderr
    return said.stdout.strip()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder as an installed wheel leaves it: both packages side by side."""
    for name, sign in identity.SIGNS.items():
        package(tmp_path / "site", name, f"{sign} = 1\n")
    return tmp_path / "site"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


def test_these_packages_belong_together() -> None:
    assert identity.fault() == ""
    identity.check()
    for module in (bench, reducers):
        assert module.__file__ and identity.is_ours(module.__name__, module.__file__)
        assert next(identity.origins(module.__name__)) == module.__file__


def test_those_of_a_wheel_belong_together(site: Path, elsewhere: Path) -> None:
    assert on_a_machine(elsewhere, site) == ""
    assert on_a_machine(site, site) == "", "in their own folder, as a clone is used"


@pytest.mark.parametrize("name", identity.SIGNS)
def test_one_of_another_project_that_was_installed_over_ours_is_named(site: Path, elsewhere: Path, name: str) -> None:
    file = site / name / "__init__.py"
    file.write_text("raise SystemExit('it was run')")
    said = on_a_machine(elsewhere, site)
    assert said.startswith(f"Got package {name} from {file}, which is of another project") and "\n" not in said
    assert f"pip uninstall {name}" in said


@pytest.mark.parametrize("name", identity.SIGNS)
def test_a_file_in_the_folder_that_workers_start_in_is_found(site: Path, elsewhere: Path, name: str) -> None:
    """A script on the PATH does not look there, and `python -m`, as workers are started, looks there first."""
    (elsewhere / f"{name}.py").write_text("")
    assert f"Got package {name} from {elsewhere / name}.py" in on_a_machine(elsewhere, site)


def test_a_folder_that_is_no_package_hides_nothing(site: Path, elsewhere: Path) -> None:
    (elsewhere / "reducers").mkdir()
    assert on_a_machine(elsewhere, site) == ""


def test_two_copies_of_this_project_are_not_mixed(site: Path, elsewhere: Path) -> None:
    package(elsewhere, "reducers", "ENTRY_POINT_GROUP = 2")
    said = on_a_machine(elsewhere, site)
    assert str(site) in said and str(elsewhere) in said and "Uninstall one of the two copies" in said


def test_a_machine_without_this_project_says_what_to_install(elsewhere: Path) -> None:
    assert on_a_machine(elsewhere, elsewhere).startswith("Got no package bench. Install this project with the pip of")
    package(elsewhere, "bench", "load_results = 1")
    assert f"Got no package reducers beside that of {elsewhere}" in on_a_machine(elsewhere, elsewhere)


def test_start_up_refuses_it_in_one_sentence(tmp_path: Path) -> None:
    file = package(tmp_path, "reducers", "raise SystemExit('it was run')")
    said = python("-m", "bench", "list", folder=tmp_path, path=PROJECT)
    assert said.returncode == 2 and not said.stdout
    assert said.stderr.startswith(f"error: Got package reducers from {file}") and "Traceback" not in said.stderr


def test_the_door_refuses_it_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "reducers.py").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InstallationError, match=r"Got package reducers from .*which is of another project"):
        bench.score  # noqa: B018


def test_looking_loads_nothing_but_the_standard_library(tmp_path: Path) -> None:
    code = "import sys; from bench.execution import identity; identity.check(); print(*sys.modules)"
    found = python("-c", code, folder=tmp_path, path=PROJECT).stdout.split()
    names = {name.partition(".")[0] for name in found} - {"bench", "__main__"}
    started = python("-c", "import sys; print(*sys.modules)", folder=tmp_path, path=PROJECT).stdout.split()
    assert found and names - set(started) <= sys.stdlib_module_names


def test_what_waits_behind_ours_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert identity.others("reducers") == []
    file = package(tmp_path, "reducers", "")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert identity.others("reducers") == [str(file)]
    assert identity.fault() == ""
