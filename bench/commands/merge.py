"""Merging results folders: each is checked first, and what a reader looks at is made of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from bench.commands.running import published
from bench.commands.verify import faults
from bench.errors import DatasetError, StoreError
from bench.execution import pipeline
from bench.output.publish import Published
from bench.store import machines, merge
from bench.store.merge import Merged
from bench.store.results import Results
from bench.units import counted


def merged(folders: Sequence[Path], out: Path, data_dir: Path | None, console: Console) -> Published:
    """Write several results folders as one, with tables, figures and report, and return what was written.

    Raises
    ------
    StoreError
        If a folder is not what was written, if they do not belong together, or if there are results in the new one.
    """
    for folder in folders:
        if fault := next(faults(folder), ""):
            raise StoreError(f"Got {folder}, which is not what was written: {fault}. Nothing was merged.")
    found = merge.merge(folders, out)
    for line in said(found, Results(out)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    try:
        return pipeline.rebuild(out, data_dir, console, published)
    except DatasetError as error:
        line = f"Nothing is computed of the runs, tables are those that were merged: {error}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
        return published(Results(out), lambda: None)


def said(found: Merged, results: Results) -> Iterator[str]:
    """Yield what each folder gave, which runs were repeated on other machines, and what folders had differently."""
    repeated = [source for rows in found.repeated.values() for source in rows.values()]
    for source in dict.fromkeys((*found.own.values(), *repeated)):
        n = sum(one is source for one in found.own.values())
        others = sum(one is source for one in repeated)
        more = f", and {others:,} as repeated on another machine" if others else ""
        yield f"{source.folder}: {n:,} of {counted(len(source.runs), 'run')}{more}"
    about = machines.known(results.environment)
    for machine, rows in found.repeated.items():
        about |= machines.known(next(iter(rows.values())).environment)
        name = about[machine].as_text if machine in about else f"machine class {machine}"
        again = counted(len(rows), "run")
        yield f"{again} repeated on {name}: they say what a machine changes, and are no further seeds"
    yield from found.notes
