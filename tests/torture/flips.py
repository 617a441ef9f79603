"""Single bits of the files of a results folder, flipped one at a time: none of them is believed."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from typer.testing import CliRunner

from bench.cli import app
from bench.errors import BenchError
from bench.output import manifest
from bench.store.results import Results
from bench.store.score_store import ScoreStore
from bench.store.store import Store
from tests.bench import fakes
from tests.torture.found import Found
from tests.torture.program import Place

KIND = "flips"
SECONDS = 0.1
FLIPS = 1_000
SETTINGS = 'seeds = 2\ntimeout = "60s"\nrepeat = false'
TABLES = {"runs.csv": "runs", "scores.csv": "scores", "curves.csv": "curves", "arrays.npz": "arrays"}
"""Files that all others are made from where the runs are not at hand, and what reads them."""


def cases(share: int = 1) -> list[str]:
    """Return the numbers of the flips."""
    return [str(number) for number in range(FLIPS // share)]


def jobs(names: list[str]) -> list[list[str]]:
    """Return all flips as one job: they share a study."""
    return [names]


def run(names: list[str]) -> Iterator[Found]:
    """Flip one bit at a time; every kind of file has its turn, and within a kind every file."""
    with Place() as place:
        variants = {name: f"{fakes.__file__}:{name}" for name in ("Calm", "Raises")}
        study = place.write(SETTINGS, variants)
        ended = place.run(["run", str(study), "--out", str(place.out)], 180.0)
        assert ended.code == 0, f"the study to be damaged ended with {ended.code}: {ended.last_words}"
        logging.disable(logging.WARNING)  # each flip is warned of
        whole = place.folder / "whole"
        shutil.copytree(place.out, whole)
        kinds = _kinds(whole)
        for number in map(int, names):
            family = list(kinds)[number % len(kinds)]
            path = kinds[family][number // len(kinds) % len(kinds[family])]
            name = path.relative_to(whole)
            for folder, is_left in ((place.out, ()), (place.folder / "committed", ("runs", ".lock"))):
                _restore(folder, whole, is_left)
            yield _flipped(name, family, random.Random(number), place.out, place.folder / "committed")


def _restore(folder: Path, whole: Path, left_out: Sequence[str]) -> None:
    """Make a folder what the whole one is, but for what is left out of it."""
    names = {path.relative_to(whole): path for path in whole.rglob("*") if path.is_file()}
    names = {name: path for name, path in names.items() if name.parts[0] not in left_out}
    for path in filter(Path.is_file, list(folder.rglob("*"))):
        if path.relative_to(folder) not in names:
            path.unlink()
    for name, path in names.items():
        mine = folder / name
        if not mine.is_file() or mine.stat().st_mtime_ns != path.stat().st_mtime_ns:
            mine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, mine)


def _kinds(out: Path) -> dict[str, list[Path]]:
    """Return the files of a results folder by kind; what has dots before its name is no result."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(out.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.stat().st_size:
            name = path.relative_to(out)
            kind = path.name if len(name.parts) == 1 else f"{name.parts[0]}/{path.suffix}"
            if name.parts[0] == "runs":
                kind = next((k for k in ("scores", "seed", "manifest") if path.name.startswith(k)), "reference")
                kind = f"runs/{kind}{path.suffix}"
            kinds.setdefault(kind, []).append(path)
    return kinds


def _flipped(name: Path, family: str, where: random.Random, out: Path, committed: Path) -> Found:
    """Flip one bit of a file in both folders, and ask who reads it."""
    path = out / name
    damaged = bytearray(path.read_bytes())
    byte, bit = where.randrange(len(damaged)), where.randrange(8)
    damaged[byte] ^= 1 << bit
    readers = [(what, read, read()) for what, read in _readers(path, out, committed)]
    problems = []
    folders = [folder for folder in (out, committed) if (folder / name).is_file()]
    for folder in folders:
        (folder / name).write_bytes(damaged)
    for folder in folders if path.name != "manifest.json" else ():
        done = CliRunner().invoke(app, ["verify", str(folder)])
        said = done.output + str(done.exception or "")
        if done.exit_code != 1 or path.name not in "".join(said.split("\n")):
            problems.append(f"verify of {folder.name} ended with {done.exit_code}: {said.strip()[-150:]}")
    for what, read, was in readers:
        path.write_bytes(damaged)  # who read it before may have set it aside
        found = None
        with suppress(BenchError):
            found = read()
        if found not in (None, [], was):
            problems.append(f"{what} believed it")
    return Found(
        KIND,
        family,
        f"{name}, byte {byte:,}, bit {bit}",
        f"one bit of {family}",
        "the file is named by `bench verify` and read by nobody",
        "noticed" if not problems else "believed",
        "all other files",
        "; ".join(problems),
    )


def _readers(path: Path, out: Path, committed: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield who reads a file: each returns its content, or nothing if the file is not believed."""
    store = Store(out)
    if path.parent.parent.name == "runs" and path.name.startswith(("seed-", "scores-seed-")):
        seed = int(path.stem.rpartition("-")[2])
        variant = path.parent.name
        record = store.find(variant, 0, seed)
        if path.name.startswith("seed-"):
            yield "the store", lambda: store.find(variant, 0, seed)
        elif record is not None:
            yield "the store of scores", lambda: ScoreStore(store).of_run(record)
    if path.name == "scores-across-seeds.json":
        records = [record for record in store.records() if record.variant == path.parent.name]
        yield "the store of scores", lambda: ScoreStore(store).across(records)
    if path.parent.name == "references":
        yield "the store of scores", lambda: ScoreStore(store).reference(path.stem)
    if path.name == "environment.json":
        yield "the store", store.environment
    if path.name == "manifest.json":
        inputs = manifest.input_hash(Results(out))
        yield "the manifest", lambda: manifest.unchanged(Results(out), inputs)
    if path.name in TABLES and path.parent == out:
        yield "the results", lambda: _table(committed, TABLES[path.name])


def _table(folder: Path, name: str) -> object:
    """Return a committed table as text; None if the program refuses it."""
    with suppress(BenchError):
        table = getattr(Results(folder), name)
        if name != "arrays":
            return table.to_csv()
        return repr({key: table[key].tobytes() for key in table})
    return None
