"""Figures: pure functions of a reading. The same class has the same colour everywhere, and so has the same method.

`DRAWINGS` is the table of all of them; `pictures` makes those that a study has something for, `files` their files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.figures import (
    classes,
    costs,
    curves,
    distances,
    embeddings,
    latent,
    local,
    neural,
    ranks,
    scaling,
    stability,
    style,
    sweeps,
    unseen,
)
from bench.figures.latent import moving_interpolation
from bench.figures.style import palette, render
from bench.reading import Reading

__all__ = ["DRAWINGS", "FILES", "Drawing", "files", "palette", "pictures", "render"]


@dataclass(frozen=True)
class Drawing:
    """A figure that a study may have.

    Attributes
    ----------
    name : str
        Name of its files.
    caption : str
        One sentence that says how to read it.
    make : function
        Draws it without title and caption; None where the study has nothing for it.
    is_of_all : bool
        Whether it is of all variants, and not of those alone that figures show side by side.
    """

    name: str
    title: str
    caption: str
    make: Callable[[Reading], Figure | None]
    is_of_all: bool = False

    def draw(self, reading: Reading) -> Figure | None:
        """Return the figure without title and caption, for a page that writes them itself."""
        with mpl.rc_context(style.RC):
            return self.make(reading)


DRAWINGS = (
    Drawing(
        "embeddings",
        "Embeddings side by side",
        "Each dot is a point in the colour of its class, fitted points above held-out ones in the same frame; of each "
        "method the seed with the median score is shown, above it the median time of a warm fit, with an "
        '"about" where the table of costs says what to doubt; axes have no unit, and no two methods share a scale.',
        embeddings.draw,
    ),
    Drawing(
        "quality-time",
        "Quality against time",
        "Up and to the left is better: each mark is a method's median over seeds with its 95 % interval, and the grey "
        "steps join the methods that no other beats in both; scores of fitted points, time of a warm fit.",
        costs.quality_and_time,
    ),
    Drawing(
        "r-nx",
        "Neighbours kept, by size of the neighbourhood",
        "The higher the line, the more of the k nearest neighbours are the same as in the data, from 0 at chance to 1; "
        "lines are medians over seeds, bands the range of the seeds.",
        curves.r_nx,
    ),
    Drawing(
        "neighbourhoods",
        "Recall, trustworthiness and continuity, by size of the neighbourhood",
        "Higher is better: low trustworthiness means strangers among the neighbours, low continuity that neighbours "
        "were torn away; lines are medians over seeds, bands the range of the seeds.",
        curves.neighbourhoods,
    ),
    Drawing(
        "costs",
        "Time and memory",
        "Further left is cheaper (times on logarithmic axes): medians over seeds with 95 % intervals; a cold start is "
        "paid once by each process and is in no fit; a method without a ring for transform places no new points.",
        costs.costs,
    ),
    Drawing(
        "class-silhouettes",
        "Silhouette of each class, in the data and in the embedding",
        "A ring is a class in the original space, a dot the same class in the embedding: from -1 over 0, where it "
        "overlaps with others, to 1, where it stands apart; what moved to the right was set apart by the method.",
        classes.silhouettes,
    ),
    Drawing(
        "local",
        "Where each embedding lies",
        "The darker a point, the more of its 15 neighbours are strangers (above) or the farther its own have gone "
        "(below): each point's term of the score, 0.5 as by chance, of the seed with the median score.",
        local.draw,
    ),
    Drawing(
        "confusion",
        "What the 10 nearest neighbours take each class for",
        "Rows are true classes, columns what the majority of the 10 nearest fitted neighbours says, rows add up to 1; "
        "the commonest mistake stands below; held-out points where a method places them, else leave-one-out.",
        classes.confusions,
    ),
    Drawing(
        "shepard",
        "Shepard diagrams: distances in the embedding against distances in the data",
        "The darker, the more of up to 50,000 random pairs have these distances, and the line is their median: rising, "
        "it keeps the order of distances, flat, it does not; the rank correlation is over all pairs.",
        distances.shepard,
    ),
    Drawing(
        "ranks",
        "The order of methods depends on the judge",
        "Above, each column ranks the methods by one score (1 is best, medians over seeds): lines that cross are "
        "judges that disagree; below, the rank correlation of the scores over these methods.",
        ranks.draw,
    ),
    Drawing(
        "stability",
        "Stability across seeds",
        "Means over all pairs of seeds: what differs after the best rotation, reflection and scaling (left), and the "
        "share of nearest neighbours in common (right).",
        stability.scores,
    ),
    Drawing(
        "seed-overlays",
        "Two seeds laid over each other",
        "Each line leads from a point's place with one seed to its place (dot) with another, after the best shift, "
        "rotation and reflection (Procrustes) at equal size: the shorter the lines, the less was chance.",
        stability.overlays,
    ),
    Drawing(
        "unseen",
        "Where a class lands that was never seen",
        "Each row leaves one class out of the fitted points (grey) and shows where its held-out points are put; below "
        "a panel what the 10 nearest fitted points take most of them for, and the area under the ROC curve by which "
        "their distance to the nearest tells them from other held-out points (0.5 is chance).",
        unseen.draw,
        is_of_all=True,
    ),
    Drawing(
        "reconstructions",
        "Held-out images and what comes back",
        "The first row shows held-out images, each row below the same after the way into the embedding and back: "
        "what differs was lost.",
        neural.reconstructions,
    ),
    Drawing(
        "latent-grids",
        "What lies between the points",
        "Each tile is the image that the method makes of that place in its embedding, spread over the middle 98 % of "
        "the fitted points; numbers are coordinates.",
        neural.latent_grids,
    ),
    Drawing(
        "three-dimensions",
        "Embeddings in three dimensions",
        "Each dot is a fitted point in the colour of its class; axes have one unit within a panel and none across.",
        latent.in_three_dimensions,
    ),
    Drawing(
        "prior-samples",
        "Random codes, decoded during training",
        "A row is an epoch, its number at the left, a column one draw of a standard normal distribution of codes, the "
        "same in all rows and for all methods of so many dimensions.",
        latent.prior_samples,
    ),
    Drawing(
        "interpolations",
        "On the way from one point to another",
        "Each row decodes the straight line between the codes of two held-out points far apart in that embedding.",
        latent.interpolations,
    ),
    Drawing(
        "training",
        "Training curves",
        "A line a seed, each a mean over samples: one that still falls at its end would have gained from more epochs, "
        "a dotted one (points kept back from training) that rises is overfitting.",
        neural.training,
    ),
    Drawing(
        "scaling",
        "Costs by the number of points",
        "Both axes are logarithmic, so that a power of the number of points is a straight line: marks are measured, "
        "dashes the fitted powers, prolonged to all of MNIST; a triangle on the deadline is a run that passed it, or "
        "was not tried because one on fewer points had; memory is what a fit took beyond what was held before it.",
        scaling.draw,
        is_of_all=True,
    ),
    Drawing(
        "sweeps",
        "One parameter turned, all else left alone",
        "A dot is a seed, lines join medians, the grey bar stands at the default, and dashes are at what the data give "
        "without any reduction; settings stand at even distances, and panels of a row share their scale.",
        sweeps.draw,
        is_of_all=True,
    ),
    Drawing(
        "dial",
        "The silhouette dial: classes apart against neighbours kept",
        "Each path leads through the medians of a parameter's settings, written beside them, the default a ring: to "
        "the right more neighbours are kept, upwards classes stand further apart, so that a path that rises to the "
        "left pays for this with that; dots are seeds, and each panel has its own scale.",
        sweeps.dial,
        is_of_all=True,
    ),
)
"""Every figure, in the order of a report."""

KINDS = ("png", "svg")
MOVING = "interpolations.gif"
FILES = frozenset([*(f"{drawing.name}.{kind}" for drawing in DRAWINGS for kind in KINDS), MOVING])
"""Names of all files that a study may have figures in."""


def pictures(reading: Reading) -> Iterator[tuple[Drawing, Figure]]:
    """Yield every figure that the study has something for, with its title above and its caption below."""
    pictured = reading.pictured
    for drawing in DRAWINGS:
        shown = reading if drawing.is_of_all else pictured
        figure = drawing.draw(shown) if shown.judged else None
        if figure is not None:
            with mpl.rc_context(style.RC):
                style.entitle(figure, drawing.title, drawing.caption)
            yield drawing, figure


def files(reading: Reading) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every file of figures that the study has something for."""
    for drawing, figure in pictures(reading):
        for kind in KINDS:
            yield f"{drawing.name}.{kind}", render(figure, kind)
    moving = moving_interpolation(reading.pictured)
    if moving is not None:
        yield MOVING, moving
