from __future__ import annotations

from pathlib import Path

import pytest

import reducers
from bench.commands import status
from bench.execution import pipeline
from bench.store.protocol import cited
from bench.store.records import Environment
from bench.store.store import Store
from bench.studies.plan import MEASUREMENT
from tests.bench import results_maker as maker

CODE = {"pca": reducers.digest("pca")}


def _written(folder: Path, **changes: object) -> Environment:
    maker.write(folder, {"a": {}})
    fields = {"processor": "p", "cores": 1, "memory_mib": 1, "system": "s", "python": "3", "git_commit": None}
    fields |= {"thread_budget": 1, "dataset": "clouds", "dataset_fingerprint": "f", "provenance": ""}
    fields |= {"load_before": None, "fingerprint": "m", "measurement": MEASUREMENT, "reducers": CODE, "wall_s": 100.0}
    fields |= {"versions": reducers.requirements("pca"), "metrics": pipeline._versions()} | changes
    where = Environment.model_validate(fields)
    Store(folder).write_model("environment.json", where)
    return where


def test_what_is_current_has_no_reason(tmp_path: Path) -> None:
    _written(tmp_path / "now")
    [state] = status.states(tmp_path)
    assert (state.reasons, state.wall_s) == ((), 100.0)
    assert state.protocol.startswith(f"clouds-{MEASUREMENT} (")


def test_samples_that_are_missing_are_counted(tmp_path: Path) -> None:
    where = _written(tmp_path / "now")
    study = maker.study_of("a", samples=3)
    maker.write(tmp_path / "now", {"a": {"silhouette": {(0, 0): 0.1, (1, 0): 0.2}}}, study)
    Store(tmp_path / "now").write_model("environment.json", where)
    [state] = status.states(tmp_path)
    assert state.reasons == ("2 of 3 samples of the data are measured; a run adds the others",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"measurement": None}, "measured by an earlier edition"),
        ({"measurement": MEASUREMENT - 1}, f"measured by edition {MEASUREMENT - 1}"),
        ({"reducers": {"pca": "other"}}, "changed since: pca"),
        ({"versions": {"scikit-learn": "0.1"}}, "other versions of scikit-learn 0.1 (here"),
        ({"metrics": {"silhouette": 0}}, "scores defined otherwise since"),
    ],
)
def test_what_is_old_says_why(tmp_path: Path, changes: dict[str, object], reason: str) -> None:
    _written(tmp_path / "then", **changes)
    [state] = status.states(tmp_path)
    assert reason in "; ".join(state.reasons)


def test_a_protocol_has_another_version_if_data_seeds_or_scores_are_others(tmp_path: Path) -> None:
    where, study = _written(tmp_path / "now"), Store(tmp_path / "now").study()
    versions = {cited(study, where), cited(study.model_copy(update={"seeds": 9}), where)}
    versions |= {
        cited(study, where.model_copy(update={name: value}))
        for name, value in (("dataset_fingerprint", "g"), ("measurement", MEASUREMENT + 1), ("metrics", {}))
    }
    assert len(versions) == 5
    machine = where.model_copy(update={"fingerprint": "another", "versions": {}})
    assert cited(study.model_copy(update={"variants": {}}), machine) == cited(study, where)
    assert cited(study, where.model_copy(update={"measurement": None})) == ""


@pytest.mark.parametrize(
    ("field", "value"), [("timeout", 1.0), ("memory", 2**20), ("threads", 1), ("map", "all"), ("anchors", 500)]
)
def test_a_field_that_a_study_has_otherwise_by_now_is_named(field: str, value: object) -> None:
    study = maker.study_of("a", "b").resolved()
    assert list(status._of_study(study, study)) == []
    now = study.model_copy(update={field: value})
    assert list(status._of_study(study, now)) == [f"the study asks for other {field} by now"]


def test_variants_that_a_study_has_otherwise_or_no_more_are_named() -> None:
    study = maker.study_of("a", "b", "c").resolved()
    a, b = (study.variants[name] for name in "ab")
    relabelled = a.model_copy(update={"label": "Another"})
    now = study.model_copy(
        update={"variants": {"a": relabelled, "b": b.model_copy(update={"params": {"whiten": True}})}}
    )
    assert list(status._of_study(study, now)) == [
        "the study does not ask for these methods by now: c",
        "the study asks for other settings of b by now",
    ]
    own = study.model_copy(update={"variants": study.variants | {"mine": a.model_copy(update={"reducer": "m.py:M"})}})
    assert list(status._of_study(own, study)) == [], "it was added by --reducer"
