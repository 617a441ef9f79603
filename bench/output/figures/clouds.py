"""Clouds of points: embeddings, the scores of their points, two seeds aligned, and classes that were left out."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import SubFigure
from matplotlib.patheffects import withStroke

from bench.analysis import caveats
from bench.analysis.summary import interval_of
from bench.output.colours import palette
from bench.output.figures import style, values
from bench.output.figures.values import shown_array, shown_arrays
from bench.store.arrays import array_name
from bench.store.results import Results
from bench.store.values import DataFacts
from bench.units import seconds_as_text

SPLITS = ("train", "test")
MARGIN = 1.12
"""Width of a panel over that of the training points in it."""
BAND = 0.15
"""How far the points of a one-dimensional embedding are moved aside, as a share of their range."""
AT_CHANCE = 0.5
MAX_LINES = 400
SAME = 5e-4
"""Share of the variance below which two seeds give the same positions."""
FLATTEST = 0.02
"""Shortest side of a box in three dimensions over its longest."""
MAX_NAMES = 20
"""More names of classes than that hide what they name."""
ISLAND, NEAREST = 0.6, 25
"""A class is named where it has this share of so many points around its middle."""
MAX_IN_3D = 3_000
"""More points than that hide each other in three dimensions."""


class Frame(NamedTuple):
    """The square that all panels of a method show: it holds all but one in a thousand training points on each side."""

    centre: np.ndarray
    half: float

    def clip(self, points: np.ndarray) -> tuple[np.ndarray, int]:
        """Return positions, those outside moved to the border, and how many those are."""
        inside = np.clip(points, self.centre - self.half, self.centre + self.half)
        return inside, int((inside != points).any(axis=1).sum())

    def show(self, ax: Axes) -> None:
        """Let a panel show the square, without ticks: coordinates of an embedding have no meaning."""
        (x, y), half = self.centre, self.half * 1.02
        ax.set(xlim=(x - half, x + half), ylim=(y - half, y + half), xticks=[], yticks=[], aspect="equal")
        ax.spines[:].set(visible=True, linewidth=0.4, color="0.8")


def positions(Z: np.ndarray, band: float = BAND) -> np.ndarray:
    """Return where points are drawn, shape (n_samples, 2): one dimension is a band, of more the first two count."""
    if Z.shape[1] > 1:
        return np.asarray(Z[:, :2], np.float64)
    aside = np.random.RandomState(style.DRAW_SEED).uniform(-band, band, len(Z)) * np.ptp(Z)
    return np.column_stack([Z[:, 0], aside]).astype(np.float64)


def frame(train: np.ndarray, margin: float = MARGIN) -> Frame:
    """Return the square for the positions of training points."""
    low, high = np.percentile(train, [0.1, 99.9], axis=0)
    return Frame((low + high) / 2, margin * float((high - low).max()) / 2 or 1.0)


def scatter(ax: Axes, window: Frame, Z: np.ndarray, colours: Any, **scale: Any) -> None:
    """Draw points, each with its colour or number, in one shuffled order, and say how many lie beyond the frame."""
    order, (inside, n_beyond) = _order(len(Z)), window.clip(positions(Z))
    size = float(np.clip(60 / np.sqrt(len(Z)), 0.3, 8))
    x, y = inside[order].T
    ax.scatter(x, y, size, c=colours[order], alpha=0.85, linewidths=0, rasterized=True, **scale)
    window.show(ax)
    if n_beyond:
        corner: Any = {"ha": "right", "va": "bottom", "transform": ax.transAxes}
        ax.text(0.98, 0.02, f"{n_beyond} beyond", fontsize=6, color="0.3", **corner)


def colours_of(data: DataFacts, split: str, n: int) -> np.ndarray:
    """Return the colour of each point: that of its class, or one grey if the data have no labels."""
    if split not in data.labels:
        return np.full((n, 3), float(style.GREY))
    return np.array(palette(len(data.classes)))[data.labels[split]]


def name_classes(ax: Axes, Z: np.ndarray, data: DataFacts, split: str) -> None:
    """Write the name of each class at the median position of its points, unless other classes prevail there."""
    labels, names = data.labels.get(split), data.classes
    if labels is None or len(names) > MAX_NAMES:
        return
    at = positions(Z)
    look: Any = {"ha": "center", "va": "center", "path_effects": [withStroke(linewidth=1.5, foreground="white")]}
    for label in np.unique(labels):
        x, y = np.median(at[labels == label], axis=0)
        around = np.square(at - (x, y)).sum(axis=1).argsort(kind="stable")[:NEAREST]
        if np.mean(labels[around] == label) >= ISLAND:
            ax.text(x, y, names[label], fontsize=6, weight="bold", clip_on=True, **look)


def embeddings(results: Results) -> SubFigure | None:
    """Draw the shown embedding of each method, coloured by class."""
    data, found = results.data, shown_arrays(results, "embedding", "train")
    if data is None:
        return None
    splits = SPLITS if (results.runs["n_test"] > 0).any() else ("train",)
    # Of the fit's time alone: that a method used one core makes its time no less certain.
    uncertain = {row for one in caveats.caveats(results) if one.mark is caveats.Mark.BUSY for row in one.rows}

    def title(variant: str) -> str:
        run, fit = results.shown(variant), interval_of(results, variant, "fit_s")
        name, score = results.deciding(variant, run) if run else ("", 0.0)
        lines = [values.seed(results, variant)]
        lines += [f"{name} {score:.3f}"] if name else []
        lines += [f"fit {'about ' * (variant in uncertain)}{seconds_as_text(fit.mean)}"] if fit else []
        return "\n".join(lines)

    figure, columns = values.panels(results, found, title, names=splits, headroom=0.7, side=0.75)
    for variant, column in columns.items():
        for ax, split in zip(column, splits, strict=True):
            Z = shown_array(results, "embedding", variant, split)
            if Z is None:
                style.blank(ax, "no transform for test points")
            else:
                scatter(ax, frame(positions(found[variant])), Z, colours_of(data, split, len(Z)))
                name_classes(ax, Z, data, split)
    style.legend_of_classes(figure, data.classes)
    return figure


def local(results: Results) -> SubFigure | None:
    """Draw the shown embedding of each method, coloured by what each point adds to two scores."""
    found, drawn = shown_arrays(results, "local"), shown_arrays(results, "embedding", "train")
    if not found:
        return None
    look: Any = {"names": ("trustworthiness", "continuity"), "otherwise": "no scores of single points"}
    figure, columns = values.panels(results, found, partial(values.seed, results), **look, headroom=0.75, side=1.1)
    for variant, column in columns.items():
        for ax, of_points in zip(column, found[variant].T, strict=True):
            Z = drawn[variant]
            scatter(ax, frame(positions(Z)), Z, of_points, cmap="flare_r", vmin=AT_CHANCE, vmax=1)
            ax.set_xlabel(f"mean {of_points.mean():.3f}", fontsize=7)
    scale = next(iter(columns.values()))[0].collections[0]
    figure.colorbar(scale, ax=figure.axes, label="score of a point", extend="min", shrink=0.5, aspect=30)
    return figure


def overlays(results: Results) -> SubFigure | None:
    """Draw where points of the shown run lie in a second one, after the two are aligned; controls are left out."""
    results = results.only(results.methods)
    pairs = {variant: pair for variant in results.variants if (pair := _pair(results, variant))}
    data = results.data
    if data is None or not pairs:
        return None

    def title(variant: str) -> str:
        seeds = [str(run[1]) for run in (results.shown(variant), results.second(variant)) if run]
        if variant not in pairs:
            return f"seed{'s' * (len(seeds) > 1)} {' and '.join(seeds)}"
        differs = residual(*pairs[variant])
        below = "the same positions" if differs < SAME else f"{differs:.1%} of variance differs"
        return f"seeds {' and '.join(seeds)}\n{below}"

    figure, columns = values.panels(results, pairs, title, otherwise="no two seeds to align", headroom=0.6, side=0.75)
    for variant, (ax,) in columns.items():
        a, b = (positions(Z) for Z in pairs[variant])
        window, chosen = frame(np.concatenate([a, b])), _order(len(a))[:MAX_LINES]
        a, b = (window.clip(one[chosen])[0] for one in (a, b))
        colours: Any = colours_of(data, "train", len(pairs[variant][0]))[chosen]
        lines = LineCollection(list(np.stack([a, b], axis=1)), linewidths=0.5, alpha=0.6, colors=colours)
        ax.add_collection(lines).set_rasterized(True)
        ax.scatter(*b.T, c=colours, s=3, linewidths=0, rasterized=True)
        window.show(ax)
    style.legend_of_classes(figure, data.classes)
    return figure


def residual(a: np.ndarray, b: np.ndarray) -> float:
    """Return what share of the variance of two aligned embeddings of size 1 differs if the scale is fitted too.

    For two seeds this is the score `procrustes_residual` (Gower 1975).
    """
    return float(1 - np.sum(a * b) ** 2)


def in_three_dimensions(results: Results) -> SubFigure | None:
    """Draw the training points of embeddings that have three dimensions."""
    data = results.data
    found = {name: Z for name, Z in shown_arrays(results, "embedding", "train").items() if Z.shape[1] == 3}
    if data is None or not found:
        return None
    figure, axes = style.panels(len(found), across=2, side=0.75, projection="3d")
    for (variant, Z), ax in zip(found.items(), axes[:, 0], strict=True):
        order = _order(len(Z))[:MAX_IN_3D]
        colours = colours_of(data, "train", len(Z))[order]
        ax.scatter(*Z[order].T, s=1.5, c=colours, linewidths=0, depthshade=False, rasterized=True)
        ax.set(xticklabels=[], yticklabels=[], zticklabels=[])
        ax.set_title(f"{style.wrapped(results.label(variant))}\n{values.seed(results, variant)}")
        for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
            axis.set_pane_color((1.0, 1.0, 1.0))
            axis.line.set_color("0.7")
        extent = np.ptp(Z, axis=0)
        ax.set_box_aspect(np.maximum(extent / (extent.max() or 1), FLATTEST))
    style.legend_of_classes(figure, data.classes)
    return figure


def unseen(results: Results) -> SubFigure | None:
    """Draw the test points of a class that no training point has, a row for each class left out."""
    specs = {variant: results.variant(variant) for variant in results.variants}
    found = {(one.without, one.series or one.label): v for v, one in specs.items() if one.without and one.scores}
    arrays, data = shown_arrays(results, "embedding", "train"), results.data
    if data is None or "test" not in data.labels or not set(found.values()) & set(arrays):
        return None
    methods = list(dict.fromkeys(method for _, method in found))
    classes = [name for name in data.classes if any(name == left_out for left_out, _ in found)]
    figure = style.sheet(style.WIDTH, len(classes) * (style.WIDTH / len(methods) + 0.3))
    axes = figure.subplots(len(classes), len(methods), squeeze=False)
    for row, name in zip(axes, classes, strict=True):
        row[0].set_ylabel(f"without {name}")
        for ax, method in zip(row, methods, strict=True):
            if (name, method) in found:
                _unseen_class(ax, results, found[name, method], data)
            else:
                style.blank(ax, "not in the study")
    for ax, method in zip(axes[0], methods, strict=True):
        ax.set_title(style.wrapped(method))
    return figure


def _order(n: int) -> np.ndarray:
    return np.random.RandomState(style.DRAW_SEED).permutation(n)


def _pair(results: Results, variant: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the shown run and a second one aligned with it, both centred and of size 1; None without such a pair."""
    second = results.second(variant)
    a = shown_array(results, "embedding", variant, "train")
    b = None if second is None else results.arrays.get(array_name("aligned", variant, second, "train"))
    if a is None or b is None or not np.ptp(a) or not np.ptp(b):
        return None
    a, b = (Z - Z.mean(axis=0, dtype=np.float64) for Z in (a, b))
    sizes = np.linalg.norm(a), np.linalg.norm(b)
    return (a / sizes[0], b / sizes[1]) if min(sizes) > 0 else None


def _unseen_class(ax: Axes, results: Results, variant: str, data: DataFacts) -> None:
    train, test = (shown_array(results, "embedding", variant, split) for split in SPLITS)
    if train is None or test is None:
        style.blank(ax, "no transform for test points" if results.ok(variant) else values.failure(results, variant))
        return
    is_unseen = data.labels["test"] == data.classes.index(results.variant(variant).without)
    window = frame(positions(train))
    x, y = window.clip(positions(train))[0].T
    ax.scatter(x, y, s=0.8, c="0.8", linewidths=0, rasterized=True)
    scatter(ax, window, test[is_unseen], colours_of(data, "test", len(test))[is_unseen])
    taken = results.parts(variant, results.shown(variant), "unseen_taken_for", "test")
    area = values.shown_score(results, variant, "unseen_auc_test")
    if taken and area is not None:
        most = max(taken, key=lambda name: taken[name])
        said = f"{values.seed(results, variant)}: {taken[most]:.0%} taken for {most}; area {area:.2f}"
        ax.set_xlabel(said, fontsize=7)
