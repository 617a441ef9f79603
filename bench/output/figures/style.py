"""What all figures share: colours, sizes of type, sheets of panels with title and caption, and files.

Figures are as wide as a page, with type of 8 points, on white. A bundled reducer has one colour in all studies; its
variants differ by marker and stroke. Constrained layout places everything: the panels with
their legend are a subfigure, so that title and caption lie around both.
"""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from PIL import Image

mpl.use("Agg")

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
LETTERS, TITLE_LETTERS = 18.5, 12.5
"""Letters of a caption, and of a title, that fit into an inch."""
LINE, TITLE_LINE = 0.125, 0.16
"""Inches from one line of a caption, or of a title, to the next."""
MARGIN = 0.08
DRAW_SEED = 0
"""Points are drawn in one shuffled order, so that no class hides another because it comes later."""
GREY = "0.45"
INK = "0.2"
"""Of what is of no single method."""

METHODS = ("#332288", "#cc6677", "#117733", "#88ccee", "#882255", "#ddaa33", "#44aa99", "#aa4499", "#999933")
"""Colours of methods (Paul Tol's muted scheme): none is a class's, so that no method is taken for a class."""
COLOURS = {
    **dict(zip(("pca", "tsne", "umap", "vae", "opentsne", "autoencoder"), METHODS, strict=False)),
    **dict(zip(("chained", "convolutional_vae", "convolutional_autoencoder"), METHODS[6:], strict=True)),
    "cross_entropy_autoencoder": "#661100",
    "random_gaussian": "#4d4d4d",
    "random_projection": "#a6a6a6",
}
"""Colour of each bundled reducer, the same in every study; controls are grey."""
AFTER_PCA = "_after_pca"
"""What ends the name of a reducer that differs from another by its input alone: it has the colour of that one."""
SPARE = ("#6699cc", "#aa4466", "#cc8866", "#557755", "#9977dd", "#bb9900")
"""Colours of other reducers, in the order of the study."""
MARKERS = "osD^vP*Xph<>"
STROKES = ("-", (0, (4, 1.2)), (0, (6, 1, 1, 1)), (0, (1, 1)))


class Look(NamedTuple):
    """How a method looks in every figure."""

    colour: tuple[float, float, float]
    marker: str
    stroke: Any


def palette(n_classes: int) -> list[tuple[float, float, float]]:
    """Return one colour a class; up to ten can be distinguished with any colour vision."""
    return list(sns.color_palette("colorblind" if n_classes <= 10 else "husl", n_classes))


def looks(reducers: Mapping[str, str]) -> dict[str, Look]:
    """Return how each method looks, from the name of its reducer.

    A bundled reducer has one colour in all studies; its variants differ by marker and stroke.
    """
    families = {name: reducer.removesuffix(AFTER_PCA) for name, reducer in reducers.items()}
    others = [family for family in dict.fromkeys(families.values()) if family not in COLOURS]
    colours = SPARE if len(others) <= len(SPARE) else sns.husl_palette(len(others)).as_hex()
    known = COLOURS | dict(zip(others, colours, strict=False))
    places, found, seen = list(known), {}, Counter[str]()
    for name, family in families.items():
        place, variant = places.index(family) + seen[family], seen[family]
        found[name] = Look(to_rgb(known[family]), MARKERS[place % len(MARKERS)], STROKES[variant % len(STROKES)])
        seen[family] += 1
    return found


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


def entitle(figure: Figure, title: str, caption: str) -> None:
    """Write a title above and a caption below, for which the figure becomes taller."""
    width, height = figure.get_size_inches()
    above = textwrap.fill(title, int(width * TITLE_LETTERS))
    below = textwrap.fill(caption, int(width * LETTERS))
    lines = TITLE_LINE * (1 + above.count("\n")) + LINE * (1 + below.count("\n"))
    figure.set_size_inches(width, height + lines + 3 * MARGIN)
    figure.suptitle(above, x=MARGIN / width, ha="left", fontsize=9, weight="bold")
    figure.supxlabel(below, x=MARGIN / width, ha="left", fontsize=7, color="0.25", linespacing=1.15)


def lay_out(figure: Figure) -> None:
    """Find where everything lies, once for all kinds of files."""
    layout = figure.get_layout_engine()
    if layout is None:
        return
    for _ in range(2):  # a panel of fixed shape is as wide as it will be only after the first time
        layout.execute(figure)
    figure.set_layout_engine("none")
    # The solver's last digits change from one time to the next, and a file's bytes must not.
    for part in figure.subfigs:
        part.bbox_relative.set_points(part.bbox_relative.get_points().round(6))
    for ax in figure.axes:
        ax.set_position(tuple(round(edge, 6) for edge in ax.get_position(original=True).bounds))


def render(figure: Figure, kind: str) -> bytes:
    """Return the figure as `png` or `svg`; the same figure gives the same bytes."""
    buffer, small = io.BytesIO(), io.BytesIO()
    with mpl.rc_context(RC):
        lay_out(figure)
        if kind == "svg":
            metadata = {"Date": None, "Creator": None}
            figure.savefig(buffer, format=kind, dpi=SVG_DPI, metadata=metadata, facecolor="white")
            return buffer.getvalue()
        figure.savefig(buffer, format=kind, dpi=DPI, pil_kwargs={"compress_level": 1}, facecolor="white")
    # 256 colours take a third of the space, and nobody sees it.
    Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "png")
    return small.getvalue()
