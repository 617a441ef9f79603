"""What all figures share: sizes of type, sheets of panels with title, caption and footer, direct labels, and files.

Figures are as wide as a page, with type of 8 points, on white. Constrained layout places everything: the panels with
their legend are a subfigure, so that title and caption lie around both. Colours are in `bench.output.colours`.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from PIL import Image
from scipy.optimize import isotonic_regression

from bench.output.colours import palette

RC: Any = {
    **sns.axes_style("ticks", {"axes.spines.top": False, "axes.spines.right": False, "grid.color": "0.92"}),
    **dict.fromkeys(("font.size", "axes.labelsize", "figure.titlesize", "legend.title_fontsize"), 8),
    **dict.fromkeys(("axes.titlesize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"), 7),
    **dict.fromkeys(("axes.linewidth", "xtick.major.width", "ytick.major.width"), 0.6),
    **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 3.0),
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    # A label may hold a dollar sign that is no formula.
    "text.parse_math": False,
    "svg.hashsalt": "reducers",
    "svg.fonttype": "path",
}
WIDTH = 7.2
"""Inches of a figure over two columns of print."""
NARROW = 3.6
MAX_COLUMNS = 5
DPI = 200
SVG_DPI = 110
"""Of the clouds of points in it, which would be megabytes of paths; everything else there is lines."""
LETTERS, TITLE_LETTERS = 18.0, 12.5
"""Letters of a caption, and of a title, that fit into an inch."""
LINE, TITLE_LINE = 0.125, 0.16
"""Inches from one line of a caption or footer, or of a title, to the next."""
LABEL_STEP = 0.115
"""Inches from one direct label to the next, at least."""
MARGIN = 0.08
DRAW_SEED = 0
"""Points are drawn in one shuffled order, so that no class hides another because it comes later."""
GREY = "0.45"
INK = "0.2"
"""Of what is of no single method."""


def sheet(width: float, height: float) -> SubFigure:
    """Return where panels and legend are drawn; its size is in inches."""
    return Figure(figsize=(width, height), layout="constrained").subfigures(squeeze=False).item()


def panels(
    n: int,
    rows_each: int = 1,
    aspect: float = 1.0,
    *,
    headroom: float = 0.45,
    side: float = 0.0,
    across: int = MAX_COLUMNS,
    **kind: Any,
) -> tuple[SubFigure, Any]:
    """Return panels for n methods side by side, in several bands if there are many.

    Parameters
    ----------
    rows_each : int
        Panels of each method, one above the other.
    aspect : float
        Height of a panel over its width.
    headroom, side : float
        Inches for what stands above and below the panels of a method, and beside all panels.
    across : int
        Panels that the page has room for.
    **kind
        Of the axes, such as their `projection`.

    Returns
    -------
    figure : SubFigure
    axes : ndarray of Axes of shape (n, rows_each)
    """
    bands = -(-n // across)
    columns = -(-n // bands)
    width = max(NARROW, side + (WIDTH - side) * columns / across)
    figure = sheet(width, bands * (rows_each * aspect * (width - side) / columns + headroom))
    axes = figure.subplots(bands * rows_each, columns, squeeze=False, subplot_kw=kind)
    of_methods = axes.reshape(bands, rows_each, columns).transpose(0, 2, 1).reshape(-1, rows_each)
    for ax in of_methods[n:].ravel():
        ax.remove()
    return figure, of_methods[:n]


def blank(ax: Axes, text: str) -> None:
    """Leave a panel empty and say why."""
    ax.set(xticks=[], yticks=[], frame_on=False)
    ax.text(0.5, 0.5, textwrap.fill(text, 22), ha="center", va="center", transform=ax.transAxes, color=GREY, fontsize=7)


def wrapped(label: str, letters: int = 22) -> str:
    """Return a label in lines short enough for the title of a panel."""
    return textwrap.fill(label, letters)


def annotate(ax: Axes, text: str, at: tuple[float, float], points: tuple[float, float], **look: Any) -> None:
    """Write a few small letters at a distance, in points, from a position of the data."""
    ax.annotate(text, at, xytext=points, textcoords="offset points", **({"fontsize": 6} | look))


def log_scale(ax: Axes, which: str = "x", finer: bool = True) -> None:
    """Make an axis logarithmic and write its numbers out, more than those of its decades if it spans few."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    ax.set(**{f"{which}scale": "log"})
    low, high = axis.get_view_interval()
    if high < 10 * low:
        middle = float(low * high) ** 0.5
        low, high = middle / 4, middle * 4
        ax.set(**{f"{which}lim": (low, high)})
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if finer and high <= 100 * low else (1.0,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(NullFormatter())


def handle(label: str, colour: Any, marker: str = "o", stroke: Any = "", **look: Any) -> Line2D:
    """Return an entry of a legend."""
    return Line2D([], [], color=colour, marker=marker, linestyle=stroke, label=label, **look)


def legend_of_classes(figure: SubFigure, classes: Sequence[str]) -> None:
    """Name the classes beside the panels."""
    colours = palette(len(classes))
    handles = [handle(wrapped(name, 14), colours[i], markersize=4) for i, name in enumerate(classes)]
    columns = -(-len(classes) // max(10, int(5 * figure.get_figure(root=True).get_figheight())))
    if handles:
        figure.legend(handles=handles, loc="outside right center", title="class", ncols=columns, handletextpad=0.1)


def label_ends(ax: Axes, ends: Mapping[str, tuple[float, float, Any]], height: float) -> None:
    """Write names at the right of a panel, each joined by a thin line to where it belongs, and none on another.

    Parameters
    ----------
    ends : mapping of str to (x, y, colour)
        Where each name belongs, in the panel's units, which must not change afterwards.
    height : float
        Inches of the panel.
    """
    names = sorted(ends, key=lambda name: ends[name][1])
    steps = LABEL_STEP / height * np.arange(len(names))
    wanted = ax.transAxes.inverted().transform(ax.transData.transform([ends[name][:2] for name in names]))[:, 1]
    # The least shifts that keep the order and the distance.
    at = np.clip(isotonic_regression(wanted - steps).x, 0, max(0.0, 1 - steps[-1])) + steps
    places = dict(zip(names, at, strict=True))
    for name, (x, y, colour) in ends.items():
        ax.annotate(
            name,
            (x, y),
            xytext=(1.04, places[name]),
            textcoords="axes fraction",
            va="center",
            fontsize=6.5,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5, "shrinkB": 0, "relpos": (0, 0.5)},
        )


def entitle(figure: Figure, title: str, caption: str, footer: str) -> None:
    """Write a title above, a caption and a footer below, for which the figure becomes taller."""
    width, height = figure.get_size_inches()
    above = textwrap.fill(title, int(width * TITLE_LETTERS))
    below, foot = (textwrap.fill(text, int(width * LETTERS)) for text in (caption, footer))
    n_foot = 1 + foot.count("\n")
    lines = TITLE_LINE * (1 + above.count("\n")) + LINE * (1 + below.count("\n") + n_foot)
    figure.set_size_inches(width, height + lines + 3 * MARGIN)
    left: Any = {"x": MARGIN / width, "ha": "left"}
    figure.suptitle(above, **left, fontsize=9, weight="bold")
    # The caption ends in empty lines, on which the footer stands: the layout leaves room for captions alone.
    figure.supxlabel(below + "\n " * n_foot, **left, fontsize=7, color="0.25", linespacing=1.15)
    at = MARGIN / 2 / figure.get_figheight()
    figure.text(**left, y=at, s=foot, va="bottom", fontsize=6.5, color=GREY, linespacing=1.15, gid="footer")


def lay_out(figure: Figure) -> None:
    """Find where everything lies, once for all kinds of files."""
    layout = figure.get_layout_engine()
    if layout is None:
        return
    for _ in range(2):  # a panel of fixed shape is as wide as it will be only after the first time
        layout.execute(figure)
    figure.set_layout_engine(None)  # not "none", for whose sake every file would be drawn twice
    # The solver's last digits change from one time to the next, and a file's bytes must not.
    for part in figure.subfigs:
        part.bbox_relative.set_points(part.bbox_relative.get_points().round(6))
    for ax in figure.axes:
        ax.set_position(tuple(round(edge, 6) for edge in ax.get_position(original=True).bounds))


def render(figure: Figure, kind: str, dpi: int = DPI) -> bytes:
    """Return the figure as `png`, of so many dots an inch, or `svg`; the same figure gives the same bytes."""
    buffer, small = io.BytesIO(), io.BytesIO()
    with mpl.rc_context(RC):
        lay_out(figure)
        if kind == "svg":
            metadata = {"Date": None, "Creator": None}
            figure.savefig(buffer, format=kind, dpi=SVG_DPI, metadata=metadata, facecolor="white")
            return buffer.getvalue()
        figure.savefig(buffer, format=kind, dpi=dpi, pil_kwargs={"compress_level": 1}, facecolor="white")
    # 256 colours take a third of the space, and nobody sees it.
    Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png")
    return small.getvalue()
