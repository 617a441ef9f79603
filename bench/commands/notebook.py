"""The Python door: what notebooks and scripts call instead of the command line."""

from __future__ import annotations

import shutil
from base64 import b64encode
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.console import Console

from bench.analysis.quantities import QUANTITIES
from bench.commands import extending, folders, over_datasets, own_data
from bench.commands.running import Asked, published
from bench.datasets import DataOptions
from bench.errors import BenchError, StoreError, StudyError, unknown
from bench.execution import pipeline
from bench.output import across_datasets, figures
from bench.output.publish import main_table
from bench.output.tables.notebook import NotebookTable
from bench.output.tables.terminal import brief
from bench.store import results, sums
from bench.studies.study import Study

REPORT = "report.html"
LISTS = ("reducers", "files", "drop", "keep")
"""What is asked for by several names, or by one."""
DPI = 110
"""Dots an inch at which a notebook shows a figure."""


class Results(results.Results):
    """The results of a study: tables to compute with, embeddings, and what the study's pages show.

    A notebook shows its main table and the embeddings side by side. `bench.load_results` and `bench.run` return it.

    Attributes
    ----------
    folder : Path
        Where the results are.
    variants : tuple of str
        Keys of the methods, such as `umap`.
    datasets : mapping
        Of a study over several datasets the results on each, by its name; `summary` has all of them.
    runs, scores, curves, summary, comparisons : DataFrame
        Tidy tables; each says of itself what its columns are: `help(bench.Results.scores)`.

    Examples
    --------
    >>> import bench
    >>> results = bench.load_results("default").only(("pca", "opentsne"))
    >>> results.label("opentsne"), results.embedding("opentsne").shape
    ('openTSNE', (4000, 2))
    >>> list(results.scores.columns)
    ['variant', 'sample', 'seed', 'split', 'score', 'k', 'part', 'value', 'reason', 'quantity']
    >>> accuracy = results.scores.query("quantity == 'knn_accuracy_k10_test' and seed.notna()")
    >>> accuracy.groupby("variant")["value"].mean().idxmax()
    'opentsne'
    >>> summary = results.summary.set_index("variant")
    >>> bool(summary.loc["pca", "fit_s"] < summary.loc["opentsne", "fit_s_low"])
    True
    """

    def table(self, *quantities: str) -> NotebookTable:
        """Return the main table of the study, or one of some quantities.

        A notebook shows it as HTML, and `print` as text. To compute with its numbers, take `summary`.

        Parameters
        ----------
        *quantities : str
            Columns of `summary`, such as `r_nx_auc`, `knn_accuracy_k10_test` or `fit_s`. Without any, the table is that
            of `summary.md`. Of a study over several datasets the first one is shown, a column a dataset.

        Raises
        ------
        StudyError
            If there is no quantity of that name.
        StoreError
            If the study has no run.

        Examples
        --------
        >>> import bench
        >>> results = bench.load_results("default").only(("pca", "umap"))
        >>> print(results.table("fit_s").content.title)
        Cost
        >>> [row.label for row in results.table("knn_accuracy_k10_test").content.rows][:2]
        ['PCA', 'UMAP (seeded)']
        """
        for name in quantities:
            if name not in QUANTITIES:
                raise StudyError(unknown("quantity", name, QUANTITIES))
        if self.datasets:
            return NotebookTable(across_datasets.main_table(self, *quantities[:1]))
        content = main_table(self, quantities)
        return NotebookTable(content, None if quantities else brief(content))

    def plot(self, figure: str = "embeddings") -> Figure:
        """Return one of the figures of the study.

        Parameters
        ----------
        figure : str
            Such as `embeddings`, `quality-time`, `r-nx` or `costs`: the name of a file in the folder `figures`.

        Returns
        -------
        Figure
            Of matplotlib; a notebook shows it.

        Raises
        ------
        StudyError
            If there is no figure of that name.
        StoreError
            If the study has nothing for it.

        Examples
        --------
        >>> import bench
        >>> figure = bench.load_results("default").only(("pca", "umap")).plot("embeddings")
        >>> figure.savefig("two-methods.pdf")
        """
        drawings = {drawing.name: drawing for drawing in figures.DRAWINGS}
        if figure not in drawings:
            raise StudyError(unknown("figure", figure, drawings))
        drawn = drawings[figure].draw(self)
        if drawn is None:
            raise StoreError(f"Got figure {figure!r}, but {self.folder} has nothing for it. Take another figure.")
        # A notebook shows a figure by itself only after pyplot has drawn one there.
        drawn._repr_png_ = partial(figures.render, drawn, "png", DPI)  # type: ignore[attr-defined]
        return drawn

    def report(self, path: str | Path | None = None) -> Path:
        """Return where the report is, one HTML file that needs no other; it is written if there is none yet.

        Parameters
        ----------
        path : str or Path, optional
            Where to write a copy, such as `umap-report.html`.

        Raises
        ------
        StoreError
            If the study has no embeddings to point at, or the report was changed after it was written.

        Examples
        --------
        >>> import bench
        >>> bench.load_results("default").report("report.html").stat().st_size > 1_000_000
        True
        """
        report = self.folder / REPORT
        if not report.is_file():
            pipeline.rebuild(self.folder, None, Console(quiet=True), published)
        if not report.is_file():
            raise StoreError(f"Got {self.folder}, which has no embeddings for a report. Its tables are in summary.md.")
        sums.check(self.folder, REPORT)
        return report if path is None else Path(shutil.copyfile(report, path))

    def _repr_html_(self) -> str:
        """Return what a notebook shows: title, main table, embeddings, and how to see more."""
        try:
            table = self.table()
        except BenchError as error:
            return f"<p>{escape(str(error))}</p>"
        if self.datasets:
            more = f"Files: {self.folder}. More: .datasets[NAME], .table(QUANTITY), .summary, .comparisons."
            return f"<h3>{escape(self.title)}</h3>\n{table._repr_html_()}\n<p>{escape(more)}</p>"
        try:
            png = b64encode(figures.render(self.plot(), "png", DPI)).decode()
            picture = f'<img alt="Embeddings side by side" src="data:image/png;base64,{png}">'
        except BenchError as error:
            picture = f"<p>{escape(str(error))}</p>"
        more = f"Files: {self.folder}. More: .plot(NAME), .report(), .summary, .scores, .comparisons, .embedding(NAME)."
        return f"<h3>{escape(self.title)}</h3>\n{table._repr_html_()}\n{picture}\n<p>{escape(more)}</p>"


