"""What is said of made-up numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.comparisons import ranking
from bench.analysis.quantities import QUANTITIES
from bench.output.findings import MAX_SENTENCES, NEEDS, advice, findings
from bench.store.records import Outcome, Status
from bench.store.results import Results
from tests.bench import results_maker as maker

SEEDS = 6
WOBBLE = (0.000, 0.004, -0.003, 0.002, -0.001, 0.003)
ACCURACY, TRUST = "knn_accuracy_k10", "trustworthiness_k5"


def _around(centre: float, order: int = 0) -> list[float]:
    return [centre + WOBBLE[(seed * (order + 1) + order) % SEEDS] for seed in range(SEEDS)]


def _fits(seconds: float) -> list[Outcome]:
    return [maker.successful(seconds * (1 + step)) for step in WOBBLE]


@pytest.fixture
def study(tmp_path: Path) -> Results:
    """Two methods that are equally good, one four times as fast; a third that is worse and faster still."""
    return maker.write(
        tmp_path,
        {
            "tsne": {ACCURACY: _around(0.90), "silhouette": _around(0.30, 1)},
            "umap": {ACCURACY: _around(0.90, 4), "silhouette": _around(0.40, 2)},
            "pca": {ACCURACY: [0.44] * SEEDS, "silhouette": [0.02] * SEEDS},
            "pixels": {"silhouette": 0.05},
        },
        outcomes={"tsne": _fits(8.0), "umap": _fits(2.0), "pca": _fits(0.05)},
    )


def _advice(results: Results) -> tuple[str, ...]:
    return advice(results, {key: ranking(results, key) for key in QUANTITIES})


def _findings(results: Results) -> tuple[str, ...]:
    return findings(results, {key: ranking(results, key) for key in QUANTITIES})


def _text(results: Results) -> str:
    return "\n".join(_findings(results))


def test_equals_are_named_with_their_times(study: Results) -> None:
    first, second, *_ = _findings(study)
    assert first == "TSNE has the best 10-NN accuracy: 0.901 [0.898, 0.904]; equivalent: UMAP 0.901 [0.898, 0.904]."
    assert second == "Of these UMAP has the fastest fit: 4.0 times as fast as TSNE [4.0, 4.0]."


def test_what_a_faster_method_loses_is_said(study: Results) -> None:
    text = _text(study)
    assert "PCA loses 0.461 [0.45" in text and "] in 10-NN accuracy compared with UMAP" in text
    assert ", and its fit is 40.0 times as fast [40.0, 40.0]." in text


def test_what_is_faster_by_chance_only_is_not_called_faster(tmp_path: Path) -> None:
    outcomes = {"good": _fits(4.0), "poor": [maker.successful(wall) for wall in (0.5, 9.0, 1.0, 7.0, 0.8, 3.0)]}
    values = {"good": {ACCURACY: _around(0.9)}, "poor": {ACCURACY: _around(0.5, 4)}}
    assert "loses" not in _text(maker.write(tmp_path, values, outcomes=outcomes))


def test_equally_good_and_equally_fast(tmp_path: Path) -> None:
    outcomes = {"a": _fits(4.0), "b": [maker.successful(wall) for wall in (3.99, 4.02, 4.0, 3.98, 4.01, 4.05)]}
    results = maker.write(tmp_path, {name: {ACCURACY: _around(0.9)} for name in "ab"}, outcomes=outcomes)
    assert "Their fit times are equivalent: A and B." in _text(results)


def test_what_few_seeds_leave_open_is_said_with_how_far_apart_it_may_be(tmp_path: Path) -> None:
    values = {"a": {ACCURACY: [0.90, 0.91, 0.92]}, "b": {ACCURACY: [0.6, 0.8, 0.7]}}
    text = _text(maker.write(tmp_path, values))
    assert "A and B in 10-NN accuracy: 3 seeds are too few: between -0.0" in text
    assert " apart, with a margin of 0.01." in text
    assert "lower by" not in text


def test_a_silhouette_above_that_of_the_data_is_said(study: Results) -> None:
    said = "UMAP separates the classes more than the data do: silhouette 0.400 [0.397, 0.403], in the data 0.050."
    assert said in _findings(study)


def test_a_single_best_is_compared_with_the_next(tmp_path: Path) -> None:
    said = "A has the best trustworthiness (k = 5): 0.901 [0.898, 0.904] (B: 0.801, lower by 0.100 [0.100, 0.100])."
    assert _findings(maker.write(tmp_path, {"a": {TRUST: _around(0.9)}, "b": {TRUST: _around(0.8)}})) == (said,)


def test_sentences_are_of_methods_that_were_fitted_on_the_same_points(tmp_path: Path) -> None:
    means = {"a": 0.9, "b": 0.8, "c": 0.99, "d": 0.98}
    values = {name: {ACCURACY: _around(mean)} for name, mean in means.items()}
    results = maker.write(tmp_path, values, runs={name: {"n_train": 50} for name in "cd"})
    of_some = "Only methods with the same training points and number of dimensions are compared"
    assert _findings(results)[0] == _advice(results)[0] == f"{of_some}, here A and B."
    assert _findings(results)[1].startswith("A has the best 10-NN accuracy: 0.901")


def test_a_silhouette_is_compared_with_that_of_the_same_points(study: Results) -> None:
    runs = study.frame("runs")
    runs.loc[runs["variant"] == "umap", "n_train"] -= 1
    runs.to_csv(study.folder / "runs.csv", index=False)
    assert "UMAP separates the classes" not in _text(Results(study.folder))


def test_methods_that_share_no_seeds_are_not_compared(tmp_path: Path) -> None:
    """Each was successful with seeds of its own: nothing may be said of the two."""
    lost, ok = maker.failed(Status.CRASHED, "x"), maker.successful(1.0)
    values = {"a": {ACCURACY: [0.9, 0.91, None, None]}, "b": {ACCURACY: [None, None, 0.5, 0.52]}}
    outcomes = {"a": [ok, ok, lost, lost], "b": [lost, lost, ok, ok]}
    text = _text(maker.write(tmp_path, values, outcomes=outcomes))
    assert "lower by" not in text and "difference" not in text


def test_no_more_than_ten_sentences(tmp_path: Path) -> None:
    gone = {f"gone{i}": [maker.failed(Status.TIMEOUT, "too long")] for i in range(15)}
    assert len(_findings(maker.write(tmp_path, {variant: {} for variant in gone}, outcomes=gone))) == MAX_SENTENCES


def test_failures_and_single_runs_are_said(tmp_path: Path) -> None:
    lost = [maker.failed(Status.OUT_OF_MEMORY, reason) for reason in "xy"]
    results = maker.write(tmp_path, {"one": {ACCURACY: [0.5]}, "gone": {}}, outcomes={"gone": lost})
    assert _findings(results) == (
        "GONE has no numbers: all of its runs failed (out of memory).",
        "ONE had one successful run only and cannot be compared.",
    )
    assert _advice(results) == ()


def test_many_single_runs_and_a_series_that_ended_early_are_one_sentence_each(tmp_path: Path) -> None:
    late, ok = maker.failed(Status.TIMEOUT, "took too long"), maker.successful(1.0)
    slow = {n: ok if n < 3_000 else late for n in (1_000, 2_000, 3_000, 4_000)}
    text = _text(maker.growing(tmp_path, {"FAST": dict.fromkeys(range(1_000, 11_000, 1_000), ok), "SLOW": slow}))
    assert "SLOW, n = 3,000 has no numbers" in text and "SLOW, n = 4,000" not in text
    assert "12 methods had one successful run only" in text and "FAST" not in text


def test_without_labels_the_neighbours_decide(tmp_path: Path) -> None:
    values = {name: {ACCURACY: ["n/a (no labels)"] * SEEDS, TRUST: _around(0.9)} for name in "ab"}
    text = _text(maker.write(tmp_path, values))
    assert "kNN accuracy" not in text
    assert "A has the best trustworthiness (k = 5): 0.901 [0.898, 0.904]; equivalent: B 0.901" in text


def test_advice_names_the_best_and_its_equals(study: Results) -> None:
    lines = _advice(study)
    assert (
        "If you need classes recognised by their neighbours: TSNE (10-NN accuracy 0.901); equivalent: UMAP (0.901)."
        in lines
    )
    assert "If you need speed: PCA (fit 0.050 s)." in lines
    assert not any("reconstructed" in line for line in lines), "nobody can"


def test_what_decides_a_need_is_a_quantity_with_a_direction() -> None:
    assert all(QUANTITIES[key].better for key in NEEDS.values())


@pytest.mark.parametrize("seeded", [True, False])
def test_a_slow_first_call_is_said(tmp_path: Path, seeded: bool) -> None:
    warm = maker.successful(2.0, cold_start=None)
    outcomes = {"a": [maker.successful(2.0, cold_start=maker.cost(20.1)), warm, warm], "b": [warm] * 3}
    runs = {} if seeded else {"a": {"random_state": None}}
    results = maker.write(tmp_path, {name: {ACCURACY: [0.5] * 3} for name in "ab"}, outcomes=outcomes, runs=runs)
    text = _text(results)
    assert (
        "A new process pays 21 s before the first result of A, for import and a first call, compilation included"
        in text
    )
    assert "a fit, once warm, takes 2.0 s." in text


def test_the_first_use_of_an_installation_does_not_count(tmp_path: Path) -> None:
    slow = maker.successful(2.0, cold_start=maker.cost(20.0), new_on_disk=40)
    results = maker.write(tmp_path, {name: {ACCURACY: [0.5]} for name in "ab"}, outcomes={"a": [slow]})
    assert "A new process" not in _text(results)
