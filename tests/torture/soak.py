"""A thousand runs on end: the parent grows neither in memory nor in open files, and no slower.

Most runs are those of one worker; each fiftieth is one of a reducer that ends its process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

import psutil

from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.records import Record
from bench.store.store import Store
from bench.studies import plan
from bench.studies.plan import Run
from bench.studies.study import Study, Variant
from tests.bench import fakes
from tests.conftest import make_dataset
from tests.torture.found import Found
from tests.torture.program import Place, end_descendants

KIND = "soak"
SECONDS = 0.1
RUNS = 1_000
EACH_FAULTY = 50
MOST_GROWTH_MIB = 5.0
MOST_SLOWER = 1.25


@dataclass
class Watcher:
    """Notes what this process holds, and what time it is, whenever a run ends."""

    memory: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    since: tuple[float, float] = (0.0, 0.0)

    def started(self, run: Run) -> None:
        self.since = time.perf_counter(), time.process_time()

    def warmed(self, run: Run, outcome: object) -> None: ...

    def began(self, phase: str) -> None: ...

    def ended(self, run: Run, record: Record) -> None:
        if record.ok:
            self.seconds.append(time.perf_counter() - self.since[0])
            self.cpu.append(time.process_time() - self.since[1])
        process = psutil.Process()
        self.memory.append(process.memory_full_info().uss / 2**20)
        self.descriptors.append(process.num_fds())


def cases(share: int = 1) -> list[str]:
    """Return the numbers of the runs."""
    return [str(number) for number in range(RUNS // share)]


def jobs(names: list[str]) -> list[list[str]]:
    """Return all runs as one job."""
    return [names]


def run(names: list[str]) -> Iterator[Found]:
    """Run them in this process, as the program does, and compare the last tenth with those before."""
    watcher, n = Watcher(), len(names)
    with Place() as place:
        variants = {name: Variant(reducer=f"{fakes.__file__}:{name}", label=name) for name in ("Calm", "Exits")}
        study = Study(name="soak", dataset="clouds", seeds=n, threads=1, repeat=False, rounds=False, variants=variants)
        data = make_dataset(600, 100)
        runs = {(one.variant, one.seed): one for one in plan.make(study, data, 1)}
        chosen = [runs["Exits" if seed % EACH_FAULTY == EACH_FAULTY - 1 else "Calm", seed] for seed in range(n)]
        store = Store(place.out)
        store.write("study.toml", study.to_toml())
        with store.locked():
            Runner(study, data, store, ThisMachine()).execute(chosen, watcher)  # type: ignore[arg-type]
        left = end_descendants(10.0)
        stored = len(store.records())
    tenth = n // 10
    # The first runs import and allocate what stays.
    memory = [median(part) for part in (watcher.memory[tenth : 2 * tenth], watcher.memory[-tenth:])]
    files = [max(part) for part in (watcher.descriptors[tenth : 2 * tenth], watcher.descriptors[-tenth:])]
    seconds, cpu = (
        [median(part) for part in (of[tenth : 3 * tenth], of[-tenth:])] for of in (watcher.seconds, watcher.cpu)
    )
    # On a busy machine a run may take longer by no fault of this process.
    is_slower = all(last > MOST_SLOWER * first for first, last in (seconds, cpu))
    facts = {
        f"memory of the parent {memory[0]:.0f} -> {memory[1]:.0f} MiB": memory[1] - memory[0] > MOST_GROWTH_MIB,
        f"open files {files[0]} -> {files[1]}": files[1] > files[0],
        f"a run takes {1000 * seconds[0]:.0f} -> {1000 * seconds[1]:.0f} ms": is_slower,
        f"{stored:,} of {n:,} runs stored": stored != n,
        f"{len(left)} processes left": bool(left),
    }
    yield Found(
        KIND,
        "soak",
        f"{n:,} runs on end",
        f"{n:,} runs on end, each {EACH_FAULTY}th of which ends its process",
        "memory and open files stay, the last tenth is not slower",
        "; ".join(facts),
        "everything",
        "; ".join(text for text, is_wrong in facts.items() if is_wrong),
    )
