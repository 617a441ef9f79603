"""The small pictures of the claims: intervals side by side, or along an axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bench.metrics.statistics import interval
from bench.output import colours
from bench.output.figures import style

COLOURS = tuple(colours.METHODS.values())
"""Of arms, which are no methods of other figures."""


@dataclass(frozen=True)
class Dots:
    """One quantity of several arms, the columns of `rows`: a dot a run, a line for the interval, a bar for the median.

    `marks` are values that the arms are compared with.
    """

    quantity: str
    rows: pd.DataFrame
    marks: Mapping[str, float] = field(default_factory=dict)
    caption: ClassVar[str] = "A dot is a run, a bar the mean, a line its 95 % interval."

    def draw(self, ax: Axes) -> None:
        """Draw into an axes."""
        what: Any = {"data": self.rows.melt(var_name="arm").dropna(), "x": "value", "y": "arm", "ax": ax}
        what |= {"order": list(self.rows), "color": COLOURS[0], "orient": "y"}
        sns.stripplot(**what, jitter=False, size=3, alpha=0.35)
        sns.pointplot(**what, **_MEANS, linestyle="none", marker="|", markersize=8, err_kws={"linewidth": 1})
        ax.set(xlabel=self.quantity, ylabel="")


@dataclass(frozen=True)
class Curves:
    """One quantity along another, which each of the `curves` has at some places: medians and intervals.

    Attributes
    ----------
    marks : mapping of str to float
        Places on the axis that theory or the reader knows.
    logarithmic : bool
        Whether the axis is, from 0.1 on; there is room for 0 before it.
    joined : bool
        Whether what lies between two places has a meaning.
    """

    along: str
    quantity: str
    curves: Mapping[str, Mapping[Any, pd.Series]]
    marks: Mapping[str, float] = field(default_factory=dict)
    logarithmic: bool = False
    joined: bool = True
    caption: ClassVar[str] = "Means over seeds with 95 % intervals."

    def draw(self, ax: Axes) -> None:
        """Draw into an axes."""
        long = [pd.DataFrame(of).melt(var_name="place").assign(curve=name) for name, of in self.curves.items()]
        n = len(self.curves)
        what: Any = {"data": pd.concat(long).dropna().astype({"place": float}), "x": "place", "y": "value"}
        what |= {"ax": ax, **_MEANS} | {"hue": "curve", "hue_order": list(self.curves), "palette": COLOURS[:n]}
        what["legend"] = "auto" if n > 1 else False
        if self.logarithmic:
            ax.set_xscale("symlog", linthresh=0.1)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        if self.joined:
            sns.lineplot(**what, marker="o", markersize=3, linewidth=1, markeredgewidth=0)
        else:
            markers = list(colours.MARKERS[:n])
            points: Any = {"linestyle": "none", "markers": markers, "markersize": 3.5, "err_kws": {"linewidth": 1}}
            sns.pointplot(**what, **points, dodge=0.45, native_scale=True)
        ax.set(xlabel=self.along, ylabel=self.quantity)
        if n > 1:
            ax.legend(fontsize=6, title=None)


Picture = Dots | Curves
Measured = tuple[dict[str, pd.Series], Picture]
"""What was measured of a claim, by its text, a value a run: what decides, and what is given for comparison."""


def figure(picture: Picture, title: str, footer: str) -> Figure:
    """Return a picture as a figure of its own."""
    with mpl.rc_context(style.RC | {"axes.labelsize": 7}):
        sheet = style.sheet(4.4, 2.3)
        ax = sheet.subplots()
        picture.draw(ax)
        # Of two neighbours each name stands on its own side.
        sides = ["center"] if len(picture.marks) == 1 else ["right", "left"]
        for (name, value), side in zip(sorted(picture.marks.items(), key=lambda m: m[1]), sides, strict=False):
            ax.axvline(value, color=style.GREY, linewidth=0.8, linestyle=":")
            at: Any = {"xycoords": ("data", "axes fraction"), "ha": side, "va": "bottom"}
            ax.annotate(name, (value, 1.0), fontsize=6, color=style.GREY, **at)
        drawn: Any = sheet.get_figure(root=True)
        style.entitle(drawn, title, picture.caption, footer)
    return cast(Figure, drawn)


def _bounds(values: Iterable[float]) -> tuple[float, float]:
    """Return the ends of the interval of the mean; the mean twice where one run has none."""
    found = interval(values)
    if found is None or found.low is None or found.high is None:
        return (float("nan"),) * 2 if found is None else (found.mean,) * 2
    return found.low, found.high


_MEANS: Any = {"estimator": "mean", "errorbar": _bounds}
