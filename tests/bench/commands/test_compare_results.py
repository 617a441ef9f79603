from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from bench.commands.compare_results import Change, as_text, compare
from bench.errors import StoreError
from bench.execution import environment
from bench.store.records import Outcome, Status
from bench.store.store import Store
from tests.bench import results_maker as maker

SEEDS = 6
FIT_S = [1 + 0.01 * seed for seed in range(SEEDS)]
TRUST = [0.9 + 0.001 * (seed % 3) for seed in range(SEEDS)]
ROWS = {
    "a": {"fit_s": FIT_S, "trustworthiness_k5": TRUST, "knn_jaccard_k15": 0.4},
    "b": {"fit_s": FIT_S, "trustworthiness_k5": TRUST, "silhouette_of_classes:c": TRUST},
    "pixels": {"knn_accuracy_k10": 0.9},
}


def _folder(
    path: Path, changes: Mapping[str, Mapping[str, object]] | None = None, data: str = "a hash", **options: object
) -> Path:
    rows = {name: {**quantities, **(changes or {}).get(name, {})} for name, quantities in ROWS.items()}
    maker.write(path, rows, **options)
    Store(path).write_model("environment.json", environment.environment("clouds", data, "three clouds", 1))
    return path


def _of(changes: list[Change], variant: str, column: str) -> Change:
    return next(change for change in changes if (change.variant, change.column) == (variant, column))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return _folder(tmp_path / "old")


def test_the_same_results_are_the_same(tmp_path: Path, old: Path) -> None:
    found = compare(old, _folder(tmp_path / "new"))
    assert found.cautions == []
    assert {(change.variant, change.column) for change in found.changes} >= {
        ("a", "fit_s"),
        ("a", "knn_jaccard_k15"),
        ("b", "silhouette_of_classes (c)"),
    }
    assert {change.result for change in found.changes} == {"same"}
    assert "pixels" not in {change.variant for change in found.changes}
    assert not found.anything_worse


def test_a_slower_method_is_worse_and_a_faster_one_better(tmp_path: Path, old: Path) -> None:
    new = _folder(tmp_path / "new", {"a": {"fit_s": [2 * one for one in FIT_S]}})
    slower, faster = compare(old, new), compare(new, old)
    change = _of(slower.changes, "a", "fit_s")
    assert (change.result, change.n) == ("worse", SEEDS)
    assert change.test is not None and change.test.bounds[0] == pytest.approx(2)
    assert slower.anything_worse
    assert _of(faster.changes, "a", "fit_s").result == "better"
    assert not faster.anything_worse
    assert _of(slower.changes, "b", "fit_s").result == "same"
    assert "x 2" in as_text(change)
    assert as_text(change).endswith(": worse")


def test_a_change_among_noise_is_inconclusive(tmp_path: Path, old: Path) -> None:
    noise = (1.1, 0.9, 1.05, 0.97, 1.2, 0.9)
    new = _folder(tmp_path / "new", {"a": {"fit_s": [f * one for f, one in zip(noise, FIT_S, strict=True)]}})
    assert _of(compare(old, new).changes, "a", "fit_s").result == "inconclusive"


def test_a_change_within_the_margin_is_equivalent_however_sure_it_is(tmp_path: Path, old: Path) -> None:
    changes = {"fit_s": [1.05 * one for one in FIT_S], "trustworthiness_k5": [one - 0.005 for one in TRUST]}
    found = compare(old, _folder(tmp_path / "new", {"a": changes}))
    assert [_of(found.changes, "a", column).result for column in changes] == ["equivalent"] * 2
    assert not found.anything_worse


def test_without_a_margin_a_change_beyond_the_noise_is_said(tmp_path: Path, old: Path) -> None:
    values = {"b": {"silhouette_of_classes:c": [one - 0.1 for one in TRUST]}}
    found = compare(old, _folder(tmp_path / "new", values))
    assert _of(found.changes, "b", "silhouette_of_classes (c)").result == "worse"


def test_a_lower_score_is_worse(tmp_path: Path, old: Path) -> None:
    new = _folder(tmp_path / "new", {"b": {"trustworthiness_k5": [one - 0.02 for one in TRUST]}})
    assert _of(compare(old, new).changes, "b", "trustworthiness_k5").result == "worse"


def test_a_single_value_has_no_noise_to_compare_with(tmp_path: Path, old: Path) -> None:
    new = _folder(tmp_path / "new", {"a": {"knn_jaccard_k15": 0.1}})
    assert _of(compare(old, new).changes, "a", "knn_jaccard_k15").result == "one run only"


def test_a_run_that_is_no_longer_successful_is_worse(tmp_path: Path, old: Path) -> None:
    late: list[Outcome] = [maker.failed(Status.TIMEOUT, "no luck")] * SEEDS
    new = _folder(tmp_path / "new", outcomes={"a": late})
    found = compare(old, new)
    assert found.anything_worse
    assert any("ok, then timeout" in as_text(change) for change in found.changes)
    assert not compare(new, old).anything_worse


