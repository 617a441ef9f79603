from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.analysis.across_datasets import comparisons_frame, counts, ranks, suited
from bench.analysis.comparisons import Decision
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker

KEY, ACCURACY = "knn_recall_k15", "knn_accuracy_k10"
Values = Mapping[str, Mapping[str, Sequence[float] | float]]


def around(value: float) -> list[float]:
    return [value - 0.001, value, value + 0.0015]


def over(root: Path, members: Mapping[str, Values], *stated: Mapping[str, object]) -> Results:
    """Write a study over several datasets, made up, and return its results."""
    names = dict.fromkeys(row for values in members.values() for row in values if row not in ("pixels", "pca-50"))
    given = {"datasets": [*members], "dataset": "", "hypotheses": stated}
    study = maker.study_of(*names).with_changes(given)
    for name, values in members.items():
        maker.write(root / name, values, study.on(name).only([row for row in values if row in names]))
    Store(root).write("study.toml", study.to_toml())
    return Results(root)


def better(first: Sequence[str], than: Sequence[str], by: str = KEY) -> dict[str, object]:
    return {"text": "one", "better": first, "than": than, "by": by}


def with_classes_of(results: Results, size: int) -> Results:
    """Let the classes of a dataset have so many training points."""
    fields = {"processor": "p", "cores": 1, "memory_mib": 1, "system": "s", "python": "3", "git_commit": None}
    fields |= {"thread_budget": 1, "dataset": "d", "dataset_fingerprint": "f", "provenance": "", "versions": {}}
    fields |= {"load_before": None, "fingerprint": "m", "class_size": size}
    Store(results.folder).write_model("environment.json", Environment.model_validate(fields))
    return Results(results.folder)


def test_each_dataset_decides_by_itself(tmp_path: Path) -> None:
    levels = {"ahead": 0.5, "behind": 0.3, "equal": 0.402}
    members: dict[str, Values] = {
        n: {"a": {KEY: around(level)}, "b": {KEY: around(0.4)}} for n, level in levels.items()
    }
    members["open"] = {"a": {KEY: [0.2, 0.4, 0.7]}, "b": {KEY: around(0.4)}}
    members["failed"] = {"a": {KEY: around(0.9)}, "b": {}}
    [count] = counts(over(tmp_path, members, better(["a"], ["b"])))
    assert {one: count.on(one) for one in (Decision.BETTER, Decision.WORSE)} == {
        "better": ["ahead"],
        "worse": ["behind"],
    }
    assert (count.on(Decision.EQUIVALENT), count.on(Decision.INCONCLUSIVE)) == (["equal"], ["open"])
    assert count.n == 4, "where a method has no number nothing is counted"


def test_a_hypothesis_of_several_pairs_holds_where_all_do(tmp_path: Path) -> None:
    members = {
        "all": {"a": {KEY: around(0.5)}, "b": {KEY: around(0.4)}, "c": {KEY: around(0.3)}},
        "one": {"a": {KEY: around(0.5)}, "b": {KEY: around(0.4)}, "c": {KEY: around(0.501)}},
        "not": {"a": {KEY: around(0.5)}, "b": {KEY: around(0.4)}, "c": {KEY: around(0.6)}},
    }
    [count] = counts(over(tmp_path, members, better(["a"], ["b", "c"])))
    assert count.decisions == {"all": "better", "one": "equivalent", "not": "worse"}
    of_b, of_c = count.by_pair()
    assert (of_b.hypothesis.than, of_b.on(Decision.BETTER)) == (("b",), ["all", "one", "not"])
    assert of_c.on(Decision.BETTER) == ["all"]


