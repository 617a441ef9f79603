"""The command line: verbs that hand over to the rest of the program. Heavy libraries are imported by the verb."""

from __future__ import annotations

import json
import logging
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.table import Column, Table

from bench.errors import BenchError
from bench.execution import identity

if TYPE_CHECKING:
    from bench.execution.pipeline import Publish, RunRequest

app = typer.Typer(
    help="A benchmarking study of dimensionality reducers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
console = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 100)

MAX_COLUMNS = 6
"""With more fields than that a list is printed as paragraphs."""

_of_file = partial(typer.Option, rich_help_panel="A file of your own")
Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would run, how long and with what; run nothing.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder with the files of datasets, or with a folder for each.")]
Anchors = Annotated[int | None, typer.Option(help="Score by so many points, each compared with all.")]


def main() -> None:
    """Run the command line; an error that a user can fix is one message and exit status 2."""
    logging.basicConfig(level="WARNING", format="%(message)s", handlers=[RichHandler(show_time=False, show_path=False)])
    fixable: tuple[type[Exception], ...] = (BenchError,)
    try:
        identity.check()
        from reducers import ReducerError  # before, it might be a package of another project

        fixable = (BenchError, ReducerError)
        app()
    except fixable as error:
        Console(stderr=True, highlight=False).print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)


@app.command()
def run(
    study: Annotated[str, typer.Argument(help="Name of a study, or a TOML file.")] = "default",
    chosen: Annotated[str, typer.Option("--reducers", help="Only these variants or reducers, as a,b,c.")] = "",
    file: Annotated[list[str], typer.Option("--reducer", help="Also a reducer of your own: FILE.py:Class.")] = [],  # noqa: B006
    dataset: Annotated[
        str, typer.Option(help="Another dataset: a name, or a file .csv .tsv .npz .npy .parquet .h5ad .hdf5.")
    ] = "",
    label: Annotated[str, _of_file(help="Column of labels.")] = "",
    drop: Annotated[list[str], _of_file(help="Column to leave out; may be repeated.")] = [],  # noqa: B006
    keep: Annotated[list[str], _of_file(help="Column that is a feature, no id or label; may be repeated.")] = [],  # noqa: B006
    scale: Annotated[str, _of_file(help="Columns by standard, minmax or none, from all rows; auto sees how.")] = "",
    missing: Annotated[
        str, _of_file(help="Of missing values: refuse them, drop their rows, or fill in the mean of all rows.")
    ] = "",
    image: Annotated[str, _of_file(help="Rows are images of this height and width: 28x28.")] = "",
    n: Annotated[int | None, typer.Option(help="Training points.")] = None,
    data_dir: DataDir = None,
    seeds: Annotated[int | None, typer.Option(help="Runs of every variant, each with its own seed.")] = None,
    samples: Annotated[int | None, typer.Option(help="Only the first of a study's samples of its data.")] = None,
    timeout: Annotated[str, typer.Option(help="Longest that one run may take: 90s, 10m, 2h.")] = "",
    memory: Annotated[str, typer.Option(help="Most memory that one run may use: 512MiB, 8GiB.")] = "",
    threads: Annotated[int | None, typer.Option(help="Thread budget of every run; all cores if not given.")] = None,
    anchors: Anchors = None,
    out: Annotated[Path | None, typer.Option(help="Results folder.")] = None,
    cluster: Annotated[str, typer.Option(help="Run on others: tcp://HOST:PORT, a scheduler file, or local:N.")] = "",
    rerun: Annotated[str, typer.Option(help="Repeat completed runs: failed, all, or a variant's name.")] = "",
    monitored: Annotated[bool, typer.Option("--monitor", help="Watch trainings in TensorBoard; costs time.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Report progress as JSON, one object a line.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Also more than 100,000 runs, or columns of data.")] = False,
    dry: Dry = False,
) -> None:
    """Run a study; what is done already is not repeated, and Ctrl-C loses no completed run.

    Some variants, other data or other seeds never replace results of others: they have a folder of their own, or are
    shown beside the rows that are there.
    """
    from bench.commands import over_datasets
    from bench.commands.running import Asked, stopped
    from bench.execution import preview, tensorboard
    from bench.execution.progress import json_line

    names = chosen.split(",") if chosen else ()
    given = {"label": label, "drop": drop, "keep": keep, "scale": scale, "missing": missing, "image": image}
    options = {name: value for name, value in given.items() if value}
    limits = (timeout, memory, threads, out, data_dir, rerun, monitored, yes, options, samples, cluster, anchors)
    asked = Asked(study, names, file, dataset, n, seeds, *limits)
    request = asked.request()
    if dry:
        for line in preview.lines(request):
            console.print(escape(line), soft_wrap=True)
        return
    if monitored:
        tensorboard.require()
    # Standard output belongs to the events alone; what is meant for people goes where they may still see it.
    shown = Console(stderr=True, highlight=False) if as_json else console
    try:
        made = over_datasets.execute(request, shown, typer.echo if as_json else None)
    except KeyboardInterrupt:
        shown.print(f"\n{stopped(request.out, request.rerun)}", soft_wrap=True)
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json_line("finished", folder=str(request.out), paths=[str(path) for path in made.paths]))
        return
    console.print(made.to_rich())
    if not made.are_new:
        console.print("Nothing has changed since these were written.")


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="reducers, datasets, scores, presets or studies.")] = "reducers",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False,
) -> None:
    """List what there is."""
    from bench.commands import listing

    rows = listing.rows(what)
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    if len(rows[0]) <= MAX_COLUMNS:
        table = Table(*[Column(name, overflow="fold") for name in rows[0]], box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(escape, row.values()))
    else:
        table = Table(box=None, pad_edge=False, show_header=False)
        for row in rows:
            (_, heading), *rest = row.items()
            table.add_row(f"[bold]{escape(heading)}[/bold]")
            for name, cell in rest:
                table.add_row(f"  {name}", escape(cell))
    console.print(table)


