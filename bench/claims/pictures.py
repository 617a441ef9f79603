"""The small pictures beside the claims: intervals side by side, or along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.claims.evidence import Sample
from bench.statistics import interval

INCHES = (4.4, 2.3)
GREY = "0.45"


@dataclass(frozen=True)
class Dots:
    """One quantity of several arms: every seed a point, the interval a line.

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
        colour = sns.color_palette("colorblind")[0]
        for place, sample in enumerate(self.rows.values()):
            found = interval(sample.values())
            if found is None:
                continue
            ax.plot(list(sample.values()), [place] * len(sample), "o", color=colour, alpha=0.35, markersize=3, mew=0)
            if found.low is not None and found.high is not None:
                ax.plot([found.low, found.high], [place, place], color=colour, linewidth=1.2)
            ax.plot(found.median, place, "|", color=colour, markersize=9, mew=1.6)
        ax.set(yticks=range(len(self.rows)), yticklabels=list(self.rows), xlabel=self.quantity)
        ax.set_ylim(len(self.rows) - 0.4, -0.6)
        for name, value in self.marks.items():
            ax.axvline(value, color=GREY, linewidth=0.8, linestyle=":")
            ax.annotate(
                name, (value, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=6, color=GREY
            )


@dataclass(frozen=True)
class Curves:
    """One quantity along another: the median as a line, the interval as a band.

    Attributes
    ----------
    curves : mapping of str to mapping of float to Sample
        By name, the samples at each place of the axis.
    marks : mapping of str to float
        Places on the axis that theory or the reader knows.
    logarithmic : bool
        Whether the axis is.
    """

    along: str
    quantity: str
    curves: Mapping[str, Mapping[float, Sample]]
    marks: Mapping[str, float] = field(default_factory=dict)
    logarithmic: bool = False

    def draw(self, ax: Axes) -> None:
        """Draw into an axes."""
        for colour, (name, samples) in zip(sns.color_palette("colorblind"), self.curves.items(), strict=False):
            found = {place: interval(sample.values()) for place, sample in samples.items()}
            known = {place: one for place, one in found.items() if one is not None}
            ax.plot(list(known), [one.median for one in known.values()], "o-", color=colour, markersize=3, linewidth=1)
            ax.fill_between(
                list(known),
                [one.median if one.low is None else one.low for one in known.values()],
                [one.median if one.high is None else one.high for one in known.values()],
                color=colour,
                alpha=0.2,
                linewidth=0,
                label=name,
            )
        if self.logarithmic:
            ax.set_xscale("symlog", linthresh=0.1)
        ax.set(xlabel=self.along, ylabel=self.quantity)
        if len(self.curves) > 1:
            ax.legend(fontsize=6, frameon=False)
        for name, value in self.marks.items():
            ax.axvline(value, color=GREY, linewidth=0.8, linestyle=":")
            ax.annotate(
                name, (value, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=6, color=GREY
            )


Picture = Dots | Curves


def figure(picture: Picture) -> Figure:
    """Return a picture as a figure of its own."""
    drawn = Figure(figsize=INCHES, layout="constrained")
    ax = drawn.subplots()
    picture.draw(ax)
    ax.tick_params(labelsize=7)
    ax.xaxis.label.set_fontsize(7)
    ax.yaxis.label.set_fontsize(7)
    sns.despine(ax=ax)
    return drawn
