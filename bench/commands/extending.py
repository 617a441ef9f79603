"""Where the results of a run go, so that no results of another selection are lost.

Other data, sizes, seeds and budgets have a folder of their own, named after what differs. Some variants alone are added
to the tables of a study where its runs are on this computer. Where they are not, or git has the folder, it stays as it
is, and a folder of its own shows its rows beside the new ones.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.errors import StoreError, StudyError
from bench.store import elsewhere
from bench.store.results import Results
from bench.store.store import Store
from bench.studies.study import Study
from bench.units import counted

MAX_NAME = 60
"""A longer name of a folder ends in a hash of what it is named after."""


@dataclass(frozen=True)
class Place:
    """Where results go, which study they belong to, and what must be said of that."""

    out: Path
    whole: Study
    chosen: Study
    base: Path | None = None
    note: str = ""


def named(parts: Iterable[str]) -> str:
    """Return the name of a folder, after what its results differ in.

    >>> named(["default", "", "n500", "label-a/b"])
    'default-n500-label-a_b'
    """
    name = re.sub(r"[^\w.+-]", "_", "-".join(filter(None, parts)))
    return name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 9]}-{sha256(name.encode()).hexdigest()[:8]}"


def is_kept(folder: Path) -> bool:
    """Return whether a folder holds results, on any dataset, that git has, or whose runs are not on this computer."""
    try:
        results = Results(folder)
        if results.datasets:
            return any(is_kept(one.folder) for one in results.datasets.values())
        return results.exists and (is_tracked(folder) or not elsewhere.has_runs(Store(folder)))
    except StoreError:
        return is_tracked(folder)


def is_tracked(folder: Path) -> bool:
    """Return whether git has the tables of a folder."""
    command = ["git", "-C", str(folder), "ls-files", "runs.csv"]
    try:
        return bool(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        return False


def beside(base: Path, selected: Study, names: Iterable[str], limits: dict[str, object]) -> Place:
    """Return the place of variants that are shown beside those of a study that stays as it is."""
    published = Store(base).study()
    chosen = published.model_copy(update={**limits, "every_reducer": False})
    figures = (*published.figures, *(name for name in selected.variants if published.figures))
    whole = chosen.including(selected).model_copy(update={"figures": tuple(dict.fromkeys(figures))})
    out = base.with_name(named([base.name, *names]))
    others = len(published.variants.keys() - selected.variants.keys())
    rows = "the row of its 1 other variant is" if others == 1 else f"the rows of its {others:,} other variants are"
    note = f"{base} stays as it is. Results go to {out}; {rows} shown there, too, as measured elsewhere."
    return Place(out, whole, whole.model_copy(update={"variants": selected.variants}), base, note)


def within(folder: Path, whole: Study, selected: Study) -> Place:
    """Return the place of some variants in a folder that has the runs of others, which stay as they were measured.

    Raises StudyError if those are of other points than the study asks for by now.
    """
    former = Store(folder).study() if (folder / "study.toml").is_file() else whole
    runs = {path.name for pattern in ("runs/*", "*/runs/*") for path in folder.glob(pattern)}
    stored = {name: variant for name, variant in former.variants.items() if name in runs}
    others = {name: variant for name, variant in stored.items() if name not in selected.variants}
    fields = [name for name in ("n", "fit_on", "samples") if getattr(former, name) != getattr(whole, name)]
    if others and fields:
        raise StudyError(
            f"Got another {', '.join(fields)} than that of {folder}, but its runs of {', '.join(others)} stay. Run all "
            "methods, or name another folder with --out."
        )
    return Place(folder, whole.model_copy(update={"variants": whole.variants | others}), selected)


def check(out: Path, study: Study, *, is_selection: bool) -> None:
    """Check a folder that was named; StudyError if results that it holds would be lost."""
    if not (Results(out).exists or Results(out).datasets):
        return
    if is_selection and is_kept(out):
        raise StudyError(
            f"Got --out {out}, but its results would be replaced, and its runs are not on this computer or git has it. "
            "Name another folder, or leave --out away for one of its own."
        )
    there = Store(out).study()
    fields = [name for name in ("dataset", "data", "n", "samples") if getattr(there, name) != getattr(study, name)]
    if fields:
        raise StudyError(
            f"Got --out {out}, but it has {counted(len(there.variants), 'variant')} on other data ({', '.join(fields)} "
            f"differ{'s' if len(fields) == 1 else ''}). Name another folder, or remove it."
        )
