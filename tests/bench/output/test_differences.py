"""Each difference or ratio that a page prints is that of the two numbers beside it, to rounding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.analysis.comparisons import ranking
from bench.analysis.noise_floor import floors
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.commands import compare_results
from bench.output.faq import cost, networks, parameters, quality, tuning
from bench.output.faq.findings import training
from bench.output.findings import findings
from bench.store.results import Results
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import MadeUp

NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?"
SIX = [(sample, seed) for sample in range(3) for seed in range(2)]


def _noisy(made: MadeUp) -> MadeUp:
    """Return a study whose values differ from seed to seed by a few per cent, unevenly."""
    rng = np.random.RandomState(0)

    def noisy(cell: Any) -> Any:
        if isinstance(cell, list) and all(isinstance(one, float) for one in cell):
            factors = np.exp(0.04 * rng.gamma(1, 1, len(cell)))
            return [value * float(factor) for value, factor in zip(cell, factors, strict=True)]
        return cell

    return replace(made, values={v: {key: noisy(cell) for key, cell in of.items()} for v, of in made.values.items()})


def _number(text: str) -> tuple[float, float]:
    """Return the first number of a text, and by how much rounding may have moved it."""
    found = re.search(NUMBER, text)
    assert found is not None, text
    digits = len(found[0].partition(".")[2])
    return float(found[0].replace(",", "")), 0.5 * 10**-digits + 1e-9


def _check(printed: str, first: str, second: str) -> None:
    """Check a difference, the first less the second."""
    (size, rounding), (a, of_a), (b, of_b) = map(_number, (printed, first, second))
    assert size == pytest.approx(a - b, abs=rounding + of_a + of_b), (printed, first, second)


def _check_ratio(printed: str, first: str, second: str) -> None:
    """Check a ratio, the first over the second."""
    (size, rounding), (a, of_a), (b, of_b) = map(_number, (printed, first, second))
    assert size == pytest.approx(a / b, abs=rounding + of_a / b + of_b * a / b**2), (printed, first, second)


def test_what_a_transform_gains_over_a_baseline(tmp_path: Path) -> None:
    rows = quality.transformed(_noisy(made_up.full()).write(tmp_path)).rows
    assert len(rows) > 3
    for _, _, own, baseline, gain, *_ in rows:
        _check(gain, own, baseline)


def test_one_thread_over_two(tmp_path: Path) -> None:
    rows = cost.by_threads(_noisy(made_up.threads()).write(tmp_path)).rows
    header = cost.by_threads(Results(tmp_path / "threads")).header
    one, two, ratio = (list(header).index(name) for name in ("fit on one, s", "fit on two, s", "one over two"))
    assert len(rows) == 3
    for row in rows:
        _check_ratio(row[ratio], row[one], row[two])


def test_what_pca_first_saves(tmp_path: Path) -> None:
    found = parameters.pca_first(_noisy(made_up.pca_first()).write(tmp_path))
    for (_, ratio), (_, alone, after, *_) in zip(found.facts["times"], found.rows, strict=True):
        _check_ratio(ratio, after, alone)


def test_what_tuning_gains(tmp_path: Path) -> None:
    made_up.tuning().write(tmp_path)
    umap = tuning.gains(_noisy(made_up.tuned()).write(tmp_path)).rows[0]
    _check(umap[3], umap[2], umap[1])
    _check(umap[6], umap[5], umap[4])


def test_what_layers_gain(tmp_path: Path) -> None:
    results = _noisy(made_up.networks()).write(tmp_path)
    facts, rows = training(results), {row[0]: row for row in networks.architectures(results).rows}
    assert facts is not None
    [(one, long, short)] = facts["networks"]
    large, small = (rows[results.label(variant)] for variant in (one.first, one.second))
    _check(f"{one.change:+.3f}", large[2], small[2])
    assert _number(large[-1])[0] == pytest.approx(float(long), abs=1)
    assert _number(small[-1])[0] == pytest.approx(float(short), abs=1)


def _methods() -> Mapping[str, Mapping[str, Any]]:
    rng = np.random.RandomState(1)
    levels = {"tsne": (0.95, 30.0), "umap": (0.90, 9.0), "pca": (0.44, 0.2)}
    return {
        name: {
            "knn_accuracy_k10": {run: level + 0.01 * rng.gamma(1, 1) for run in SIX},
            "trustworthiness_k5": {run: level + 0.001 * rng.standard_normal() for run in SIX},
            "fit_s": {run: seconds * float(np.exp(0.1 * rng.gamma(1, 1))) for run in SIX},
        }
        for name, (level, seconds) in levels.items()
    }


@pytest.fixture(params=[1, 3], ids=["seeds", "samples"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Results:
    """Three methods that differ, over six seeds, or over three samples of the data with two seeds each."""
    names = {run: run if request.param > 1 else (0, place) for place, run in enumerate(SIX)}
    values = {
        variant: {key: {names[run]: value for run, value in of.items()} for key, of in quantities.items()}
        for variant, quantities in _methods().items()
    }
    fields = {"samples": request.param, "seeds": 6 // request.param}
    return maker.write(tmp_path / "study", values, maker.study_of(*values, **fields))


def test_a_finding_says_by_how_much_a_method_is_better(study: Results) -> None:
    sentences = findings(study, {key: ranking(study, key) for key in QUANTITIES})
    worse = [one for one in sentences if "lower by" in one]
    assert len(worse) == 2
    for sentence in worse:
        best, other, size = re.findall(rf"(?:: |by )({NUMBER})", sentence)
        _check(size, best, other)


def test_comparisons_are_of_the_means_of_the_summary(study: Results) -> None:
    for key in ("knn_accuracy_k10", "fit_s"):
        for pair in ranking(study, key).comparisons:
            first, second = (interval_of(study, variant, key) for variant in (pair.first, pair.second))
            assert first is not None and second is not None
            expected = first.mean / second.mean if key == "fit_s" else first.mean - second.mean
            assert pair.change == pytest.approx(expected)
            assert pair.n == (3 if study.is_resampled else 6)


def test_a_change_between_two_folders_is_that_of_its_two_means(study: Results, tmp_path: Path) -> None:
    values = {
        variant: {key: dict(study.values(variant, key).by_run) for key in ("knn_accuracy_k10", "fit_s")}
        for variant in study.variants
    }
    for of in values.values():
        of["knn_accuracy_k10"] = {run: 0.98 * value + 0.001 * run[1] for run, value in of["knn_accuracy_k10"].items()}
        of["fit_s"] = {run: 1.3 * value * (1 + 0.01 * run[1]) for run, value in of["fit_s"].items()}
    other = maker.write(tmp_path / "other", values, study.study)
    for change in (*compare_results._scores(study, other), *compare_results._costs(study, other, "a machine")):
        if change.test is not None and change.old and change.new:
            is_ratio = change.test.quantity.is_ratio
            expected = change.new / change.old if is_ratio else change.new - change.old
            assert change.test.change == pytest.approx(expected)


def test_a_noise_floor_is_of_the_means_of_the_summary(tmp_path: Path) -> None:
    variants = {name: Variant(reducer="pca", label=name.upper()) for name in "ab"}
    times = {"a": [1.0, 4.0, 2.0], "b": [2.0, 2.0, 2.1]}
    study = Study(name="noise", dataset="clouds", variants=variants)
    results = maker.write(tmp_path, {name: {"fit_s": of} for name, of in times.items()}, study)
    [floor] = floors(results, "a", "b")
    means = [interval_of(results, name, "fit_s") for name in "ab"]
    assert [floor.first, floor.second] == [one.mean for one in means if one]
    assert floor.first == pytest.approx(2.0), "geometric, as everywhere"
