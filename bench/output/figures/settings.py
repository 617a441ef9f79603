"""Embeddings by the setting of one parameter, side by side, with the scores of each above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bench.analysis.quantities import QUANTITIES, number
from bench.output.figures import style, values
from bench.output.figures.clouds import colours_of, frame, name_classes, positions, scatter
from bench.output.figures.images import mosaic, picture
from bench.output.figures.sweeps import written
from bench.output.figures.values import shown_array
from bench.store.results import Results
from bench.studies.sweeps import Sweep, sweeps

ABOVE = {"knn_recall_k15": "neighbours kept", "silhouette": "silhouette"}
"""Scores above each embedding."""
OF_COLLAPSE = {"knn_accuracy_k10": "10-NN accuracy", "reconstruction_mse_test": "MSE"}
ACTIVE = "vae_active_units"
"""Measure that counts the latent dimensions in use; a study may ask for it."""


def by_setting(results: Results, parameter: str) -> SubFigure | None:
    """Draw the embedding at each setting of a parameter, a row for each reducer in which it is varied."""
    found = _mapped(results, parameter)
    if not found:
        return None
    figure, rows = _sheet(found, 1)
    for sweep, row in zip(found, rows, strict=True):
        row[0, 0].set_ylabel(sweep.label)
        for (setting, variant), (ax,) in zip(sweep.variants.items(), row, strict=False):
            _map(ax, results, variant, _title(results, sweep, setting, ABOVE))
    style.legend_of_classes(figure, results.data.classes if results.data else ())
    return figure


def collapse(results: Results) -> SubFigure | None:
    """Draw the embedding of a network at each beta, and below it what the network decodes all over that embedding."""
    found, shape = _mapped(results, "beta"), results.data.image_shape if results.data else None
    if not found or shape is None:
        return None
    figure, rows = _sheet(found, 2)
    for sweep, row in zip(found, rows, strict=True):
        row[0, 0].set_ylabel(f"{sweep.label}: positions")
        row[0, 1].set_ylabel("decoded")
        for (setting, variant), (above, below) in zip(sweep.variants.items(), row, strict=False):
            units = values.shown_score(results, variant, ACTIVE)
            said = "" if units is None else f"\n{units:.0f} latent dimensions used"
            _map(above, results, variant, _title(results, sweep, setting, OF_COLLAPSE) + said)
            grid = shown_array(results, "grid", variant)
            if grid is None:
                style.blank(below, "nothing is decoded")
            else:
                picture(below, mosaic(grid, shape, round(len(grid) ** 0.5)))
    style.legend_of_classes(figure, results.data.classes if results.data else ())
    return figure


def _mapped(results: Results, parameter: str) -> list[Sweep]:
    """Return the sweeps of a parameter of which at least two settings have an embedding to draw."""
    chosen = [one for one in sweeps(results.study) if one.parameter == parameter]
    drawn = {v for v in results.variants if shown_array(results, "embedding", v, "train") is not None}
    return [one for one in chosen if len(drawn.intersection(one.variants.values())) > 1] if results.data else []


def _sheet(found: Sequence[Sweep], n_rows: int) -> tuple[SubFigure, Any]:
    """Return a figure and of each sweep its panels, shape (n_settings, n_rows)."""
    columns = max(len(sweep.variants) for sweep in found)
    side = (style.WIDTH - 1.0) / columns
    figure = style.sheet(style.WIDTH, len(found) * (n_rows * side + 0.65))
    axes = figure.subplots(len(found) * n_rows, columns, squeeze=False)
    rows = axes.reshape(len(found), n_rows, columns).transpose(0, 2, 1)
    for sweep, row in zip(found, rows, strict=True):
        for ax in row[len(sweep.variants) :].ravel():
            ax.remove()
    return figure, rows


def _title(results: Results, sweep: Sweep, setting: Any, scores: dict[str, str]) -> str:
    """Return the setting and the scores of the run that is shown."""
    variant = sweep.variants[setting]
    default = " (default)" if setting == sweep.default else ""
    lines = [f"{sweep.parameter} {written(setting)}{default}"]
    for key, name in scores.items():
        value = values.shown_score(results, variant, key)
        lines += [f"{name} {number(QUANTITIES[key], value)}"] if value is not None else []
    return "\n".join(lines)


def _map(ax: Axes, results: Results, variant: str, title: str) -> None:
    """Draw the embedding of a variant, or say why there is none."""
    ax.set_title(title)
    Z, data = shown_array(results, "embedding", variant, "train"), results.data
    if Z is not None and data is not None:
        scatter(ax, frame(positions(Z)), Z, colours_of(data, "train", len(Z)))
        name_classes(ax, Z, data, "train")
    elif variant in results.variants and not results.ok(variant):
        style.blank(ax, values.failure(results, variant))
    else:
        style.blank(ax, "no embedding")
