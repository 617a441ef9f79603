from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES
from bench.output.tables import build
from bench.output.tables.gains import gain, gains, note
from bench.store.records import Status
from bench.store.results import Results
from tests.bench import results_maker as maker

ACCURACY, KEYS = "knn_accuracy_k10", ["knn_accuracy_k5", "knn_accuracy_k10", "silhouette", "label_trustworthiness"]


def test_a_label_score_is_shown_less_that_of_the_data(tmp_path: Path) -> None:
    values = {
        "a": {
            ACCURACY: [0.90, 0.92, 0.94],
            "knn_accuracy_k5": [0.9] * 3,
            "silhouette": [0.4] * 3,
            "label_trustworthiness": [0.9] * 3,
        },
        "b": {ACCURACY: ["n/a (not finite)"] * 3, "silhouette": [0.0] * 3},
        "gone": {},
        "pixels": {ACCURACY: 0.93, "silhouette": 0.05, "knn_accuracy_k5": 0.9},
    }
    lost = {"gone": [maker.failed(Status.CRASHED, "ended by signal SIGSEGV")]}
    (table,) = gains(maker.write(tmp_path, values, outcomes=lost), "labels", KEYS)
    assert [column.key for column in table.columns] == ["knn_accuracy_k10-gain", "silhouette-gain"]
    rows = {row.key: row.cells for row in table.rows}
    assert rows["a"][0].value == pytest.approx(-0.01) and rows["a"][0].text == "-0.01"
    assert rows["a"][0].low == pytest.approx(0.92 - 0.0497 - 0.93, abs=1e-3)
    assert rows["a"][1].value == pytest.approx(0.35)
    assert (rows["b"][0].text, rows["b"][0].interval) == ("n/a", "(not finite)")
    assert rows["gone"][0].value is None


def test_a_method_that_was_fitted_on_other_points_has_no_gain(tmp_path: Path) -> None:
    values = {name: {ACCURACY: [0.9, 0.9], "silhouette": [0.4, 0.4]} for name in ("all", "nine")}
    specs = {"all": {"reducer": "pca"}, "nine": {"reducer": "pca", "without": "9", "label": "without 9"}}
    of_data = {"pixels": {ACCURACY: 0.8, "silhouette": 0.1}}
    results = maker.write(tmp_path, values | of_data, maker.study_of(variants=specs))
    (table,) = gains(results, "labels", KEYS)
    cells = {row.key: [(cell.text, cell.interval) for cell in row.cells] for row in table.rows}
    assert cells["nine"] == [("n/a", "(other points)")] * 2
    assert cells["all"][0][0] == "0.100"
    assert "without 9" not in note(results, [ACCURACY])[0]
    [headline] = build.headline(results, {key: ranking(results, key) for key in QUANTITIES}, ())
    assert {build.APART, build.OF_ALL_POINTS} <= set(headline.notes)


def test_samples_are_compared_one_by_one(tmp_path: Path) -> None:
    of_a = {(0, 0): 0.2, (1, 0): 0.3, (2, 0): 0.4}
    values = {"a": {"silhouette": of_a}, "pixels": {"silhouette": 0.1}}
    study = maker.study_of("a", samples=3, seeds=1)
    folder = maker.write(tmp_path, values, study).folder
    scores = pd.read_csv(folder / "scores.csv")
    pixels = scores[scores["variant"] == "pixels"]
    of_samples = [pixels.assign(sample=sample, value=value) for sample, value in enumerate((0.1, 0.2, 0.3))]
    table = pd.concat([scores[scores["variant"] == "a"], *of_samples])
    table.astype(dict.fromkeys(("sample", "seed", "k"), "Int64")).to_csv(folder / "scores.csv", index=False)
    found = gain(Results(folder), "a", "silhouette")
    assert found is not None and found.n == 3
    assert (found.mean, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))


def test_without_a_score_of_the_data_or_in_other_families_there_is_no_table(tmp_path: Path) -> None:
    without = maker.write(tmp_path / "without", {"a": {ACCURACY: [0.9]}})
    assert gains(without, "labels", KEYS) == [] and gain(without, "a", ACCURACY) is None
    of_both = maker.write(tmp_path / "both", {"a": {ACCURACY: [0.9]}, "pixels": {ACCURACY: 0.8}})
    assert gains(of_both, "neighbourhood", KEYS) == []


def test_one_sentence_says_what_the_data_have_and_how_far_embeddings_differ(tmp_path: Path) -> None:
    values = {
        "a": {ACCURACY: [0.9] * 2},
        "b": {ACCURACY: [0.96] * 2},
        "noise": {ACCURACY: [0.1] * 2},
        "pixels": {ACCURACY: 0.93},
    }
    variants = {name: {"reducer": "pca", "label": name.upper()} for name in ("a", "b")}
    study = maker.study_of(variants=variants | {"noise": {"reducer": "random_gaussian", "label": "NOISE"}})
    results = maker.write(tmp_path, values, study)
    said = "In the unreduced data: 10-NN accuracy 0.930, changed by -0.030 (A) to +0.030 (B)."
    assert note(results, [ACCURACY, "silhouette", "fit_s"]) == [said]
    (table,) = build.headline(results, {key: ranking(results, key) for key in QUANTITIES}, ())
    assert said in table.notes
    assert note(results, ["fit_s"]) == []
    families = build.by_family(results, {key: ranking(results, key) for key in QUANTITIES}, ())
    keys = [one.key for one in families]
    assert keys[keys.index("all-labels") + 1] == "gain-labels"


def test_both_label_scores_of_pairs_of_classes_stand_side_by_side(tmp_path: Path) -> None:
    both = ("label_trustworthiness", "label_continuity")
    results = maker.write(tmp_path, {"a": dict.fromkeys((*both, "silhouette", ACCURACY), [0.9] * 2)})
    tables = build.by_family(results, {key: ranking(results, key) for key in QUANTITIES}, ())
    table = next(one for one in tables if one.key == "all-labels")
    keys = [column.key for column in table.columns]
    assert keys[keys.index(both[0]) + 1] == both[1]
    other = {both[0]: "label-continuity", both[1]: "label-trustworthiness"}
    assert all(name in QUANTITIES[key].weakness for key, name in other.items())
