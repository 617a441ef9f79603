"""What tuning selects, what it gains on test points, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

from bench.analysis.comparisons import Comparison, compare_pairs, ranking
from bench.analysis.quantities import QUANTITIES, number
from bench.analysis.selection import CRITERIA, OF_TRAINING_POINTS, SearchResult, searches
from bench.output.faq.numbers import cell, change, decided
from bench.output.faq.page import Answer
from bench.store.results import Results
from bench.units import seconds_as_text

SEARCHED = "tuning"
"""The study whose selection the study `tuned` tests."""


def settings(search: SearchResult, configuration: str) -> str:
    """Return the parameters of a configuration in which it differs from the method's own."""
    if configuration == search.base:
        return "default"
    own, others = (search.results.variant(one).params for one in (search.base, configuration))
    return ", ".join(f"{name} {_as_text(value)}" for name, value in others.items() if own.get(name) != value)


def _as_text(value: object) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


def search(results: Results) -> Answer:
    """Return which configuration each search selected by each criterion, and what it took."""
    found = searches(results)
    tables = [
        _selected(results, [one for one in found if one.is_search and one.has_transform is has], criteria)
        for has, criteria in ((True, CRITERIA), (False, OF_TRAINING_POINTS))
    ]
    budget = results.study.search
    facts = {
        "others": tables[1].to_markdown() if tables[1].rows else "",
        "nothing": [results.label(one.base) for one in found if not one.is_search],
        "budget": seconds_as_text(budget.budget) if budget else "",
        "configurations": budget.configurations if budget else 0,
        "timeout": seconds_as_text(results.study.timeout),
        "spent": [results.label(one.base) for one in found if len(one.tried) < len(one.asked)],
    }
    return Answer(tables[0].header, tables[0].rows, facts)


def _selected(results: Results, found: Sequence[SearchResult], criteria: Mapping[str, str]) -> Answer:
    titles = [QUANTITIES[key].title for key in criteria.values()]
    header = ["method", "tried", "failed", "fit and transform, s"]
    header += [name for title in titles for name in (f"by {title}", "selected (default)")]
    rows = []
    for one in found:
        row = [results.label(one.base), f"{len(one.tried)} of {len(one.asked)}", f"{len(one.failed)}"]
        row.append(_seconds(one))
        for criterion, key in criteria.items():
            best = one.best(criterion)
            now, was = (number(QUANTITIES[key], one.value(name, criterion)) for name in (best or one.base, one.base))
            row += [settings(one, best), f"{now} ({was})"] if best else ["none", "n/a"]
        rows.append(row)
    return Answer(header, rows)


def _seconds(one: SearchResult) -> str:
    return "n/a" if isnan(one.seconds) else f"{one.seconds:.0f}"


def gains(results: Results) -> Answer:
    """Return each method with its defaults and tuned, the gain with its interval, and what tuning cost."""
    searched = Results(results.folder.with_name(SEARCHED))
    found = [one for one in searches(searched) if _tested(results, one, one.base)] if searched.exists else []
    tables, facts = [], []
    for has, criteria in ((True, CRITERIA), (False, OF_TRAINING_POINTS)):
        of_kind = [one for one in found if one.has_transform is has]
        compared = {name: _compared(results, of_kind, name, key) for name, key in criteria.items()}
        tables.append(_table(results, of_kind, compared, criteria))
        facts += [_facts(results, of_kind, compared[name], name, key) for name, key in criteria.items() if of_kind]
    others = tables[1].to_markdown() if tables[1].rows else ""
    return Answer(tables[0].header, tables[0].rows, {"others": others, "criteria": facts, "seeds": results.study.seeds})


def _tested(results: Results, one: SearchResult, configuration: str) -> str:
    """Return the variant that is tested with the parameters of a configuration; empty if there is none."""
    wanted = one.results.variant(configuration)
    tested = ((v, results.variant(v)) for v in results.variants)
    return next((v for v, spec in tested if (spec.reducer, spec.params) == (wanted.reducer, wanted.params)), "")


def _pair(results: Results, one: SearchResult, criterion: str) -> tuple[str, str]:
    """Return the variants of a method that are tested as selected, empty if that one is not, and with its defaults."""
    return _tested(results, one, one.best(criterion) or one.base), _tested(results, one, one.base)


def _compared(results: Results, found: Iterable[SearchResult], criterion: str, key: str) -> dict[str, Comparison]:
    """Return the comparison of each method tuned with its default, where they are two configurations."""
    pairs = [_pair(results, one, criterion) for one in found]
    different = [(tuned, default) for tuned, default in pairs if tuned not in ("", default)]
    return {one.second: one for one in compare_pairs(results, different, key)}


def _table(
    results: Results,
    found: Iterable[SearchResult],
    compared: Mapping[str, Mapping[str, Comparison]],
    criteria: Mapping[str, str],
) -> Answer:
    header = ["method"]
    for key in criteria.values():
        header += [f"{QUANTITIES[key].title}: default", "tuned by it", "gain"]
    rows = []
    for one in found:
        row = [results.label(_tested(results, one, one.base))]
        for criterion, key in criteria.items():
            tuned, default = _pair(results, one, criterion)
            gain = compared[criterion].get(default)
            shown = ["the same", "none"] if tuned else ["not tested", "n/a"]
            if gain:
                shown = [cell(results, tuned, key), f"{change(gain)}, {gain.decision}"]
            row += [cell(results, default, key), *shown]
        rows.append([*row, f"{len(one.tried)}", _seconds(one) if one.is_search else "0"])
    return Answer([*header, "configurations tried", "search, s"], rows)


def _facts(
    results: Results, found: Sequence[SearchResult], compared: Mapping[str, Comparison], criterion: str, key: str
) -> dict[str, object]:
    """Return which methods gained, and which are the best before and after."""
    by_decision = decided(compared.values())
    tuned, defaults = zip(*(_pair(results, one, criterion) for one in found), strict=True)
    best = [ranking(results, key, of).best if all(of) else () for of in (defaults, tuned)]
    same = [one.base for one, now, was in zip(found, tuned, defaults, strict=True) if one.is_search and now == was]
    untested = [one.base for one, now in zip(found, tuned, strict=True) if not now]
    return {
        "key": key,
        "title": QUANTITIES[key].title,
        "decided": {name: [results.label(one.second) for one in ones] for name, ones in by_decision.items()},
        "best": [[results.label(v) for v in of] for of in best],
        "same": [found[0].results.label(base) for base in same],
        "untested": [found[0].results.label(base) for base in untested],
    }
