from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.analysis.caveats import Caveat, Mark, as_text, caveats
from bench.store.records import Outcome, Status
from bench.store.results import Results
from bench.store.values import RunId
from tests.bench import results_maker as maker


def _results(folder: Path, times: dict[str, list[float]], **changes: object) -> Results:
    outcomes = {variant: [maker.successful(wall, **changes) for wall in walls] for variant, walls in times.items()}
    return maker.write(folder, {variant: {} for variant in times}, outcomes=outcomes)


def _texts(folder: Path, times: dict[str, list[float]], **changes: object) -> str:
    return " ".join(caveat.text for caveat in caveats(_results(folder, times, **changes)))


def test_steady_times_need_no_caveat(tmp_path: Path) -> None:
    assert caveats(_results(tmp_path, {"a": [1.0, 1.5, 1.0], "b": [5.0, 5.1, 5.0]})) == []


def test_other_programs(tmp_path: Path) -> None:
    text = _texts(tmp_path, {"a": [1.0, 1.0]}, fit=maker.cost(1.0, other_cores=0.8))
    assert "Other programs kept cores busy during the fit, up to 0.8 of them." in text


def test_shortness(tmp_path: Path) -> None:
    assert "less than 100 ticks" in _texts(tmp_path, {"a": [1e-8, 1e-8]})


def test_drift_of_most_methods(tmp_path: Path) -> None:
    slower = {name: [1.0, 1.06, 1.15] for name in "abc"}
    found = caveats(_results(tmp_path / "all", slower))
    text = "The last round was 15% slower than the first, in the median method."
    assert found == [Caveat(text, columns=("fit_s",))]
    assert "round" not in _texts(tmp_path / "few", slower | {name: [1.0, 1.0, 1.0] for name in "defg"})


def test_failures_are_counted_with_their_reasons(tmp_path: Path) -> None:
    lost = [maker.failed(Status.CRASHED, "ended by signal SIGSEGV")] * 2
    lost += [maker.failed(Status.OUT_OF_MEMORY, "took more.")]
    [found] = caveats(maker.write(tmp_path, {"a": {}}, outcomes={"a": [*lost, maker.successful(1.0)]}))
    text = "3 of 4 runs failed: crashed: ended by signal SIGSEGV (2 runs); out of memory: took more (1 run)."
    assert found == Caveat(text, ("a",), (), Mark.FAILED)


def test_what_workers_report(tmp_path: Path) -> None:
    outcomes = [maker.successful(1.0, notes=("stopped early", "left 1 thread running")), maker.successful(1.0)]
    first, second = caveats(maker.write(tmp_path, {"a": {}}, outcomes={"a": outcomes}))
    assert first == Caveat("Stopped early (in 1 of 2 runs).", ("a",), ("fit_s", "fit_cpu_s", "fit_cores"))
    assert second.text == "Left 1 thread running (in 1 of 2 runs)."


def test_trainings_that_did_not_converge(tmp_path: Path) -> None:
    met = {"never": [False, False], "mostly": [True, False, True], "always": [True, True], "other": [None]}
    outcomes = {name: [maker.successful(1.0, converged=one) for one in of] for name, of in met.items()}
    found = caveats(maker.write(tmp_path, {name: {} for name in met}, outcomes=outcomes))
    assert found == [
        Caveat("Not converged: the training ended with its last epoch.", ("never",), (), Mark.NOT_CONVERGED),
        Caveat(
            "1 of 3 trainings did not converge: they ended with their last epoch.",
            ("mostly",),
            (),
            Mark.NOT_CONVERGED,
        ),
    ]


def test_first_use_concerns_start_and_memory_and_not_fit_times(tmp_path: Path) -> None:
    outcomes = {"a": [maker.successful(1.0, new_on_disk=40)], "b": [maker.successful(1.0)]}
    results = maker.write(tmp_path, {"a": {}, "b": {}}, outcomes=outcomes)
    [found] = caveats(results)
    assert (found.rows, found.columns) == (("a",), ("import_s", "cold_start_s", "peak_mib", "baseline_mib"))
    assert found.text.endswith("later ones start faster and hold less memory.")
    assert as_text(results, [found]) == [f"A: {found.text}"]


def _state(seeded: bool) -> Outcome:
    return maker.successful(4.0, repeatable=False, transductive=seeded)


def test_what_is_no_method_like_others(tmp_path: Path) -> None:
    values = {"a": {}, "free": {}, "lda": {"silhouette": 0.1}}
    outcomes = {"a": [_state(True)], "free": [_state(False)]}
    results = maker.write(tmp_path, values, outcomes=outcomes, runs={"free": {"random_state": None}})
    rows = {caveat.text.split(":")[0] + str(caveat.rows) for caveat in caveats(results)}
    assert rows == {"Supervised('lda',)", "Transductive('a',)", "Not repeatable('a',)", "Not repeatable('free',)"}


