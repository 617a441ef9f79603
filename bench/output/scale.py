"""The page of what a study of 10 million points costs, `results/scale/README.md`: by method and step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bench.analysis.extrapolation import COLUMNS, TARGET, Reach, mapped, reaches, steps_of
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.scaling import series
from bench.errors import StoreError
from bench.metrics.metric import column_name
from bench.metrics.statistics import Interval
from bench.output.markdown import markdown
from bench.output.tables.render import escaped
from bench.store.disk import refused
from bench.store.results import Results
from bench.store.tables import read_csv
from bench.units import seconds_as_text

FOLDER, PAGE, STEPS, SCORES = "scale", "README.md", "steps.csv", "scores.csv"
STUDIES = {
    "scaling": "how fits of images grow",
    "word-vectors": "fits of word vectors",
    "word-vectors-mapped": "word vectors, of which few are fitted and the others mapped",
}
"""Studies whose fits are shown, and what they are."""
SIZES = (TARGET // 10, TARGET)
"""Numbers of points with which loading and scoring are measured."""
SEEDS = 3
TITLES = {
    "loading": "loading",
    "fit": "fit of PCA",
    "scoring": "all scores of one embedding",
    "further": "all scores of another embedding of the same data",
}
SHOWN = (
    "knn_recall_k15", "trustworthiness_k15", "continuity_k15", "r_nx_auc", "shepard_spearman", "stress", "silhouette",
)  # fmt: skip
"""Scores that are shown of all that are computed."""
Line = tuple[str, ...]


@dataclass(frozen=True)
class Fit:
    """The fit of a method in a study: what it took with the most points, and what it would take."""

    method: str
    data: str
    machine: str
    time: Reach
    memory: Reach | None

    @property
    def line(self) -> Line:
        """The cells of a table."""
        law = self.time.law
        grows = f"{law.exponent:.2f} ({law.low:.2f} to {law.high:.2f})" if law else "n/a"
        memory = ("n/a", "n/a") if self.memory is None else (_size(self.memory.value), _at_target(self.memory, _size))
        here = (f"{self.time.n:,}", seconds_as_text(self.time.value), memory[0], grows)
        return (self.method, self.data, *here, _at_target(self.time, seconds_as_text), memory[1])


def page(results: Path) -> str:
    """Return the page as Markdown, from the folder of all results.

    Raises
    ------
    StoreError
        If a table cannot be read.
    """
    studies = {name: Results(results / name) for name in STUDIES if (results / name / "runs.csv").is_file()}
    steps, scores = (table(results / FOLDER / name) for name in (STEPS, SCORES))
    fits = [fit for name, of in studies.items() for fit in _fits(of)]
    facts = {
        "missing": list(_missing(studies, steps)),
        "machines": {name: of.environment.processor for name, of in studies.items() if of.environment},
        "fits": [fit.line for fit in fits],
        "beyond": sorted(fit.time.factor for fit in fits if fit.time.at_target),
        "mapped": [line for of in studies.values() for line in _mapped_lines(of)],
        "steps": [] if steps is None else list(_step_lines(steps)),
        "sums": [] if steps is None else list(_sums(fits, steps)),
        "scores": [] if scores is None else list(_score_lines(scores)),
        "about": {} if steps is None else _about(steps),
        "seeds": SEEDS,
    }
    return markdown(Path(__file__).with_name("scale.md.jinja"), row=_row).render(**facts).strip() + "\n"


def table(path: Path) -> pd.DataFrame | None:
    """Return the table of steps or of scores; None if there is none. StoreError if it cannot be read."""
    if not path.is_file():
        return None
    with refused(path, "read"):
        try:
            found = read_csv(path)
            if path.name == STEPS and (lost := [name for name in COLUMNS if name not in found]):
                raise ValueError(f"it has no column {lost[0]}")
        except ValueError as error:
            raise StoreError(f"Got {path}, which is no such table: {error}. Remove it and measure again.") from error
    return found if len(found) else None


def _fits(results: Results) -> Iterator[Fit]:
    machine = results.environment.fingerprint if results.environment else ""
    for one, time, memory in reaches(series(results)):
        if ":" not in one.reducer:  # what is no method of the project, such as the cost of exact scores, is left out
            data = str(one.runs["dataset"].iloc[0])
            yield Fit(one.name, data, machine, time, memory)


def _mapped_lines(results: Results) -> Iterator[Line]:
    for one in mapped(results):
        fitted = f"{one.n_fitted:,}: {seconds_as_text(one.fit_s)}"
        others = f"{one.n_mapped:,}: {seconds_as_text(one.map_s)}"
        yield one.method, results.study.dataset, fitted, others, f"≈ {seconds_as_text(one.at_target)}"


def _missing(studies: Mapping[str, Results], steps: pd.DataFrame | None) -> Iterator[tuple[str, str]]:
    """Yield what was not measured yet, and the command that measures it."""
    for name, what in STUDIES.items():
        if name not in studies:
            yield what, f"python -m bench run {name}"
    for n in SIZES:
        if steps is None or not (steps["n"] == n).any():
            yield f"loading and scoring {n:,} points", f"python -m bench scale --measure {n}"


def _step_lines(steps: pd.DataFrame) -> Iterator[Line]:
    """Yield the cells of each step, with each number of points that it was measured with on a class of machines."""
    names = _machines(steps)
    for machine, name in names.items():
        of_machine = steps[steps["machine"] == machine]
        for step, reach in steps_of(of_machine).items():
            for one in of_machine[of_machine["step"] == step].sort_values("n").to_dict("records"):
                is_last = one["n"] == reach.n
                target = ("measured" if reach.is_measured else _at_target(reach, seconds_as_text)) if is_last else ""
                cells = f"{one['n']:,}", seconds_as_text(one["seconds"]), _size(one["anonymous_mib"])
                yield TITLES[step] + (f", {name}" if len(names) > 1 else ""), *cells, target


def _about(steps: pd.DataFrame) -> dict[str, object]:
    """Return the facts of the last row, with the threads and processors of all classes of machines."""
    about = {str(name): fact for name, fact in steps.iloc[-1].items()}
    names = _machines(steps)
    if len(names) > 1:
        of_each = steps.drop_duplicates("machine", keep="last").set_index("machine")
        about["threads"] = " or ".join(map(str, sorted(of_each["threads"].unique())))
        about["processor"] = "; ".join(f"{name}: {of_each['processor'][machine]}" for machine, name in names.items())
    return about


def _machines(steps: pd.DataFrame) -> dict[str, str]:
    """Return what each class of machines is called that steps were measured on."""
    return {machine: f"machine {number}" for number, machine in enumerate(steps["machine"].unique(), start=1)}


def _sums(fits: list[Fit], steps: pd.DataFrame) -> Iterator[Line]:
    """Yield what all steps take together with the target's points: of one run of a method, and of several seeds."""
    for machine in _machines(steps):
        of_machine = steps_of(steps[steps["machine"] == machine])
        found = {step: of_machine.get(step) for step in ("loading", "scoring", "further")}
        known = {step: reach.at_target for step, reach in found.items() if reach and reach.at_target}
        if len(known) < len(found):
            continue
        for fit in fits:
            if fit.machine == machine and (of_fit := fit.time.at_target):
                once = (known["loading"], known["scoring"])
                several = (*once, *[of_fit] * SEEDS, *[known["further"]] * (SEEDS - 1))
                yield fit.method, fit.data, *(_span(_added(of), seconds_as_text) for of in ((*once, of_fit), several))


