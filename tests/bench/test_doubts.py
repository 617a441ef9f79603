from __future__ import annotations

import pytest

from bench import doubts
from bench.datasets import Dataset
from bench.records import Record
from tests.bench import results_maker as maker


def _records(dataset: Dataset, times: dict[str, list[float]], **changes: object) -> list[Record]:
    return [
        maker.record(variant, seed, dataset, maker.well(seconds, **changes))
        for variant, walls in times.items()
        for seed, seconds in enumerate(walls)
    ]


def _texts(records: list[Record]) -> str:
    return " ".join(doubt.text for doubt in doubts.of_times(records))


def test_steady_times_raise_no_doubt(dataset: Dataset) -> None:
    assert doubts.of_times(_records(dataset, {"a": [1.0, 1.01, 1.02], "b": [5.0, 5.1, 5.0]})) == []


def test_spread_is_doubted(dataset: Dataset) -> None:
    found = doubts.of_times(_records(dataset, {"a": [1.0, 1.5, 1.0], "b": [5.0, 5.1, 5.0]}))
    assert [(doubt.variant, doubt.column) for doubt in found] == [("a", "fit_s")]
    assert "Fit times spread by more than 10% of their median: A 29%." in found[0].text


def test_company_is_doubted(dataset: Dataset) -> None:
    records = _records(dataset, {"a": [1.0, 1.0]}, fit=maker.cost(1.0, other_cores=0.8))
    assert "Other programs kept cores busy during the fit: A up to 0.8." in _texts(records)


def test_shortness_is_doubted(dataset: Dataset) -> None:
    assert "less than 100 ticks" in _texts(_records(dataset, {"a": [1e-8, 1e-8]}))


def test_drift_is_doubted_where_most_drift(dataset: Dataset) -> None:
    slower = {name: [1.0, 1.06, 1.15] for name in "abc"}
    assert "The last round was 15% slower than the first" in _texts(_records(dataset, slower))
    assert "round" not in _texts(_records(dataset, slower | {name: [1.0, 1.0, 1.0] for name in "defg"}))


def test_failures_raise_no_doubt_of_times(dataset: Dataset) -> None:
    failed = maker.record("a", 0, dataset, maker.ill(maker.Status.FAILED, "no luck"))
    assert doubts.of_times([failed]) == []


def test_a_first_use_is_doubted_in_starts_and_memory_and_not_in_times(dataset: Dataset) -> None:
    records = _records(dataset, {"a": [1.0]}, new_on_disk=40) + _records(dataset, {"b": [1.0]})
    found = doubts.of_first_use(records)
    assert [(doubt.variant, doubt.column) for doubt in found] == [
        ("a", column) for column in ("import_s", "cold_start_s", "peak_mib", "baseline_mib")
    ]
    assert doubts.together(found).endswith("any later one starts faster and holds less memory: A.")
    assert doubts.of_times(records) == []


def test_too_few_seeds_are_said_with_how_many_it_takes() -> None:
    found = doubts.of_precision("a", "A", {"x": [0.50, 0.52, 0.54], "y": [0.5, 0.5, 0.5], "z": [0.4, 0.5, 0.6]})
    assert [doubt.column for doubt in found] == ["x", "z"]
    assert "3 seeds do not settle the second decimal of every score; it would take: A more than 1,000." in found[0].text
    assert doubts.of_precision("a", "A", {"x": [0.5]}) == []


def test_doubts_of_one_rule_are_one_sentence() -> None:
    found = [doubts.Doubt("a", "x", "Too few", "A", "3"), doubts.Doubt("a", "y", "Too few", "A", "3")]
    assert doubts.together([*found, doubts.Doubt("b", "x", "Too few", "B", "5")]) == "Too few: A 3, B 5."
    assert doubts.together([doubts.Doubt(None, "x", "All slow")]) == "All slow."


@pytest.mark.parametrize(("deviation", "n"), [(0.0, 2), (0.01, 18), (0.02, 64)])
def test_seeds_needed(deviation: float, n: int) -> None:
    assert doubts.seeds_needed(deviation, 0.005) == n