@pytest.mark.parametrize(("threads", "cores", "found"), [(2, 1.0, True), (2, 1.5, False), (1, 1.0, False)])
def test_a_fit_on_one_core_though_more_were_allowed(tmp_path: Path, threads: int, cores: float, found: bool) -> None:
    runs = {"a": {"threads": threads, "fit_cores": cores}}
    results = maker.write(tmp_path, {"a": {}}, outcomes={"a": [maker.successful(4.0)]}, runs=runs)
    assert any(caveat.text.startswith("Kept one core busy, though 2") for caveat in caveats(results)) is found
    busy = maker.successful(4.0, fit=maker.cost(4.0, other_cores=0.5))
    results = maker.write(tmp_path / "busy", {"a": {}}, outcomes={"a": [busy]}, runs=runs)
    assert not any(caveat.text.startswith("Kept one core busy") for caveat in caveats(results))


def test_memory_that_is_a_total_is_named_where_it_is_one(tmp_path: Path) -> None:
    total = replace(maker.cost(1.0), memory_method="VmHWM")
    old, new = maker.successful(fit=total), maker.successful()
    for name, outcomes, rows in (("all", {"a": [old]}, ()), ("some", {"a": [old], "b": [new]}, ("a",))):
        results = maker.write(tmp_path / name, {variant: {} for variant in outcomes}, outcomes=outcomes)
        [found] = [caveat for caveat in caveats(results) if "peak_mib" in caveat.columns]
        assert found.rows == rows and "the total of the process" in found.text and "mapped_mib" not in found.columns


def _on(folder: Path, machines: dict[str, list[str]], timed: dict[str, list[bool]] | None = None) -> Results:
    """Write runs of ten times as long on machine `y`, those untimed without costs."""
    outcomes = {name: [maker.successful(10.0 if one == "y" else 1.0) for one in of] for name, of in machines.items()}
    runs = {name: {"machine": of, "host": [f"host-{one}" for one in of]} for name, of in machines.items()}
    results = maker.write(folder, {name: {} for name in machines}, outcomes=outcomes, runs=runs)
    if timed:
        table = results.frame("runs").assign(timed=[one for name in machines for one in timed[name]])
        costs = [name for name in maker.COST_COLUMNS if name != "memory_method"]
        table.loc[~table["timed"], costs] = None
        table.to_csv(folder / "runs.csv", index=False)
    return Results(folder)


def test_machines_are_named_with_their_hosts_and_runs_without_costs_are_counted(tmp_path: Path) -> None:
    machines = {"a": ["x", "x", "y"], "b": ["x", "x", "x"], "c": ["y", "y", "y"], "d": ["x", "x", "y"]}
    found = caveats(_on(tmp_path, machines))
    [several] = [one for one in found if one.text.startswith("Several machines")]
    assert several.text == (
        "Several machines: 7 runs on machine 1, machine class x (host host-x); 5 runs on machine 2, machine class y "
        "(host host-y). Scores are of all of them, costs of machine 1 alone."
    )
    assert (several.rows, several.mark) == ((), None) and "fit_s" in several.columns
    some = [one for one in found if one.mark is Mark.MACHINES]
    assert [(one.text, one.rows) for one in some] == [
        ("Costs are of 2 of 3 runs: the others ran on another machine.", ("a",)),
        ("Costs are of 2 of 3 runs: the others ran on another machine.", ("d",)),
    ]
    assert "round" not in " ".join(one.text for one in found), "another machine is no drift"


def test_runs_that_shared_a_machine_by_intent_are_counted(tmp_path: Path) -> None:
    machines = {"a": ["x"] * 3, "b": ["x"] * 3}
    found = caveats(_on(tmp_path, machines, {"a": [True, False, True], "b": [False] * 3}))
    assert [one.text for one in found if "machine" in one.text] == [
        "4 of 6 runs shared a machine with others by intent, as several workers on one machine do: they have no costs.",
        "Costs are of 2 of 3 runs: the others ran on a shared machine.",
    ]
    assert not any("Transductive" in one.text for one in found), "no time of transform is no sign of there being none"
    [both] = [
        one
        for one in caveats(_on(tmp_path / "both", {"a": ["x", "x", "y"]}, {"a": [True, False, True]}))
        if one.mark is Mark.MACHINES
    ]
    assert both.text == "Costs are of 1 of 3 runs: the others ran on another or a shared machine."


def test_one_distinct_run_is_that_of_several_seeds_on_each_sample(tmp_path: Path) -> None:
    def rows(name: str, values: dict[str, dict[RunId, float]], seeds: int) -> tuple[str, ...]:
        of = {variant: {"knn_accuracy_k10": by_run} for variant, by_run in values.items()}
        results = maker.write(tmp_path / name, of, maker.study_of(*of, samples=6, seeds=seeds))
        return next((one.rows for one in caveats(results) if one.mark is Mark.ONE_RUN), ())

    runs = [(sample, seed) for sample in range(6) for seed in range(2)]
    varied = {run: 0.9 + 0.001 * place for place, run in enumerate(runs)}
    fixed = {run: 0.9 + 0.01 * run[0] for run in runs}
    assert rows("one", {"varied": {run: value for run, value in varied.items() if run[1] == 0}}, 1) == ()
    some = {"half": {run: value for run, value in varied.items() if run[0] < 3}}
    some |= {"fixed": fixed, "late": {run: value for run, value in fixed.items() if run[0] > 0}}
    assert rows("two", {"varied": varied} | some, 2) == ("fixed", "late"), "whichever samples have runs"
