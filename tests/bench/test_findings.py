"""What is said of made-up numbers."""

from __future__ import annotations

import pytest

from bench.findings import MOST, NEEDS, advice, findings
from bench.reading import Reading
from bench.records import Outcome, Status
from bench.scores import Value
from bench.tables.build import tabulate
from bench.tables.columns import COLUMNS
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

SEEDS = 6
WOBBLE = (0.000, 0.004, -0.003, 0.002, -0.001, 0.003)


def _around(centre: float, order: int = 0) -> list[float]:
    return [centre + WOBBLE[(seed * (order + 1) + order) % SEEDS] for seed in range(SEEDS)]


def _fits(seconds: float) -> list[Outcome]:
    return [maker.well(seconds * (1 + step)) for step in WOBBLE]


def _study(**more: object) -> Reading:
    """Two methods that are equally good, one four times as fast; a third that is worse and faster still."""
    accuracy, silhouette = ("knn_accuracy", 10), ("silhouette", None)
    return maker.reading(
        make_dataset(),
        {
            "tsne": {accuracy: _around(0.90), silhouette: _around(0.30, 1)},
            "umap": {accuracy: _around(0.90, 4), silhouette: _around(0.40, 2)},
            "pca": {accuracy: [0.44] * SEEDS, silhouette: [0.02] * SEEDS},
        },
        {"tsne": _fits(8.0), "umap": _fits(2.0), "pca": _fits(0.05)},
        {"pixels": [Value("silhouette", "fit", None, 0.05)]},
        **more,
    )


def _sentences(reading: Reading) -> str:
    return "\n".join(finding.sentence for finding in findings(tabulate(reading)))


def test_equals_are_named_with_their_times() -> None:
    said = _sentences(_study())
    assert "TSNE and UMAP cannot be told apart in kNN accuracy (k = 10): 0.901 [" in said
    assert "Of these UMAP fits the fastest: 4.0 times as fast as TSNE, 95 % interval 4.0 to 4.0." in said


def test_what_a_faster_method_gives_up_is_said() -> None:
    said = _sentences(_study())
    assert "PCA gives up 0.461 (95 % interval 0.458 to 0.464) in kNN accuracy (k = 10) beside" in said
    assert "and fits 40.0 times as fast as UMAP, 95 % interval 40.0 to 40.0." in said


def test_what_is_faster_by_chance_only_is_not_called_faster() -> None:
    accuracy, times = ("knn_accuracy", 10), (0.5, 9.0, 1.0, 7.0, 0.8, 3.0)
    outcomes = {"good": _fits(4.0), "poor": [maker.well(seconds) for seconds in times]}
    reading = maker.reading(
        make_dataset(), {"good": {accuracy: _around(0.9)}, "poor": {accuracy: _around(0.5, 4)}}, outcomes
    )
    assert "gives up" not in _sentences(reading)


def test_a_silhouette_above_that_of_the_data_is_said() -> None:
    said = _sentences(_study())
    assert "The silhouette of UMAP, 0.400 [0.397, 0.403], is above that of the data themselves, 0.050: it" in said


def test_a_single_best_is_ahead_of_the_next() -> None:
    reading = maker.reading(
        make_dataset(),
        {"a": {("trustworthiness", 5): _around(0.9)}, "b": {("trustworthiness", 5): _around(0.8)}},
    )
    said = _sentences(reading)
    assert "A has the best trustworthiness (k = 5), 0.901 [0.897, 0.904], ahead of B by 0.100 (95 % interval" in said


def test_methods_that_share_no_seeds_have_no_verdict() -> None:
    """Each ended well with seeds of its own: nothing may be said of the two."""
    ill, well = maker.ill(Status.CRASHED, "x"), maker.well(1.0)
    accuracy = {("knn_accuracy", 10): [0.9, 0.91, 0.5, 0.52]}
    outcomes = {"a": [well, well, ill, ill], "b": [ill, ill, well, well]}
    said = _sentences(maker.reading(make_dataset(), {"a": accuracy, "b": accuracy}, outcomes))
    assert "ahead" not in said and "told apart" not in said


