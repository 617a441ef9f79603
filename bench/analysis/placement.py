"""Placement: new points as `transform` maps them, and at the positions of near training points, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.analysis.comparisons import Comparison, compare, together
from bench.analysis.quantities import QUANTITIES, Quantity
from bench.analysis.summary import interval_over
from bench.metrics.placement_measures import OWN, SCORES, SIZES
from bench.metrics.statistics import Interval
from bench.store.results import Results
from bench.store.values import Values

MEASURE, SEARCH = "placement", "neighbour_placement"
"""The measure, and the reducer whose `transform` takes as long as a baseline with as many neighbours."""
NEAREST, FORMER = "copy of 1", "mean of 5"
"""The simplest baseline, and the one that scores of all studies have."""
BASELINES = (NEAREST, *(f"{how} of {k}" for k in SIZES[1:] for how in ("mean", "median", "copy")))
QUANTITY_OF = {score: QUANTITIES[f"{score}_test"] for score in SCORES} | {"transform_s": QUANTITIES["transform_s"]}
"""What is compared, by the name that parts of the measure end with; and the time of a `transform`."""


@dataclass(frozen=True)
class Placements:
    """One method in one quantity, with its own `transform` and with each baseline.

    `compared` are the baselines with its own, by intervals that hold for all methods and baselines at once.
    """

    variant: str
    quantity: Quantity
    values: Mapping[str, Values]
    compared: Mapping[str, Comparison]

    def interval(self, placement: str) -> Interval | None:
        """Return the mean of a placement with its interval; None if it was not measured."""
        return interval_over(self.values[placement], self.quantity)


def placements(results: Results, name: str) -> list[Placements]:
    """Return all methods with a `transform` in one quantity, a key of `QUANTITY_OF`."""
    searches = results.select(reducer=SEARCH)
    k_of = {int(results.variant(search).params["n_neighbors"]): search for search in searches}

    def values(variant: str, placement: str) -> Values:
        if name in SCORES:
            return results.values(variant, f"{MEASURE}:{placement}:{name}")
        holder = variant if placement == OWN else k_of.get(int(placement.rpartition(" ")[2]), "")
        return results.values(holder, name) if holder and results.ok(holder) else Values()

    quantity = QUANTITY_OF[name]
    found = {v: {one: values(v, one) for one in (OWN, *BASELINES)} for v in results.methods if v not in searches}
    found = {variant: of_variant for variant, of_variant in found.items() if len(of_variant[OWN])}
    pairs = {
        (variant, baseline): compare(quantity, baseline, of_variant[baseline], OWN, of_variant[OWN])
        for variant, of_variant in found.items()
        for baseline in BASELINES
    }
    at_once = dict(zip(pairs, together(list(pairs.values())), strict=True))
    return [
        Placements(variant, quantity, of_variant, {one: at_once[variant, one] for one in BASELINES})
        for variant, of_variant in found.items()
    ]
