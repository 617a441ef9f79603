"""The program killed with -9 in every phase of a study, again and again in one folder, and run to its end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

from bench.units import counted
from tests.torture.found import Found
from tests.torture.killed import EVENTS
from tests.torture.program import Ended, Place

KIND = "kills"
SECONDS = 6.0
CHAINS = 13
LIMIT_S = 180.0
SETTINGS = 'seeds = 2\nrepeat = false\ntimeout = "60s"'
SLOW = Path(__file__).with_name("one_second.py")
WITHIN = {"start": (0.0, 2.0), "warm-up": (0.0, 2.0), "fit": (2.0, 4.5)}
"""Seconds after the event of a phase between which the moment lies."""
EVENTS_OF_A_PHASE = {"between runs": 3, "scoring": 3, "tables": 8, "figures": 40, "report": 3}
"""The moment is one of the first so many events of a phase."""


def cases(share: int = 1) -> list[str]:
    """Return chain and phase of every kill; a part of them begins with a whole chain, so that it has every phase."""
    kills = [f"{chain}:{phase}" for chain in range(CHAINS) for phase in EVENTS]
    return kills[: len(kills) // share]


def jobs(names: list[str]) -> list[list[str]]:
    """Return the kills in as many chains as there are whole ones, in the order in which a study has their phases."""
    order, whole = list(EVENTS), max(len(names) // len(EVENTS), 1)
    chains: list[list[str]] = [[] for _ in range(whole)]
    for name in names:
        chains[int(name.partition(":")[0]) % whole].append(name)
    return [sorted(chain, key=lambda name: order.index(name.partition(":")[2])) for chain in chains]


def run(names: list[str]) -> Iterator[Found]:
    """Kill a study at one moment after the other, each time with the same command, then let it end."""
    with Place() as place, Place() as whole:
        arguments = _command(place)
        for name in names:
            phase = name.partition(":")[2]
            moment = random.Random(name)
            count = moment.randint(1, EVENTS_OF_A_PHASE.get(phase, 1))
            seconds = moment.uniform(*WITHIN.get(phase, (0.0, 0.0)))
            before = _finished(place.out)
            ended = place.run([phase, str(count), f"{seconds:.3f}", *arguments], LIMIT_S, "tests.torture.killed")
            yield _of_one(name, phase, ended, before, place)
        ended = place.run(arguments, LIMIT_S)
        yield _of_the_end(names, ended, place, whole)


def _command(place: Place) -> list[str]:
    variants = {name: f"{SLOW}:OneSecond" for name in ("first", "second")}
    return ["run", str(place.write(SETTINGS, variants)), "--out", str(place.out)]


def _of_one(name: str, phase: str, ended: Ended, before: dict[str, str], place: Place) -> Found:
    problems = []
    if ended.code != -9:
        problems.append(f"it was not killed, it ended with {ended.code}: {ended.last_words}")
    if ended.left:
        problems.append(f"left running: {', '.join(sorted(set(ended.left)))}")
    if not before.items() <= _finished(place.out).items():
        problems.append("a finished run was lost or repeated")
    return Found(
        KIND,
        phase,
        name,
        f"kill -9 of the program: {phase}",
        "no process is left, no finished run is lost or repeated",
        "continues" if not problems else "",
        "every finished run",
        "; ".join(problems),
    )


def _of_the_end(names: list[str], ended: Ended, place: Place, whole: Place) -> Found:
    """Compare what came out in the end with a study that nobody killed."""
    problems = []
    untouched = whole.run(_command(whole), LIMIT_S)
    for one, what in ((ended, "the killed study"), (untouched, "the study that was not killed")):
        if one.code != 0:
            problems.append(f"{what} ended with {one.code}: {one.last_words}")
    files, expected = (_files(folder) for folder in (place.out, whole.out))
    if files != expected:
        problems.append(f"other files than without kills: {', '.join(sorted(files ^ expected)[:5])}")
    for path in sorted(whole.out.glob("runs/*/seed-*.npz")):
        twin = place.out / path.relative_to(whole.out)
        if not twin.is_file() or not _same(path, twin):
            problems.append(f"{path.relative_to(whole.out)} is another one than without kills")
    for pattern in ("reducers-bench-*", "tmp*"):
        if left := list(place.temporary.glob(pattern)):
            problems.append(f"it left {counted(len(left), 'temporary file')}: {left[0].name}")
    return Found(
        KIND,
        "end",
        f"the end after {len(names)} kills from {names[0]}",
        "the same command after all kills",
        "the same files and embeddings as without kills, no temporary file is left",
        "identical" if not problems else "",
        "everything",
        "; ".join(problems),
    )


def _finished(out: Path) -> dict[str, str]:
    """Return a digest of each finished run, with the time at which it was written."""
    paths = [path for path in out.glob("runs/*/seed-*.json") if path.is_file()]
    return {str(path): f"{sha256(path.read_bytes()).hexdigest()} {path.stat().st_mtime_ns}" for path in paths}


def _files(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def _same(one: Path, other: Path) -> bool:
    with np.load(one) as first, np.load(other) as second:
        return set(first) == set(second) and all(np.array_equal(first[name], second[name]) for name in first)
