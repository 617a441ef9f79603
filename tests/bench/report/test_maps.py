"""Maps: seeds turned onto each other, outliers counted, places in whole numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.report import maps


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_alignment_undoes_rotation_reflection_and_shift(seed: int, n_components: int) -> None:
    rng = np.random.RandomState(seed)
    Z = rng.standard_normal((30, n_components))
    turn = np.linalg.qr(rng.standard_normal((n_components, n_components)))[0]
    found, shift = maps.alignment(Z @ turn + rng.standard_normal(n_components), Z)
    assert np.allclose((Z @ turn - (Z @ turn).mean(axis=0)) @ found, Z - Z.mean(axis=0))
    assert np.allclose(found @ found.T, np.eye(n_components))
    assert shift.shape == (n_components,)


def test_alignment_brings_the_centres_together_and_keeps_the_scale() -> None:
    rng = np.random.RandomState(0)
    Z, target = rng.standard_normal((50, 2)) * 3 + 7, rng.standard_normal((50, 2))
    turn, shift = maps.alignment(Z, target)
    aligned = Z @ turn + shift
    assert np.allclose(aligned.mean(axis=0), target.mean(axis=0))
    assert np.allclose(np.linalg.norm(aligned - aligned.mean(axis=0)), np.linalg.norm(Z - Z.mean(axis=0)))


def test_one_outlier_squeezes_nothing_and_is_counted() -> None:
    rng = np.random.RandomState(0)
    Z = rng.uniform(size=(2_000, 2))
    Z[7] = 1e6, -1e6
    found = maps._boxed(Z, Z[:10])
    assert found.clipped >= 1 and found.clipped_test == 1
    assert found.fit[0, 7] == maps.SIDE and found.fit[1, 7] == maps.SIDE
    assert np.ptp(np.delete(found.fit[0], 7).astype(int)) > 0.85 * maps.SIDE


def test_axes_are_equal_and_y_points_up() -> None:
    Z = np.array([[x, y] for x in np.linspace(0, 10, 50) for y in np.linspace(0, 1, 50)])
    found = maps._boxed(Z, None)
    spans = [np.ptp(axis.astype(int)) for axis in found.fit]
    assert np.isclose(spans[0] / spans[1], 10, rtol=0.05)
    assert found.fit[1, 0] > found.fit[1, 49]


def test_places_are_exact_to_a_step() -> None:
    Z = np.random.RandomState(0).standard_normal((500, 2))
    found = maps._boxed(Z, None)
    inside = (found.fit > 0).all(axis=0) & (found.fit < maps.SIDE).all(axis=0)
    for axis, sign in ((0, 1), (1, -1)):
        slope, start = np.polyfit(Z[inside, axis], found.fit[axis, inside], 1)
        assert np.sign(slope) == sign
        assert np.abs(Z[inside, axis] * slope + start - found.fit[axis, inside]).max() < 1


def test_one_axis_lies_along_a_line_and_of_three_two_are_shown() -> None:
    Z = np.random.RandomState(0).standard_normal((100, 3))
    line, solid = maps._boxed(Z[:, :1], None), maps._boxed(Z, None)
    assert len(np.unique(line.fit[1])) == 1
    assert solid.n_components == 3
    assert np.array_equal(solid.fit, maps._boxed(Z[:, :2], None).fit)


def test_what_is_not_finite_lies_on_the_border_and_is_counted() -> None:
    Z = np.random.RandomState(0).uniform(size=(100, 2))
    Z[3], Z[4] = np.nan, np.inf
    found = maps._boxed(Z, None)
    clean = maps._boxed(np.delete(Z, [3, 4], axis=0), None)
    assert found.clipped == clean.clipped + 2
    assert maps._boxed(np.full((5, 2), np.nan), None).clipped == 5


def test_a_point_at_one_place_is_drawn() -> None:
    assert (maps._boxed(np.ones((20, 2)), None).fit > 0).all()
