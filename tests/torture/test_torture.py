"""The torture itself: every case has an expectation, and an expectation that is not met is told."""

from __future__ import annotations

import os
import signal
from itertools import chain
from pathlib import Path

from bench.store.records import Status
from tests.torture import page
from tests.torture.faults import known
from tests.torture.found import Found
from tests.torture.isolated import answer_of, compared
from tests.torture.kinds import KINDS


def test_there_are_enough_cases_and_a_part_has_every_kind() -> None:
    least = {"reducers": 60, "kills": 100, "flips": 1_000, "data": 100, "studies": 60, "soak": 1_000}
    for kind, number in least.items():
        whole, tenth = KINDS[kind].cases(), KINDS[kind].cases(10)
        assert len(whole) >= number
        assert set(tenth) <= set(whole) and number / 10 <= len(tenth) <= 1 + len(whole) / 10
        for names in (whole, tenth):
            assert sorted(chain.from_iterable(KINDS[kind].jobs(names))) == sorted(names)


def test_every_hostile_reducer_says_what_must_come_of_it() -> None:
    for cls in known().values():
        assert {Status(status) for status in cls.status.split(" | ")}
        assert cls.__doc__ and "\n" not in cls.__doc__


def test_a_part_of_the_kills_has_every_phase() -> None:
    [job] = KINDS["kills"].jobs(KINDS["kills"].cases(10))
    phases = [name.partition(":")[2] for name in job]
    assert list(dict.fromkeys(phases)) == list(dict.fromkeys(n.partition(":")[2] for n in KINDS["kills"].cases()))


def test_an_answer_is_compared_with_what_was_expected() -> None:
    assert compared("refused|Got no rows.", "Got no rows") == ("refused", "")
    assert compared("accepted|", "accepted") == ("accepted", "")
    for answer, wanted in (
        ("refused|Got another.", "Got no rows"),
        ("accepted|", "Got no rows"),
        ("accepted|but other data", "accepted"),
        ("raised ValueError|Got no rows", "Got no rows"),
        ("refused|Got no rows\x1b[31m", "Got no rows"),
        ("refused|Got no rows" + "x" * 10_000, "Got no rows"),
        ("ended by SIGSEGV", "accepted"),
    ):
        assert compared(answer, wanted)[1]


def test_a_crash_and_an_endless_loop_are_answers() -> None:
    def crash() -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return "never"

    def loop() -> str:
        while True:
            pass

    assert answer_of(lambda: "all is well", 5)[0] == "all is well"
    assert answer_of(crash, 5)[0] == "ended by SIGKILL"
    assert answer_of(loop, 0)[0] == "took longer than 0 s"


def test_the_page_has_every_fault_between_its_markers(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("# before\n<!-- faults -->\nold\n<!-- end of faults -->\nafter\n")
    found = [
        Found("reducers", "lies", "A", "keeps a | b", "", "invalid|Got <b>", "reason"),
        Found("kills", "fit", "0:fit", "kill -9 in fit", "", "continues", "every run", "a problem"),
    ]
    page.write_into(file, found, 12.3)
    text = file.read_text()
    assert "| keeps a \\| b | `invalid`: Got \\<b\\> | reason |" in text
    assert "| kill -9 of the program and what follows | 1 | 1 |" in text
    assert text.startswith("# before") and text.endswith("after\n") and "old" not in text
