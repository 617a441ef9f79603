"""The program, killed by itself at one moment: `python -m tests.torture.killed PHASE COUNT SECONDS run STUDY ...`.

It dies `SECONDS` after the COUNT-th event of a phase, as an audit hook sees them; at once if that is 0.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable

from bench.cli import main

EVENTS: dict[str, Callable[[str, str], bool]] = {
    "start": lambda event, what: event == "torture.start",
    "warm-up": lambda event, what: event == "subprocess.Popen" and "bench.execution.worker" in what,
    "fit": lambda event, what: event == "subprocess.Popen" and "bench.execution.worker" in what,
    "between runs": lambda event, what: event == "os.rename" and bool(re.search(r"/seed-\d+\.(json|npz)'", what)),
    "scoring": lambda event, what: event == "os.rename" and "/scores-" in what,
    "tables": lambda event, what: event == "os.rename" and bool(re.search(r"\.(csv|md|tex|json)'", what)),
    "figures": lambda event, what: event in ("open", "os.rename") and "/figures/" in what,
    "report": lambda event, what: (
        event in ("open", "os.rename") and bool(re.search(r"(report\.html|manifest\.json|SHA256SUMS)", what))
    ),
}
"""By phase, whether an event of Python's interpreter belongs to it."""


class Killer:
    """An audit hook that kills its process."""

    def __init__(self, phase: str, count: int, seconds: float) -> None:
        self.belongs, self.count, self.seconds = EVENTS[phase], count, seconds

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.count < 1 or event not in ("torture.start", "subprocess.Popen", "os.rename", "open"):
            return
        if self.belongs(event, repr(arguments)):
            self.count -= 1
            if self.count == 0:
                self.kill()

    def kill(self) -> None:
        if not self.seconds:
            os.kill(os.getpid(), signal.SIGKILL)
        threading.Thread(target=self._kill_later, daemon=True).start()

    def _kill_later(self) -> None:
        time.sleep(self.seconds)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    phase, count, seconds, *arguments = sys.argv[1:]
    sys.addaudithook(Killer(phase, int(count), float(seconds)))
    sys.audit("torture.start")
    sys.argv = ["bench", *arguments]
    main()
