"""Faulty and hostile reducers, each run in a study beside an innocent one, as a user's own reducers would be."""

from __future__ import annotations

import glob
import importlib
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench import datasets
from bench.texts import plain
from tests.bench import fakes
from tests.torture.found import Found
from tests.torture.hostile.base import Hostile
from tests.torture.program import Ended, Place

KIND = "reducers"
SECONDS = 4.0
FAMILIES = (
    "lies", "values", "new_points", "extras", "clocks", "memory", "processes", "exits", "texts", "replies", "cheats",
)  # fmt: skip
LONGEST_TEXT = 2_100
MOST_PRINTED = 2_000_000
INNOCENT = "Calm"
TIMEOUT_S = 12
"""Long enough for a good run on a busy machine."""
SETTINGS = f'timeout = "{TIMEOUT_S}s"\nmemory = "700MiB"\nrounds = false\nseeds = '


def cases(share: int = 1) -> list[str]:
    """Return the names of every so many-th hostile reducer, those of a family together."""
    return list(known())[::share]


@cache
def known() -> dict[str, type[Hostile]]:
    """Return all hostile reducers by name."""
    found: dict[str, type[Hostile]] = {}
    for family in FAMILIES:
        module = importlib.import_module(f"tests.torture.hostile.{family}")
        for name, value in vars(module).items():
            if isinstance(value, type) and value.__module__ == module.__name__ and vars(value).get("status"):
                assert name not in found, f"two cases are called {name}"
                found[name] = value
    return found


def jobs(names: list[str]) -> list[list[str]]:
    """Return the cases in groups, each of which is one study: a family, or fewer of several with as many seeds."""
    groups: dict[tuple[str, int], list[str]] = {}
    few = len(names) < len(known()) / 2
    for name in names:
        cls = known()[name]
        groups.setdefault(("" if few else _family(cls), _seeds(cls)), []).append(name)
    return list(groups.values())


def run(names: list[str]) -> Iterator[Found]:
    """Run these reducers in one study; those that another one kept from running are run alone."""
    chosen = {name: known()[name] for name in names}
    with Place() as place:
        ended = _study(place, chosen)
        records = {name: _records(place, name) for name in (*chosen, INNOCENT)}
        complete = all(records.values())
        for name, cls in chosen.items():
            if records[name] or len(chosen) == 1:
                yield _compared(name, cls, records[name], place)
        yield _of_the_study(names, ended, place, complete)
    if len(chosen) > 1:
        for name in chosen:
            if not records[name]:
                yield from run([name])
    for cls in chosen.values():
        for left in glob.glob(cls.files) if cls.files else ():
            os.unlink(left)


def _study(place: Place, chosen: dict[str, type[Hostile]]) -> Ended:
    specs = {name: f"{Path(str(importlib.import_module(c.__module__).__file__))}:{name}" for name, c in chosen.items()}
    seeds = max(map(_seeds, chosen.values()))
    study = place.write(f"{SETTINGS}{seeds}", specs | {INNOCENT: f"{fakes.__file__}:{INNOCENT}"})
    limit_s = 120.0 + len(chosen) * seeds * (TIMEOUT_S + 4)
    return place.run(["run", str(study), "--out", str(place.out)], limit_s)


def _records(place: Place, name: str) -> list[dict[str, Any]]:
    """Return the records of a variant as they lie on the disk."""
    paths = sorted((place.out / "runs" / name).glob("seed-[0-9].json"))
    return [json.loads(path.read_bytes()) for path in paths if path.stat().st_size]


def _compared(name: str, cls: type[Hostile], records: list[dict[str, Any]], place: Place) -> Found:
    """Return the case with all that is not as its class says."""
    wanted = "".join([cls.status, f": {cls.says}" if cls.says else "", f"; note: {cls.notes}" if cls.notes else ""])
    facts = {"kind": KIND, "family": _family(cls), "name": name, "fault": str(cls.__doc__), "expected": wanted}
    if not records:
        return Found(**facts, got="nothing", kept="nothing", problem="it has no record")
    outcome = _worst(records)
    reason, notes = outcome["reason"], "; ".join(note for record in records for note in record["outcome"]["notes"])
    kept = "everything" if outcome["status"] == "ok" else "reason, cost of its fit" if outcome["fit"] else "reason"
    shown = " ".join((reason or ("note: " + notes if notes else "")).split())
    problems = list(_problems(name, cls, records, notes, place))
    return Found(**facts, got=f"{outcome['status']}|{shown[:160]}", kept=kept, problem="; ".join(problems))


