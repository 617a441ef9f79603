"""The small pictures beside the claims: intervals side by side, or along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bench.claims.evidence import Sample
from bench.figures import style
from bench.statistics import Interval, interval

INCHES = (4.4, 2.3)


@dataclass(frozen=True)
class Dots:
    """One quantity of several arms: every seed a dot, the interval a line, the median a bar.

    Attributes
    ----------
    rows : mapping of str to Sample
        The arms from top to bottom.
    marks : mapping of str to float
        Values that the arms are read against.
    """

    quantity: str
    rows: Mapping[str, Sample]
    marks: Mapping[str, float] = field(default_factory=dict)

    def draw(self, ax: Axes) -> None:
        """Draw into an axes."""
        colour = style.METHODS[0]
        for place, sample in enumerate(self.rows.values()):
            found = interval(sample.values())
            if found is None:
                continue
            ax.plot(list(sample.values()), [place] * len(sample), "o", color=colour, alpha=0.35, markersize=3, mew=0)
            ax.plot(_bounds(found), [place, place], color=colour, linewidth=1)
            ax.plot(found.median, place, "|", color=colour, markersize=8, mew=1.4)
        ax.set(yticks=range(len(self.rows)), yticklabels=list(self.rows), xlabel=self.quantity)
        ax.set_ylim(len(self.rows) - 0.4, -0.6)
        _mark(ax, self.marks)


@dataclass(frozen=True)
class Curves:
    """One quantity along another: medians and intervals.

    Attributes
    ----------
    curves : mapping of str to mapping of float to Sample
        By name, the samples at each place of the axis.
    marks : mapping of str to float
        Places on the axis that theory or the reader knows.
    logarithmic : bool
        Whether the axis is, from 0.1 on; there is room for 0 before it.
    joined : bool
        Whether what lies between two places has a meaning.
    """

    along: str
    quantity: str
    curves: Mapping[str, Mapping[float, Sample]]
    marks: Mapping[str, float] = field(default_factory=dict)
    logarithmic: bool = False
    joined: bool = True

    def draw(self, ax: Axes) -> None:
        """Draw into an axes."""
        for number, (name, samples) in enumerate(self.curves.items()):
            found = {place: one for place, sample in samples.items() if (one := interval(sample.values())) is not None}
            places = np.array(list(found)) + (0 if self.joined else 0.15 * (number - (len(self.curves) - 1) / 2))
            medians = np.array([one.median for one in found.values()])
            low, high = np.array([_bounds(one) for one in found.values()]).T
            colour = style.METHODS[number]
            if self.joined:
                ax.plot(places, medians, "o-", color=colour, markersize=3, linewidth=1, label=name)
                ax.fill_between(places, low, high, color=colour, alpha=0.2, linewidth=0)
            else:
                ax.plot(places, medians, style.MARKERS[number], color=colour, markersize=3.5, label=name)
                ax.vlines(places, low, high, color=colour, linewidth=1)
        if self.logarithmic:
            ax.set_xscale("symlog", linthresh=0.1)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.set(xlabel=self.along, ylabel=self.quantity)
        if len(self.curves) > 1:
            ax.legend(fontsize=6)
        _mark(ax, self.marks)


Picture = Dots | Curves


def figure(picture: Picture) -> Figure:
    """Return a picture as a figure of its own."""
    with mpl.rc_context(style.RC | {"axes.labelsize": 7}):
        drawn = Figure(figsize=INCHES, layout="constrained")
        ax = drawn.subplots()
        picture.draw(ax)
        sns.despine(ax=ax)
    return drawn


def _bounds(found: Interval) -> tuple[float, float]:
    """Return the bounds of an interval; the median for both where one seed has none."""
    if found.low is None or found.high is None:
        return found.median, found.median
    return found.low, found.high


def _mark(ax: Axes, marks: Mapping[str, float]) -> None:
    """Draw and name values of the horizontal axis; of two neighbours each name stands on its own side."""
    sides = ["center"] if len(marks) == 1 else ["right", "left"]
    for (name, value), side in zip(sorted(marks.items(), key=lambda mark: mark[1]), sides, strict=False):
        ax.axvline(value, color=style.GREY, linewidth=0.8, linestyle=":")
        at: Any = {"xycoords": ("data", "axes fraction"), "ha": side, "va": "bottom"}
        ax.annotate(name, (value, 1.0), fontsize=6, color=style.GREY, **at)
