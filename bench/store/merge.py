"""Merging: results folders of several people or machines become one, if they are of the same study on the same data.

A run counts once. What two folders have of a machine class is the same run, and the first folder's is taken. A run on
a machine of another class is no further seed: the first folder's counts here, too, as a mean over machines would be the
score of no embedding. The other one is kept in a folder of its own, `machines/CLASS`, and says what a machine changes.

Tables are merged as texts, so that no number loses a digit. Where all folders have their runs, those are copied, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from bench.errors import StoreError
from bench.metrics.registry import REFERENCES
from bench.store import alike, arrays, machines, sums, test_set
from bench.store.disk import read
from bench.store.merge_source import OF_RUN, Key, Run, Source
from bench.store.records import Environment, Status
from bench.store.store import Store
from bench.studies.study import Study

TABLES = ("runs", "scores", "curves", "measures", "reproducibility")
TOLERANCE = 1e-9
"""Scores of one embedding that were computed twice differ by less."""


@dataclass
class Merged:
    """What was merged: the source of each run, of repeated ones by machine class, and what must be said."""

    own: dict[Key, Source] = field(default_factory=dict)
    repeated: dict[str, dict[Key, Source]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    has_runs: bool = False


def merge(folders: Sequence[Path], out: Path) -> Merged:
    """Write the runs of several results folders as one, without what is made of its tables; return what was merged.

    Raises
    ------
    StoreError
        If the folders are not of one study on the same data, measured by the same code and libraries; if they have
        different embeddings of what should be one; or if there are results in the new folder.
    """
    if len(folders) < 2:
        raise StoreError("Got one results folder, but expected at least two to merge.")
    if (out / "study.toml").exists():
        raise StoreError(f"Got --out {out}, but expected a new folder: it holds results. Name another one.")
    sources = [Source(one) for folder in folders for one in (folder, *_repeated_in(folder))]
    for first, other in combinations(sources, 2):
        alike.check(first.results, other.results)
    found = Merged(has_runs=all(source.has_runs for source in sources))
    for source in sources:
        _take(found, source)
    if not found.has_runs and any(source.has_runs for source in sources):
        lacking = ", ".join(str(source.folder) for source in sources if not source.has_runs)
        found.notes.append(f"Runs are not copied, because those of {lacking} are not here: tables are merged.")
    store = Store(out)
    with store.locked():
        for machine, rows in found.repeated.items():
            one = Store(out / machines.FOLDER / machines.folder_of(machine))
            _write(one, sources, rows, copy_runs=found.has_runs)
            sums.write(one.folder)
        _write(store, sources, found.own, copy_runs=found.has_runs)
        test_set.write(store)
    return found


def _repeated_in(folder: Path) -> list[Path]:
    """Return the folders of runs that a merged folder has repeated on other machines."""
    return [path.parent for path in sorted((folder / machines.FOLDER).glob("*/study.toml"))]


def _take(found: Merged, source: Source) -> None:
    """Add the runs of a folder to those of former ones."""
    for key, run in source.runs.items():
        where = found.own
        first = where.setdefault(key, source)
        if first.runs[key].machine != run.machine and first.runs[key].status != Status.LOST:
            where = found.repeated.setdefault(run.machine, {})
            first = where.setdefault(key, source)
        if first is not source:
            if note := _difference(first, source, key):
                found.notes.append(note)
            if _is_less(first.runs[key], run):
                where[key] = source


def _is_less(was: Run, now: Run) -> bool:
    """Return whether a run says less than another one: it was lost, or has no costs, and the other not so."""
    lost = [run.status == Status.LOST for run in (was, now)]
    return lost[0] > lost[1] or (lost[0] == lost[1] and was.timed < now.timed)


def _difference(first: Source, other: Source, key: Key) -> str:
    """Return what must be said of a run that two folders have of one machine class; empty if it is the same.

    Raises StoreError if its embeddings differ though its method is not known to be unrepeatable.
    """
    name = f"{key[0]}, seed {key[2]}" + (f", sample {key[1]}" if key[1] else "")
    was, now = first.runs[key], other.runs[key]
    if was.status != now.status:
        taken = other.folder if _is_less(was, now) else first.folder
        return f"{name} is {was.status} in {first.folder} and {now.status} in {other.folder}: that of {taken} is taken."
    if was.status != Status.OK or _is_same(first, other, key):
        return ""
    again = [source.results.runs_of(key[0])["repeatable"].isin([False]).any() for source in (first, other)]
    if any(again) or not first.results.variant(key[0]).seeded:
        return f"{name} has two embeddings, as its method is not repeatable: that of {first.folder} is taken."
    raise StoreError(
        f"Got {name} in {first.folder} and in {other.folder}, on machines of one class, but with different embeddings; "
        "expected the same. Remove the run from one of them and repeat it, or leave one folder out."
    )


def _is_same(first: Source, other: Source, key: Key) -> bool:
    """Return whether two folders have the same embedding of a run, as positions or else scores tell."""
    a, b = first.positions(key), other.positions(key)
    if a and b:
        return len(a) == len(b) and all(np.array_equal(one, two) for one, two in zip(a, b, strict=True))
    both = pd.concat([first.scores(key), other.scores(key)], axis=1).dropna()
    return bool(np.allclose(both.iloc[:, 0], both.iloc[:, 1], rtol=TOLERANCE, atol=TOLERANCE))


def _write(store: Store, sources: Sequence[Source], rows: Mapping[Key, Source], *, copy_runs: bool) -> None:
    """Write study, environment, tables and arrays of some runs, each from its source."""
    used = [source for source in sources if source in rows.values()]
    study = _study(used, rows)
    store.write("study.toml", study.to_toml())
    store.write_model("environment.json", _environment(used, [source.runs[key] for key, source in rows.items()]))
    for name in TABLES:
        table = _table(name, used, rows, study)
        if not table.empty:
            store.write(f"{name}.csv", table.to_csv(index=False))
    if found := _arrays(used, rows):
        store.write(arrays.FILE, arrays.packed({}, found))
    for key, source in rows.items() if copy_runs else ():
        stem = source.store.stem(*key)
        names = [f"{stem.name}.json", f"{stem.name}.npz", f"scores-{stem.name}.json"]
        for path in (path for name in names if (path := stem.with_name(name)).is_file()):
            store.write(path.relative_to(source.folder).as_posix(), read(path))
    for path in (path for source in used if copy_runs for path in sorted(source.folder.glob("references/*.json"))):
        if not (store.folder / path.relative_to(path.parents[1])).exists():
            store.write(path.relative_to(path.parents[1]).as_posix(), read(path))


def _study(used: Sequence[Source], rows: Mapping[Key, Source]) -> Study:
    """Return the study of the first source with the variants, seeds and figures of all."""
    studies = [source.results.study for source in used]
    variants = {name: variant for study in reversed(studies) for name, variant in study.variants.items()}
    order = dict.fromkeys(name for study in studies for name in study.variants)
    shown = {name for name in order if not (variants[name].n or variants[name].without or variants[name].of)}
    figures = dict.fromkeys(
        name for study in studies for name in study.figures or study.variants if name in study.figures or name in shown
    )
    return studies[0].model_copy(
        update={
            "variants": {name: variants[name] for name in order},
            "figures": tuple(figures) if any(study.figures for study in studies) else (),
            "seeds": max(*(study.seeds for study in studies), 1 + max(seed for *_, seed in rows)),
        }
    )


def _environment(used: Sequence[Source], runs: Sequence[Run]) -> Environment:
    """Return where the runs took place, with the code and the libraries of all of them."""
    first, *others = (source.environment for source in used)
    reducers, versions, known = dict(first.reducers), dict(first.versions), machines.known(first)
    for other in others:
        new = {name: code for name, code in other.reducers.items() if name not in reducers}
        versions = other.versions | versions | alike.versions_behind(new, other)
        reducers |= new
        known = machines.known(other) | known
    spent: dict[str, float | None] = {}
    for name in ("wall_s", "measured_s"):
        parts = [getattr(source.environment, name) for source in used]
        spent[name] = None if None in parts else sum(parts)
    commits = dict.fromkeys(filter(None, (source.environment.git_commit for source in used)))
    pools = dict.fromkeys(pool for source in used for pool in source.environment.pools)
    facts = {"reducers": reducers, "versions": dict(sorted(versions.items())), "pools": tuple(pools), **spent}
    joined = machines.joined(first, known, runs)
    return joined.model_copy(update=facts | {"git_commit": " and ".join(commits) or None})


def _table(name: str, used: Sequence[Source], rows: Mapping[Key, Source], study: Study) -> pd.DataFrame:
    """Return the rows of a table that belong to some runs, in the study's order of variants."""
    parts = [_rows_of(source, name, rows) for source in used]
    table = pd.concat([part for part in parts if not part.empty] or [pd.DataFrame()], ignore_index=True)
    if "timed" in table:
        table["timed"] = table["timed"].fillna("True")
    table = table.fillna("").drop(columns="measured", errors="ignore")
    if table.empty or name == "reproducibility":
        return table
    if name == "scores":  # of a reference on the same data one is as good as the other
        of = [*OF_RUN, "split", "score", "k", "part"]
        table = table[~(table["variant"].isin(REFERENCES) & table.duplicated(of))]
    places = {variant: place for place, variant in enumerate((*REFERENCES, *study.variants))}
    sample, seed = (pd.to_numeric(table[of]) for of in ("sample", "seed"))
    is_over_seeds = seed.isna() & ~table["variant"].isin(REFERENCES)  # those stand last
    order = pd.DataFrame({"a": is_over_seeds, "b": table["variant"].map(places), "c": sample, "d": seed})
    return table.loc[order.sort_values(["a", "b", "c", "d"], kind="stable").index]


