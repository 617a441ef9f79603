"""Where an embedding lies: trustworthiness and continuity point by point."""

from __future__ import annotations

from matplotlib.figure import Figure

from bench.figures import style, values
from bench.figures.embeddings import dimensions, frame, name_panels, places, scatter
from bench.reading import Reading
from bench.scores.local import local_scores
from bench.scores.score import UndefinedError

K = 15
AT_CHANCE = 0.5


def draw(reading: Reading) -> Figure | None:
    """Draw the shown embedding of each method, coloured by what each point adds to the two scores.

    There is none where the ranks of all pairs do not fit into memory: then they would be computed anew for each method.
    """
    if not reading.cases or not next(iter(reading.cases.values())).original.fits:
        return None
    figure, axes = style.panels(len(reading.variants), 2, headroom=0.75, side=1.1)
    for variant, column in zip(reading.variants, axes, strict=True):
        shown, case = reading.shown(variant), reading.cases.get(variant)
        seed = f"\nseed {shown.record.seed}" if shown else ""
        name_panels(column, style.wrapped(reading.label(variant)) + seed, ("trustworthiness", "continuity"))
        try:
            local = None if case is None else local_scores(case, K)
        except UndefinedError as error:
            for ax in column:
                style.blank(ax, str(error))
            continue
        if case is None or local is None:
            style.blank(column[0], values.why_not(reading, variant))
            style.blank(column[1], "no embedding")
            continue
        window = frame(places(case.Z))
        for ax, of_points in zip(column, (local.trustworthiness, local.continuity), strict=True):
            scatter(ax, window, case.Z, of_points, cmap="flare_r", vmin=AT_CHANCE, vmax=1)
            ax.set_xlabel(f"mean {of_points.mean():.3f}", fontsize=7)
    drawn = [ax.collections[0] for ax in axes.ravel() if ax.collections]
    if not drawn:
        return None
    figure.colorbar(
        drawn[0], ax=axes.ravel().tolist(), label=f"score of a point, k = {K}", extend="min", shrink=0.5, aspect=30
    )
    style.note(figure, dimensions(reading))
    return figure
