"""Running a study and publishing its results: what the command line and notebooks call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import reproductions
from bench.datasets import Dataset
from bench.execution import pipeline
from bench.execution.progress import Progress
from bench.output.publish import Published, publish
from bench.store.results import Results
from bench.studies.study import Study, read

RESULTS = Path("results")


@dataclass(frozen=True)
class Asked:
    """What a user asks of a study; what is empty or None leaves the study as it is.

    Attributes
    ----------
    study : str or Study
        A name, a TOML file, or a study.
    reducers : sequence of str
        Only these variants or reducers.
    files : sequence of str
        Reducers of one's own, as `FILE.py:Class`.
    dataset : str
        Another dataset: a name or a file.
    n : int or None
        Training points.
    out : Path or None
        Results folder; None takes one named after the study.
    rerun : str
        `failed`, `all` or a variant's name: what is repeated though it is done.
    """

    study: str | Study
    reducers: Sequence[str] = ()
    files: Sequence[str] = ()
    dataset: str = ""
    n: int | None = None
    seeds: int | None = None
    timeout: str = ""
    memory: str = ""
    threads: int | None = None
    out: Path | None = None
    data_dir: Path | None = None
    rerun: str = ""
    monitored: bool = False

    def request(self) -> pipeline.RunRequest:
        """Return what is to be run.

        Raises
        ------
        StudyError
            If the study, a name or a value is refused.
        """
        fields = ("dataset", "n", "seeds", "timeout", "memory", "threads")
        changes = {name: value for name in fields if (value := getattr(self, name)) not in ("", None)}
        given = self.study if isinstance(self.study, Study) else read(self.study)
        whole = given.with_changes(changes).resolved().with_reducers(list(self.files))
        selected = whole.only([name.strip() for name in self.reducers]) if self.reducers else whole
        return pipeline.RunRequest(
            whole=whole.including(selected),
            chosen=selected,
            out=self.out or RESULTS / self._folder_name(whole.name),
            data_dir=self.data_dir,
            rerun=self.rerun or None,
            n=self.n,
            monitored=self.monitored,
        )

    def _folder_name(self, study: str) -> str:
        """Return a folder of its own for a study on other data than its own."""
        parts = [study, Path(self.dataset).stem if self.dataset else "", f"n{self.n}" if self.n else ""]
        return "-".join(part for part in parts if part)


def published(results: Results, load_data: Callable[[], Dataset | None], *, force: bool = True) -> Published:
    """Write everything that a reader looks at."""
    found = publish(results, load_data, reproductions.PAGES, force=force)
    return replace(found, needs_runs=(*found.needs_runs, *reproductions.needs_runs(results)))


def execute(request: pipeline.RunRequest, console: Console, watch: Callable[..., Progress] = Progress) -> Published:
    """Run what is not done yet, score it, and write tables and figures."""
    return pipeline.execute(request, console, published, watch)


def rebuild(folder: Path, data_dir: Path | None, console: Console) -> Published:
    """Score what is not scored and write tables and figures of a results folder, without one fit."""
    return pipeline.rebuild(folder, data_dir, console, published)


def run(study: str | Path | Study, **asked: Any) -> Results:
    """Run a study and return its results; what is done already is not repeated.

    Parameters
    ----------
    study : str, Path or Study
        A name such as `quick`, a TOML file, or a study.
    asked : fields of `Asked`
        `reducers`, `dataset`, `n`, `seeds`, `out` and others, as the options of the command `run`.

    Raises
    ------
    BenchError
        If the study, its data or its folder cannot be used.
    """
    request = Asked(study if isinstance(study, Study) else str(study), **asked).request()
    execute(request, Console(quiet=True))
    return Results(request.out)
