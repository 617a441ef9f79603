"""Word vectors: read from the publisher's JSON or package once, then mapped; with a small file of that form."""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pooch
import pytest

from bench import datasets
from bench.datasets import originals, word_vectors
from bench.datasets.word_vectors import FILE, PACKED
from bench.errors import DatasetError

WORDS = ["the", '"', "\\", "]", "vectors", "naïve", "語", *(f"w{i}" for i in range(173))]
VECTORS = np.random.RandomState(0).standard_normal((len(WORDS), 100)).round(5)


def _content(vectors: np.ndarray = VECTORS) -> bytes:
    """Return the file as it is published: without blanks, characters as they are."""
    rows = [[*vector, round(float(np.linalg.norm(vector)), 6), i] for i, vector in enumerate(vectors.tolist())]
    whole = {"precision": 8, "size": len(rows), "words": WORDS, "vectors": dict(zip(WORDS, rows, strict=False))}
    return json.dumps({**whole, "unkVector": [0] * 101}, separators=(",", ":"), ensure_ascii=False).encode()


def _package(content: bytes, name: str = f"package/{FILE}") -> bytes:
    with tarfile.open(fileobj=(packed := io.BytesIO()), mode="w:gz") as package:
        (member := tarfile.TarInfo(name)).size = len(content)
        package.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small file the published one; the cache is an empty one."""
    monkeypatch.setattr(originals, "user_cache_path", lambda name: tmp_path / "cache")
    monkeypatch.setattr(word_vectors, "N", len(WORDS))
    monkeypatch.setattr(word_vectors, "N_TEST", 30)
    (path := tmp_path / FILE).write_bytes(_content())
    ours = replace(word_vectors.ORIGINAL, sha256=word_vectors.decode([path]).fingerprint)
    monkeypatch.setattr(word_vectors, "ORIGINAL", ours)
    path.unlink()
    (found := tmp_path / "mine").mkdir()
    return found


def _load(folder: Path, n: int | None = None) -> datasets.Dataset:
    return datasets.load("word-vectors", n, folder)


def test_every_word_is_there_once_with_the_distances_of_the_file(folder: Path) -> None:
    (folder / FILE).write_bytes(_content())
    found = _load(folder)
    assert (found.X.shape, found.X_test.shape, found.X.dtype) == ((150, 100), (30, 100), np.float32)
    assert (found.y, found.y_test, found.classes, found.levels) == (None, None, (), None)
    scaled = (VECTORS - VECTORS.min()) / np.ptp(VECTORS)
    rows = np.concatenate([found.X, found.X_test])
    order = [int(np.abs(scaled - row).max(axis=1).argmin()) for row in rows]
    assert sorted(order) == list(range(len(WORDS))) and order != sorted(order)
    assert rows == pytest.approx(scaled[order], abs=1e-6)
    assert FILE in found.provenance and "180 word vectors, 30 for testing, (values +" in found.provenance


def test_all_forms_of_the_file_are_the_same_data(folder: Path) -> None:
    forms = {FILE: _content(), f"{FILE}.gz": gzip.compress(_content()), PACKED: _package(_content())}
    for name, content in forms.items():
        assert datasets.missing("word-vectors", folder)
        (folder / name).write_bytes(content)
        assert not datasets.missing("word-vectors", folder)
        assert name in _load(folder).provenance
        (folder / name).unlink()


def test_fewer_points_are_the_first_ones_and_the_rest_can_be_mapped(folder: Path) -> None:
    (folder / FILE).write_bytes(_content())
    whole, few = _load(folder), _load(folder, 40)
    assert np.array_equal(few.X, whole.X[:40]) and np.array_equal(few.X_test, whole.X_test)
    assert (len(few.X), few.available) == (40, 150) and "--n 150 fits all" in few.selection
    mapped = datasets.load("word-vectors", 40, folder, rest=True)
    assert np.array_equal(mapped.X_test, np.concatenate([whole.X[40:], whole.X_test]))


def test_so_many_are_fitted_if_nothing_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / FILE).write_bytes(_content())
    monkeypatch.setattr(word_vectors, "SELECTED", 100)
    assert len(_load(folder).X) == 100 and len(_load(folder, 1_000).X) == 150


def test_the_text_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / FILE).write_bytes(_content())
    first = _load(folder)
    monkeypatch.setattr(word_vectors, "vectors", lambda text: pytest.fail("it was read again"))
    assert _load(folder).fingerprint == first.fingerprint


@pytest.mark.parametrize("damage", ["another number", "a word less", "cut off", "no JSON", "no package", "other"])
def test_another_content_is_refused_by_name(folder: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    changed = VECTORS.copy()
    changed[7, 7] += 0.1
    contents = {
        "another number": (FILE, _content(changed)),
        "a word less": (FILE, _content(VECTORS[:-1])),
        "cut off": (FILE, _content()[:20_000]),
        "no JSON": (FILE, b"version https://git-lfs.github.com/spec/v1\n"),
        "no package": (PACKED, b"<html>not found</html>"),
        "other": (PACKED, _package(_content(), "package/other.json")),
    }
    name, content = contents[damage]
    (folder / name).write_bytes(content)
    with pytest.raises(DatasetError) as refusal:
        _load(folder)
    assert str(folder / name) in str(refusal.value)
    assert ("179 words" in str(refusal.value)) == (damage == "a word less")
    assert f"put the published {FILE} or {PACKED} there" in str(refusal.value)


def test_without_network_the_message_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(pooch, "retrieve", refuse)
    assert "word vectors, 300 MB, which is downloaded into" in datasets.missing("word-vectors", folder)
    with pytest.raises(DatasetError, match=r"Got no word-vectors.*no network.*with --data-dir or BENCH_DATA_DIR"):
        _load(folder)


def test_the_published_vectors_have_the_norms_that_their_file_states() -> None:
    found = os.environ.get("BENCH_DATA_DIR_OF_TESTS")
    paths = word_vectors.ORIGINAL.find(Path(found)) if found else []
    if not paths:
        pytest.skip("WORD VECTORS ARE NOT AT HAND: THEIR LOADER WAS NOT TRIED ON A REAL COPY. Set BENCH_DATA_DIR.")
    data = datasets.load("word-vectors", 340_000, found)
    assert (data.X.shape, data.X_test.shape) == ((340_000, 100), (1_479, 100))
    low, width = 4.0666, 7.6416
    rows = np.concatenate([data.X, data.X_test]).astype(np.float64) * width - low
    stated = sorted(vector[100] for vector in word_vectors.vectors(word_vectors._text(paths[0])))
    assert np.sort(np.linalg.norm(rows, axis=1)) == pytest.approx(stated, abs=1e-5)
