"""What passes the border between a worker and the store, and what does not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.execution import border
from bench.execution.border import Sizes
from bench.store.records import Outcome, Status
from reducers import HISTORY_COLUMNS, InvalidEmbeddingError

SIZES = Sizes(30, 20, 5, 2)
OK = Outcome(status=Status.OK, can_transform=True, n_components=2)


def of(name: str, dtype: Any = np.float32) -> np.ndarray:
    """Return an array of the shape that one of this name has."""
    return np.ones([length or 4 for length in SIZES.shapes[name]], dtype)


@pytest.mark.parametrize("name", SIZES.shapes)
def test_every_array_of_a_run_passes_in_its_own_shape_alone(name: str) -> None:
    good = of(name)
    stored = border.checked(name, good, SIZES)
    np.testing.assert_array_equal(stored, good)
    with pytest.raises(InvalidEmbeddingError, match="of shape"):
        border.checked(name, good[None], SIZES)


@pytest.mark.parametrize("name", sorted(set(SIZES.shapes) - set(border.MAY_HAVE_GAPS)))
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_read_is_finite(name: str, value: float) -> None:
    with pytest.raises(InvalidEmbeddingError, match="NaN or infinity in"):
        border.checked(name, np.full_like(of(name), value), SIZES)


def test_a_history_may_have_gaps() -> None:
    history = np.full((3, len(HISTORY_COLUMNS)), np.nan, np.float32)
    assert border.checked("extra_history", history, SIZES) is not None


@pytest.mark.parametrize("name", ["train", "test", "reconstructions"])
def test_numbers_are_checked_as_they_are_stored(name: str) -> None:
    with pytest.raises(InvalidEmbeddingError, match="too large for float32 in 1 of"):
        border.checked(name, np.where(np.arange(len(of(name)))[:, None] == 3, 1e39, of(name, np.float64)), SIZES)
    assert border.checked(name, of(name, np.float64) * 3e38, SIZES).dtype == np.float32


@pytest.mark.parametrize(
    ("got", "told"),
    [
        ([[0.0, 0.0]] * 30, "a list as"),
        (None, "a NoneType as"),
        (np.ma.masked_array(of("train")), "a MaskedArray as"),
        (of("train", np.int64), "dtype int64"),
        (of("train", np.complex64), "dtype complex64"),
        (of("train", np.longdouble), f"dtype {np.dtype(np.longdouble)}"),
        (of("train", np.float16), "dtype float16"),
        (of("train", object), "dtype object"),
        (of("train", "U1"), "dtype <U1"),
        (of("train")[:10], r"shape \(10, 2\), but expected \(30, 2\)"),
        (of("train")[:, :1], r"shape \(30, 1\)"),
        (of("train")[:, 0], r"shape \(30,\)"),
        (np.float32(3), "a float32 as"),
    ],
)
def test_what_is_no_embedding_is_told_as_it_came(got: Any, told: str) -> None:
    with pytest.raises(InvalidEmbeddingError, match=told):
        border.checked("train", got, SIZES)


def test_a_reducer_that_does_not_tell_its_dimensions_may_have_any_but_none() -> None:
    sizes = Sizes(30, 20, 5, None)
    assert border.checked("train", np.ones((30, 7)), sizes).shape == (30, 7)
    with pytest.raises(InvalidEmbeddingError, match=r"expected \(30, any\)"):
        border.checked("train", np.ones((30, 0)), sizes)


@pytest.mark.parametrize("name", ["", "other", "extra_", "extra_../../x", "extra_a b", "extra_" + "x" * 65, "extra_é"])
def test_names_are_known_or_plain(name: str) -> None:
    with pytest.raises(InvalidEmbeddingError, match="named"):
        border.checked(name, np.ones(3), SIZES)


class Hostile:
    def __array__(self, *_: object) -> np.ndarray:
        raise RuntimeError("no array today")

    def __repr__(self) -> str:
        return "x" * 1_000


def test_of_extras_what_can_be_stored_is_kept_and_all_else_is_noted() -> None:
    found = {"fine": np.arange(3), "list": [1.0, 2.0], "bad": Hostile(), "text": np.array(["a"]), Hostile(): np.ones(3)}
    kept, notes = border.extras(found, SIZES)
    assert set(kept) == {"extra_fine", "extra_list"}
    assert len(notes) == 3 and all(len(note) < 400 for note in notes)
    kept, notes = border.extras({str(number): object() for number in range(1_000)}, SIZES)
    assert not kept and len(notes) == border.MAX_NOTES + 1 and notes[-1] == "990 more of its extras were not kept"


def test_extras_share_the_room() -> None:
    kept, notes = border.extras({"a": np.zeros(60, np.uint8), "b": np.zeros(60, np.uint8)}, SIZES, room=100)
    assert list(kept) == ["extra_a"] and "'b'" in notes[0]


@pytest.fixture
def admitted(tmp_path: Path) -> Callable[..., Outcome]:
    def admit(outcome: Outcome = OK, **arrays: Any) -> Outcome:
        np.savez(tmp_path / "run.npz", **{"train": of("train"), "test": of("test")} | arrays)
        return border.admitted(outcome, tmp_path / "run.npz", SIZES)

    return admit


def test_a_file_of_what_was_checked_is_admitted(admitted: Callable[..., Outcome]) -> None:
    everything = {name: of(name) for name in SIZES.shapes if name != "reconstructions"}
    assert admitted(**everything, extra_own=np.arange(3)) is OK


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"train": np.ones((10, 2), np.float32)}, r"an embedding of shape (10, 2), but expected (30, 2)"),
        ({"test": np.full((20, 2), np.nan)}, "NaN or infinity in 20 of 20 rows"),
        ({"squared_error": np.ones((20, 1))}, "squared_error of shape (20, 1)"),
        ({"extra_history": np.ones(7)}, "extra_history of shape (7,)"),
        ({"stranger": np.ones(7)}, "named 'stranger'"),
        ({"train": np.ones((30, 2_000))}, "bytes of train"),
        ({"extra_own": np.zeros(65 * 2**20, np.uint8)}, "bytes of extras"),
    ],
)
def test_a_file_with_anything_else_is_invalid(
    admitted: Callable[..., Outcome], arrays: dict[str, np.ndarray], told: str
) -> None:
    outcome = admitted(**arrays)
    assert outcome.status is Status.INVALID and told in outcome.reason


def test_a_file_without_the_test_points_is_invalid_where_there_must_be_some(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", train=of("train"))
    assert border.admitted(OK, tmp_path / "run.npz", SIZES).reason.endswith("Got no array test.")
    without = OK.model_copy(update={"can_transform": False})
    assert border.admitted(without, tmp_path / "run.npz", SIZES) is without


def _missing(path: Path) -> None: ...


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _cut(path: Path) -> None:
    np.savez(path, train=of("train"), test=of("test"))
    path.write_bytes(path.read_bytes()[:-40])


def _link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _of_objects(path: Path) -> None:
    np.savez(path, train=np.array([object()]), test=of("test"), allow_pickle=True)


def _lone(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, of("train"))


def _endless(path: Path) -> None:
    np.savez_compressed(path, train=np.zeros((30, 2)), test=of("test"), extra_own=np.zeros(10 * 2**20, np.uint8))


def _declares_much(path: Path) -> None:
    np.savez(path, train=of("train"), test=of("test"))
    path.write_bytes(path.read_bytes().replace(b"(30, 2)", b"(9**9,)"))


@pytest.mark.parametrize("made", [_missing, _fifo, _cut, _link, _of_objects, _lone, _endless, _declares_much])
def test_a_file_that_cannot_be_read_ends_its_run_alone(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "run.npz")
    outcome = border.admitted(OK, tmp_path / "run.npz", SIZES)
    assert outcome.status is Status.CRASHED
    assert outcome.reason.startswith("the file of its arrays cannot be read: ")


def test_no_flipped_bit_of_a_file_raises(tmp_path: Path) -> None:
    path, rng = tmp_path / "run.npz", np.random.RandomState(0)
    np.savez(path, train=of("train"), test=of("test"))
    whole = path.read_bytes()
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[rng.randint(len(whole))] ^= 1 << rng.randint(8)
        path.write_bytes(damaged)
        assert border.admitted(OK, path, SIZES).status in (Status.OK, Status.INVALID, Status.CRASHED)
