"""What costs would be far beyond what was measured: by the exponent that was put in, and with its interval."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.extrapolation import (
    COLUMNS,
    MAX_SPREAD,
    TARGET,
    Reach,
    in_proportion,
    mapped,
    reach,
    reaches,
    steps_of,
)
from bench.analysis.scaling import FIT, TRANSFORM, Law, series
from bench.studies.study import Variant
from tests.bench import results_maker as maker

N = (14_000, 20_000, 28_000, 40_000, 69_000)


def _law(low: float, high: float) -> Law:
    return Law((low + high) / 2, low, high, 1.0, 0.0, 10_000, 100_000)


def test_a_cost_goes_on_from_the_most_points_by_its_exponent(tmp_path: Path) -> None:
    times = {n: maker.successful((n / 10_000) ** 1.5) for n in N}
    (one,) = series(maker.growing(tmp_path, {"A": times}))
    found = reach(one, FIT, 690_000)
    assert found is not None and (found.n, found.factor) == (69_000, pytest.approx(10.0))
    assert found.at_target is not None and found.at_target.mean == pytest.approx(69.0**1.5)
    assert found.why_not == "" and not found.is_measured


def test_its_interval_is_that_of_the_exponent() -> None:
    found = Reach(100_000, 2.0, _law(1.0, 1.2), target=10_000_000)
    assert found.at_target is not None
    assert (found.at_target.low, found.at_target.high) == (pytest.approx(200.0), pytest.approx(2 * 100**1.2))
    assert found.at_target.mean == pytest.approx(2 * 100**1.1)


def test_where_too_little_is_known_nothing_is_said() -> None:
    within, beyond = (Reach(100_000, 2.0, _law(1.0, 1.0 + width), target=10_000_000) for width in (0.49, 0.51))
    assert within.spread < MAX_SPREAD < beyond.spread, "a hundred times as many points, and the root of that is ten"
    assert within.at_target is not None
    assert beyond.at_target is None and beyond.why_not == "uncertain by more than a factor of 10"
    without = Reach(100_000, 2.0, None, "too few numbers of points from 10,000 on")
    assert without.at_target is None and without.why_not == "too few numbers of points from 10,000 on"


def test_what_was_measured_is_not_extrapolated() -> None:
    found = Reach(TARGET, 2.0, None, "no law is needed")
    assert found.is_measured and found.at_target is not None and found.at_target.mean == 2.0
    assert (found.at_target.low, found.at_target.high, found.why_not) == (None, None, "")


def test_a_method_without_a_time_is_left_out(tmp_path: Path) -> None:
    late = maker.failed(maker.Status.TIMEOUT, "too late")
    never, transductive = dict.fromkeys(N, late), {n: maker.successful(n / 1e4, transductive=True) for n in N}
    results = maker.growing(tmp_path, {"NEVER": never, "STAYS": transductive})
    ((one, time, memory),) = reaches(series(results))
    assert (one.name, time.n) == ("STAYS", 69_000) and memory is not None
    assert reach(one, TRANSFORM) is None


def test_a_step_goes_on_in_proportion_from_the_most_points_up_to_the_target() -> None:
    assert in_proportion(1_000_000, 3.0).at_target == in_proportion(2_000_000, 6.0).at_target
    rows = [
        {"n": n, "step": step, "seconds": seconds}
        for n, step, seconds in (
            (2_000_000, "scoring", 8.0), (1_000_000, "scoring", 5.0), (90_000_000, "scoring", 1.0),
            (1_000_000, "fit", 1.0),
        )
    ]  # fmt: skip
    found = steps_of(pd.DataFrame(rows, columns=list(COLUMNS)))
    assert {key: (one.n, one.value) for key, one in found.items()} == {
        "scoring": (2_000_000, 8.0),
        "fit": (1_000_000, 1.0),
    }
    assert found["scoring"].at_target is not None and found["scoring"].at_target.mean == pytest.approx(40.0)


def test_mapping_goes_on_for_the_points_that_are_not_fitted(tmp_path: Path) -> None:
    variants = {name: Variant(reducer="pca", label=name.upper()) for name in ("maps", "stays")}
    values = {"maps": {"fit_s": [4.0, 4.0], "transform_s": [3.0, 3.0]}, "stays": {"fit_s": [4.0, 4.0]}}
    fields = {name: {"n_train": 50_000, "n_test": 150_000} for name in variants}
    study = maker.study_of(variants=variants, fit_on=50_000, map="all")
    (one,) = mapped(maker.write(tmp_path / "mapped", values, study, runs=fields))
    assert (one.method, one.n_fitted, one.n_mapped) == ("MAPS", 50_000, 150_000)
    assert one.at_target == pytest.approx(4.0 + 3.0 * (TARGET - 50_000) / 150_000)
    usual = maker.write(tmp_path / "usual", values, maker.study_of(variants=variants), runs=fields)
    assert not list(mapped(usual)), "test points alone are no study that maps"
