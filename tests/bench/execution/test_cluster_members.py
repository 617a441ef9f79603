"""Who may take part in a cluster."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bench.errors import WorkerError
from bench.execution import cluster_host, cluster_members, identity
from bench.execution.cluster_host import Identity
from bench.execution.cluster_members import Members, differences
from bench.studies.study import Study, Variant


@pytest.fixture(scope="module")
def own() -> Identity:
    return cluster_host.identity(["pca"])


def test_a_host_like_this_one_takes_part(own: Identity) -> None:
    assert differences(own, replace(own, host="another", machine="another"), own.cores) == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"cores": 99}, "it has 99 cores, where the others have"),
        ({"measurement": -1}, "other code of the harness"),
        ({"code": {"bench": "another"}}, "other code of the harness"),
    ],
)
def test_another_host_does_not(own: Identity, change: dict, why: str) -> None:
    assert why in differences(own, replace(own, **change), own.cores)


def test_other_code_of_a_reducer_is_named(own: Identity) -> None:
    assert differences(own, replace(own, code=own.code | {"pca": "0"}), own.cores) == "it has another code of pca"


def test_another_version_is_named_with_both(own: Identity) -> None:
    other = replace(own, versions=own.versions | {"numpy": "1.0"})
    why = differences(own, other, own.cores)
    assert why == f"it has another version of numpy: 1.0 instead of {own.versions['numpy']}"
    missing = {name: version for name, version in own.versions.items() if name != "numpy"}
    assert "numpy: none instead of" in differences(own, replace(own, versions=missing), own.cores)


class Scheduler:
    """A client of a scheduler whose workers come and go as a test says."""

    def __init__(self, own: Identity) -> None:
        self.there: list[str] = []
        self.answers: dict[str, object] = {}
        self.scheduler = SimpleNamespace(identity=None)
        self.own = own

    def sync(self, *_: object, **__: object) -> dict[str, object]:
        return {"workers": dict.fromkeys(self.there)}

    def run(self, function: object, *_: object, workers: list[str], on_error: str) -> dict[str, object]:
        [address] = workers
        if function is identity.fault:
            return {address: self.answers.get(address, "")}
        return {address: self.own}


@pytest.fixture
def scheduler(own: Identity, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    monkeypatch.setitem(sys.modules, "cloudpickle", SimpleNamespace(register_pickle_by_value=lambda module: None))
    monkeypatch.setattr(cluster_members, "MEET_EVERY_S", -1.0)
    return Scheduler(own)


@pytest.fixture
def members(scheduler: Scheduler) -> Members:
    return Members(scheduler, Study(dataset="clouds", variants={"pca": Variant(reducer="pca")}))  # type: ignore[arg-type]


def test_who_alone_is_refused_ends_the_study_at_once(scheduler: Scheduler, members: Members) -> None:
    scheduler.there, scheduler.answers = ["far"], {"far": "Got no package bench."}
    with pytest.raises(WorkerError, match="Got no package bench"):
        members.meet()


def test_a_member_that_was_lost_may_come_back_though_another_is_refused(scheduler: Scheduler, members: Members) -> None:
    scheduler.there, scheduler.answers = ["far", "near"], {"far": "Got no package bench."}
    assert members.meet() == [] and set(members.here) == {"near"}
    scheduler.there = ["far"]
    assert [member.address for member in members.meet()] == ["near"]
    scheduler.there = ["far", "again"]
    assert members.meet() == [] and set(members.here) == {"again"}


def test_a_worker_that_does_not_answer_yet_is_asked_again(scheduler: Scheduler, members: Members) -> None:
    scheduler.there, scheduler.answers = ["slow"], {"slow": OSError("timed out")}
    assert members.meet() == [] and not members.here
    scheduler.answers = {}
    members.meet()
    assert set(members.here) == {"slow"}


def test_a_cluster_without_workers_is_waited_for_a_while(
    scheduler: Scheduler, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    members.meet()
    monkeypatch.setattr(cluster_members, "EMPTY_S", -1.0)
    with pytest.raises(WorkerError, match="had no worker"):
        members.meet()
