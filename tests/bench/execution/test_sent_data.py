"""Data that travel to the hosts of a cluster."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import datasets
from bench.datasets import Dataset, large
from bench.errors import WorkerError
from bench.execution import sent_data
from bench.execution.sent_data import Piece, Received, bare, pieces
from reducers.rows import Rows


@pytest.mark.parametrize("with_labels", [True, False])
def test_data_arrive_as_they_were_in_pieces(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_labels: bool
) -> None:
    monkeypatch.setattr(sent_data, "PIECE", 100)
    dataset = dataset if with_labels else replace(dataset, y=None, y_test=None)
    received = Received(dataset.fingerprint, tmp_path)
    sent = list(pieces(dataset))
    assert len(sent) > 4 and not received.is_here
    for piece in sent:
        received.take(piece)
    assert not received.is_here, "half of the data is none"
    received.complete()
    assert received.is_here
    found = received.load(bare(dataset))
    assert found.fingerprint == dataset.fingerprint and found.classes == dataset.classes
    np.testing.assert_array_equal(found.X, dataset.X)
    Received(dataset.fingerprint, tmp_path).complete()  # another process was as fast
    received.take(sent[-1])  # another client of this process was slower
    assert list(tmp_path.iterdir()) == [received.folder]


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_data_that_are_mapped_here_are_mapped_there_and_bytes_stay_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type
) -> None:
    monkeypatch.setattr(large, "LARGE", 1_000)
    monkeypatch.setattr(sent_data, "PIECE", 1_000)
    values = np.random.RandomState(0).randint(256, size=(700, 16)).astype(np.uint8)
    np.save(tmp_path / "own.npy", values if kind is np.uint8 else (values / 255).astype(np.float32))
    np.save(tmp_path / "own.labels.npy", np.arange(700) % 3)
    data = datasets.load(str(tmp_path / "own.npy"), 300)
    received = Received(data.fingerprint, tmp_path / "cache")
    with monkeypatch.context() as patched:
        patched.setattr(Rows, "__array__", lambda *_: pytest.fail("all of it is copied"))
        for piece in pieces(data):
            assert len(piece.content) <= 1_000
            received.take(piece)
    received.complete()
    found = received.load(bare(data))
    assert found.fingerprint == data.fingerprint and type(found.X) is type(found.X_test) is type(data.X)
    for name, n in {"X": 300, "X_test": 140}.items():
        array = getattr(found, name)
        np.testing.assert_array_equal(np.asarray(array), np.asarray(getattr(data, name)))
        assert len(array) == n and found.in_place is not None and found.in_place.place_of(array) is not None
    size = (received.folder / "points.npy").stat().st_size
    assert 0 < size - 440 * 16 * np.dtype(kind).itemsize < 200, "a header, and the points as they are stored"


def test_points_of_two_kinds_are_sent_as_features(dataset: Dataset, tmp_path: Path) -> None:
    stored = np.random.RandomState(0).randint(256, size=(60, 5)).astype(np.uint8)
    mixed = replace(dataset, X=Rows(stored, 255.0), in_place=object())  # type: ignore[arg-type]
    received = Received(mixed.fingerprint, tmp_path)
    for piece in pieces(mixed):
        received.take(piece)
    received.complete()
    found = received.load(bare(mixed))
    assert found.fingerprint == mixed.fingerprint and found.in_place is None


def test_what_was_never_sent_to_its_end_is_removed(dataset: Dataset, tmp_path: Path) -> None:
    here, ended = platform.node(), 2**22 + 1  # larger than any process id
    names = {
        "gone": f"a.{here}.{ended}.part",
        "at work": f"b.{here}.{os.getpid()}.part",
        "of another host": f"c.another.{ended}.part",
        "old": "d.another.1.part",
    }
    for name in names.values():
        (tmp_path / name).mkdir()
        (tmp_path / name / "X.npy").write_bytes(b"some")
    for path in (tmp_path / names["old"] / "X.npy", tmp_path / names["old"]):
        os.utime(path, (0, 0))
    Received(dataset.fingerprint, tmp_path).take(next(pieces(dataset)))
    left = {path.name for path in tmp_path.iterdir() if path.name in names.values()}
    assert left == {names["at work"], names["of another host"]}


def test_other_data_than_were_sent_are_refused_and_removed(dataset: Dataset, tmp_path: Path) -> None:
    received = Received(dataset.fingerprint, tmp_path)
    for piece in pieces(dataset):
        received.take(piece)
    received.complete()
    path = received.folder / "X.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WorkerError, match="are not what was sent"):
        received.load(bare(dataset))
    assert not received.is_here


def test_what_travels_besides_has_no_arrays(dataset: Dataset) -> None:
    known = bare(dataset)
    assert len(known.X) == len(known.X_test) == 0 and known.y is None and known.y_test is None


def test_a_piece_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="expected one of X"):
        Received("0" * 64, tmp_path).take(Piece("../X", 0, b""))
