"""Maps: outliers counted, positions in whole numbers."""

from __future__ import annotations

import numpy as np

from bench.output.report import payload


def test_one_outlier_squeezes_nothing_and_is_counted() -> None:
    rng = np.random.RandomState(0)
    Z = rng.uniform(size=(2_000, 2))
    Z[7] = 1e6, -1e6
    found = payload.boxed({"train": Z, "test": Z[:10]})
    assert found.clipped["train"] >= 1 and found.clipped["test"] == 1
    assert found.splits["train"][0, 7] == payload.SIDE and found.splits["train"][1, 7] == payload.SIDE
    assert np.ptp(np.delete(found.splits["train"][0], 7).astype(int)) > 0.85 * payload.SIDE


def test_axes_are_equal_and_y_points_up() -> None:
    Z = np.array([[x, y] for x in np.linspace(0, 10, 50) for y in np.linspace(0, 1, 50)])
    found = payload.boxed({"train": Z})
    spans = [np.ptp(axis.astype(int)) for axis in found.splits["train"]]
    assert np.isclose(spans[0] / spans[1], 10, rtol=0.05)
    assert found.splits["train"][1, 0] > found.splits["train"][1, 49]


def test_positions_are_exact_to_a_step() -> None:
    Z = np.random.RandomState(0).standard_normal((500, 2))
    found = payload.boxed({"train": Z})
    inside = (found.splits["train"] > 0).all(axis=0) & (found.splits["train"] < payload.SIDE).all(axis=0)
    for axis, sign in ((0, 1), (1, -1)):
        slope, start = np.polyfit(Z[inside, axis], found.splits["train"][axis, inside], 1)
        assert np.sign(slope) == sign
        assert np.abs(Z[inside, axis] * slope + start - found.splits["train"][axis, inside]).max() < 1


def test_one_axis_lies_along_a_line_and_of_three_two_are_shown() -> None:
    Z = np.random.RandomState(0).standard_normal((100, 3))
    line, solid = payload.boxed({"train": Z[:, :1]}), payload.boxed({"train": Z})
    assert len(np.unique(line.splits["train"][1])) == 1
    assert solid.n_components == 3
    assert np.array_equal(solid.splits["train"], payload.boxed({"train": Z[:, :2]}).splits["train"])


def test_points_at_one_position_are_drawn() -> None:
    assert (payload.boxed({"train": np.ones((20, 2))}).splits["train"] > 0).all()
