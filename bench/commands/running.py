"""Running a study and publishing its results: what the command line and notebooks call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import reproductions
from bench.commands import notebook
from bench.execution import pipeline
from bench.output.publish import Published, publish
from bench.store.results import Results
from bench.studies.study import Study, read

RESULTS = Path("results")


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
    """Results folder; None takes one named after the study."""
    data_dir: Path | None = None
    rerun: str = ""
    """`failed`, `all` or a variant's name: what is repeated though it is done."""
    monitored: bool = False

    def request(self) -> pipeline.RunRequest:
        """Return what is to be run; StudyError if the study, a name or a value is refused."""
        fields = ("dataset", "n", "seeds", "timeout", "memory", "threads")
        changes = {name: value for name in fields if (value := getattr(self, name)) not in ("", None)}
        given = self.study if isinstance(self.study, Study) else read(self.study)
        whole = given.with_changes(changes).resolved().with_reducers(list(self.files))
        selected = whole.only([name.strip() for name in self.reducers]) if self.reducers else whole
        # A study on other data than its own has a folder of its own.
        parts = [whole.name, Path(self.dataset).stem if self.dataset else "", f"n{self.n}" if self.n else ""]
        return pipeline.RunRequest(
            whole=whole.including(selected),
            chosen=selected,
            out=self.out or RESULTS / "-".join(filter(None, parts)),
            data_dir=self.data_dir,
            rerun=self.rerun or None,
            n=self.n,
            monitored=self.monitored,
        )


def published(results: Results, load_data: pipeline.LoadData, force: bool = True) -> Published:
    """Write everything that a reader looks at."""
    found = publish(results, load_data, (reproductions.write,), force=force)
    return replace(found, needs_runs=(*found.needs_runs, *reproductions.needs_runs(results)))


def run(study: str | Path | Study, **asked: Any) -> notebook.Results:
    """Run a study and return its results; what is done already is not repeated.

    The study is a name such as `quick`, a TOML file, or a study. What else is asked are fields of `Asked`: `reducers`,
    `dataset`, `n`, `seeds`, `out` and others, as the options of the command `run`.

    Raises
    ------
    BenchError
        If the study, its data or its folder cannot be used.
    """
    request = Asked(study if isinstance(study, Study) else str(study), **asked).request()
    pipeline.execute(request, Console(quiet=True), published)
    return notebook.Results(request.out)