def _problems(name: str, cls: type[Hostile], records: list[dict[str, Any]], notes: str, place: Place) -> Iterator[str]:
    for record in records:
        outcome = record["outcome"]
        if outcome["status"] not in cls.status.split(" | "):
            yield f"status {outcome['status']}: {outcome['reason'][:200]}"
            continue
        if not any(words in outcome["reason"] for words in cls.says.split(" | ")):
            yield f"reason {outcome['reason'][:200]!r}"
        for text in (outcome["reason"], *outcome["notes"]):
            if len(text) > LONGEST_TEXT or plain(text, LONGEST_TEXT) != text:
                yield f"text as it came, of {len(text)} characters: {text[:50]!r}"
        fit = outcome["fit"]
        if outcome["status"] == "ok":
            yield from _of_the_embedding(cls, place.out / "runs" / name / f"seed-{record['seed']}.npz", place)
            if not cls.fit_s[0] <= fit["wall_s"] <= cls.fit_s[1]:
                yield f"seed {record['seed']} took {fit['wall_s']:.3g} s, but expected {cls.fit_s}"
            if not cls.peak_mib[0] <= (held := fit["peak_mib"] - fit["baseline_mib"]) <= cls.peak_mib[1]:
                yield f"held {held:.0f} MiB, but expected {cls.peak_mib}"
        elif cls.keeps_fit and fit is None:
            yield "the cost of its fit is lost"
    all_ok = all(record["outcome"]["status"] == "ok" for record in records)
    if all_ok and not any(words in notes for words in cls.notes.split(" | ")):
        yield f"notes {notes[:200]!r}"


def _of_the_embedding(cls: type[Hostile], path: Path, place: Place) -> Iterator[str]:
    """Yield what is wrong with a stored embedding that was called good."""
    truth = datasets.load(str(place.data), None, None)
    with np.load(path, allow_pickle=False) as arrays:
        train = arrays["train"]
        test = dict(arrays).get("test")
    if train.dtype != np.float32 or not np.isfinite(train).all():
        yield "an embedding was kept that is not finite"
    if hasattr(cls, "embedding"):
        if train.shape != (len(truth.X), 2) or not np.isclose(np.abs(train).max(), cls.embedding, rtol=0.01, atol=0):
            yield f"an embedding of another one was kept: shape {train.shape}, greatest {np.abs(train).max():g}"
        return
    if not np.array_equal(train, truth.X[:, : train.shape[1]]):
        yield "a wrong embedding of the training points was kept"
    if test is not None and not np.array_equal(test, truth.X_test[:, : test.shape[1]]):
        yield "a wrong embedding of the test points was kept"


def _of_the_study(names: list[str], ended: Ended, place: Place, complete: bool) -> Found:
    """Return what became of the study around these reducers."""
    problems = []
    if ended.code != 0:
        problems.append(f"it ended with {ended.code}: {ended.last_words}")
    elif not complete:
        problems.append("runs are missing")
    if ended.left:
        problems.append(f"left running: {', '.join(sorted(set(ended.left)))}")
    if "Traceback (most recent call last)" in ended.output:
        problems.append("it printed a traceback")
    if ended.printed > MOST_PRINTED:
        problems.append(f"it printed {ended.printed / 1e6:.0f} MB")
    if left := [path.name for path in place.temporary.glob("reducers-bench-*")]:
        problems.append(f"it left temporary folders {', '.join(left)}")
    if ended.code == 0:
        problems += _of_the_pages(place)
    problems += _of_the_innocent(place)
    many = f"{names[0]} and {len(names) - 1} others" if len(names) > 1 else names[0]
    return Found(
        KIND,
        "study",
        f"the study of {many}",
        "runs them all beside an innocent reducer",
        "it ends with its report, the innocent reducer is unharmed, nothing is left",
        "as expected" if not problems else f"exit status {ended.code}",
        "everything else",
        "; ".join(problems),
    )


def _of_the_pages(place: Place) -> Iterator[str]:
    pages = [place.out / name for name in ("report.html", "summary.md", "summary.csv", "summary.tex", "runs.csv")]
    for page in pages:
        if not page.is_file():
            yield f"there is no {page.name}"
            continue
        content = page.read_bytes()
        if len(content) > 20e6:
            yield f"{page.name} has {len(content) / 1e6:.0f} MB"
        if b"\x1b" in content or b"\x00" in content:
            yield f"{page.name} holds control characters"
        if page.suffix == ".html" and (b"<img src=x" in content or b"<script>alert" in content):
            yield f"{page.name} holds markup of a reducer"


def _of_the_innocent(place: Place) -> Iterator[str]:
    records = _records(place, INNOCENT)
    for record in records:
        if record["outcome"]["status"] != "ok":
            yield f"the innocent reducer ended {record['outcome']['status']}: {record['outcome']['reason'][:200]}"
        else:
            path = place.out / "runs" / INNOCENT / f"seed-{record['seed']}.npz"
            yield from (f"innocent reducer: {problem}" for problem in _of_the_embedding(Hostile, path, place))


def _worst(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the outcome that says most: that of the first run that was not successful, or had a note."""
    outcomes: list[dict[str, Any]] = [record["outcome"] for record in records]
    return next((o for o in outcomes if o["status"] != "ok"), next((o for o in outcomes if o["notes"]), outcomes[0]))


def _family(cls: type[Hostile]) -> str:
    return cls.__module__.rpartition(".")[2]


def _seeds(cls: type[Hostile]) -> int:
    return int(getattr(importlib.import_module(cls.__module__), "SEEDS", 1))
