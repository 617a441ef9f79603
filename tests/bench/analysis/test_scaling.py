"""Growth with the number of points: exponents that were put in come out, and nothing is said beyond what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import scaling
from bench.analysis.scaling import ALL, FEWER_EPOCHS, FIT, MAX_FACTOR, MEMORY, MIN_POINTS, TRANSFORM, law, series
from bench.metrics import reference_space
from bench.store.records import Outcome, Status
from bench.store.results import Results
from tests.bench import results_maker as maker

N = (1_000, 4_000, 14_000, 20_000, 28_000, 40_000, 69_000)
LATE = maker.failed(Status.TIMEOUT, "took longer than the limit of 1 min 40 s")


def _cost(wall_s: float, mib: float = 0.0, baseline: float = 150.0) -> Any:
    return maker.cost(wall_s).__class__(wall_s, wall_s, baseline + mib, baseline, 100.0, 0.0, "VmHWM less mapped")


def _runs(times: Sequence[float]) -> list[Outcome]:
    return [maker.successful(seconds) for seconds in times]


@given(
    st.floats(-1, 3),
    st.floats(1e-6, 1e3),
    st.lists(st.integers(MIN_POINTS, ALL), min_size=3, max_size=9, unique=True),
)
def test_the_exponent_that_was_put_in_comes_out(exponent: float, factor: float, n: list[int]) -> None:
    found = law(n, [factor * (one / 1_000) ** exponent for one in n])
    assert found is not None
    assert found.exponent == pytest.approx(exponent, abs=1e-6)
    assert found.low <= found.exponent <= found.high
    assert (found.n_from, found.n_to) == (min(n), max(n))


def test_the_interval_holds_the_exponent_as_often_as_it_says() -> None:
    rng = np.random.RandomState(0)
    n = np.array(N[2:])
    found = [law(n, n**1.3 * np.exp(0.1 * rng.standard_normal(len(n)))) for _ in range(400)]
    held = np.mean([one is not None and one.low <= 1.3 <= one.high for one in found])
    assert 0.92 < held < 0.98


def test_through_two_numbers_of_points_there_is_no_law() -> None:
    assert law([14_000, 14_000, 28_000], [1.0, 1.1, 2.0]) is None
    assert law([14_000, 20_000, 28_000], [0.0, 1.0, 2.0]) is None, "nothing is no power of anything"


def test_an_exponent_that_may_as_well_be_another_is_none(tmp_path: Path) -> None:
    jumps = {n: maker.successful(0.0, fit=_cost(cost)) for n, cost in zip(N[2:5], (1.0, 3.0, 2.0), strict=True)}
    (jumping,) = series(maker.growing(tmp_path, {"JUMPS": jumps}))
    assert jumping.law(FIT) is None
    assert scaling.scaling_table([jumping])["note"][0] == "uncertain by more than 1"


@pytest.fixture
def results(tmp_path: Path) -> Results:
    linear = {n: maker.successful(0.0, fit=_cost(n / 1_000, n / 100), transform=_cost(0.5)) for n in N}
    slow = {n: maker.successful((n / 10_000) ** 2, transductive=True) if n < 40_000 else LATE for n in N}
    slow[69_000] = maker.failed(Status.TIMEOUT, f"not tried; on 40,000 points: {LATE.reason}")
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
    assert (memory["n_from"], memory["n_to"], memory["n_points"], memory["n_runs"]) == (14_000, 69_000, 5, 5)
    assert found.loc[("SLOW", "fit_s"), "exponent"] == pytest.approx(2.0)
    transductive = found.loc["SLOW", "transform_s"]
    assert pd.isna(transductive["exponent"]) and transductive["note"].startswith("not measured; nothing for 40,000")


def test_from_a_deadline_on_nothing_is_predicted(results: Results) -> None:
    linear, slow = series(results)
    assert linear.at_all(FIT) == pytest.approx(70.0) and linear.all_as_text(FIT) == "70"
    assert slow.law(FIT) is not None and slow.limit == 40_000
    assert [slow.at_all(quantity) for quantity in (FIT, MEMORY)] == [None, None]
    assert [slow.all_as_text(quantity) for quantity in (FIT, TRANSFORM, MEMORY)] == ["> 100 s", "n/a", "n/a"]
    assert pd.isna(scaling.scaling_table([slow])[f"at_{ALL}"]).all()


@pytest.mark.parametrize("more", [{}, {300_000: 700.0}], ids=["", "beyond it"])
def test_a_prediction_goes_on_from_the_nearest_that_was_measured(tmp_path: Path, more: dict[int, float]) -> None:
    times = {10_000: 10.0, 14_000: 14.0, 20_000: 20.0, 40_000: 40.0, 69_000: 99.0, **more}
    (one,) = series(maker.growing(tmp_path, {"A": {n: maker.successful(s) for n, s in times.items()}}))
    found = one.law(FIT)
    assert found is not None
    assert one.at_all(FIT) == pytest.approx(99.0 * (70 / 69) ** found.exponent), "the line itself passes below"


def test_out_of_memory_is_a_limit_but_no_deadline(tmp_path: Path) -> None:
    full = maker.failed(Status.OUT_OF_MEMORY, "held 9,000 MiB")
    (one,) = series(maker.growing(tmp_path, {"A": {n: _runs([n / 1_000]) if n < 69_000 else full for n in N}}))
    assert one.at_all(FIT) is None and one.all_as_text(FIT) == "n/a"


@pytest.mark.parametrize(("largest", "is_predicted"), [(ALL // MAX_FACTOR, True), (ALL // MAX_FACTOR - 1, False)])
def test_nothing_is_predicted_far_beyond_what_was_measured(tmp_path: Path, largest: int, is_predicted: bool) -> None:
    sizes = (10_000, 14_000, 20_000, largest)
    (one,) = series(maker.growing(tmp_path, {"A": {n: maker.successful(n / 1_000) for n in sizes}}))
    assert one.law(FIT) is not None
    assert (one.at_all(FIT) is not None) is is_predicted
    assert (one.all_as_text(FIT) == "70") is is_predicted


def test_a_number_of_points_counts_once_with_the_geometric_mean_of_its_runs(tmp_path: Path) -> None:
    sizes = (10_000, 14_000, 20_000, 40_000)
    level = {10_000: 10.0, 14_000: 15.0, 20_000: 19.0, 40_000: 41.0}
    once = {n: _runs([level[n]]) for n in sizes}
    thrice = {n: _runs([level[n] / 1.2, level[n], level[n] * 1.2]) for n in sizes}
    single, several = series(maker.growing(tmp_path, {"ONCE": once, "THRICE": thrice}))
    assert several.costs(FIT).to_dict() == pytest.approx(level)
    one, three = single.law(FIT), several.law(FIT)
    assert one is not None and three is not None
    ends = [(found.exponent, found.low, found.high) for found in (one, three)]
    assert ends[0] == pytest.approx(ends[1]), "repetition is no evidence of the slope"
    assert several.n_runs(FIT) == 12 and single.n_runs(FIT) == 4
    x, y = np.log(np.repeat(sizes, 3)), np.log([one.fit.wall_s for n in sizes for one in thrice[n] if one.fit])
    assert three.exponent == pytest.approx(np.polyfit(x, y, 1)[0]), "of equally many runs it is that of all"


def test_of_a_number_of_points_that_one_run_was_late_with_the_others_do_not_count(tmp_path: Path) -> None:
    by_n = {n: _runs([n / 1_000] * 3) for n in (5_000, 10_000, 20_000)}
    by_n[40_000] = [*_runs([90.0, 95.0]), LATE]
    by_n[69_000] = [*_runs([99.0, 99.5]), maker.failed(Status.TIMEOUT, "not tried")]
    (one,) = series(maker.growing(tmp_path, {"A": by_n}))
    assert one.costs(FIT).index.tolist() == [5_000, 10_000, 20_000], "their mean would be that of the fast ones"
    assert one.all_as_text(FIT) == "> 100 s with transform"
    assert one.missing.startswith("nothing for 40,000, 69,000 points (timeout: took longer")


def test_memory_is_that_of_the_first_run_of_a_process(tmp_path: Path) -> None:
    runs = [
        maker.successful(1.0, fit=_cost(1.0, 100.0)),
        maker.successful(1.0, fit=_cost(1.0, 5.0, baseline=245.0)),
    ]
    (one,) = series(maker.growing(tmp_path, {"A": dict.fromkeys((10_000, 14_000, 20_000), runs)}))
    assert one.costs(MEMORY).tolist() == [100.0] * 3
    assert (one.n_runs(MEMORY), one.n_runs(FIT)) == (3, 6)


def test_no_law_reaches_across_a_change_of_algorithm(tmp_path: Path) -> None:
    sizes = (1_000, 5_000, 10_000, 14_000, 20_000, 40_000)
    switches = {"UMAP": FEWER_EPOCHS, "OPENTSNE": 10_000, "OTHER": 0}
    by_label = {
        label: {n: maker.successful(n / (500 if n < switch else 1_000)) for n in sizes}
        for label, switch in switches.items()
    }
    specs = {"UMAP": {"reducer": "umap"}, "OPENTSNE": {"reducer": "opentsne"}}
    umap, opentsne, other = series(maker.growing(tmp_path, by_label, **specs))
    laws = [one.law(FIT) for one in (umap, opentsne, other)]
    assert [found and found.n_from for found in laws] == [14_000, 10_000, 10_000]
    assert [found and found.exponent for found in laws] == pytest.approx([1.0] * 3)
    assert [one.start for one in (umap, opentsne, other)] == [10_001, 10_000, MIN_POINTS]
    assert other.costs(FIT).index.tolist() == list(sizes) and list(other.used(FIT)) == list(sizes[2:])
    few = series(maker.growing(tmp_path / "few", {"UMAP": {n: by_label["UMAP"][n] for n in sizes[:5]}}, **specs))
    assert few[0].no_law(FIT) == "too few numbers of points from 10,001 on"


def test_scores_change_their_algorithm_where_ranks_do_not_fit() -> None:
    assert 12 * (scaling.IN_BLOCKS - 1) ** 2 <= reference_space.MEMORY < 12 * scaling.IN_BLOCKS**2


def test_costs_and_limits_of_another_machine_are_not_in_a_law(tmp_path: Path) -> None:
    sizes = (10_000, 20_000, 40_000)
    results = maker.growing(tmp_path, {"A": {n: [*_runs([n / 1e4] * 2), LATE] for n in sizes}})
    runs = results.frame("runs")
    runs["machine"] = np.where(runs["status"] == "ok", "x", "y")
    runs.to_csv(tmp_path / "runs.csv", index=False)
    [one] = series(Results(tmp_path))
    assert one.limit == np.inf and len(one.ok) == 6
    found = one.law(FIT)
    assert found is not None and found.exponent == pytest.approx(1)