def test_no_more_than_ten_sentences_and_every_column_is_one() -> None:
    gone = {f"gone{i}": [maker.ill(Status.TIMEOUT, "too long")] for i in range(15)}
    reading = maker.reading(make_dataset(), {name: {} for name in gone}, gone)
    assert len(findings(tabulate(reading))) == MOST
    assert {key for finding in findings(tabulate(_study())) for key in finding.columns} <= COLUMNS.keys()


def test_failures_and_single_seeds_are_said() -> None:
    reading = maker.reading(
        make_dataset(),
        {"one": {("knn_accuracy", 10): [0.5]}, "gone": {}},
        {"gone": [maker.ill(Status.OUT_OF_MEMORY, "x"), maker.ill(Status.OUT_OF_MEMORY, "y")]},
    )
    said = _sentences(reading)
    assert "GONE has no numbers: none of its runs ended well (out of memory)." in said
    assert "ONE ended well with one seed only" in said
    assert "best" not in said
    assert advice(tabulate(reading)) == ()


def test_many_single_seeds_and_a_series_that_ended_early_are_one_sentence_each() -> None:
    late = maker.ill(Status.TIMEOUT, "took too long")
    slow = {n: maker.well(1.0) if n < 3_000 else late for n in (1_000, 2_000, 3_000, 4_000)}
    said = _sentences(
        maker.growing(make_dataset(), {"FAST": {n: maker.well(1.0) for n in range(1_000, 11_000, 1_000)}, "SLOW": slow})
    )
    assert "SLOW, n = 3,000 has no numbers" in said and "SLOW, n = 4,000" not in said
    assert "12 methods ended well with one seed only" in said and "FAST" not in said


def test_without_labels_the_neighbours_decide() -> None:
    reading = maker.reading(
        make_dataset(labels=False),
        {
            name: {("knn_accuracy", 10): ["n/a (no labels)"] * SEEDS, ("trustworthiness", 5): _around(0.9)}
            for name in "ab"
        },
    )
    said = _sentences(reading)
    assert "kNN accuracy" not in said
    assert "A and B cannot be told apart in trustworthiness" in said


def test_advice_names_the_best_and_its_equals() -> None:
    lines = {line.need: line for line in advice(tabulate(_study()))}
    assert lines["classes that stand apart"].sentence in (
        "If you need classes that stand apart: TSNE (0.901); not to be told apart from it: UMAP (0.901).",
        "If you need classes that stand apart: UMAP (0.901); not to be told apart from it: TSNE (0.901).",
    )
    assert lines["speed"].sentence == "If you need speed: PCA (0.050 s)."
    assert "points rebuilt from the embedding" not in lines, "nobody can"


def test_what_decides_a_need_is_a_column() -> None:
    assert set(NEEDS.values()) <= COLUMNS.keys()
    assert all(COLUMNS[key].better for key in NEEDS.values())


@pytest.mark.parametrize("seeded", [True, False])
def test_a_slow_first_call_is_said(seeded: bool) -> None:
    slow = [maker.well(2.0, cold_start=maker.cost(20.0)), *(maker.well(2.0, cold_start=None) for _ in range(2))]
    state = {} if seeded else {"random_state": None}
    reading = maker.reading(
        make_dataset(), {name: {("knn_accuracy", 10): [0.5] * 3} for name in "ab"}, {"a": slow}, a=state
    )
    assert "The first call of A in a new process takes 10.0 times as long as its fit once warm" in _sentences(reading)


def test_a_first_call_is_not_judged_by_the_first_use_of_an_installation() -> None:
    slow = maker.well(2.0, cold_start=maker.cost(20.0), new_on_disk=40)
    reading = maker.reading(make_dataset(), {name: {("knn_accuracy", 10): [0.5]} for name in "ab"}, {"a": [slow]})
    assert "The first call" not in _sentences(reading)