def _rows_of(source: Source, name: str, rows: Mapping[Key, Source]) -> pd.DataFrame:
    """Return the rows of a table of one source that belong to its runs among some."""
    table = source.table(name)
    if table.empty:
        return table
    if name == "reproducibility":
        ends = table[["first", "second", "sample", "first_seed", "second_seed"]].itertuples(index=False, name=None)
        pairs = [(_key(one, sample, a), _key(other, sample, b)) for one, other, sample, a, b in ends]
        return table[[all(rows.get(key) is source for key in pair) for pair in pairs]]
    others = {key[0] for key, of in rows.items() if of is not source}
    whole = {key[0] for key in rows} - others - {key[0] for key in source.runs if rows.get(key) is not source}

    def is_kept(variant: str, sample: str, seed: str) -> bool:
        if variant in REFERENCES:
            return True
        # A score over seeds is one of all of them: it stays where all are of this source.
        return variant in whole if seed == "" else rows.get(_key(variant, sample, seed)) is source

    return table[[is_kept(*row) for row in table[OF_RUN].itertuples(index=False, name=None)]]


def _key(variant: str, sample: str, seed: str) -> Key:
    return variant, int(float(sample)), int(float(seed))


def _arrays(used: Sequence[Source], rows: Mapping[Key, Source]) -> dict[str, np.ndarray]:
    """Return what figures draw: of each run as its source has it, of the data as the first one has them."""
    found: dict[str, np.ndarray] = {}
    for source in used:
        runs = {f"{variant}/{sample}-{seed}" for variant, sample, seed in rows if rows[variant, sample, seed] is source}
        for name, array in source.results.arrays.stored.items():
            kind, _, rest = name.partition("/")
            if "/".join(rest.split("/")[:2]) in runs or kind == "data":
                found.setdefault(name, array)
    return found
