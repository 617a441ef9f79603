"""Figures: pure functions of the results. A class has the same colour in all of them, and so has a method.

`DRAWINGS` is the table of all figures; `pictures` draws those that a study has something for, `files` writes them.
Titles and captions are in `captions.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure, SubFigure

from bench.output.figures import clouds, costs, images, scores, style, sweeps, values
from bench.output.figures.style import palette, render
from bench.store.results import Results

__all__ = ["DRAWINGS", "FILES", "Drawing", "files", "missing", "outdated", "palette", "pictures", "render"]

KINDS = ("png", "svg")
MOVING = "interpolations.gif"
CAPTIONS = tomllib.loads((Path(__file__).parent / "captions.toml").read_text(encoding="utf-8"))
SHOWN = "of each method the run with the median score"


@dataclass(frozen=True)
class Drawing:
    """A figure that a study may have.

    Attributes
    ----------
    name : str
        Name of its files.
    make : function
        Draws it without title and caption; None if the study has nothing for it, or its arrays are missing.
    note : function or None
        Returns what must be said of this study's methods, before the caption.
    of_runs : bool
        Whether it shows what only the runs have if `arrays.npz` is missing.
    of_all : bool
        Whether it is of all variants, and not only of those that figures show side by side.
    """

    name: str
    make: Callable[[Results], SubFigure | None]
    note: Callable[[Results], str] | None = None
    of_runs: bool = False
    of_all: bool = False

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(CAPTIONS[self.name]["title"])

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its files."""
        moving = (MOVING,) if self.make is images.interpolations else ()
        return (*(f"{self.name}.{kind}" for kind in KINDS), *moving)

    def draw(self, results: Results) -> Figure | None:
        """Return the figure with its title above and its caption below; None if there is nothing to draw."""
        of = results if self.of_all else results.pictured
        with mpl.rc_context(style.RC):
            drawn = self.make(of) if of.variants else None
            if drawn is None:
                return None
            figure = drawn.get_figure(root=True)
            assert isinstance(figure, Figure)
            caption = CAPTIONS[self.name]["caption"].format(data=values.of_data(of), shown=SHOWN)
            style.entitle(figure, self.title, f"{self.note(of) if self.note else ''} {caption}".strip())
            return figure


DRAWINGS = (
    Drawing("embeddings", clouds.embeddings, values.dimensions, of_runs=True),
    Drawing("quality-time", costs.quality_and_time, values.not_drawn),
    Drawing("r-nx", scores.r_nx, values.not_drawn, of_runs=True),
    Drawing("neighbourhoods", scores.neighbourhoods, values.not_drawn, of_runs=True),
    Drawing("costs", costs.costs),
    Drawing("class-silhouettes", scores.silhouettes),
    Drawing("local", clouds.local, values.dimensions, of_runs=True),
    Drawing("confusion", scores.confusions, of_runs=True),
    Drawing("shepard", scores.shepard, of_runs=True),
    Drawing("ranks", scores.ranks, values.not_drawn),
    Drawing("stability", scores.stability),
    Drawing("seed-overlays", clouds.overlays, values.dimensions, of_runs=True),
    Drawing("unseen", clouds.unseen, values.dimensions, of_runs=True, of_all=True),
    Drawing("reconstructions", images.reconstructions, of_runs=True),
    Drawing("latent-grids", images.latent_grids, of_runs=True),
    Drawing("three-dimensions", clouds.in_three_dimensions, of_runs=True),
    Drawing("prior-samples", images.prior_samples, of_runs=True),
    Drawing("interpolations", images.interpolations, of_runs=True),
    Drawing("training", scores.training, of_runs=True),
    Drawing("scaling", costs.scaling, of_all=True),
    Drawing("sweeps", sweeps.draw, of_all=True),
    Drawing("dial", sweeps.dial, of_all=True),
)
"""Every figure, in the order of a report."""

FILES = frozenset(name for drawing in DRAWINGS for name in drawing.files)
"""Names of all files that a study may have figures in."""


def pictures(results: Results) -> Iterator[tuple[Drawing, Figure]]:
    """Yield every figure that the study has something for."""
    for drawing in DRAWINGS:
        figure = drawing.draw(results)
        if figure is not None:
            yield drawing, figure


def files(results: Results) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every file of figures that the study has something for."""
    for drawing, figure in pictures(results):
        for kind in KINDS:
            yield f"{drawing.name}.{kind}", render(figure, kind)
    moving = images.moving_interpolation(results.pictured)
    if moving is not None:
        yield MOVING, moving


def missing(results: Results) -> list[str]:
    """Return the titles of the figures that are there and cannot be drawn again without the runs."""
    return [drawing.title for drawing in _kept(results)]


def outdated(results: Results, made: Collection[str]) -> set[str]:
    """Return the names of files that the study has nothing for any more.

    Parameters
    ----------
    made : collection of str
        Names of the files that were drawn just now.
    """
    return set(FILES) - set(made) - {name for drawing in _kept(results) for name in drawing.files}


def _kept(results: Results) -> list[Drawing]:
    """Return the drawings that stay as they are, because `arrays.npz` is missing."""
    if len(results.arrays):
        return []
    folder = results.folder / "figures"
    there = [drawing for drawing in DRAWINGS if drawing.of_runs and (folder / f"{drawing.name}.png").is_file()]
    return [drawing for drawing in there if drawing.draw(results) is None]