def load_results(folder: str | Path) -> Results:
    """Return the results in a folder.

    Parameters
    ----------
    folder : str or Path
        A results folder, or the name of one in `results`, such as `default`.

    Raises
    ------
    StoreError
        If there is no such results folder; it says which there are.

    Examples
    --------
    >>> import bench
    >>> bench.load_results("default").study.seeds
    5
    >>> bench.load_results("defualt")
    Traceback (most recent call last):
        ...
    bench.errors.StoreError: Got results 'defualt', but expected one of: ... Did you mean 'default'...
    """
    return Results(folders.find(folder))


def run(
    study: str | Path | Study, data: own_data.Given | None = None, *, verbose: bool = False, **asked: Any
) -> Results:
    """Run a study and return its results; what is done already is not repeated.

    Parameters
    ----------
    study : str, Path or Study
        A name such as `quick`, a TOML file, or a study.
    data : array, (array, labels) or DataFrame, optional
        Points that are no file yet. They are kept in the results folder, so that the next run finds them there.
    verbose : bool
        Whether to print what is run, a line a run.
    **asked
        The options of the command `run`: `reducers`, `files`, `dataset`, `n`, `seeds`, `timeout`, `memory`, `threads`,
        `out` and others; and how data are read: `label`, `drop`, `keep`, `scale`, `missing`, `image`.

    Raises
    ------
    BenchError
        If the study, its data or its folder cannot be used.

    Examples
    --------
    >>> import bench
    >>> from sklearn.datasets import load_iris
    >>> results = bench.run("quick", data=load_iris(return_X_y=True), reducers=["pca"], out="results/iris")
    >>> results.embedding("pca").shape, results.embedding("pca", split="test").shape
    ((120, 2), (30, 2))
    """
    asked |= {name: [asked[name]] for name in LISTS if isinstance(asked.get(name), str)}
    options = {name: asked.pop(name) for name in DataOptions.model_fields.keys() & asked.keys()}
    study = study if isinstance(study, Study) else str(study)
    if asked.get("out") is not None:
        asked["out"] = Path(asked["out"])
    if data is not None:
        name = study.name if isinstance(study, Study) else Path(study).stem
        otherwise = folders.root() / f"{name or 'study'}-data"
        file = own_data.write(data, asked.get("out"), otherwise, options.get("label", ""))
        sizes = [f"{size}{asked[size]}" for size in ("n", "seeds", "threads") if asked.get(size)]
        out = asked.get("out") or file.parent.with_name(extending.named([file.parent.name, *sizes]))
        asked |= {"dataset": str(file), "out": out}
    request = Asked(study, **asked, options=options).request()
    console = Console(quiet=not verbose, force_jupyter=False)
    over_datasets.execute(request, console)
    return Results(request.out)