@app.command()
def check(
    reducer: Annotated[str, typer.Argument(help="Name of a reducer, or FILE.py:Class.")],
) -> None:
    """Check that a reducer keeps the contract: what fails, why, at which line, and how to fix it."""
    from bench.commands import conformance

    found = []
    for finding in conformance.check(reducer):
        found.append(finding)
        if finding.status == "passed":
            console.print(f"[green]ok[/green]    {finding.name}")
        elif finding.status == "excused":
            console.print(f"[yellow]excused[/yellow] {finding.name}: {escape(finding.reason)}", soft_wrap=True)
    # What failed comes last, next to the prompt.
    for line in conformance.explained(found):
        style = "red" if line.startswith("FAILS") else None
        console.print(escape(line), soft_wrap=True, style=style)
    console.print(escape(conformance.summary(reducer, found)), soft_wrap=True)
    raise typer.Exit(1 if any(finding.status == "failed" for finding in found) else 0)


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(help="Name of the reducer: lower case, as a Python module; or the word study.")
    ],
    study: Annotated[str, typer.Argument(help="Behind the word study: the name of the study.")] = "",
    template: Annotated[
        str,
        typer.Option(help="sklearn: around a library; transductive: without transform; torch: our training loop."),
    ] = "sklearn",
) -> None:
    """Write a working reducer into the folder of reducers, or with `new study NAME` a study file, to start from."""
    if study and name != "study":
        raise typer.BadParameter(f"Got {name} {study}, but expected one name, or study NAME.")
    if name == "study":
        from bench.commands import new_study

        path = new_study.write(study or "my-study")
        console.print(f"wrote {path}. It runs as it is:\n\n    python -m bench run {path}", soft_wrap=True)
        return
    from bench.commands.scaffold import write

    console.print(
        f"wrote {write(name, template)}. It works as it is:\n\n"
        f"    python -m bench check {name}\n    python -m bench run quick --reducers {name},pca\n\n"
        "The contract stands in reducers/README.md.",
        soft_wrap=True,
    )


def _carry_out(request: RunRequest, publish: Publish[Any], *, dry: bool) -> None:
    """Carry out a study and publish it; or say what it would do and end there. Ctrl-C ends with its own status."""
    from bench.commands.running import shown_partly, stopped
    from bench.execution import pipeline, preview

    if dry:
        for line in preview.lines(request):
            console.print(escape(line), soft_wrap=True)
        raise typer.Exit
    try:
        pipeline.execute(request, console, publish, show=shown_partly)
    except KeyboardInterrupt:
        console.print(f"\n{stopped(request.out, request.rerun)}", soft_wrap=True)
        raise typer.Exit(130) from None


