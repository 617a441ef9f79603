"""Growth with the number of points: exponents that were put in come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import scaling
from bench.analysis.scaling import ALL, FIT, MEMORY, MIN_POINTS, TRANSFORM, law, series
from bench.store.records import Status
from bench.store.results import Results
from tests.bench import results_maker as maker

N = (1_000, 4_000, 14_000, 20_000, 28_000, 40_000, 69_000)


def _cost(wall_s: float, mib: float = 0.0) -> Any:
    return maker.cost(wall_s).__class__(wall_s, wall_s, 150.0 + mib, 150.0, 100.0, 0.0, "VmHWM less mapped")


@given(
    st.floats(-1, 3),
    st.floats(1e-6, 1e3),
    st.lists(st.integers(MIN_POINTS + 1, ALL), min_size=3, max_size=9, unique=True),
)
def test_the_exponent_that_was_put_in_comes_out(exponent: float, factor: float, n: list[int]) -> None:
    found = law(n, [factor * (one / 1_000) ** exponent for one in n])
    assert found is not None
    assert found.exponent == pytest.approx(exponent, abs=1e-6)
    assert found.at(ALL) == pytest.approx(factor * (ALL / 1_000) ** exponent)
    assert found.low <= found.exponent <= found.high
    assert (found.n_from, found.n_to) == (min(n), max(n))


def test_the_interval_holds_the_exponent_as_often_as_it_says() -> None:
    rng = np.random.RandomState(0)
    n = np.array(N[2:])
    found = [law(n, n**1.3 * np.exp(0.1 * rng.standard_normal(len(n)))) for _ in range(400)]
    held = np.mean([one is not None and one.low <= 1.3 <= one.high for one in found])
    assert 0.92 < held < 0.98


@given(st.floats(1.5, 1e6))
def test_what_is_below_does_not_count(outlier: float) -> None:
    n = [1_000, MIN_POINTS, 14_000, 28_000, 56_000]
    costs = [outlier, outlier, 14.0, 28.0, 56.0]
    found = law(n, costs)
    assert found is not None
    assert found.exponent == pytest.approx(1.0)
    assert found.per_1000 == pytest.approx(1.0)
    assert found.r2 == pytest.approx(1.0)


def test_through_two_numbers_of_points_there_is_no_law() -> None:
    assert law([1_000, 14_000, 14_000, 28_000], [1.0, 1.0, 1.1, 2.0]) is None
    assert law([14_000, 20_000, 28_000], [0.0, 1.0, 2.0]) is None, "nothing is no power of anything"


def test_an_exponent_that_may_as_well_be_another_is_none(tmp_path: Path) -> None:
    jumps = {n: maker.successful(0.0, fit=_cost(cost)) for n, cost in zip(N[2:5], (1.0, 3.0, 2.0), strict=True)}
    (jumping,) = series(maker.growing(tmp_path, {"JUMPS": jumps}))
    assert jumping.law(FIT) is None
    assert scaling.scaling_table([jumping])["note"][0] == "uncertain by more than 1"


@pytest.fixture
def results(tmp_path: Path) -> Results:
    late = "took longer than the limit of 1 min 40 s"
    linear = {n: maker.successful(0.0, fit=_cost(n / 1_000, n / 100), transform=_cost(0.5)) for n in N}
    slow = {
        n: maker.successful((n / 10_000) ** 2, transductive=True)
        if n < 40_000
        else maker.failed(Status.TIMEOUT, late if n == 40_000 else f"not tried; on 40,000 points: {late}")
        for n in N
    }
    return maker.growing(tmp_path, {"LINEAR": linear, "SLOW": slow, "ONCE": {1_000: maker.successful(1.0)}})


def test_a_series_is_one_method_at_several_numbers_of_points(results: Results) -> None:
    linear, slow = series(results)
    assert (linear.name, slow.name) == ("LINEAR", "SLOW")
    assert linear.costs(FIT).to_dict() == pytest.approx({n: n / 1_000 for n in N})
    assert linear.costs(MEMORY).to_dict() == pytest.approx({n: n / 100 for n in N}), "beyond what was held before"
    assert slow.timed_out["n_train"].tolist() == [40_000, 69_000] and linear.missing == ""
    assert slow.missing == "nothing for 40,000, 69,000 points (timeout: took longer than the limit of 1 min 40 s)"
    assert slow.costs(TRANSFORM).empty


def test_the_frame_has_a_row_for_each_cost(results: Results) -> None:
    found = scaling.scaling_table(series(results)).set_index(["series", "quantity"])
    assert len(found) == 6
    memory = found.loc["LINEAR", "fit_mib"]
    assert memory[["exponent", "per_1000", f"at_{ALL}"]].tolist() == pytest.approx([1.0, 10.0, 700.0])
    assert (memory["n_from"], memory["n_to"], memory["n_points"]) == (14_000, 69_000, 5)
    assert found.loc[("SLOW", "fit_s"), "exponent"] == pytest.approx(2.0)
    assert found.loc[("SLOW", "fit_s"), f"at_{ALL}"] == pytest.approx(49.0)
    transductive = found.loc["SLOW", "transform_s"]
    assert pd.isna(transductive["exponent"]) and transductive["note"].startswith("not measured; nothing for 40,000")
