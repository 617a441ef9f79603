from __future__ import annotations

import numpy as np
import pytest

from bench.execution.warm_up import stand_ins


@pytest.mark.parametrize("n_features", [1, 5, 784])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stand_ins_look_like_the_data_and_are_none_of_them(n_features: int, dtype: type) -> None:
    rng = np.random.RandomState(1)
    X = (np.linspace(0, 2, n_features) + rng.standard_normal((3_000, n_features))).astype(dtype)
    X[:, 0] = np.linspace(0, 1, 3_000)  # in one dimension some number would be hit by chance
    drawn = stand_ins(X, 512, (X,))
    assert (drawn.shape, drawn.dtype, drawn.flags.c_contiguous) == ((512, n_features), X.dtype, True)
    assert (drawn >= X.min(axis=0)).all() and (drawn <= X.max(axis=0)).all()
    assert not {row.tobytes() for row in drawn} & {row.tobytes() for row in X}
    np.testing.assert_array_equal(drawn, stand_ins(X, 512, (X,)))
    assert np.mean(drawn.std(axis=0) > 0) == 1


def test_no_more_are_drawn_than_there_are_and_none_of_none() -> None:
    X = np.random.RandomState(0).rand(20, 3).astype(np.float32)
    assert stand_ins(X, 512, (X,)).shape == (20, 3)
    assert stand_ins(X[:0], 512, (X,)).shape == (0, 3)


def test_values_that_are_taken_are_drawn_again() -> None:
    few = np.arange(1, 4, dtype=np.float32)[:, None] * np.float32(1e-45)  # denormal: nothing lies between
    assert stand_ins(few, 3, (few,)).shape == (3, 1)
    X = np.arange(2**12, dtype=np.float16)[:, None]
    X = np.delete(X, 7, axis=0)
    drawn = stand_ins(X.astype(np.float32), 512, (X.astype(np.float32),))
    assert not np.isin(drawn, X).any()