@app.command()
def tune(
    reducer: Annotated[str, typer.Argument(help="Name of a reducer, or FILE.py:Class; all methods if not given.")] = "",
    data_dir: DataDir = None,
    dry: Dry = False,
) -> None:
    """Search for better parameters: 30 configurations or 400 s, on training images alone; say how to test them.

    What is searched stands in the study `tuning`, for a reducer of your own in `search_space` of its class.
    """
    from bench.commands import tune as tuning
    from bench.commands.running import Asked, published

    request = Asked(tuning.study_of(reducer) if reducer else tuning.SEARCH, data_dir=data_dir).request()
    _carry_out(request, published, dry=dry)
    lines, path = tuning.select(request.out)
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    console.print(
        f"wrote {path}, a study of the defaults and of what was selected. Keep it, then run it once on test images:\n\n"
        f"    python -m bench run {path.stem if not reducer else path}",
        soft_wrap=True,
    )


@app.command()
def card(
    method: Annotated[
        str, typer.Argument(help="Variant of the study cards, reducer, preset, or FILE.py:Class; all if not given.")
    ] = "",
    data_dir: DataDir = None,
    dry: Dry = False,
) -> None:
    """Say how much of an embedding stays when its seed, rows, threads, process or batch change: one number each.

    One method takes a minute or two. Without a name it is the study `cards`, of all methods.
    """
    from bench.commands import card as cards
    from bench.commands.running import Asked, published

    request = Asked(cards.study_of(method) if method else cards.STUDY, data_dir=data_dir).request()
    _carry_out(request, cards.written if method else published, dry=dry)
    if method:
        rows = cards.rows(request.out)
        table = Table(*rows[0], box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(escape, row.values()))
        console.print(table)
    console.print(f"wrote {request.out / cards.page_of(request.whole)}", soft_wrap=True)


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say whether this machine is fit to measure on, and which data is at hand."""
    from bench.commands.doctor import examine

    signs = list(examine(data_dir))
    for sign in signs:
        mark = "[green]ok[/green]     " if sign.ok else "[yellow]caveat[/yellow]"
        console.print(f"{mark} {sign.subject}: {escape(sign.text)}", soft_wrap=True)
    raise typer.Exit(0 if all(sign.ok for sign in signs) else 1)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Results folder, or its name.")],
    new: Annotated[Path, typer.Argument(help="Results folder of the same study, run later or elsewhere, or its name.")],
) -> None:
    """Say what changed between two results folders; exit status 0: nothing worse, 1: something, 2: not comparable."""
    from bench.commands import folders
    from bench.commands.compare_results import as_text
    from bench.commands.compare_results import compare as compared
    from bench.units import counted

    comparison = compared(folders.find(old), folders.find(new))
    for caution in comparison.cautions:
        console.print(f"[yellow]note[/yellow] {escape(caution)}", soft_wrap=True)
    for change in comparison.changes:
        if change.result != "same":
            console.print(escape(as_text(change)), soft_wrap=True)
    same = sum(change.result == "same" for change in comparison.changes)
    console.print(f"{counted(len(comparison.changes), 'column')} compared, {same:,} the same to the last digit")
    raise typer.Exit(1 if comparison.anything_worse else 0)


@app.command()
def attacks(
    out: Annotated[Path | None, typer.Option(help="Folder to write into; results/attacks if not given.")] = None,
) -> None:
    """Attack every score with forged maps, impostor data, noise and copies; write which attacks fool which score."""
    from bench.commands import attacks as forged
    from bench.commands import folders

    with console.status("fitting honest maps") as shown:
        paths = forged.write(out or folders.root() / "attacks", lambda name: shown.update(escape(name)))
    for path in paths:
        console.print(f"wrote {escape(str(path))}", soft_wrap=True)


@app.command()
def scale(
    measure: Annotated[
        int | None, typer.Option(help="First measure loading and scoring of so many points: 1000000, or 10000000.")
    ] = None,
    results: Annotated[Path | None, typer.Option(help="Folder with a folder of results for each study.")] = None,
) -> None:
    """Write what a study of 10 million points costs, by method and step, into results/scale/README.md."""
    from bench.commands import folders
    from bench.commands import scale as large

    root = results or folders.root()
    if measure is not None:
        for path in large.measure(root, measure, lambda step: console.print(f"{measure:,} points: {step}")):
            console.print(f"wrote {escape(str(path))}", soft_wrap=True)
    console.print(f"wrote {escape(str(large.write(root)))}", soft_wrap=True)


@app.command()
def merge(
    names: Annotated[list[Path], typer.Argument(help="Results folders of one study, or their names.")],
    out: Annotated[Path, typer.Option(help="New folder to write into.")],
    data_dir: DataDir = None,
) -> None:
    """Make one results folder of those of several people or machines, once it is clear that they belong together.

    The same run is taken from the first folder that has it. On another machine it is no further seed, but says what a
    machine changes. Costs are of the machines with most runs, scores of all.
    """
    from bench.commands import folders
    from bench.commands.merge import merged

    console.print(merged([folders.find(name) for name in names], out, data_dir, console).to_rich())


@app.command()
def verify(
    names: Annotated[list[Path], typer.Argument(help="Results folders, or their names.")] = [Path("default")],  # noqa: B006
) -> None:
    """Check that records, scores, embeddings and tables are what was written; exit status 1: something is not."""
    from bench.commands import folders
    from bench.commands.verify import faults

    found = {folder: list(faults(folder)) for folder in map(folders.find, names)}
    for folder, wrong in found.items():
        for fault in wrong:
            console.print(f"[red]wrong[/red] {escape(fault)}", soft_wrap=True)
        if not wrong:
            console.print(f"[green]ok[/green] {escape(str(folder))}", soft_wrap=True)
    raise typer.Exit(1 if any(found.values()) else 0)


@app.command()
def score(
    folder: Annotated[Path, typer.Argument(help="Results folder, or its name.")] = Path("default"),
    data_dir: DataDir = None,
    anchors: Anchors = None,
) -> None:
    """Compute the scores of stored embeddings that are missing or outdated, and write tables and figures.

    More anchors than before extend what is there: only the others are compared with all points.
    """
    _rebuilt(folder, data_dir, None, anchors)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="Results folder, or its name.")] = Path("default"),
    data_dir: DataDir = None,
    into: Annotated[Path | None, typer.Option(help="Also write the tables between the markers of this file.")] = None,
) -> None:
    """Write scores, tables and figures of a results folder again, without one fit."""
    _rebuilt(folder, data_dir, into, None)


def _rebuilt(folder: Path, data_dir: Path | None, into: Path | None, anchors: int | None) -> None:
    from bench.commands import folders

    found = folders.find(folder)  # what is no folder is said before the libraries are loaded
    from bench.commands import over_datasets

    made = over_datasets.rebuild(found, data_dir, console, anchors)
    if into is not None:
        made.write_into(into)
    console.print(made.to_rich())
    if made.needs_runs:
        needed = "; ".join(made.needs_runs)
        console.print(f"Kept as they were, because they need the runs: {needed}.", soft_wrap=True)


@app.command()
def status(
    root: Annotated[Path | None, typer.Argument(help="Folder with a folder of results for each study.")] = None,
) -> None:
    """Say which results are older than the code or libraries that made them, and what measuring again costs."""
    from bench.commands import folders
    from bench.commands.status import states
    from bench.units import seconds_as_text

    found = list(states(root or folders.root()))
    for state in found:
        mark = "[yellow]old[/yellow]    " if state.reasons else "[green]current[/green]"
        version = f", protocol {state.protocol}" if state.protocol else ""
        console.print(f"{mark} {escape(state.name)}{escape(version)}", soft_wrap=True)
        for reason in state.reasons:
            console.print(f"          {escape(reason)}", soft_wrap=True)
    old = [state for state in found if state.reasons]
    known = [state.wall_s for state in old if state.wall_s]
    console.print(
        f"{len(old)} of {len(found)} old; measuring them again takes about {seconds_as_text(sum(known))}"
        + (f", and {len(old) - len(known)} more of unknown time." if len(known) < len(old) else ".")
        if old
        else f"{len(found)} of {len(found)} current."
    )


@app.command()
def findings(
    results: Annotated[Path | None, typer.Argument(help="Folder with a folder of results for each study.")] = None,
    into: Annotated[Path | None, typer.Option(help="Also write the findings between the markers of this file.")] = None,
) -> None:
    """Write what the stored results of all studies say into the README of their folder."""
    from bench.commands import folders
    from bench.output import faq

    console.print(f"wrote {faq.write(results or folders.root(), into)}", soft_wrap=True)


@app.command("gallery")
def gallery_(
    results: Annotated[Path | None, typer.Argument(help="Folder with a folder of results for each study.")] = None,
) -> None:
    """Write GALLERY.md into the folder of results: pictures of the study `gallery`, with what is seen in each."""
    from bench.commands import folders
    from bench.output import gallery

    console.print(f"wrote {gallery.write(results or folders.root())}", soft_wrap=True)
