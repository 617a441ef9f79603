"""Results in a notebook: what `bench.run` and `bench.load_results` return."""

from __future__ import annotations

from matplotlib.figure import Figure

from bench.errors import StoreError, StudyError, unknown
from bench.output.figures import DRAWINGS
from bench.store import results


class Results(results.Results):
    """The results of a study, which can also be plotted."""

    def plot(self, figure: str = "embeddings") -> Figure:
        """Return one of the figures of a study, such as `embeddings`, `quality-time`, `r-nx` or `costs`.

        Raises
        ------
        StudyError
            If there is no figure of that name.
        StoreError
            If the study has nothing for it.
        """
        drawings = {drawing.name: drawing for drawing in DRAWINGS}
        if figure not in drawings:
            raise StudyError(unknown("figure", figure, drawings))
        drawn = drawings[figure].draw(self)
        if drawn is None:
            raise StoreError(f"Got figure {figure!r}, but {self.folder} has nothing for it. Take another figure.")
        return drawn
