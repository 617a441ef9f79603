"""The page part of the torture: what was attacked and how often, and the table of faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.output.tables.render import write_into as write_between
from tests.torture.found import Found

MARKER = "faults"
LONGEST = 110
KINDS = {
    "reducers": "faulty or hostile reducers",
    "kills": "kill -9 of the program and what follows",
    "flips": "single bits of stored files flipped",
    "data": "hostile data files",
    "studies": "hostile study files",
    "soak": "runs on end",
}


def write_into(file: Path, found: Sequence[Found], minutes: float) -> None:
    """Write what was found between the markers of a file; StoreError if it has none."""
    write_between(file, as_markdown(found, minutes), MARKER)


def as_markdown(found: Sequence[Found], minutes: float) -> str:
    """Return counts of all kinds, and one line a fault of a reducer, a phase of a kill, and a kind of file."""
    wrong = Counter(case.kind for case in found if case.problem)
    counts = Counter(case.kind for case in found)
    lines = [f"`make torture` made {len(found):,} attacks in {minutes:.0f} minutes:", ""]
    lines += ["| attacks | how many | not as expected |", "| :-- | --: | --: |"]
    lines += [f"| {text} | {counts[kind]:,} | {wrong[kind]:,} |" for kind, text in KINDS.items() if counts[kind]]
    rows = [case for case in found if case.kind == "reducers" and case.family != "study"]
    lines += ["", "A reducer that", "", "| fault | what the program does | what is kept |", "| :-- | :-- | :-- |"]
    lines += [f"| {_cell(case.fault)} | {_does(case)} | {_cell(case.kept)} |" for case in rows]
    lines += ["", "Other faults:", "", "| fault | how often | what the program does | what is kept |"]
    lines += ["| :-- | --: | :-- | :-- |"]
    lines += _grouped([case for case in found if case.kind != "reducers"])
    return "\n".join(lines)


def _does(case: Found) -> str:
    status, _, text = case.got.partition("|")
    return f"`{status}`" + (f": {_cell(text, LONGEST)}" if text else "")


def _grouped(found: Iterable[Found]) -> list[str]:
    """Return a line for each kind of fault, with what was done most often."""
    groups: dict[tuple[str, str], list[Found]] = {}
    for case in found:
        groups.setdefault((case.kind, case.family), []).append(case)
    return [
        f"| {_cell(cases[0].fault)} | {len(cases):,} "
        f"| {_cell(Counter(case.got for case in cases).most_common(1)[0][0], LONGEST)} | {_cell(cases[0].kept)} |"
        for cases in groups.values()
    ]


def _cell(text: str, longest: int = 200) -> str:
    """Return text that a cell of Markdown shows as it is."""
    text = " ".join(text.split())
    text = text if len(text) <= longest else f"{text[: longest - 3]}..."
    for special in "\\|<>[]*$":
        text = text.replace(special, f"\\{special}")
    return text.replace("_", "\\_") if "`" not in text else text
