from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bench.store.arrays import FILE, STEPS, Arrays, packed

POSITIONS = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 20), st.integers(1, 3)), elements=st.floats(-1e6, 1e6, width=32)
)


@given(Z=POSITIONS)
def test_a_position_is_off_by_half_a_step_at_most(tmp_path_factory: pytest.TempPathFactory, Z: np.ndarray) -> None:
    folder = tmp_path_factory.mktemp("arrays")
    (folder / FILE).write_bytes(packed({"a": Z}, {}))
    stored = Arrays(folder)["a"]
    width = np.ptp(Z.astype(np.float64), axis=0)
    assert stored.shape == Z.shape and stored.dtype == np.float32
    assert (np.abs(stored - Z.astype(np.float64)) <= 0.51 * width / STEPS + 1e-6 * np.abs(Z).max()).all()


def test_other_arrays_stay_as_they_are(tmp_path: Path) -> None:
    others = {"labels": np.arange(3, dtype=np.uint8), "classes": np.array(["a", "b"]), "loss": np.array([np.nan, 1.5])}
    (tmp_path / FILE).write_bytes(packed({"Z": np.ones((2, 2))}, others))
    stored = Arrays(tmp_path)
    assert set(stored) == {"Z", *others} and len(stored) == 4
    for name, array in others.items():
        np.testing.assert_array_equal(stored[name], array)


def test_the_same_arrays_give_the_same_bytes() -> None:
    Z = np.random.RandomState(0).rand(5, 2)
    assert packed({"Z": Z}, {}) == packed({"Z": Z.copy()}, {})


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x03\x04 broken"])
def test_a_missing_or_damaged_file_holds_nothing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    assert dict(Arrays(tmp_path)) == {}
