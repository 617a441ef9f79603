"""The course of the training of each network: its loss, that of the points held back, and its KL term."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import MaxNLocator

from bench.analysis.summary import interval_of
from bench.output.figures import style, values
from bench.store.arrays import array_name
from bench.store.results import Results
from reducers import HISTORY_COLUMNS

MAX_PANELS = 16
"""Networks up to which all are drawn; of more, those that other figures show."""
ACROSS = 4
HELD_BACK = "The dashed line is the loss of the points held back, and the dot its minimum, whose weights are kept."

LABELS = {"loss": "loss", "kl": "KL term (nats)"}

Courses = dict[str, list[pd.DataFrame]]
"""Histories of the successful runs of each network."""


def curves(results: Results) -> SubFigure | None:
    """Draw the loss of each network in a panel of its own, and after these the KL term of those that have one."""
    courses = _courses(results)
    if not courses:
        return None
    with_kl = [variant for variant, of_seeds in courses.items() if any(epochs["kl"].any() for epochs in of_seeds)]
    figure, axes = style.panels(len(courses) + len(with_kl), 1, 0.75, headroom=0.75, across=ACROSS)
    looks = values.looks(results)
    drawn = [*((variant, "loss") for variant in courses), *((variant, "kl") for variant in with_kl)]
    for (variant, what), (ax,) in zip(drawn, axes, strict=True):
        for epochs in courses[variant]:
            ax.plot(epochs["epoch"], epochs[what], gid=what, color=looks[variant].colour, linewidth=0.8)
            if what == "loss" and epochs["validation"].notna().any():
                _draw_validation(ax, epochs)
        length = _length(results, variant) if what == "loss" else ""
        ax.set_title("\n".join(filter(None, (style.wrapped(results.label(variant)), length))))
        ax.set(xlabel="epoch", ylabel=LABELS[what])
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
        ax.grid()
    entries = [style.handle("training", style.GREY, "", "-")]
    if _is_validated(courses):
        entries.append(style.handle("held back", style.INK, "o", "--", markersize=2.5))
    figure.legend(handles=entries, loc="outside lower center", ncols=len(entries))
    return figure


def note(results: Results) -> str:
    """Return what must be said of the points held back, if there are any."""
    return HELD_BACK if _is_validated(_courses(results)) else ""


def _draw_validation(ax: Axes, epochs: pd.DataFrame) -> None:
    ax.plot(epochs["epoch"], epochs["validation"], color=style.INK, linewidth=0.8, linestyle="--", gid="validation")
    best = epochs.iloc[int(epochs["validation"].argmin())]
    ax.plot(best["epoch"], best["validation"], "o", color=style.INK, markersize=2.5, gid="best")


def _courses(results: Results) -> Courses:
    """Return the histories of all networks, or of those in other figures if there are too many."""
    courses: Courses = {}
    for variant in results.variants:
        for run in results.run_ids(variant):
            course = results.arrays.get(array_name("history", variant, run))
            if course is not None:
                courses.setdefault(variant, []).append(pd.DataFrame(np.asarray(course), columns=HISTORY_COLUMNS))
    shown = courses if len(courses) <= MAX_PANELS else results.pictured.variants
    return {variant: courses[variant] for variant in shown if variant in courses}


def _is_validated(courses: Courses) -> bool:
    return any(one["validation"].notna().any() for of_seeds in courses.values() for one in of_seeds)


def _length(results: Results, variant: str) -> str:
    """Return how many epochs the runs took and how many of them converged; empty if the results do not tell."""
    runs = results.ok_runs(variant)
    if "converged" not in runs or runs["converged"].isna().all():
        return ""
    epochs = interval_of(results, variant, "n_iter")
    of_seeds = " (mean)" if runs["n_iter"].nunique() > 1 else ""
    length = f"{epochs.mean:.0f} epochs{of_seeds}\n" if epochs else ""
    return f"{length}{int(runs['converged'].astype(bool).sum())} of {len(runs)} converged"
