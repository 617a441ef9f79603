"""Machine classes: of which runs costs are pooled, as times of two classes of machines are never compared.

Scores are those of all machines. Costs are those of one class alone, the one with most timed runs: a mean over two
classes would be that of no machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

import pandas as pd

from bench.metrics.metric import not_available
from bench.store.records import Environment, Machine
from bench.store.values import RunId

FOLDER = "machines"
"""Folder of runs that were repeated on machines of other classes: one results folder a class."""
DIFFERS = "machine "
"""What embeddings differ in, in `reproducibility.csv`, that are of two machine classes: this, and the other class."""
HERE, EARLIER, ELSEWHERE = "here", "earlier", "elsewhere"
"""Where the runs of a variant were measured, if a folder extends another study; see `bench.store.elsewhere`."""
SHARED = not_available("shared machine")
"""Why a run has no cost that shared its machine with others by intent."""
OTHER = not_available("other machine")
"""Why a variant has no cost whose timed runs are all of other machines than the costs that are shown."""
REASONS = (SHARED, OTHER)
_FACTS = tuple(Machine.model_fields)


class Ran(Protocol):
    """What is asked of a run, such as of its record."""

    @property
    def machine(self) -> str:
        """Its machine class."""

    @property
    def timed(self) -> bool:
        """Whether its costs are measurements."""


def folder_of(machine: str) -> str:
    """Return the name of the folder of a machine class, within `FOLDER`.

    >>> folder_of("../1711f920bc7c1723")
    '___1711f920bc7c1723'
    """
    return re.sub(r"[^\w-]", "_", machine) or "_"


def is_timed(runs: pd.DataFrame) -> pd.Series:
    """Return of each run whether its costs are measurements; all are where the table does not say."""
    return ~runs["timed"].isin([False]) if "timed" in runs else pd.Series(True, runs.index)


def classes(runs: pd.DataFrame) -> pd.Series:
    """Return the machine class of each run; empty where the table does not say."""
    return _texts(runs, "machine")


def class_of_costs(machines: Iterable[str]) -> str:
    """Return the machine class whose costs are shown: the most frequent one of timed runs, or of several the first.

    >>> class_of_costs(["a", "b", "b"]), class_of_costs(["b", "a"]), class_of_costs([])
    ('b', 'b', '')
    """
    counts = Counter(machines)
    return max(counts, key=counts.__getitem__, default="")


def is_pooled(runs: pd.DataFrame) -> pd.Series:
    """Return of each run of a whole study whether its costs are among those that are pooled and compared.

    Rows that were measured elsewhere have a class of their own: they are shown beside the others, and not compared.
    """
    found, elsewhere = is_timed(runs), _texts(runs, "measured") == ELSEWHERE
    machines = classes(runs)
    for apart in (elsewhere, ~elsewhere):
        found &= ~apart | (machines == class_of_costs(machines[apart & found]))
    return found


def same_on_all(same_as: Mapping[RunId, RunId], machine_of: Mapping[RunId, str]) -> dict[RunId, RunId]:
    """Return the runs of a variant that repeat another one, with those that another machine alone makes different.

    A method that gives the same with every seed on each of several classes of machines differs among these in its last
    digits. That is no seed: its runs are one.
    """
    found = dict(same_as)
    by_class: dict[int, dict[str, list[RunId]]] = {}
    for run, machine in machine_of.items():
        by_class.setdefault(run[0], {}).setdefault(machine, []).append(run)
    for of_sample in by_class.values():
        runs = [run for of_class in of_sample.values() for run in of_class]
        distinct = [{same_as.get(run, run) for run in of_class} for of_class in of_sample.values()]
        if 1 < len(of_sample) < len(runs) and all(len(of_class) == 1 for of_class in distinct):
            found |= dict.fromkeys(runs[1:], runs[0])
    return found


def known(environment: Environment | None) -> dict[str, Machine]:
    """Return what is known of each machine class of a study, by fingerprint."""
    if environment is None:
        return {}
    here = Machine.model_validate({name: getattr(environment, name) for name in _FACTS})
    return environment.machines or {environment.fingerprint: here}


def joined(environment: Environment, others: Mapping[str, Machine], runs: Iterable[Ran]) -> Environment:
    """Return where a study ran whose runs may be of several machine classes.

    It is that of the class whose costs tables show, as far as anything is known of it, and names all classes that have
    a run.
    """
    found, all_runs = known(environment) | dict(others), list(runs)
    own = class_of_costs(run.machine for run in [run for run in all_runs if run.timed] or all_runs)
    used = [machine for machine in dict.fromkeys(run.machine for run in all_runs) if machine in found]
    facts = {name: getattr(found[own], name) for name in _FACTS} | {"fingerprint": own} if own in found else {}
    machines = {machine: found[machine] for machine in used} if len(used) > 1 else {}
    return environment.model_copy(update=facts | {"machines": machines})


def described(runs: pd.DataFrame, environment: Environment | None) -> dict[str, str]:
    """Return how each machine class that has a run is called, in the order of runs: by its facts and its hosts."""
    about, found = known(environment), {}
    for machine, of_class in runs.groupby(classes(runs), sort=False):
        hosts = [host for host in _texts(of_class, "host").unique() if host]
        named = f" ({'host' if len(hosts) == 1 else 'hosts'} {', '.join(hosts)})" if hosts else ""
        one = about.get(str(machine))
        found[str(machine)] = (one.as_text if one else f"machine class {machine}") + named
    return found


def _texts(runs: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of texts; empty ones where the table has none."""
    return runs[name].fillna("").astype(str) if name in runs else pd.Series("", runs.index)
