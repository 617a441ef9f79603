"""Whether what holds on one dataset holds on others: the study `datasets`."""

from __future__ import annotations

from bench.analysis.across_datasets import Count, counts
from bench.analysis.comparisons import Decision
from bench.analysis.quantities import QUANTITIES
from bench.output.faq.page import Answer, Facts
from bench.output.tables.across_datasets import OUTCOMES, label
from bench.store.results import Results


def other_data(results: Results) -> Answer:
    """Return on which datasets each hypothesis holds, and on which another method is better."""
    found = counts(results)
    rows = []
    for count in found:
        pairs = count.by_pair()
        score = QUANTITIES[count.hypothesis.by].title
        rows.append([count.hypothesis.text, score, *_numbers(count), _where_worse(count)])
        for one in pairs if len(pairs) > 1 else ():
            first, second = (label(results, row) for (row,) in (one.hypothesis.better, one.hypothesis.than))
            rows.append([f"– {first} better than {second}", "", *_numbers(one), _where_worse(one)])
    compared = [one for one in found if one.n]
    facts = {
        "names": list(results.datasets),
        "missing": [name for name in results.study.datasets if name not in results.datasets],
        "n": len(found),
        "units": results.units,
        "always": [_compared(results, one) for one in compared if len(one.on(Decision.BETTER)) == one.n],
        "never": [_compared(results, one) for one in compared if not one.on(Decision.BETTER)],
    }
    others = [word for one, word in OUTCOMES.items() if one not in (Decision.BETTER, Decision.WORSE)]
    return Answer(("hypothesis", "score", "holds on", *others, "worse on"), rows, facts)


def holds(results: Results) -> Facts | None:
    """Return on how many datasets each hypothesis holds."""
    found = [one for one in counts(results) if one.n]
    if not found:
        return None
    return {
        "counts": [(one.hypothesis.text, len(one.on(Decision.BETTER)), one.n) for one in found],
        "worse": [(one.hypothesis.text, worse) for one in found if (worse := ", ".join(one.on(Decision.WORSE)))],
        "open": [(one.hypothesis.text, n) for one in found if (n := len(one.on(Decision.INCONCLUSIVE)))],
        "names": list(results.datasets),
        "units": results.units,
    }


def _compared(results: Results, count: Count) -> tuple[str, str]:
    """Return a hypothesis, and on how many datasets all its methods are compared."""
    return count.hypothesis.text, f"{count.n} of {len(results.datasets)}"


def _numbers(count: Count) -> list[str]:
    held, equivalent, inconclusive = (
        len(count.on(one)) for one in (Decision.BETTER, Decision.EQUIVALENT, Decision.INCONCLUSIVE)
    )
    return [f"{held} of {count.n}", str(equivalent), str(inconclusive)]


def _where_worse(count: Count) -> str:
    return ", ".join(count.on(Decision.WORSE)) or "none"
