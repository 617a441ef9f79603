"""Single bits of a finished results folder are flipped, over every kind of file: none is believed."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.commands import verify
from bench.errors import BenchError
from bench.metrics.registry import REFERENCES
from bench.output import manifest
from bench.store import sums
from bench.store.results import Results
from bench.store.score_store import ScoreStore
from bench.store.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

FLIPS = 35
"""Of each file; there are 13."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder with runs, scores, tables and arrays, all complete."""
    dataset, folder = make_dataset(60, 20), tmp_path_factory.mktemp("flips") / "finished"
    records = [maker.record(variant, seed, dataset) for variant in ("a", "b") for seed in (0, 1)]
    store = maker.folder(folder, dataset, records, drawn=True)
    store.write("summary.csv", "variant,label\na,A\n")
    store.write("measures.csv", "variant,sample,seed,measure,part,value\na,0,0,share,,1.5\n")
    results = Results(folder)
    manifest.note(results, manifest.input_hash(results))
    return folder


def record(folder: Path) -> bool:
    return Store(folder).find("a", 0, 0) is not None


def scores(folder: Path) -> bool:
    kept = Store(folder).find("a", 0, 0)
    return kept is not None and ScoreStore(Store(folder)).of_run(kept) is not None


def across(folder: Path) -> bool:
    kept = [one for one in Store(folder).records() if one.variant == "a"]
    return ScoreStore(Store(folder)).across(kept) is not None


def reference(folder: Path) -> bool:
    return set(ScoreStore(Store(folder)).references()) == set(REFERENCES)


def unchanged(folder: Path) -> bool:
    return bool(manifest.unchanged(Results(folder), manifest.input_hash(Results(folder))))


def table(name: str) -> Callable[[Path], bool]:
    return lambda folder: not Results(folder).frame(name).empty


FILES: dict[str, Callable[[Path], bool]] = {
    "runs/a/seed-0.json": record,
    "runs/a/seed-0.npz": record,
    "runs/a/scores-seed-0.json": scores,
    "runs/a/scores-across-seeds.json": across,
    "references/pixels.json": reference,
    "environment.json": lambda folder: Results(folder).environment is not None,
    "study.toml": lambda folder: bool(Results(folder).study),
    "runs.csv": table("runs"),
    "scores.csv": table("scores"),
    "curves.csv": table("curves"),
    "measures.csv": table("measures"),
    "arrays.npz": lambda folder: bool(Results(folder).arrays),
    "runs/manifest.json": unchanged,
}
"""By file whether what it holds is believed."""


def is_believed(read: Callable[[Path], bool], folder: Path) -> bool:
    try:
        return read(folder)
    except BenchError:
        return False


@pytest.mark.whole
@pytest.mark.parametrize("name", FILES)
def test_no_flipped_bit_is_believed(
    tmp_path: Path, finished: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)  # each would be a warning
    folder, rng = shutil.copytree(finished, tmp_path / "copy"), random.Random(name)
    results = Results(folder)
    manifest.note(results, manifest.input_hash(results))  # paths are part of the hash
    path, read = folder / name, FILES[name]
    content = path.read_bytes()
    assert is_believed(read, folder) and not list(verify.faults(folder))
    for bit in rng.sample(range(8 * len(content)), FLIPS):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        if name != manifest.FILE:  # it only says what need not be written again
            assert list(verify.faults(folder)), bit
        assert not is_believed(read, folder), (bit, flipped[bit // 8])
        for aside in folder.rglob("*.damaged"):
            aside.replace(aside.with_suffix(""))
        path.write_bytes(content)
    assert is_believed(read, folder) and not list(verify.faults(folder))


@pytest.mark.parametrize("name", ["SHA256SUMS", "summary.csv"])
def test_a_flip_in_what_nobody_reads_is_found(tmp_path: Path, finished: Path, name: str) -> None:
    folder, rng = shutil.copytree(finished, tmp_path / "copy"), random.Random(name)
    content = (folder / name).read_bytes()
    for bit in rng.sample(range(8 * len(content)), FLIPS):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        (folder / name).write_bytes(flipped)
        assert list(verify.faults(folder)), bit
        assert sums.faults(folder)
