"""Moving pictures: an embedding while its network is trained, and the way from one image to another."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from PIL import Image

from bench.output.colours import palette
from bench.output.figures import style, values
from bench.output.figures.clouds import colours_of
from bench.output.figures.values import shown_arrays
from bench.store.results import Results

FRAME_MS, LAST_MS = 150, 1500
"""How long a frame stands, and the last one."""
FRAME_DPI = 110
SHADES, LIGHTEST = 24, 0.88
"""Of each colour of a moving picture, at most: more make its file large, and what is lighter is taken for white."""
STILLS = 6
"""Epochs side by side in the picture that does not move."""
SIDE = 255
"""Largest coordinate of a filmed position."""


class Moving(NamedTuple):
    """A picture that moves: where it is drawn, what draws frame i, the frames in their order, and its colours."""

    sheet: SubFigure
    show: Callable[[int], None]
    frames: Sequence[int]
    colours: Sequence[tuple[float, float, float]] = ()


def animated(moving: Moving) -> bytes:
    """Return a moving picture as an animated GIF."""
    figure = moving.sheet.get_figure(root=True)
    assert isinstance(figure, Figure)
    moving.show(moving.frames[-1])
    style.lay_out(figure)
    pictures = []
    for frame in moving.frames:
        moving.show(frame)
        buffer = io.BytesIO()
        figure.savefig(buffer, dpi=FRAME_DPI, facecolor="white")
        pictures.append(Image.open(buffer).convert("RGB"))
    # One palette for all frames, so that what stands still does not flicker, and rare colours stay as they are.
    shades = _shades(moving.colours)
    first, *others = [picture.quantize(palette=shades, dither=Image.Dither.NONE) for picture in pictures]
    durations = [FRAME_MS] * len(others) + [LAST_MS]
    file = io.BytesIO()
    first.save(file, "gif", save_all=True, append_images=others, duration=durations, loop=0)
    return file.getvalue()


def _shades(colours: Sequence[tuple[float, float, float]]) -> Image.Image:
    """Return an image whose palette has greys and the given colours, these in lighter shades too."""
    pure = np.reshape(colours, (-1, 3))[:200]
    lighter = np.linspace(0, LIGHTEST, min(SHADES, (255 - SHADES) // max(1, len(pure))))[:, None, None]
    greys = np.tile(np.append(np.linspace(0, 0.95, SHADES), 1.0)[:, None], 3)
    shades = np.concatenate([greys, (pure + lighter * (1 - pure)).reshape(-1, 3)])
    image = Image.new("P", (1, 1))
    image.putpalette(np.rint(255 * shades).astype(np.uint8).tobytes())
    return image


def training_film(results: Results) -> SubFigure | None:
    """Draw the embedding of each network after some epochs of its training, a row a network."""
    films = _films(results)
    if not films:
        return None
    n = min(STILLS, *(len(film) for film, _ in films.values()))
    figure = style.sheet(style.WIDTH, len(films) * ((style.WIDTH - 0.5) / n + 0.2))
    axes = figure.subplots(len(films), n, squeeze=False)
    for row, (variant, (film, epochs)) in zip(axes, films.items(), strict=True):
        name = style.wrapped(results.label(variant), 16)
        row[0].set_ylabel(f"{name}\n{values.retrained_seed(results, variant)}", fontsize=7)
        for ax, place in zip(row, np.linspace(0, len(film) - 1, n).round().astype(int), strict=True):
            _points(ax, results, film[place])
            ax.set_title(f"epoch {epochs[place]}")
    style.legend_of_classes(figure, results.data.classes if results.data else ())
    return figure


def moving_training(results: Results) -> Moving | None:
    """Return the embedding of each network, epoch by epoch."""
    films = _films(results)
    if not films:
        return None
    figure, axes = style.panels(len(films), headroom=0.5, side=0.75, across=min(4, max(2, len(films))))
    pairs = zip(films.items(), axes[:, 0], strict=True)
    dots = {variant: _points(ax, results, film[-1]) for (variant, (film, _)), ax in pairs}
    style.legend_of_classes(figure, results.data.classes if results.data else ())

    def show(frame: int) -> None:
        for (variant, (film, epochs)), ax in zip(films.items(), axes[:, 0], strict=True):
            place = min(frame, len(film) - 1)
            dots[variant].set_offsets(film[place])
            above = f"{style.wrapped(results.label(variant))}, {values.retrained_seed(results, variant)}"
            ax.set_title(f"{above}\nepoch {epochs[place]} of {epochs[-1]}")

    n_classes = len(results.data.classes) if results.data else 0
    return Moving(figure, show, range(max(len(film) for film, _ in films.values())), palette(n_classes))


def _films(results: Results) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return positions and epochs of each variant that was filmed, other settings of one of them left out."""
    epochs = shown_arrays(results, "film_epochs")
    films = {v: film for v, film in shown_arrays(results, "film").items() if v in epochs and v in values.bases(results)}
    return {variant: (film, epochs[variant]) for variant, film in films.items()} if results.data else {}


def _points(ax: Axes, results: Results, positions: np.ndarray) -> Any:
    """Draw filmed points in the colour of their class, and return them."""
    data = results.data
    assert data is not None
    n = len(positions)
    x, y = positions.T
    dots = ax.scatter(x, y, 2, c=colours_of(data, "train", n)[:n], linewidths=0, rasterized=True)
    margin = 0.03 * SIDE
    ax.set(xlim=(-margin, SIDE + margin), ylim=(-margin, SIDE + margin), xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set(visible=True, linewidth=0.4, color="0.8")
    return dots
