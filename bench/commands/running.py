"""Running a study and publishing its results: what the command line and the Python door share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import reproductions
from bench.analysis.quantities import QUANTITIES
from bench.commands import extending, folders
from bench.commands.extending import Place
from bench.datasets import SOURCES
from bench.errors import StudyError, unknown
from bench.execution import pipeline
from bench.metrics.measures import MEASURES
from bench.metrics.registry import REFERENCES
from bench.output import card
from bench.output.publish import Published, publish, publish_partly
from bench.store.results import Results
from bench.store.sums import PARTIAL
from bench.studies.study import Study, names, read

MAX_RUNS = 100_000
"""More runs than that are asked for by mistake, unless the user says otherwise."""


@dataclass(frozen=True)
class Asked:
    """What a user asks of a study; what is empty or None leaves the study as it is."""

    study: str | Study
    """A name, a TOML file, or a study."""
    reducers: Sequence[str] = ()
    """Only these variants or reducers."""
    files: Sequence[str] = ()
    """Reducers of one's own, as `FILE.py:Class`."""
    dataset: str = ""
    """Another dataset: a name or a file."""
    n: int | None = None
    """Training points."""
    seeds: int | None = None
    timeout: str = ""
    memory: str = ""
    threads: int | None = None
    out: Path | None = None
    """Results folder; None takes one named after the study and what is asked of it."""
    data_dir: Path | None = None
    rerun: str = ""
    """`failed`, `all` or a variant's name: what is repeated though it is done."""
    monitored: bool = False
    yes: bool = False
    """Whether a very large study, or data with very many columns, are meant."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """How a dataset that is a file is read: fields of `DataOptions`."""
    samples: int | None = None
    """Only the first samples of the data of a study that has several."""
    cluster: str = ""
    """Scheduler whose hosts carry the runs out; empty for this machine."""
    anchors: int | None = None
    """Points that are compared with all others for the scores."""

    def request(self) -> pipeline.RunRequest:
        """Return what is to be run; StudyError if the study, a name or a value is refused."""
        fields = ("dataset", "n", "seeds", "timeout", "memory", "threads", "anchors")
        changes = {name: value for name in fields if (value := getattr(self, name)) not in ("", None)}
        given = self.study if isinstance(self.study, Study) else read(self.study)
        wanted = given.datasets
        if self.dataset in wanted:
            wanted = (changes.pop("dataset"),)  # this one of them alone
        elif self.dataset and wanted:
            given, wanted = given.on(""), ()
        if self.dataset or self.options:
            changes["data"] = ({} if self.dataset else given.data.model_dump()) | dict(self.options)
        study = given.with_changes(changes)
        changed = {name for name in fields if getattr(study, name) != getattr(given, name)}
        if any(getattr(study, name) != getattr(given, name) for name in ("dataset", "data", "n", "seeds")):
            study = study.with_changes({"title": ""})  # it spoke of other data; what ran says the rest
        study = study.resolved()
        whole = study.with_reducers(list(self.files))
        own = [name for name in whole.variants if name not in study.variants]
        selected = whole.only([*(name.strip() for name in self.reducers), *own]) if self.reducers else whole
        self._check(selected, whole)
        place = self._place(whole.including(selected), selected, own, changed)
        return pipeline.RunRequest(
            whole=place.whole,
            chosen=place.chosen.model_copy(update={"datasets": wanted}) if wanted else place.chosen,
            out=place.out,
            base=place.base,
            note=place.note,
            data_dir=self.data_dir,
            rerun=self.rerun or None,
            n=self.n or (None if self.dataset else _most_points(selected)),
            monitored=self.monitored,
            yes=self.yes,
            samples=self.samples,
            cluster=self.cluster,
        )

    def _place(self, whole: Study, selected: Study, own: Sequence[str], changed: Collection[str]) -> Place:
        """Return where the results go; StudyError if results would be lost in the folder that was named.

        `changed` are the fields of the study that are asked to be others than its own.
        """
        is_selection = bool(self.reducers or self.files)
        if self.out is not None:
            extending.check(self.out, whole, is_selection=is_selection)
            return extending.within(self.out, whole, selected) if is_selection else Place(self.out, whole, selected)
        options = [
            f"{name}-{'-'.join(value) if isinstance(value, list) else value}" for name, value in self.options.items()
        ]
        parts = [Path(self.dataset).stem if "dataset" in changed else "", *options]
        parts += [f"{name}{getattr(self, name)}" for name in ("n", "seeds", "threads", "anchors") if name in changed]
        folder = folders.root() / extending.named([whole.name or "study", *parts])
        if not extending.is_kept(folder):
            return extending.within(folder, whole, selected) if is_selection else Place(folder, whole, selected)
        limits = [name for name in ("timeout", "memory") if name in changed]
        if is_selection:
            wanted = [*(name.strip() for name in self.reducers), *own]
            return extending.beside(folder, whole.only(wanted), wanted, {name: getattr(whole, name) for name in limits})
        parts = [f"{name}-{getattr(self, name)}" for name in limits]
        if not (isinstance(self.study, str) and self.study in names()):
            parts.append("own")
        if parts:
            return Place(folder.with_name(extending.named([folder.name, *parts])), whole, selected)
        note = f"{folder} has results of other runs. They stay until this run is complete, and are replaced then."
        return Place(folder, whole, selected, note=note)

    def _check(self, study: Study, whole: Study) -> None:
        """Raise StudyError if a name is unknown that only this command can tell, or if there are too many runs."""
        if self.cluster and self.monitored:
            raise StudyError("Got --cluster and --monitor, but trainings are watched on this machine alone. Take one.")
        if self.rerun not in ("", "failed", "all", *study.variants):
            raise StudyError(unknown("--rerun", self.rerun, ["failed", "all", *study.variants]))
        if self.samples is not None and not 1 <= self.samples <= study.samples:
            raise StudyError(f"Got --samples {self.samples}, but expected 1 to {study.samples}: the study has no more.")
        for name in study.measures:
            if name not in MEASURES:
                raise StudyError(unknown("measure", name, MEASURES))
        for one in study.hypotheses:
            if one.by not in (decided := [key for key, quantity in QUANTITIES.items() if quantity.margin]):
                raise StudyError(unknown("quantity of a hypothesis", one.by, decided))
            for name in (*one.better, *one.than):
                if name not in (*whole.variants, *REFERENCES):
                    raise StudyError(unknown("method of a hypothesis", name, (*whole.variants, *REFERENCES)))
        for name in study.datasets:
            if name not in SOURCES and ":" not in name and not Path(name).suffix:
                raise StudyError(unknown("dataset", name, SOURCES))
        if study.n_runs > MAX_RUNS and not self.yes:
            raise StudyError(
                f"Got a study of {study.n_runs:,} runs, but expected at most {MAX_RUNS:,}. "
                "Take fewer seeds, samples or variants, or add --yes if they are meant."
            )
        for name, variant in study.variants.items():
            if not self.n and study.n_fitted and (variant.n or 0) > study.n_fitted:
                raise StudyError(
                    f"Got n = {variant.n} in variant {name!r}, but expected at most {study.n_fitted}, the study's."
                )


def _most_points(study: Study) -> int | None:
    """Return the largest number of training points that a study asks its own data for."""
    return max([n for n in (study.n_fitted, *(variant.n for variant in study.variants.values())) if n], default=None)


def published(results: Results, load_data: pipeline.LoadData, force: bool = True) -> Published:
    """Write everything that a reader looks at."""
    return publish(results, load_data, (reproductions.write, card.write), force=force)


def shown_partly(results: Results, load_data: pipeline.LoadData) -> None:
    """Write what a reader looks at before a study is complete."""
    publish_partly(results, load_data)


def stopped(folder: Path, rerun: str | None = None) -> str:
    """Return what must be known of a study that was interrupted; `rerun` is what it was to repeat."""
    said = f"Stopped. Every completed run is kept in {folder}, and the same command continues. "
    if rerun and rerun != "failed":  # of those that failed it repeats only what still does
        again = "The same command repeats from the start; without --rerun it runs only what is missing."
        said = f"Stopped. Every completed run is kept in {folder}. {again} "
    if Results(folder).exists:
        return f"{said}The tables there are as they were."
    first = f" First results are in {folder / PARTIAL}." if (folder / PARTIAL / "summary.md").is_file() else ""
    return f"{said}`python -m bench report {folder}` makes tables of what is there.{first}"
