"""Who may take part in a cluster."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.datasets import Dataset
from bench.errors import WorkerError
from bench.execution import cluster_host, cluster_members, identity, sent_data
from bench.execution.cluster_host import Identity
from bench.execution.cluster_members import Members, differences
from bench.execution.sent_data import Piece
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
        self.asked: list[object] = []
        self.scheduler = SimpleNamespace(identity=None)
        self.own = own

    def sync(self, *_: object, **__: object) -> dict[str, object]:
        return {"workers": dict.fromkeys(self.there)}

    def run(self, function: object, *arguments: object, workers: list[str], on_error: str) -> dict[str, object]:
        [address] = workers
        self.asked.append(function)
        if function is identity.fault:
            return {address: self.answers.get(address, "")}
        for of_data in (cluster_host.has_data, cluster_host.take_data):
            if function is of_data:
                try:
                    return {address: of_data(*arguments)}  # type: ignore[arg-type]
                except (OSError, WorkerError) as error:
                    return {address: error}
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


def test_a_host_that_cannot_keep_the_data_is_not_taken_for_one_that_is_gone(
    scheduler: Scheduler, members: Members, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    scheduler.there = ["full"]
    members.meet()
    [member] = members
    with pytest.raises(WorkerError, match=rf"Got from .*{tmp_path}/file.*, where data cannot be kept") as found:
        members.send(member, dataset)
    assert type(found.value) is WorkerError, "it would be asked again and again"


def test_a_cache_that_cannot_be_read_is_not_taken_for_a_lost_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(received: sent_data.Received) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sent_data.Received, "is_here", property(refused))
    with pytest.raises(WorkerError, match="Permission denied"):
        cluster_host.has_data("0" * 64)


def test_a_piece_is_sent_before_the_next_one_is_made(
    scheduler: Scheduler, members: Members, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pieces(dataset: Dataset) -> Iterator[Piece]:
        for n in range(3):
            assert scheduler.asked.count(cluster_host.take_data) == n
            yield Piece("X", n, b"1")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sent_data, "pieces", pieces)
    scheduler.there = ["far"]
    members.meet()
    members.send(*members, dataset)
    assert scheduler.asked.count(cluster_host.take_data) == 4 and cluster_host.has_data(dataset.fingerprint)
