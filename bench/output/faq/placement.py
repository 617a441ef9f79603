"""Whether a method's own `transform` maps new points better than the positions of near training points do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.analysis.comparisons import Comparison, Decision
from bench.analysis.placement import BASELINES, FORMER, NEAREST, QUANTITY_OF, Placements, placements
from bench.analysis.quantities import shown
from bench.metrics.placement_measures import OWN
from bench.output.faq.numbers import change
from bench.output.faq.page import Answer, Facts
from bench.store.results import Results

ACCURACY = "knn_accuracy_k10"


def baselines(results: Results) -> Answer:
    """Return scores and time of `transform` and of each baseline, and what each baseline is compared with it."""
    rows, scores = [], []
    for name, quantity in QUANTITY_OF.items():
        found = placements(results, name)
        rows += [(results.label(one.variant), quantity.title, *_cells(one)) for one in found]
        nearest = {results.label(one.variant): one.compared[NEAREST] for one in found}
        scores.append({"title": quantity.title, "groups": _groups(nearest)})
    # The rows of a method stand together.
    order = list(dict.fromkeys(label for label, *_ in rows))
    rows.sort(key=lambda row: order.index(row[0]))
    header = ("method", "quantity", "`transform`", *BASELINES)
    return Answer(header, rows, {"scores": scores, "n_pairs": len(order) * len(BASELINES)})


def _cells(one: Placements) -> Iterable[str]:
    """Yield the mean of each placement, of a baseline with what it is compared with `transform`."""
    for placement in (OWN, *BASELINES):
        found = one.interval(placement)
        decision = one.compared[placement].decision if placement in one.compared else Decision.NOT_COMPARED
        said = "" if decision is Decision.NOT_COMPARED else f" {decision.value}"
        yield "n/a" if found is None else shown(one.quantity, found)[0] + said


def copies(results: Results) -> Facts | None:
    """Return how the accuracy of new points at a copied position compares with that by `transform`."""
    found = {results.label(one.variant): one for one in placements(results, ACCURACY)}
    nearest = {label: one.compared[NEAREST] for label, one in found.items()}
    groups = _groups(nearest)
    if not groups:
        return None
    return {
        "groups": groups,
        "changes": [
            (label, change(one), shown(found[label].quantity, own)[0])
            for label, one in nearest.items()
            if one.difference is not None and (own := found[label].interval(OWN)) is not None
        ],
        "weakest": [label for label, one in found.items() if _is_weakest(one, FORMER)],
        "n_baselines": len(BASELINES),
        "n": max(one.n for one in nearest.values()),
        "n_test": int(results.runs["n_test"].max()),
        "dataset": results.study.dataset,
    }


def _groups(compared: Mapping[str, Comparison]) -> list[tuple[str, list[str]]]:
    """Return decisions, each with the labels of the comparisons that it is the decision of."""
    order = (Decision.BETTER, Decision.EQUIVALENT, Decision.WORSE, Decision.INCONCLUSIVE)
    groups = [(one.value, [label for label, pair in compared.items() if pair.decision is one]) for one in order]
    return [(decision, labels) for decision, labels in groups if labels]


def _is_weakest(one: Placements, baseline: str) -> bool:
    """Return whether a baseline has the lowest mean of all."""
    means = {name: found.mean for name in BASELINES if (found := one.interval(name)) is not None}
    return baseline in means and min(means, key=lambda name: means[name]) == baseline
