"""What all figures share: colours, sizes of type, and how panels lie on a page.

Figures are as wide as a page, with type of 8 points, on white whatever lies behind them. Ten classes and nine methods
can be told apart with any colour vision; methods also differ by marker and stroke.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator
from PIL import Image

mpl.use("Agg")

RC: Any = {
    **sns.axes_style("ticks"),
    **dict.fromkeys(("font.size", "axes.labelsize", "figure.titlesize", "legend.title_fontsize"), 8),
    **dict.fromkeys(("axes.titlesize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"), 7),
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
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
MOST_COLUMNS = 5
DPI = 200
SVG_DPI = 110
"""Of the clouds of points in it, which would be megabytes of paths; everything else there is lines."""
LETTERS = 18.5
"""Letters of a caption that fit into an inch."""
TITLE_LETTERS = 12.5
LINE = 0.125
"""Inches from one line of a caption to the next."""
DRAW_SEED = 0
"""Points are drawn in one shuffled order, so that no class hides another because it comes later."""
GREY = "0.45"

METHODS = ("#332288", "#cc6677", "#117733", "#88ccee", "#882255", "#ddaa33", "#44aa99", "#aa4499", "#999933")
"""Colours of methods (Paul Tol's muted scheme): none is a class's, so that no method is taken for a class."""
MARKERS = "osD^vP*Xph<>"
STROKES = ("-", (0, (4, 1.2)), (0, (1, 1)), (0, (6, 1, 1, 1)))


@dataclass(frozen=True)
class Look:
    """How a method looks in every figure."""

    colour: tuple[float, float, float]
    marker: str
    stroke: Any


def palette(n_classes: int) -> list[tuple[float, float, float]]:
    """Return one colour a class; up to ten they can be told apart with any colour vision."""
    if n_classes <= 10:
        return list(sns.color_palette("colorblind", n_classes))
    return list(sns.husl_palette(n_classes))


def looks(variants: Sequence[str]) -> dict[str, Look]:
    """Return how each method looks."""
    colours = sns.color_palette(METHODS) if len(variants) <= len(METHODS) else sns.husl_palette(len(variants))
    return {
        variant: Look(colours[i], MARKERS[i % len(MARKERS)], STROKES[i % len(STROKES)])
        for i, variant in enumerate(variants)
    }


def panels(
    n: int, rows_each: int = 1, aspect: float = 1.0, *, headroom: float = 0.45, side: float = 0.0
) -> tuple[Figure, np.ndarray]:
    """Return a figure with panels for n methods, some side by side, and where there are too many the rest below.

    Parameters
    ----------
    rows_each : int
        Panels of each method, one above the other.
    aspect : float
        Height of a panel over its width.
    headroom : float
        Inches for what stands above and below the panels of a method.
    side : float
        Inches for what stands beside all panels.

    Returns
    -------
    figure : Figure
    axes : ndarray of Axes of shape (n, rows_each)
    """
    bands = -(-n // MOST_COLUMNS)
    columns = -(-n // bands)
    width = max(NARROW, side + (WIDTH - side) * columns / MOST_COLUMNS)
    height = bands * (rows_each * aspect * (width - side) / columns + headroom)
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(bands * rows_each, columns, squeeze=False)
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


def plain_ticks(ax: Axes) -> None:
    """Write the numbers of a logarithmic x axis out, more than those of its decades where there are few."""
    low, high = ax.get_xlim()
    if high < 10 * low:
        middle = float(np.sqrt(low * high))
        low, high = ax.set_xlim(middle / 4, middle * 4)
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0,) if high > 100 * low else (1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    ax.xaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))


def legend_of_methods(figure: Figure, labels: dict[str, str], looks: dict[str, Look], *, lines: bool) -> None:
    """Name the methods below the panels."""
    handles = [
        Line2D(
            [],
            [],
            color=looks[variant].colour,
            marker="" if lines else looks[variant].marker,
            linestyle=looks[variant].stroke if lines else "",
            label=wrapped(label, 30),
        )
        for variant, label in labels.items()
    ]
    columns = max(1, min(4, int(figure.get_figwidth() / 1.75)))
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, handlelength=3 if lines else 1)


def legend_of_classes(figure: Figure, classes: Sequence[str]) -> None:
    """Name the classes beside the panels."""
    handles = [
        Line2D([], [], marker="o", linestyle="", color=colour, markersize=4, label=wrapped(name, 14))
        for name, colour in zip(classes, palette(len(classes)), strict=True)
    ]
    columns = -(-len(classes) // max(10, int(5 * figure.get_figheight())))
    figure.legend(handles=handles, loc="outside right center", title="class", ncols=columns, handletextpad=0.1)


def note(figure: Figure, text: str) -> None:
    """Say something below the panels that belongs to the picture itself; nothing where the text is empty."""
    if text:
        lines = textwrap.fill(text, int(figure.get_figwidth() * LETTERS))
        strip = LINE * (1 + lines.count("\n")) + 0.06
        _extend(figure, below=strip)
        _write(figure, lines, strip - 0.02, fontsize=7, color="0.25")


def entitle(figure: Figure, title: str, caption: str) -> None:
    """Write a title above and a caption below."""
    note(figure, caption)
    lines = textwrap.fill(title, int(figure.get_figwidth() * TITLE_LETTERS))
    _extend(figure, above=0.28 + 0.16 * lines.count("\n"))
    _write(figure, lines, figure.get_figheight() - 0.06, fontsize=9, weight="bold")


def _extend(figure: Figure, above: float = 0.0, below: float = 0.0) -> None:
    """Lay the panels out and then make the figure taller by strips, in inches, that they stay out of."""
    lay_out(figure)
    width, height = figure.get_size_inches()
    whole = height + above + below
    anchors = [legend.get_bbox_to_anchor().bounds for legend in figure.legends]
    figure.set_size_inches(width, whole)
    for ax in figure.axes:
        x, y, w, h = ax.get_position(original=True).bounds
        ax.set_position((x, (y * height + below) / whole, w, h * height / whole))
    for legend, (x, y, w, h) in zip(figure.legends, anchors, strict=True):
        # In inches, so that the next strip finds it where this one put it.
        inches = (x / figure.dpi, y / figure.dpi + below, w / figure.dpi, h / figure.dpi)
        legend.set_bbox_to_anchor(inches, transform=figure.dpi_scale_trans)
    for text in figure.texts:
        text.set_y(text.get_position()[1] + below)


def lay_out(figure: Figure) -> None:
    """Find where everything lies, once for all kinds of files."""
    layout = figure.get_layout_engine()
    if layout is not None:
        # A panel of fixed shape is as wide as it will be only after the first time.
        for _ in range(2):
            layout.execute(figure)
        figure.set_layout_engine("none")
        for ax in figure.axes:
            # The solver's last digits change from one time to the next, and a file's bytes must not.
            ax.set_position(tuple(round(edge, 6) for edge in ax.get_position(original=True).bounds))


def _write(figure: Figure, text: str, top: float, **how: Any) -> None:
    figure.text(0.08, top, text, ha="left", va="top", transform=figure.dpi_scale_trans, linespacing=1.15, **how)


def render(figure: Figure, kind: str) -> bytes:
    """Return the figure as `png` or `svg`; the same figure gives the same bytes."""
    with mpl.rc_context(RC):
        lay_out(figure)
        buffer = io.BytesIO()
        if kind == "svg":
            figure.savefig(
                buffer, format=kind, dpi=SVG_DPI, metadata={"Date": None, "Creator": None}, facecolor="white"
            )
            return buffer.getvalue()
        figure.savefig(buffer, format=kind, dpi=DPI, pil_kwargs={"compress_level": 1}, facecolor="white")
    small = io.BytesIO()
    # 256 colours take a third of the space, and nobody sees it.
    Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png")
    return small.getvalue()
