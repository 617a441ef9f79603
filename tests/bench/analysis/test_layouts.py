"""Runs that fall into two groups are said to."""

from __future__ import annotations

from pathlib import Path

from bench.analysis.caveats import Mark, caveats
from bench.analysis.layouts import all_layouts, two_layouts
from bench.store.results import Results
from tests.bench import results_maker as maker

ACCURACY = "knn_accuracy_k10_test"
TWO = [0.912, 0.9255, 0.911, 0.924, 0.9131, 0.926, 0.9152, 0.9114, 0.9142, 0.9251]
ONE = [0.912, 0.914, 0.913, 0.916, 0.911, 0.917, 0.915, 0.9135, 0.9125, 0.918]
PROJECT = Path(__file__).parents[3]


def test_two_layouts_are_a_caveat_of_the_number(tmp_path: Path) -> None:
    results = maker.write(tmp_path, {"two": {ACCURACY: TWO}, "one": {ACCURACY: ONE}})
    found = two_layouts(results, "two", ACCURACY)
    assert found is not None
    assert found.text == "0.911 to 0.915 (6 seeds), 0.924 to 0.926 (4)"
    assert list(all_layouts(results)) == ["two"]
    [caveat] = [one for one in caveats(results) if one.mark is Mark.TWO_LAYOUTS]
    assert (caveat.rows, caveat.columns) == (("two",), (ACCURACY,))
    assert caveat.text.endswith(f"10-NN accuracy, test {found.text}.")


def test_samples_of_the_data_are_layouts_only_if_one_sample_has_both(tmp_path: Path) -> None:
    runs = [(place // 2, place % 2) for place in range(10)]
    values = {
        "data": {ACCURACY: dict(zip(runs, sorted(TWO), strict=True))},
        "seed": {ACCURACY: dict(zip(runs, TWO, strict=True))},
    }
    results = maker.write(tmp_path, values, maker.study_of(*values, samples=5, seeds=2))
    [(variant, [found])] = all_layouts(results).items()
    assert (variant, found.text) == ("seed", "0.911 to 0.915 (6 runs), 0.924 to 0.926 (4)")


def test_the_published_umap_has_two_layouts() -> None:
    results = Results(PROJECT / "results/full")
    assert two_layouts(results, "opentsne", ACCURACY) is None
    if not results.is_resampled:  # the study with ten seeds
        assert two_layouts(results, "umap", ACCURACY) is not None


def test_a_method_that_no_seed_changes_is_one_run(tmp_path: Path) -> None:
    values = {"fixed": {ACCURACY: [0.4, 0.4, 0.4]}, "other": {ACCURACY: [0.4, 0.5, 0.45]}}
    [caveat] = [one for one in caveats(maker.write(tmp_path, values)) if one.mark is Mark.ONE_RUN]
    assert caveat.rows == ("fixed",)
    assert caveat.text.startswith("1 distinct run: every seed gives the same embedding.")