@pytest.mark.parametrize(
    ("environment", "runs", "said"),
    [
        ({}, {}, r"name, size and provenance are the same, but the values differ \(hashes a hash and other\)"),
        ({}, {"n_train": 500}, r"n_train is 400 and 500\."),
        ({"dataset": "moons"}, {}, r"dataset is 'clouds' and 'moons'\."),
        ({"provenance": "raw"}, {"n_test": 7}, r"n_test is \d+ and 7; provenance is 'three clouds' and 'raw'\."),
    ],
)
def test_different_data_are_not_compared_and_the_field_is_named(
    environment: dict[str, str], runs: dict[str, int], said: str, tmp_path: Path, old: Path
) -> None:
    for folder, changes in ((old, {"n_train": 400}), (new := _folder(tmp_path / "new"), {"n_train": 400} | runs)):
        table = pd.read_csv(folder / "runs.csv").assign(**changes)
        Store(folder).write("runs.csv", table.to_csv(index=False))
    _change_environment(new, dataset_fingerprint="other", **environment)
    with pytest.raises(StoreError, match=f"different data: {said}.*Nothing can be compared"):
        compare(old, new)


def _change_environment(folder: Path, **changes: str) -> None:
    store = Store(folder)
    found = store.environment()
    assert found is not None
    store.write_model("environment.json", found.model_copy(update=changes))


def test_another_machine_is_a_caution_and_its_times_are_not_compared(tmp_path: Path, old: Path) -> None:
    new = _folder(tmp_path / "new", {"a": {"fit_s": [3 * one for one in FIT_S]}})
    _change_environment(new, processor="Z80", fingerprint="z")
    found = compare(old, new)
    assert "The processors differ" in found.cautions[0]
    assert "Times and memory are not compared" in found.cautions[-1]
    assert not any(change.column == "fit_s" for change in found.changes)
    assert not found.anything_worse


def test_other_settings_and_missing_variants_are_cautions(tmp_path: Path, old: Path) -> None:
    new = _folder(tmp_path / "new")
    study = Store(new).study()
    variant = study.variants["a"].model_copy(update={"params": {"whiten": True}})
    store = Store(new)
    store.write("study.toml", study.model_copy(update={"variants": study.variants | {"a": variant}}).to_toml())
    runs = pd.read_csv(new / "runs.csv")
    store.write("runs.csv", runs[runs["variant"] != "b"].to_csv(index=False))
    found = compare(old, new)
    assert found.cautions == ["a: params differs: {} and {'whiten': True}.", f"Only in {old}: b."]


def test_folders_without_a_shared_run_say_what_each_has(tmp_path: Path, old: Path) -> None:
    maker.write(tmp_path / "new", {"c": {"fit_s": 1.0}})
    Store(tmp_path / "new").write_model("environment.json", Store(old).environment())
    with pytest.raises(StoreError, match=r"share no variant and seed: a, b in .*old and c in .*new\."):
        compare(old, tmp_path / "new")


def test_what_is_no_results_folder_is_an_error(tmp_path: Path, old: Path) -> None:
    with pytest.raises(StoreError, match=r"environment\.json"):
        compare(old, tmp_path / "nowhere")


def _on_machines(folder: Path, machines: str) -> Path:
    runs = pd.read_csv(folder / "runs.csv").assign(machine=list(machines) * 2)
    Store(folder).write("runs.csv", runs.to_csv(index=False))
    return folder


def test_of_several_machines_costs_are_compared_on_one_that_both_have(tmp_path: Path, old: Path) -> None:
    times = [3 * one if seed > 2 else one for seed, one in enumerate(FIT_S)]
    new = _folder(tmp_path / "new", {name: {"fit_s": times} for name in "ab"})
    found = compare(_on_machines(old, "xxxyyy"), _on_machines(new, "xxxzzz"))
    change = _of(found.changes, "a", "fit_s")
    assert (change.result, change.n) == ("same", 3)
    assert _of(found.changes, "a", "trustworthiness_k5").n == SEEDS
    first, second, third = found.cautions
    assert "old has runs of several machines: machine 1, machine class x" in first and "machine class z" in second
    assert third == f"Times and memory are compared on machine 1 of {old} alone."
    nothing = compare(old, _on_machines(new, "zzzwww"))
    assert not any(change.column == "fit_s" for change in nothing.changes)
    assert "Times and memory are not compared" in nothing.cautions[-1]


def test_costs_of_untimed_runs_are_not_compared(tmp_path: Path, old: Path) -> None:
    new = _folder(tmp_path / "new")
    runs = pd.read_csv(new / "runs.csv").assign(timed=False, fit_s=None)
    Store(new).write("runs.csv", runs.to_csv(index=False))
    found = compare(old, new)
    assert not any(change.column == "fit_s" for change in found.changes)
    assert "Times and memory are not compared" in found.cautions[-1]
