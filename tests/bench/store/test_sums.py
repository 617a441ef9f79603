"""The list of digests of a results folder, and what reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from bench.errors import DamagedError
from bench.store import sums
from bench.store.arrays import Arrays
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a complete results folder as it is committed."""
    results = maker.write(tmp_path / "made", {"a": {"silhouette": [0.25, 0.5]}}, arrays={"data/name": np.array("x")})
    store = Store(results.folder)
    store.write("figures/embeddings.png", b"pixels")
    store.write("runs/a/seed-0.json", "{}")
    (results.folder / ".lock").touch()
    sums.write(results.folder)
    return results.folder


def test_the_list_is_one_that_sha256sum_reads(folder: Path) -> None:
    names = [line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()]
    assert names == ["arrays.npz", "figures/embeddings.png", "runs.csv", "scores.csv", "study.toml"]
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    assert sums.faults(folder) == {}


def test_an_edited_table_is_not_read(folder: Path) -> None:
    assert list(Results(folder).values("a", "silhouette").array) == [0.25, 0.5]
    path = folder / "scores.csv"
    path.write_text(path.read_text().replace("0.25", "0.95"))
    with pytest.raises(DamagedError, match=r"scores\.csv, which is not what was written"):
        Results(folder).values("a", "silhouette")
    assert list(sums.faults(folder)) == ["scores.csv"]
    (folder / "SHA256SUMS").unlink()
    assert list(Results(folder).values("a", "silhouette").array) == [0.95, 0.5], (
        "it was meant, or of an earlier edition"
    )


def test_other_inputs_are_checked_too(folder: Path) -> None:
    for name, read in {
        "study.toml": lambda: Results(folder).study,
        "arrays.npz": lambda: Arrays(folder)["data/name"],
    }.items():
        (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
        with pytest.raises(DamagedError, match=name):
            read()


def test_what_is_missing_added_or_linked_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "figures" / "embeddings.png").unlink()
    assert sums.faults(folder) == {}, "it can be made again, and a clone does not have it"
    (folder / "arrays.npz").rename(tmp_path / "arrays.npz")
    (folder / "arrays.npz").symlink_to(tmp_path / "arrays.npz")
    (folder / "measures.csv").write_text("variant,sample,seed,measure,part,value\n")
    assert sums.faults(folder) == {
        "arrays.npz": "arrays.npz is missing",
        "measures.csv": "measures.csv is not listed in SHA256SUMS",
    }
    for name in ("arrays.npz", "measures.csv"):
        with pytest.raises(DamagedError, match=name):
            sums.check(folder, name)


def test_a_change_by_the_program_ends_the_list(folder: Path) -> None:
    store = Store(folder)
    store.write("scores.csv", (folder / "scores.csv").read_bytes())
    store.write("runs/a/seed-1.json", "{}")
    store.remove("claims.csv")
    assert (folder / "SHA256SUMS").is_file(), "nothing that it lists has changed"
    store.write("scores.csv", "variant")
    assert not (folder / "SHA256SUMS").exists()
    sums.write(folder)
    store.remove("scores.csv")
    assert not (folder / "SHA256SUMS").exists()


@pytest.mark.parametrize("content", [b"", b"no list", b"\xff\xfe", b"0" * 64 + b"  runs.csv"])
def test_a_damaged_list_vouches_for_nothing(folder: Path, content: bytes) -> None:
    (folder / "SHA256SUMS").write_bytes(content)
    assert sums.faults(folder)
    with pytest.raises(DamagedError):
        Results(folder).frame("runs")


def test_tables_that_runs_can_replace_are_set_aside(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(folder)
    store.set_aside_damaged()
    assert (folder / "SHA256SUMS").is_file() and not caplog.text
    (folder / "runs.csv").write_text("variant")
    store.set_aside_damaged()
    assert "runs.csv is not what was written" in caplog.text
    assert (folder / "runs.csv.damaged").is_file() and not (folder / "runs.csv").exists()
    sums.write(folder)
    assert "damaged" not in (folder / "SHA256SUMS").read_text()


def test_it_is_said_what_makes_a_file_again(folder: Path) -> None:
    for name, command in {"study.toml": "bench run` of its study", "runs.csv": f"bench report {folder}`"}.items():
        (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
        with pytest.raises(DamagedError, match=command):
            sums.check(folder, name)
