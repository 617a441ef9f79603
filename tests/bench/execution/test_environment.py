from __future__ import annotations

import platform
import subprocess
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

from bench.execution import environment, threads


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return somebody's repository with one commit."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "module.py").write_text("x = 1\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)
    return tmp_path


def test_the_commit_is_that_of_the_project(repository: Path) -> None:
    commit = environment.git_commit(repository)
    assert commit is not None and len(commit) == 40
    (repository / "bench" / "module.py").write_text("x = 2\n")
    assert environment.git_commit(repository) == f"{commit} + changes"


def test_a_package_inside_somebody_elses_repository_has_no_commit(repository: Path) -> None:
    installed = repository / ".venv" / "lib" / "site-packages"
    (installed / "bench").mkdir(parents=True)
    assert environment.git_commit(installed) is None


def test_without_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    assert environment.git_commit(tmp_path) is None
    assert environment.git_commit(tmp_path / "missing") is None


def test_an_environment_describes_this_machine() -> None:
    found = environment.environment("clouds", "a hash", "three clouds", 1)
    assert found.fingerprint == environment.fingerprint()
    assert found.cores >= 1 and found.memory_mib > 100
    assert "numpy" in found.versions


def test_a_processor_is_named_with_its_generation() -> None:
    first = "processor : 0\nvendor_id : AuthenticAMD\ncpu family : 25\nmodel : 1\nmodel name : AMD EPYC\nstepping : 1\n"
    assert environment.name_in(f"{first}\n{first}") == "AMD EPYC (cpu family 25, model 1, stepping 1)"
    assert environment.name_in("model name : Cortex\n") == "Cortex"
    assert environment.name_in("Hardware : BCM2835\n") == ""


def test_other_kernels_are_another_machine_class(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.KERNELS:
        monkeypatch.delenv(name, raising=False)
    usual, plain = environment.fingerprint(), environment.machine()
    monkeypatch.setenv("OPENBLAS_CORETYPE", "")
    assert (environment.fingerprint(), environment.machine()) == (usual, plain)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    one = environment.fingerprint()
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "AVX512F")
    assert len({usual, one, environment.fingerprint()}) == 3
    found = environment.machine()
    assert found.processor == f"{plain.processor}, NPY_DISABLE_CPU_FEATURES=AVX512F, OPENBLAS_CORETYPE=Haswell"
    assert environment.environment("clouds", "a hash", "three clouds", 1).processor == found.processor


def test_the_fingerprint_of_a_machine_as_it_is_stays_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise no time of an earlier edition could be compared with one of this."""
    for name in environment.KERNELS:
        monkeypatch.delenv(name, raising=False)
    memory_gib = round(psutil.virtual_memory().total / 2**30)
    parts = (environment.processor(), threads.available(), memory_gib, platform.system(), platform.machine())
    assert environment.fingerprint() == sha256(repr(parts).encode()).hexdigest()[:16]
