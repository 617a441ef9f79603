"""What several figures ask of the results: panels of methods, arrays of the shown run, and why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bench.analysis.quantities import Quantity
from bench.analysis.summary import interval_over
from bench.metrics.statistics import Interval
from bench.output import colours
from bench.output.figures import style
from bench.store.arrays import array_name
from bench.store.results import Results
from bench.studies.sweeps import sweeps
from bench.units import counted


def panels(
    results: Results,
    found: Collection[str],
    title: Callable[[str], str] = lambda variant: "",
    *,
    names: tuple[str, ...] = ("",),
    otherwise: str = "no finite embedding",
    **size: Any,
) -> tuple[SubFigure, dict[str, np.ndarray]]:
    """Return panels for every method, and those of the methods that have something to draw; the others say why not.

    Parameters
    ----------
    found : collection of str
        Variants that have something to draw.
    title : function
        Returns what stands below the label of a variant.
    names : tuple of str
        What each of a method's panels shows; written beside the first ones of a row.
    otherwise : str
        What a panel without a drawing says if a run was successful.
    **size
        See `style.panels`.
    """
    figure, axes = style.panels(len(results.variants), len(names), **size)
    for variant, column in zip(results.variants, axes, strict=True):
        below = title(variant) if results.ok(variant) else ""
        column[0].set_title(f"{style.wrapped(results.label(variant))}\n{below}".strip())
        for ax, name in zip(column, names, strict=True):
            if ax.get_subplotspec().is_first_col():
                ax.set_ylabel(name)
        if variant not in found:
            reasons = [otherwise if results.ok(variant) else failure(results, variant), "no embedding"]
            for ax, reason in zip(column, reasons, strict=False):
                style.blank(ax, reason)
    return figure, {v: column for v, column in zip(results.variants, axes, strict=True) if v in found}


def rows(results: Results, n: int, headroom: float, **sizes: Any) -> tuple[SubFigure, Any]:
    """Return n panels side by side in which each method has a row."""
    names = [style.wrapped(results.label(variant), 28) for variant in results.variants]
    figure = style.sheet(style.WIDTH, 0.27 * len(names) + headroom)
    axes = figure.subplots(1, n, sharey=True, **sizes)
    axes[0].set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.5, -0.5))
    return figure, axes


def reason(ax: Axes, row: int, text: str) -> None:
    """Say why there is nothing in a row."""
    ax.text(0.02, row, text, transform=ax.get_yaxis_transform(), va="center", fontsize=6.5, color=style.GREY)


def looks(results: Results) -> dict[str, colours.Look]:
    """Return how each variant looks in every figure."""
    return colours.looks({variant: results.variant(variant).reducer for variant in results.variants})


def legend_of_methods(figure: SubFigure, results: Results, variants: Iterable[str], **look: Any) -> None:
    """Name methods below the panels; `look` is what of their marker and stroke is drawn otherwise."""
    of = looks(results)
    handles = [
        style.handle(style.wrapped(results.label(variant), 30), **(of[variant]._asdict() | look))
        for variant in variants
    ]
    columns = max(1, min(4, int(figure.get_figure(root=True).get_figwidth() / 1.75)))
    length = 1 if look.get("stroke") == "" else 3
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, handlelength=length)


def shown_array(results: Results, kind: str, variant: str, part: str = "") -> np.ndarray | None:
    """Return an array of the run of a variant that is shown; None if there is none."""
    run = results.shown(variant)
    return None if run is None else results.arrays.get(array_name(kind, variant, run, part))


def shown_arrays(results: Results, kind: str, part: str = "") -> dict[str, np.ndarray]:
    """Return an array of the run that is shown, of each variant that has it."""
    found = {variant: shown_array(results, kind, variant, part) for variant in results.variants}
    return {variant: array for variant, array in found.items() if array is not None}


def shown_score(results: Results, variant: str, quantity: str) -> float | None:
    """Return a score of the run of a variant that is shown; None if it has none."""
    run = results.shown(variant)
    return None if run is None else results.values(variant, quantity).by_run.get(run)


def mean_curve(results: Results, variant: str, name: str) -> pd.DataFrame:
    """Return a column of `curves.csv` by the size of the neighbourhood: its `mean`, and the ends of its interval."""
    curves = results.curves[results.curves["variant"] == variant]
    found: dict[int, Interval | None] = {}
    for k, of_size in curves.groupby("k"):
        runs = of_size[["sample", "seed", name]].itertuples(index=False, name=None)
        values = results.of_runs(variant, {(sample, seed): value for sample, seed, value in runs})
        found[int(str(k))] = interval_over(values, Quantity(name, name, low=-inf, high=1.0))
    return pd.DataFrame({k: asdict(one) for k, one in found.items() if one is not None}).T.astype(float)


def seed(results: Results, variant: str) -> str:
    """Return which seed is shown, for the title of a panel."""
    run = results.shown(variant)
    return "" if run is None else f"seed {run[1]}"


def retrained_seed(results: Results, variant: str) -> str:
    """Return of which seed the training is shown epoch by epoch, which need not be that of other figures."""
    found = shown_array(results, "retrained_seed", variant)
    return "" if found is None else f"seed {found}"


def successful(results: Results) -> list[str]:
    """Return the variants that have a successful run."""
    return [variant for variant in results.variants if results.ok(variant)]


def bases(results: Results) -> tuple[str, ...]:
    """Return the variants that are not another's with one parameter set otherwise."""
    others = {v for one in sweeps(results.study) for v in one.variants.values() if v != one.base}
    return tuple(variant for variant in results.variants if variant not in others)


def failure(results: Results, variant: str) -> str:
    """Return how the first run of a variant failed."""
    first = results.runs_of(variant).iloc[0]
    return f"{first['status'].replace('_', ' ')}: {first['reason']}"


def footer(results: Results) -> str:
    """Return of what a figure is, so that it stands alone: data, points, seeds and study."""
    runs, study = results.runs, results.study
    points = " to ".join(f"{n:,}" for n in sorted({runs["n_train"].min(), runs["n_train"].max()}))
    tested = f" and {runs['n_test'].max():,} test" if runs["n_test"].max() else ""
    seeds = sorted(set(runs["seed"]))
    named = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"
    samples = f", {counted(results.n_samples, 'sample')} of the data" if results.is_resampled else ""
    drawn = {len(rows) for rows in results.data.rows.values()} if results.data else set()
    some = f", {max(drawn):,} of them drawn" if drawn else ""
    said = f"{runs['dataset'].iloc[0]}: {points} training{tested} points{some}", f"{named}{samples}"
    return " \N{MIDDLE DOT} ".join((*said, f"study {study.name or results.folder.name}"))


def not_drawn(results: Results) -> str:
    """Return which methods are in no picture, and why; empty if all are."""
    lost = [variant for variant in results.variants if not results.ok(variant)]
    named = "; ".join(f"{results.label(variant)} ({failure(results, variant)})" for variant in lost)
    return f"Not drawn: {named}." if named else ""


def dimensions(results: Results) -> str:
    """Return what must be said of embeddings that are not two-dimensional; empty if all are."""
    found = set(results.runs["n_components"].dropna()) - {2}
    notes = ["Embeddings of one dimension are drawn as a band whose height means nothing."] if 1 in found else []
    notes += ["Of more than two dimensions the first two are drawn."] if found - {1} else []
    return " ".join(notes)
