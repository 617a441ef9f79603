from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from pathlib import Path

import pytest

from bench.analysis.selection import ACCURACY, RECALL, SearchResult, searches
from bench.store.records import Status
from bench.studies.study import Study
from tests.bench import results_maker
from tests.bench.results_maker import ByRun, failed, successful

Recall, Accuracy, OfTraining = "knn_recall_k15_test", "knn_accuracy_k10_test", "knn_recall_k15"
FIELDS = {"name": "tuning", "dataset": "clouds", "rounds": False, "timeout": "20s"}
SPACE = {"perplexity": {"low": 5, "high": 90}}


def _search(path: Path, values: Mapping[str, Mapping[str, ByRun]], fails: tuple[str, ...] = ()) -> SearchResult:
    variants = {"a": {"reducer": "opentsne", "search": SPACE}}
    study = Study.model_validate(FIELDS | {"search": {"configurations": 4}, "variants": variants}).resolved()
    late = [failed(Status.TIMEOUT, "fit took long")]
    outcomes = {name: late if name in fails else [successful(2.0)] for name in values}
    [found] = searches(results_maker.write(path, values, study, outcomes=outcomes))
    return found


def test_the_best_configuration_by_each_criterion(tmp_path: Path) -> None:
    found = _search(
        tmp_path,
        {"a": {Recall: [0.3], Accuracy: [0.8]}, "a-1": {Recall: [0.5], Accuracy: [0.7]}, "a-2": {Accuracy: [0.9]}},
    )
    assert (found.best(RECALL), found.best(ACCURACY)) == ("a-1", "a-2")
    assert (found.value("a-1", RECALL), found.value("a", ACCURACY)) == (0.5, 0.8)


def test_of_equal_ones_the_first_is_selected_so_that_a_default_loses_to_a_better_one_alone(tmp_path: Path) -> None:
    values = {name: {Recall: [0.5], Accuracy: [0.4 if name == "a" else 0.6]} for name in ("a", "a-1", "a-2")}
    found = _search(tmp_path, values)
    assert (found.best(RECALL), found.best(ACCURACY)) == ("a", "a-1")


def test_a_failed_configuration_never_wins(tmp_path: Path) -> None:
    found = _search(tmp_path, {"a": {Recall: [0.3]}, "a-1": {Recall: [0.9]}}, fails=("a-1",))
    assert (found.best(RECALL), found.failed) == ("a", ("a-1",))
    nothing = _search(tmp_path / "all", {"a": {Recall: [0.3]}}, fails=("a",))
    assert nothing.best(RECALL) is None


def test_what_was_tried_and_what_it_took(tmp_path: Path) -> None:
    found = _search(tmp_path, {"a": {Recall: [0.3]}, "a-1": {Recall: [0.9]}}, fails=("a-1",))
    assert (found.asked, found.tried) == (("a", "a-1", "a-2", "a-3"), ("a", "a-1"))
    assert found.seconds == pytest.approx(2.0 + 0.1 + 20), "fit and transform, and the limit of what was late"


def test_a_search_without_measured_times_took_nobody_knows_how_long(tmp_path: Path) -> None:
    values: dict[str, dict[str, ByRun]] = {"a": {Recall: [0.3]}}
    values["a-1"] = {Recall: [0.9], "fit_s": [None], "transform_s": [None]}
    assert isnan(_search(tmp_path, values).seconds)


def test_a_method_without_transform_is_selected_by_its_training_points(tmp_path: Path) -> None:
    values = {"a": {OfTraining: [0.5], "fit_s": [1.0]}, "a-1": {OfTraining: [0.6], "fit_s": [2.0]}}
    variants = {"a": {"reducer": "tsne", "search": SPACE}, "b": {"reducer": "pca"}}
    study = Study.model_validate(FIELDS | {"search": {}, "variants": variants}).resolved()
    b = {Recall: [0.1], OfTraining: [0.2], "fit_s": [1.0], "transform_s": [1.0]}
    a, pca = searches(results_maker.write(tmp_path, {**values, "b": b}, study))
    assert not a.has_transform and (a.best(RECALL), list(a.criteria)) == ("a-1", [RECALL])
    assert pca.has_transform and not pca.is_search and (pca.best(RECALL), pca.value("b", RECALL)) == ("b", 0.1)
