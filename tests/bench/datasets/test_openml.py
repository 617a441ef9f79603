"""Datasets of openml.org, against a recorded answer of our own: what scikit-learn asks for, and a table of flowers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from email.message import Message
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import numpy as np
import pytest

from bench import datasets
from bench.datasets import DataOptions, originals
from bench.errors import DatasetError

ROWS = 60
COLUMNS = {"width": "numeric", "height": "numeric", "id": "numeric", "kind": "nominal"}
API = "/api/v1/json/data"


def _arff(*, sparse: bool = False) -> str:
    rng = np.random.RandomState(0)
    head = ["% flowers", "@RELATION flowers"]
    types = {"numeric": "NUMERIC", "nominal": "{ant,bee}"}
    head += [f"@ATTRIBUTE {name} {types[kind]}" for name, kind in COLUMNS.items()]
    values = [(*rng.rand(2).round(3), i, ("ant", "bee")[i % 2]) for i in range(ROWS)]
    if sparse:
        rows = ["{" + ",".join(f"{j} {value}" for j, value in enumerate(row)) + "}" for row in values]
    else:
        rows = [",".join(map(str, row)) for row in values]
    return "\n".join([*head, "@DATA", *rows]) + "\n"


def _answers(arff: str, target: str = "kind", **description: Any) -> dict[str, str]:
    """Return what openml.org answers to each path: two versions, a description, columns, counts, the table."""
    about = {
        "id": "7",
        "name": "flowers",
        "version": "1",
        "format": "ARFF",
        "status": "active",
        "licence": "CC0",
        "description": "made up",
        "url": "https://api.openml.org/data/v1/download/9/flowers.arff",
        "md5_checksum": md5(arff.encode()).hexdigest(),
    } | description
    versions = [{"did": 7, "name": "flowers", "version": number, "status": "active"} for number in (1, 2)]
    features = [
        {
            "index": str(i),
            "name": name,
            "data_type": kind,
            "is_target": str(name == target).lower(),
            "is_ignore": "false",
            "is_row_identifier": str(name == "id").lower(),
            "number_of_missing_values": "0",
        }
        | ({"nominal_value": ["ant", "bee"]} if kind == "nominal" else {})
        for i, (name, kind) in enumerate(COLUMNS.items())
    ]
    return {
        f"{API}/list/data_name/flowers/limit/2/status/active/": json.dumps({"data": {"dataset": versions}}),
        f"{API}/7": json.dumps({"data_set_description": about}),
        f"{API}/features/7": json.dumps({"data_features": {"feature": features}}),
        f"{API}/qualities/7": json.dumps(
            {"data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(float(ROWS))}]}}
        ),
        "/data/v1/download/9/flowers.arff": arff,
    }


class _Answer(io.BytesIO):
    def info(self) -> Message:
        return Message()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[dict[str, str]], list[str]]:
    """Return a function that lets openml.org answer, and returns the paths that are asked for."""
    monkeypatch.setattr(originals, "user_cache_path", lambda name: tmp_path / "cache")
    monkeypatch.setattr("sklearn.datasets._openml.time.sleep", lambda _: None)

    def answer(answers: dict[str, str]) -> list[str]:
        asked: list[str] = []

        def urlopen(request: Any, *_: object, **__: object) -> _Answer:
            url = request if isinstance(request, str) else request.full_url
            path = url.partition("openml.org")[2]
            asked.append(path)
            if path not in answers:
                raise HTTPError(url, 412, "unknown", Message(), io.BytesIO())
            return _Answer(answers[path].encode())

        monkeypatch.setattr("sklearn.datasets._openml.urlopen", urlopen)
        return asked

    return answer


def test_a_name_is_loaded_with_its_target_as_labels(site: Callable[[dict[str, str]], list[str]]) -> None:
    asked = site(_answers(_arff()))
    assert "openml:flowers from openml.org, which is downloaded" in datasets.missing("openml:flowers")
    found = datasets.load("openml:flowers")
    assert found.name == "openml:flowers" and found.classes == ("ant", "bee")
    assert (found.X.shape, found.X_test.shape) == ((48, 2), (12, 2)), "a row's number is no feature"
    assert np.bincount(found.y).tolist() == [24, 24]
    values = np.random.RandomState(0).rand(ROWS, 2).round(3).astype(np.float32)
    assert {row.tobytes() for row in (*found.X, *found.X_test)} == {row.tobytes() for row in values}
    assert "number 7, version 1 at openml.org, licence CC0" in found.provenance
    assert "Multiple active versions" in found.provenance
    before = len(asked)
    assert datasets.missing("openml:flowers") == ""
    assert datasets.load("openml:Flowers", 20).X.tobytes() == found.X[:20].tobytes()
    assert len(asked) == before, "it is in the cache"


def test_a_number_and_options_of_a_file(site: Callable[[dict[str, str]], list[str]]) -> None:
    site(_answers(_arff()))
    assert datasets.missing("openml:7")
    found = datasets.load("openml:7")
    assert found.fingerprint == datasets.load("openml:flowers").fingerprint
    assert "versions" not in datasets.load("openml:7").provenance and datasets.missing("openml:7") == ""
    without = datasets.load("openml:7", options=DataOptions(drop=("kind", "height")))
    assert without.y is None and without.X.shape[1] == 1
    with pytest.raises(DatasetError, match=r"Got column of openml:flowers 'colour'"):
        datasets.load("openml:7", options=DataOptions(label="colour"))


def test_a_measured_target_is_no_label_but_can_be_a_feature(site: Callable[[dict[str, str]], list[str]]) -> None:
    site(_answers(_arff(), target="height"))
    with pytest.raises(DatasetError, match=r"different labels in 60 rows of .*--keep COLUMN"):
        datasets.load("openml:7", options=DataOptions(drop=("kind",)))
    found = datasets.load("openml:7", options=DataOptions(drop=("kind",), keep=("height",)))
    assert found.y is None and found.X.shape[1] == 2


def test_a_sparse_table_is_the_same_data(site: Callable[[dict[str, str]], list[str]], tmp_path: Path) -> None:
    site(_answers(_arff()))
    dense = datasets.load("openml:7")
    for path in sorted((tmp_path / "cache").rglob("*.gz")):
        path.unlink()
    site(_answers(_arff(sparse=True), format="Sparse_ARFF"))
    found = datasets.load("openml:7")
    assert np.array_equal(found.X, dense.X) and found.classes == dense.classes and np.array_equal(found.y, dense.y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"md5_checksum": "0" * 32}, "md5"),
        ({"status": "deactivated"}, ""),
    ],
)
def test_what_openml_says_of_a_dataset_counts(
    site: Callable[[dict[str, str]], list[str]], change: dict[str, str], message: str
) -> None:
    site(_answers(_arff(), **change))
    if message:
        with pytest.raises(DatasetError, match=rf"Got openml:7, which could not be loaded \(.*{message}"):
            datasets.load("openml:7")
    else:
        assert "is inactive, meaning that issues have been found" in datasets.load("openml:7").provenance


def test_what_is_not_there_is_said(
    site: Callable[[dict[str, str]], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    site({})
    for name in ("openml:trees", "openml:12"):
        with pytest.raises(DatasetError, match=rf"Got {name}, which could not be loaded .*found.*https://www"):
            datasets.load(name)

    def no_network(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr("sklearn.datasets._openml.urlopen", no_network)
    with pytest.raises(DatasetError, match=r"no network.*take a file of your own"):
        datasets.load("openml:trees")


@pytest.mark.parametrize(
    "name", ["openml:", "openml:../../x", "openml:a b", "openml:a/1", "openml:.x", "openml:" + "a" * 200]
)
def test_what_is_no_name_is_not_asked_for(site: Callable[[dict[str, str]], list[str]], name: str) -> None:
    asked = site({})
    for use in (datasets.load, datasets.missing):
        with pytest.raises(DatasetError, match="expected openml: and the name or the number"):
            use(name)
    assert not asked
