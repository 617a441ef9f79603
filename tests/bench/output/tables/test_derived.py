"""Tables of growth, of the noise floor and of accuracies over test points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.analysis.comparisons import ranking
from bench.analysis.scaling import series
from bench.output.tables import derived
from bench.output.tables.model import Table
from bench.output.tables.render import to_markdown
from bench.store.records import Status
from bench.store.test_set import KEY, over_points
from tests.bench import results_maker as maker
from tests.bench.store.test_test_set import points, results_of

N = (14_000, 20_000, 28_000, 40_000)


def test_growth_says_what_was_not_tried(tmp_path: Path) -> None:
    late = maker.failed(Status.TIMEOUT, "took longer than the limit of 1 min 40 s")
    linear = {n: maker.successful(n / 1_000) for n in N}
    slow = {n: maker.successful((n / 10_000) ** 2, transductive=True) if n < 40_000 else late for n in N}
    found = series(maker.growing(tmp_path, {"LINEAR": linear, "SLOW": slow}))
    [table] = derived.growth(found)
    assert [row.label for row in table.rows] == ["LINEAR", "SLOW"]
    assert [cell.text for cell in table.rows[0].cells] == ["1.00", "0.00", "0.00", "70", "50"]
    assert [cell.text for cell in table.rows[1].cells[:2]] == ["2.00", "n/a"]
    assert table.rows[1].cells[1].interval == "(not measured)"
    assert [cell.text for cell in table.rows[1].cells[3:]] == ["> 100 s", "n/a"], "40,000 points passed the deadline"
    assert table.rows[1].cells[4].interval == "(past a limit)"
    assert table.notes == ("SLOW: nothing for 40,000 points (timeout: took longer than the limit of 1 min 40 s).",)
    assert derived.growth([]) == []


def test_the_noise_floor_of_twins_is_a_table(tmp_path: Path) -> None:
    values = {"knn_accuracy_k10": [0.90, 0.91, 0.92], "fit_s": [1.0, 1.1, 1.2], "fit_cores": [1.0, 1.0, 1.0]}
    [table] = derived.noise_floors(maker.write(tmp_path, {"a": values, "b": values}))
    assert [column.title for column in table.columns][:2] == ["a", "b"]
    rows = {row.key: row for row in table.rows}
    assert set(rows) == {"fit_s", "knn_accuracy_k10"}, "cores are no cost that every run pays again"
    assert [cell.text for cell in rows["knn_accuracy_k10"].cells[::4]] == ["0.91", "no"]


def _tables(folder: Path, correct: Mapping[str, Sequence[np.ndarray]], **variants: str) -> list[Table]:
    named = {name: {"reducer": variants.get(name, "pca"), "label": name.upper()} for name in correct}
    results = results_of(folder, correct, maker.study_of(variants=named))
    found = over_points(results)
    assert found is not None
    for name, table in zip(("test_accuracy", "test_comparisons"), found, strict=True):
        table.to_csv(folder / f"{name}.csv", index=False)
    return derived.over_points(results, ranking(results, KEY))


def test_points_and_seeds_are_told_from_each_other(tmp_path: Path) -> None:
    correct = {
        # Its seeds are far apart: its mean is certain over points, but not over seeds.
        "wide": [points(0.5, 0), points(0.99, 1), points(0.8, 2)],
        "floor": [points(0.1, 9)],
        "low": [points(0.50, 3), points(0.51, 4), points(0.49, 5)],
        "same": [points(0.50, 6), points(0.52, 7), points(0.49, 8)],
    }
    accuracies, pairs = _tables(tmp_path, correct, floor="random_projection")
    text = to_markdown([accuracies])
    assert text.index("| SAME | 3 |") < text.index("*controls (floor):*") < text.index("| FLOOR | 1 | 0.10 [")
    assert "How much the accuracy on 400 test points varies." in text
    assert pairs.caption.startswith("Of 3 pairs of methods 0 have the same result over points and over seeds")
    results = {row.label: [cell.text for cell in row.cells[1:]] for row in pairs.rows}
    assert results["WIDE and LOW"] == ["better", "inconclusive"]
    assert results["LOW and SAME"] == ["inconclusive"] * 2


def test_pairs_that_seeds_cannot_compare_are_not_counted(tmp_path: Path) -> None:
    correct = {"a": [points(0.5, 1), points(0.5, 2)], "b": [points(0.6, 3), points(0.6, 4)], "once": [points(0.9, 5)]}
    _, pairs = _tables(tmp_path / "some", correct)
    assert pairs.caption.startswith("Of 1 pair of methods ")
    (alone,) = _tables(tmp_path / "none", {"a": [points(0.5, 1)], "once": [points(0.9, 5)]})
    assert alone.key == "over-points"


def test_of_many_pairs_only_some_are_named(tmp_path: Path) -> None:
    correct = {f"m{i}": [points(0.5, 2 * i), points(0.5, 2 * i + 1)] for i in range(7)}
    _, pairs = _tables(tmp_path, correct)
    assert len(pairs.rows) == derived.MAX_PAIRS
    assert f"Of 21 such pairs the first {derived.MAX_PAIRS} are shown." in pairs.caption


def test_without_its_tables_there_is_none(tmp_path: Path) -> None:
    results = maker.write(tmp_path, {"a": {KEY: [0.5, 0.6]}})
    assert derived.over_points(results, ranking(results, KEY)) == []
