"""Who may take part in a cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.execution import cluster_host
from bench.execution.cluster_host import Identity
from bench.execution.cluster_members import differences


@pytest.fixture(scope="module")
def own() -> Identity:
    return cluster_host.identity(["pca", "random_projection"])


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