def test_intervals_hold_for_all_pairs_about_a_quantity_at_once(tmp_path: Path) -> None:
    members = {"d": {name: {KEY: [0.1 * n, 0.1 * n + 0.02, 0.1 * n - 0.01 * n]} for n, name in enumerate("abc", 1)}}
    alone = counts(over(tmp_path / "alone", members, better(["a"], ["b"])))
    among = counts(over(tmp_path / "among", members, better(["a"], ["b"]), better(["c"], ["a", "b"])))
    [[one], [same]] = ([*of[0].comparisons["d"]] for of in (alone, among))
    assert (one.n_pairs, same.n_pairs) == (1, 3)
    assert one.bounds_alone == same.bounds_alone and same.bounds[0] < one.bounds[0]


def test_a_reference_is_compared_as_a_number_without_spread(tmp_path: Path) -> None:
    members = {
        "ahead": {"a": {ACCURACY: around(0.5)}, "pca-50": {ACCURACY: 0.7}},
        "behind": {"a": {ACCURACY: around(0.8)}, "pca-50": {ACCURACY: 0.7}},
        "none": {"a": {ACCURACY: around(0.8)}},
    }
    [count] = counts(over(tmp_path, members, better(["pca-50"], ["a"], ACCURACY)))
    assert count.decisions == {"ahead": "better", "behind": "worse", "none": "not compared"}
    [one] = count.comparisons["ahead"]
    assert (one.design, one.n) == ("one sample", 3), "as many seeds as the other one has"


def test_where_classes_are_small_one_neighbour_votes(tmp_path: Path) -> None:
    members = {
        "faces": {
            "a": {ACCURACY: around(0.1), "knn_accuracy_k1": around(0.9)},
            "b": {ACCURACY: around(0.2), "knn_accuracy_k1": around(0.8)},
        }
    }
    results = over(tmp_path, members, better(["a"], ["b"], ACCURACY))
    assert counts(results)[0].decisions == {"faces": "worse"}
    faces = with_classes_of(results.datasets["faces"], 8)
    assert counts(Results(tmp_path))[0].decisions == {"faces": "better"}
    assert suited(faces, ACCURACY) == "knn_accuracy_k1"
    assert suited(faces, "knn_accuracy_k10_test") == "knn_accuracy_k1_test"
    assert suited(faces, "neighbourhood_hit_k15") is None, "there is none of one neighbour"
    assert suited(faces, KEY) == KEY and suited(faces, "fit_s") == "fit_s"
    assert suited(with_classes_of(faces, 10), ACCURACY) == "knn_accuracy_k1"
    assert suited(with_classes_of(faces, 11), ACCURACY) == ACCURACY


def test_ranks_are_of_the_datasets_that_have_all_methods(tmp_path: Path) -> None:
    members = {
        "x": {"a": {KEY: around(0.5), "fit_s": [1.0]}, "b": {KEY: around(0.4), "fit_s": [2.0]}},
        "y": {"a": {KEY: around(0.4), "fit_s": [1.0]}, "b": {KEY: around(0.5), "fit_s": [2.0]}},
        "z": {"a": {KEY: around(0.5)}, "b": {}},
    }
    results = over(tmp_path, members)
    of, n = ranks(results.datasets, KEY)
    assert n == 2 and {name: (one.mean, one.best, one.worst) for name, one in of.items()} == {
        "a": (1.5, 1, 2),
        "b": (1.5, 1, 2),
    }
    assert ranks(results.datasets, "fit_s")[0]["a"].mean == 1, "the shortest is the best"
    assert ranks(results.datasets, "silhouette") == ({}, 0)


def test_every_comparison_is_a_row(tmp_path: Path) -> None:
    members = {name: {"a": {KEY: around(0.5)}, "b": {KEY: around(0.4)}} for name in ("x", "y")}
    frame = comparisons_frame(counts(over(tmp_path, members, better(["a"], ["b"]))))
    assert list(frame.columns[:4]) == ["dataset", "hypothesis", "column", "first"]
    assert list(frame["dataset"]) == ["x", "y"] and set(frame["decision"]) == {"better"}
    assert frame["change"].to_list() == pytest.approx([0.1, 0.1])
    assert comparisons_frame([]).empty
