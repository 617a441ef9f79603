"""Data that travel to the hosts of a cluster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.errors import WorkerError
from bench.execution import sent_data
from bench.execution.sent_data import Piece, Received, bare, pieces


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
