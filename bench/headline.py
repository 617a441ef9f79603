"""The headline table: what most readers came for, as text that a terminal and Markdown can show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from bench.doubts import Doubt
from bench.errors import StoreError
from bench.records import Status

QUALITY = {
    "knn_accuracy_k10": "kNN\naccuracy ↑",
    "knn_accuracy_k10_test": "kNN accuracy\nheld-out ↑",
    "silhouette": "silhouette ↑",
    "silhouette_test": "silhouette\nheld-out ↑",
    "trustworthiness_k5": "trustwor-\nthiness ↑",
}
COST = {
    "fit_s": "fit (s) ↓",
    "transform_s": "transform\n(s) ↓",
    "fit_cores": "cores busy\nin fit",
    "cold_start_s": "cold start\n(s) ↓",
    "peak_mib": "peak memory\nin fit (MiB) ↓",
    "baseline_mib": "memory before\nfit (MiB)",
}
MARK = "†"
ONE_CORE = 1.2
"""A run that keeps fewer cores busy than this ran on one thread, whatever its budget."""


@dataclass(frozen=True)
class Cell:
    """A median and its interval, both as text; instead of an interval the reason why there is no number."""

    text: str
    interval: str = ""


@dataclass(frozen=True)
class Part:
    """A table of the headline: a title, names of columns, and for each method a row of cells."""

    title: str
    header: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Headline:
    """Quality and cost side by side, with what must be known beside them."""

    title: str
    parts: list[Part]
    notes: list[str]

    def to_markdown(self) -> str:
        """Return the tables as Markdown."""
        return "\n".join([f"# {self.title}\n", *map(_markdown, self.parts), *(f"- {note}" for note in self.notes), ""])

    def write_into(self, file: Path) -> None:
        """Replace what stands between the two markers of a file by the tables.

        Raises
        ------
        StoreError
            If the file has no such markers.
        """
        text = file.read_text(encoding="utf-8")
        start, end = (re.search(rf"<!-- {marker}.*?-->", text) for marker in ("headline", "end of headline"))
        if start is None or end is None:
            raise StoreError(f"Got {file}, but expected the markers <!-- headline --> and <!-- end of headline -->.")
        tables = self.to_markdown().partition("\n")[2].strip()
        file.write_text(f"{text[: start.end()]}\n\n{tables}\n\n{text[end.start() :]}", encoding="utf-8")

    def to_rich(self) -> Group:
        """Return the tables for a terminal."""
        return Group(Text(self.title, style="bold"), *map(_rich, self.parts), *(Text(f"- {n}") for n in self.notes))


def _markdown(part: Part) -> str:
    header = [name.replace("-\n", "").replace("\n", " ") for name in part.header]
    rows = [header, [":--"] + ["--:"] * (len(part.header) - 1)]
    rows += [[f"{cell.text} {cell.interval}".strip().replace("|", "\\|") for cell in row] for row in part.rows]
    return f"**{part.title}**\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _rich(part: Part) -> Table:
    table = Table(title=part.title, title_justify="left", title_style="", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, name in enumerate(part.header):
        table.add_column(name, justify="right" if place else "left", no_wrap=not place, overflow="fold")
    for row in part.rows:
        table.add_row(*(Text(cell.text + (f"\n{cell.interval}" if cell.interval else "")) for cell in row))
    return table


def headline(title: str, summary: pd.DataFrame, thread_budget: int, doubts: Sequence[Doubt] = ()) -> Headline:
    """Return the headline of a summary: medians over seeds, each with its 95 % interval, doubtful ones marked."""
    doubted = {(doubt.variant, doubt.column) for doubt in doubts}
    parts = [
        Part(name, ["method", *columns.values()], [_row(fields, columns, doubted) for _, fields in rows.iterrows()])
        for name, columns, rows in (
            ("Quality: median over seeds [95 % interval]", QUALITY, summary),
            ("Cost: median over seeds [95 % interval]", COST, summary[summary["n_runs"] > 0]),
        )
    ]
    sizes = summary.dropna(subset=["n_fit"])
    fitted, held_out = (int(sizes[name].iloc[0]) for name in ("n_fit", "n_test"))
    reading = [
        f"{sizes['dataset'].iloc[0]}: {fitted:,} points fitted, {held_out:,} held out; "
        f"{_runs_in_words(sizes['n_runs'])}, budget {thread_budget} thread(s). Arrows point to the better end.",
        "kNN accuracy, k = 10: leave-one-out on fitted points; held-out points among fitted ones. Trustworthiness: "
        "k = 5. Labels are used by these scores only, never by a fit.",
        "Cold start is a method's first call in a new process, compilation included; it is in no other column. "
        "What it leaves in memory is part of the memory before the fit.",
    ]
    doubtful = [f"{MARK} {text}" for text in dict.fromkeys(doubt.text for doubt in doubts)]
    return Headline(title, parts, reading + _notes(summary, thread_budget) + doubtful)


def _runs_in_words(n_runs: pd.Series) -> str:
    fewest, most = n_runs.min(), n_runs.max()
    return f"{most} run(s) of each method" if fewest == most else f"{fewest} to {most} runs of each method"


def _row(fields: pd.Series, columns: Mapping[str, str], doubted: set[tuple[str | None, str | None]]) -> list[Cell]:
    runs, well = fields["n_runs"], fields["n_ok"]
    start = [Cell(fields["label"] + (f" ({well} of {runs} runs)" if well < runs else ""))]
    if runs and not well:
        return [Cell(fields["label"]), Cell(str(fields["status"]).replace("_", " ")), *[Cell("")] * (len(columns) - 1)]
    return [*start, *(_cell(fields, name, (fields["variant"], name) in doubted) for name in columns)]


def _cell(fields: pd.Series, name: str, doubted: bool) -> Cell:
    value, low, high = (fields[name + suffix] for suffix in ("", "_low", "_high"))
    if isinstance(value, str):
        # What a method cannot have is said with its reason: "n/a (transductive)".
        return Cell(*value.split(" ", 1))
    if pd.isna(value):
        return Cell("n/a")
    text = _number(name, value) + (MARK if doubted else "")
    return Cell(text, "" if pd.isna(low) else f"[{_number(name, low)}, {_number(name, high)}]")


def _number(name: str, value: float) -> str:
    if name.endswith("_mib"):
        return f"{value:,.0f}"
    if name == "fit_cores":
        return f"{value:.1f}"
    if name.endswith("_s"):
        return f"{value:.1f}" if value >= 9.95 else f"{value:.2f}" if value >= 0.0995 else f"{value:.3f}"
    return f"{value:.3f}"


def _notes(summary: pd.DataFrame, thread_budget: int) -> list[str]:
    notes = []
    for _, fields in summary.iterrows():
        if fields["n_runs"] and fields["status"] != Status.OK.value:
            notes.append(f"{fields['label']}: {str(fields['status']).replace('_', ' ')}: {fields['reason']}.")
    idle = summary[(summary["fit_cores"].astype(float) < ONE_CORE) & (summary["fit_s"].astype(float) > 1)]
    if thread_budget > 1 and len(idle):
        notes.append(f"Kept one core busy, whatever the budget: {', '.join(idle['label'])}.")
    return notes
