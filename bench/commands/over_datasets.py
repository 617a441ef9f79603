"""A study, or one after another where it has several datasets: each in a folder of its own, and above them a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bench.commands.running import published, shown_partly
from bench.errors import DatasetError, StoreError
from bench.execution import pipeline
from bench.execution.pipeline import RunRequest
from bench.execution.progress import json_line
from bench.output import across_datasets
from bench.output.publish import Published
from bench.store.store import Store


def execute(request: RunRequest, console: Console, emit: Callable[[str], None] | None = None) -> Published:
    """Run what is not done yet, and publish it; see `bench.execution.pipeline.execute`.

    Of a study over several datasets, one that cannot be had is a row with the reason, and the others are measured. The
    page above them is written after each.
    """
    if not request.chosen.datasets:
        return pipeline.execute(request, console, published, emit, shown_partly)
    if request.note:
        console.print(request.note, highlight=False, markup=False, soft_wrap=True)
    Store(request.out).write("study.toml", request.whole.to_toml())
    reasons: dict[str, str] = {}
    for dataset, one in request.members().items():
        _say(console, emit, dataset, one.out)
        try:
            pipeline.execute(one, console, published, emit, shown_partly)
        except DatasetError as error:
            reasons[dataset] = _left_out(console, dataset, error)
        made = across_datasets.publish(request.out, reasons)
    return made


def rebuild(folder: Path, data_dir: Path | None, console: Console, anchors: int | None = None) -> Published:
    """Publish a results folder again, without one fit; see `bench.execution.pipeline.rebuild`.

    Of a study over several datasets, what cannot be made again of one stays as it is.
    """
    members = {name: folder / of for name, of in Store(folder).study().folders.items()}
    if not members:
        return pipeline.rebuild(folder, data_dir, console, published, anchors)
    needs: list[str] = []
    for dataset, one in members.items():
        if (one / "study.toml").is_file():
            _say(console, None, dataset, one)
            try:
                made = pipeline.rebuild(one, data_dir, console, published, anchors)
                needs += [f"of {dataset} {kept}" for kept in made.needs_runs]
            except (DatasetError, StoreError) as error:
                _left_out(console, dataset, error)
    return replace(across_datasets.publish(folder, {}), needs_runs=tuple(needs))


def _say(console: Console, emit: Callable[[str], None] | None, dataset: str, folder: Path) -> None:
    """Say which dataset is next."""
    if emit is not None:
        emit(json_line("dataset", dataset=dataset, folder=str(folder)))
    console.print(f"\n{dataset}", style="bold", highlight=False, markup=False)


def _left_out(console: Console, dataset: str, error: Exception) -> str:
    """Say why a dataset is left out, and return it."""
    console.print(f"{dataset} is left out: {error}", highlight=False, markup=False, soft_wrap=True)
    return str(error)
