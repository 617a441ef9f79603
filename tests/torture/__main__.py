"""The torture: `python -m tests.torture [--share 10] [--only reducers] [--into bench/README.md]`.

It attacks the program in many ways and exits with status 1 if one of them has another effect than is expected. Each job
is a process of its own, two at a time; `--job '[KIND, [NAME, ...]]'` is one of them, which prints its cases as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.torture import page
from tests.torture.found import Found
from tests.torture.kinds import KINDS
from tests.torture.program import ONE_THREAD, ROOT

AT_A_TIME = 2

Job = tuple[str, list[str]]


def main() -> None:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Attack the program in many ways.")
    parser.add_argument("--share", type=int, default=1, help="only a part of the cases, such as 10 for a tenth")
    parser.add_argument("--only", default="", help=f"kinds, separated by commas: {', '.join(KINDS)}")
    parser.add_argument("--cases", default="", help="cases by name, separated by commas; of one kind")
    parser.add_argument("--into", type=Path, help="write the table of faults between the markers of this file")
    parser.add_argument("--job", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        kind, names = json.loads(asked.job)
        for found in KINDS[kind].run(names):
            print(found.to_json(), flush=True)
        return
    chosen = asked.only.split(",") if asked.only else list(KINDS)
    jobs: list[Job] = []
    for kind in chosen:
        names = asked.cases.split(",") if asked.cases else KINDS[kind].cases(asked.share)
        jobs += [(kind, group) for group in KINDS[kind].jobs(names)]
    console, began = Console(highlight=False), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-cache-") as cache:
        found, broken = _run_all(jobs, console, cache)
    wrong = [case for case in found if case.problem]
    for case in wrong:
        console.print(
            f"[red]not as expected[/red] {escape(f'{case.kind}: {case.name}: {case.problem}')}", soft_wrap=True
        )
    counts = Counter(case.kind for case in found)
    summary = ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
    minutes = (time.monotonic() - began) / 60
    console.print(f"{summary}: {len(wrong)} not as expected, {minutes:.1f} minutes", soft_wrap=True)
    if asked.into is not None:
        page.write_into(asked.into, found, minutes)
    sys.exit(1 if wrong or broken else 0)


def _run_all(jobs: Sequence[Job], console: Console, cache: str) -> tuple[list[Found], bool]:
    """Run all jobs, the largest first, and return what they found, and whether one did not end by itself."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    found: list[Found] = []
    broken = False
    waiting: SimpleQueue[Job | None] = SimpleQueue()
    for job in sorted(jobs, key=lambda job: KINDS[job[0]].SECONDS * len(job[1]), reverse=True):
        waiting.put(job)
    lock = threading.Lock()
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        total = sum(KINDS[kind].SECONDS * len(names) for kind, names in jobs)
        bar = progress.add_task("torture, in seconds of work", total=round(total))

        def work() -> None:
            nonlocal broken
            while not waiting.empty():
                job = waiting.get()
                if job is None:
                    return
                mine, complete = _run_one(job, cache)
                with lock:
                    found.extend(mine)
                    wrong = sum(bool(case.problem) for case in mine)
                    progress.advance(bar, KINDS[job[0]].SECONDS * len(job[1]))
                    progress.console.print(f"{job[0]}: {len(mine)} cases, {wrong} not as expected")
                    if not complete:
                        broken = True
                        progress.console.print(
                            f"[red]{job[0]} did not end by itself[/red]: {escape(str(job[1])[:300])}"
                        )

        threads = [threading.Thread(target=work) for _ in range(AT_A_TIME)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    order = list(KINDS)
    return sorted(found, key=lambda case: order.index(case.kind)), broken


def _run_one(job: Job, cache: str) -> tuple[list[Found], bool]:
    """Run one job in a process and session of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture", "--job", json.dumps(job)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | ONE_THREAD | {"XDG_CACHE_HOME": cache},
        start_new_session=True,
    )
    assert process.stdout is not None
    found = [Found.of_json(line) for line in process.stdout if line.startswith("{")]
    return found, process.wait() == 0


if __name__ == "__main__":
    main()