def _score_lines(scores: pd.DataFrame) -> Iterator[Line]:
    """Yield a few scores of the embedding with the most points, each with its standard error."""
    last = scores[scores["n"] == scores["n"].max()].dropna(subset=["value", "standard_error"])
    names = [
        column_name(score, split, None if pd.isna(k) else int(k))
        for score, split, k in zip(last["score"], last["split"], last["k"], strict=True)
    ]
    for name, value, error in zip(names, last["value"], last["standard_error"], strict=True):
        if name in SHOWN:
            yield QUANTITIES[name].header, number(QUANTITIES[name], value), f"± {error:.4f}" if error else "exact"


def _added(parts: Sequence[Interval]) -> Interval:
    """Return the sum of costs, with the sums of their ends."""
    low = sum(one.mean if one.low is None else one.low for one in parts)
    high = sum(one.mean if one.high is None else one.high for one in parts)
    return Interval(sum(one.mean for one in parts), low, high, len(parts))


def _at_target(reach: Reach, text: Callable[[float], str]) -> str:
    found = reach.at_target
    return f"n/a ({reach.why_not})" if found is None else _span(found, text)


def _span(found: Interval, text: Callable[[float], str]) -> str:
    """Return a cost as text: extrapolated ones are marked, with their interval if its ends differ."""
    mean, ends = text(found.mean), [text(end) for end in (found.low, found.high) if end is not None]
    if not ends:
        return mean
    return f"≈ {mean}" + (f" ({ends[0]} to {ends[1]})" if len(set(ends)) > 1 else "")


def _size(mib: float) -> str:
    """Return a size in MiB or, from 1,024 on, in GiB.

    >>> _size(634.2), _size(4_096)
    ('634 MiB', '4.0 GiB')
    """
    return f"{mib:,.0f} MiB" if mib < 1_024 else f"{mib / 1_024:,.1f} GiB"


def _row(cells: Line) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"
