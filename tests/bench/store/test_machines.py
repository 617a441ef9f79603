"""Costs are those of one machine class, scores those of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

from bench.datasets import Dataset
from bench.execution import environment
from bench.store import elsewhere, machines
from bench.store.checked import from_json, to_json
from bench.store.export import export, runs_table
from bench.store.machines import OTHER, SHARED, class_of_costs, is_pooled, joined, known, same_on_all
from bench.store.records import Environment, Machine, Record
from bench.store.results import Results
from bench.store.values import RunId
from tests.bench import results_maker as maker

SCORES = {"knn_accuracy_k10_test": [0.9, 0.91, 0.92], "knn_accuracy_k10": [0.9, 0.91, 0.92]}
TIMES = {"fit_s": [1.0, 1.1, 9.0], "transform_s": [0.1, 0.1, 0.9]}


def _write(folder: Path, machine: Mapping[str, Sequence[str]], **timed: Sequence[bool]) -> Results:
    """Write runs of three seeds whose machine classes are given by variant; costs of untimed ones are left out."""
    results = maker.write(folder, {name: SCORES | TIMES for name in machine})
    runs = results.frame("runs").assign(machine=[one for of in machine.values() for one in of])
    runs["host"] = "host-" + runs["machine"]
    if timed:
        runs["timed"] = [one for name in machine for one in timed.get(name, [True] * 3)]
        runs.loc[~runs["timed"], list(TIMES)] = None
    runs.to_csv(folder / "runs.csv", index=False)
    return Results(folder)


def _machine(name: str, cores: int = 2) -> Machine:
    return Machine(processor=name, cores=cores, memory_mib=2048, system="Linux")


def _environment(fingerprint: str = "x", **changes: object) -> Environment:
    found = environment.environment("clouds", "a hash", "three clouds", 1)
    return found.model_copy(update={"fingerprint": fingerprint, "processor": f"processor {fingerprint}", **changes})


def test_the_class_with_most_timed_runs_has_the_costs() -> None:
    runs = pd.DataFrame({"machine": ["b", "a", "a", "b", "c"]})
    assert is_pooled(runs).tolist() == [True, False, False, True, False], "of as many runs the first class"
    assert is_pooled(runs.assign(timed=[False, True, True, True, True])).tolist() == [False, True, True, False, False]
    assert is_pooled(pd.DataFrame({"seed": [0, 1]})).all(), "earlier tables do not name machines"
    assert class_of_costs([]) == ""


def test_rows_measured_elsewhere_have_a_class_of_their_own() -> None:
    where = ["elsewhere", "elsewhere", "here", "earlier"]
    runs = pd.DataFrame({"machine": ["a", "a", "b", "b"], "measured": where})
    assert is_pooled(runs).all()


def test_times_of_two_machines_are_never_pooled(tmp_path: Path) -> None:
    results = _write(tmp_path, {"a": "xxy", "b": "yyx", "c": "xxx", "d": "yyy"})
    assert results.has_machines and results.machine_names == {
        "x": "machine class x (host host-x)",
        "y": "machine class y (host host-y)",
    }
    assert results.values("a", "fit_s").by_run == {(0, 0): 1.0, (0, 1): 1.1}
    assert results.values("b", "fit_s").by_run == {(0, 2): 9.0}
    assert results.values("d", "fit_s").by_run == {} and results.values("d", "fit_s").reason == OTHER
    assert results.values("d", "inverse_s").reason == "n/a (no inverse)"
    assert [len(results.values(name, "knn_accuracy_k10")) for name in "abcd"] == [3] * 4
    assert results.costed["variant"].value_counts().to_dict() == {"c": 3, "a": 2, "b": 1}
    # The class is that of the whole study.
    assert results.only(("d",)).values("d", "fit_s").reason == OTHER


def test_untimed_runs_have_no_costs(tmp_path: Path) -> None:
    results = _write(tmp_path, dict.fromkeys("ab", "xxx"), a=[False] * 3, b=[True, True, False])
    assert results.values("a", "fit_s").reason == SHARED == "n/a (shared machine)"
    assert results.values("a", "transform_s").reason == SHARED and not results.is_transductive("a")
    assert len(results.values("b", "fit_s")) == 2 and len(results.values("a", "knn_accuracy_k10")) == 3


def test_a_transductive_method_is_told_by_its_scores_where_no_time_is(tmp_path: Path) -> None:
    values = {"a": {"knn_accuracy_k10_test": ["n/a (transductive)"], "knn_accuracy_k10": [0.9]}}
    runs = maker.write(tmp_path, values).frame("runs").assign(timed=False)
    runs.to_csv(tmp_path / "runs.csv", index=False)
    results = Results(tmp_path)
    assert results.is_transductive("a") and results.values("a", "transform_s").reason == "n/a (transductive)"
    assert results.values("a", "fit_s").reason == SHARED


def test_the_table_says_of_which_runs_costs_are_measurements_only_where_they_differ(dataset: Dataset) -> None:
    timed, untimed = maker.record("a", 0, dataset), maker.record("a", 1, dataset, timed=False)
    assert "timed" not in runs_table([timed])
    table = runs_table([timed, untimed])
    assert table["timed"].tolist() == [True, False]
    costs = [name for name in table if name.endswith(("_s", "_cores", "_mib"))]
    assert len(costs) > 20 and table.loc[1, costs].isna().all() and table.loc[0, "fit_s"] == 1.0
    assert table.loc[1, "n_components"] == 2 and untimed.outcome.fit is not None, "the record keeps them"


def test_a_record_is_stored_as_before_unless_it_is_untimed(dataset: Dataset) -> None:
    timed, untimed = maker.record("a", 0, dataset), maker.record("a", 0, dataset, timed=False)
    assert b"timed" not in to_json(timed)
    assert [from_json(to_json(one), Record).timed for one in (timed, untimed)] == [True, False]
    assert b"machines" not in to_json(_environment())


def test_a_store_with_an_untimed_run_is_exported_and_read(tmp_path: Path, dataset: Dataset) -> None:
    records = [maker.record("a", 0, dataset), maker.record("a", 1, dataset, timed=False)]
    store = maker.folder(tmp_path, dataset, records)
    export(store)
    assert list(Results(tmp_path).values("a", "fit_s").by_run) == [(0, 0)]


@pytest.mark.parametrize(
    ("same_as", "machine_of", "found"),
    [
        # Two machines, on each of which all seeds give the same: one run.
        ({(0, 1): (0, 0)}, {(0, 0): "x", (0, 1): "x", (0, 2): "y"}, {(0, 1): (0, 0), (0, 2): (0, 0)}),
        ({(0, 1): (0, 0)}, {(0, 0): "x", (0, 1): "x", (0, 2): "x"}, {(0, 1): (0, 0)}),
        ({}, {(0, 0): "x", (0, 1): "x", (0, 2): "y"}, {}),
        ({}, {(0, 0): "x", (0, 1): "y"}, {}),
        ({(0, 1): (0, 0)}, {(0, 0): "x", (0, 1): "x", (0, 2): "y", (0, 3): "y"}, {(0, 1): (0, 0)}),
    ],
)
def test_a_machine_is_no_seed(
    same_as: dict[RunId, RunId], machine_of: dict[RunId, str], found: dict[RunId, RunId]
) -> None:
    assert same_on_all(same_as, machine_of) == found


def test_a_method_that_no_seed_changes_is_one_run_on_two_machines(tmp_path: Path) -> None:
    values = {"a": {"knn_accuracy_k10": [0.9, 0.9, 0.9 + 1e-9], "silhouette": [0.5, 0.5, 0.5]}}
    runs = maker.write(tmp_path, values).frame("runs").assign(machine=["x", "x", "y"])
    runs.to_csv(tmp_path / "runs.csv", index=False)
    found = Results(tmp_path).values("a", "knn_accuracy_k10")
    assert found.is_fixed and found.units() == {(0, 0): 0.9}


def test_an_environment_is_that_of_the_costs_and_names_all_classes() -> None:
    others = {"y": _machine("Y", 4)}
    runs = [maker.record("a", seed, machine=machine) for seed, machine in enumerate("xyyz")]
    where = _environment()
    found = joined(where, others, runs)
    assert (found.fingerprint, found.processor, found.cores) == ("y", "Y", 4)
    assert {name: one.processor for name, one in found.machines.items()} == {"x": "processor x", "y": "Y"}
    assert set(known(found)) == {"x", "y"} and set(known(where)) == {"x"} and known(None) == {}
    assert joined(where, others, runs[:1]) == where and where.machines == {}
    untimed = [run.model_copy(update={"timed": False}) for run in runs[1:3]]
    assert joined(where, others, [runs[0], *untimed]).fingerprint == "x"


def test_an_environment_without_machines_loads_and_one_with_them_too() -> None:
    several = _environment(machines={"y": _machine("Y")})
    assert from_json(to_json(several), Environment) == several
    assert machines.folder_of("") == "_"


def test_a_machine_class_is_a_text_even_if_it_looks_like_a_number(tmp_path: Path) -> None:
    results = _write(tmp_path, {"a": ["1234567890123456", "12345678e9012345", "1234567890123456"]})
    assert set(results.machine_of("a").values()) == {"1234567890123456", "12345678e9012345"}


def test_a_folder_that_extends_a_study_of_several_machines_takes_the_costs_of_its_own(
    tmp_path: Path, dataset: Dataset
) -> None:
    of_both = [maker.record("a", seed, dataset, machine=machine) for seed, machine in enumerate("xxy")]
    base = maker.folder(tmp_path / "base", dataset, of_both)
    own = maker.folder(tmp_path / "own", dataset, [maker.record("b", 0, dataset, machine="y")])
    facts = {"dataset_fingerprint": dataset.fingerprint}
    base.write_model("environment.json", _environment(**facts, machines={"x": _machine("X"), "y": _machine("Y")}))
    own.write_model("environment.json", _environment("y", **facts))
    elsewhere.copy(own, base.folder, dataset.fingerprint)
    both = own.study().including(base.study())
    own.write("study.toml", both.to_toml())
    export(own)
    results = Results(own.folder)
    assert results.runs_of("a")["measured"].tolist() == ["elsewhere", "elsewhere", "earlier"]
    assert list(results.values("a", "fit_s").by_run) == [(0, 2)] and not results.has_machines
