"""Figures: pure functions of the results. A class has the same colour in all of them, and so has a method.

`DRAWINGS` is the table of all figures. Titles and captions are in `captions.toml`.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure, SubFigure

from bench.metrics.registry import UNEXPECTED
from bench.output.figures import (
    clouds,
    costs,
    film,
    images,
    lessons,
    scores,
    settings,
    structure,
    style,
    sweeps,
    training,
    values,
)
from bench.output.figures.style import render
from bench.store.results import Results
from bench.store.store import Store

__all__ = ["DRAWINGS", "Drawing", "render", "write"]

log = logging.getLogger(__name__)

KINDS = ("png", "svg")
CAPTIONS = tomllib.loads((Path(__file__).parent / "captions.toml").read_text(encoding="utf-8"))
SHOWN = "of each method the run with the median score"
OF_LABELS = {
    "coloured": " in the colour of their class",
    "named": " A class is named where it prevails around the middle of its points.",
}
"""What captions say only of data with labels."""


@dataclass(frozen=True)
class Drawing:
    """A figure that a study may have.

    Attributes
    ----------
    make : function
        Draws it without title and caption; None if the study has nothing for it, or its arrays are missing.
    note : function
        Returns what must be said of this study's methods, before the caption.
    of_runs : bool
        Whether it shows what only the runs have if `arrays.npz` is missing.
    of_all : bool
        Whether it is of all variants, and not only of those that figures show side by side.
    moving : function or None
        Returns it as a picture that moves.
    """

    name: str
    make: Callable[[Results], SubFigure | None]
    note: Callable[[Results], str] = lambda results: ""
    of_runs: bool = False
    of_all: bool = False
    moving: Callable[[Results], film.Moving | None] | None = None

    def title(self, results: Results) -> str:
        """Return what stands above it."""
        return str(CAPTIONS[self.name]["title"]).format(parameters=sweeps.named(results))

    def draw(self, results: Results) -> Figure | None:
        """Return the figure with title, caption and footer; None if there is nothing to draw."""
        of = results if self.of_all else results.pictured
        with mpl.rc_context(style.RC):
            drawn = self.make(of) if of.variants else None
            return self._entitled(drawn, of) if drawn is not None else None

    def gif(self, results: Results) -> bytes | None:
        """Return the figure as an animated GIF; None if it does not move."""
        of = results if self.of_all else results.pictured
        with mpl.rc_context(style.RC):
            moving = self.moving(of) if self.moving and of.variants else None
            if moving is None:
                return None
            self._entitled(moving.sheet, of, "moving")
            return film.animated(moving)

    def files(self, results: Results) -> dict[str, bytes]:
        """Return the contents of its files by name; none if there is nothing to draw."""
        figure = self.draw(results)
        found = {f"{self.name}.{kind}": render(figure, kind) for kind in KINDS} if figure else {}
        moving = self.gif(results) if found else None
        return found | ({f"{self.name}.gif": moving} if moving else {})

    def _entitled(self, drawn: SubFigure, of: Results, kind: str = "caption") -> Figure:
        """Return the figure in which something is drawn, with title, one of its captions and footer."""
        figure = drawn.get_figure(root=True)
        assert isinstance(figure, Figure)
        of_labels = OF_LABELS if of.data is None or of.data.classes else dict.fromkeys(OF_LABELS, "")
        caption = CAPTIONS[self.name][kind].format(shown=SHOWN, over=of.over, **of_labels)
        style.entitle(figure, self.title(of), f"{self.note(of)} {caption}".strip(), values.footer(of))
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
    Drawing("class-distances", lessons.class_distances, of_runs=True),
    Drawing("ranks", scores.ranks, values.not_drawn),
    Drawing("stability", scores.stability),
    Drawing("seed-overlays", clouds.overlays, values.dimensions, of_runs=True),
    Drawing("unseen", clouds.unseen, values.dimensions, of_runs=True, of_all=True),
    Drawing("reconstructions", images.reconstructions, of_runs=True),
    Drawing("latent-grids", images.latent_grids, of_runs=True),
    Drawing("three-dimensions", clouds.in_three_dimensions, of_runs=True),
    Drawing("prior-samples", images.prior_samples, of_runs=True),
    Drawing("interpolations", images.interpolations, of_runs=True, moving=images.moving_interpolation),
    Drawing("film", film.training_film, of_runs=True, moving=film.moving_training),
    Drawing("training", training.curves, training.note, of_runs=True, of_all=True),
    Drawing("scaling", costs.scaling, costs.scaling_note, of_all=True),
    Drawing("time-to-quality", costs.time_to_quality, of_all=True),
    Drawing("sweeps", sweeps.draw, of_all=True),
    Drawing("dial", sweeps.dial, of_all=True),
    Drawing("perplexity", partial(settings.by_setting, parameter="perplexity"), of_runs=True),
    Drawing("n-neighbors", partial(settings.by_setting, parameter="n_neighbors"), of_runs=True),
    Drawing("min-dist", partial(settings.by_setting, parameter="min_dist"), of_runs=True),
    Drawing("collapse", settings.collapse, of_runs=True),
    Drawing("silhouette-trap", lessons.silhouette_trap, of_runs=True),
    Drawing("false-structure", structure.false_structure, values.dimensions, of_runs=True),
)
"""Every figure, in the order of a report."""


def write(results: Results) -> tuple[list[Path], list[str], list[str]]:
    """Write every figure that the study has something for, and remove those that it no longer has.

    Returns
    -------
    paths : list of Path
    kept : list of str
        Names of the figures that stay as they are, because `arrays.npz` is missing.
    failed : list of str
        Of each figure that could not be drawn a sentence that says so.
    """
    store, folder = Store(results.folder), results.folder / "figures"
    paths, kept, failed = [], [], []
    for drawing in DRAWINGS:
        made: dict[str, bytes] = {}
        try:
            made = drawing.files(results)
        except UNEXPECTED as error:  # what nobody thought of costs this figure, and no other
            failed.append(f"The figure {drawing.name!r} could not be drawn ({type(error).__name__}: {error}).")
            log.warning("%s", failed[-1])
        if not made and drawing.of_runs and not results.arrays and (folder / f"{drawing.name}.png").is_file():
            kept.append(drawing.name)
            continue
        paths += [store.write(f"figures/{name}", content) for name, content in made.items()]
        for kind in (*KINDS, "gif") if drawing.moving else KINDS:
            if f"{drawing.name}.{kind}" not in made:
                store.remove(f"figures/{drawing.name}.{kind}")
    return paths, kept, failed
