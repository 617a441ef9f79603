from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import datasets
from bench.datasets.base import DOUBLED, PERMUTED, places_of_points
from bench.errors import DatasetError
from bench.store.store import Store


@pytest.fixture(scope="module")
def mnist_5k() -> datasets.Dataset:
    return datasets.load("mnist-5k")


def test_mnist_5k_is_split_in_proportion(mnist_5k: datasets.Dataset) -> None:
    assert mnist_5k.X.shape == (4_000, 784)
    assert mnist_5k.X_test.shape == (1_000, 784)
    assert mnist_5k.X.dtype == np.float32
    assert np.bincount(mnist_5k.y).tolist() == [400] * 10
    assert np.bincount(mnist_5k.y_test).tolist() == [100] * 10


def test_mnist_5k_is_what_the_published_results_were_measured_on(mnist_5k: datasets.Dataset) -> None:
    where = Store(Path(__file__).parents[3] / "results" / "default").environment()
    assert where is not None and where.dataset_fingerprint == mnist_5k.fingerprint


def test_pixels_are_grey_steps_over_255(mnist_5k: datasets.Dataset) -> None:
    assert (mnist_5k.X.min(), mnist_5k.X.max()) == (0, 1)
    steps = mnist_5k.X.astype(np.float64) * 255
    assert np.abs(steps - np.rint(steps)).max() < 1e-4


def test_no_image_is_both_a_training_and_a_test_point(mnist_5k: datasets.Dataset) -> None:
    train = {row.tobytes() for row in mnist_5k.X}
    assert not any(row.tobytes() in train for row in mnist_5k.X_test)


def test_fewer_training_points_keep_the_test_points(mnist_5k: datasets.Dataset) -> None:
    small = datasets.load("mnist-5k", n=1_000)
    assert np.bincount(small.y).tolist() == [100] * 10
    assert np.array_equal(small.X_test, mnist_5k.X_test)
    assert np.array_equal(small.X, mnist_5k.X[:1_000])
    assert small.fingerprint != mnist_5k.fingerprint


def test_loading_twice_gives_the_same_data(mnist_5k: datasets.Dataset) -> None:
    assert datasets.load("mnist-5k").fingerprint == mnist_5k.fingerprint


def test_the_fingerprint_sees_every_array() -> None:
    one, other = datasets.load("digits"), datasets.load("digits")
    other.y_test[0] += 1
    assert one.fingerprint != other.fingerprint


def test_digits() -> None:
    digits = datasets.load("digits")
    assert (digits.X.shape, digits.X_test.shape) == ((1_437, 64), (360, 64))
    assert digits.X.max() == 1


def test_a_dataset_gives_what_it_has(mnist_5k: datasets.Dataset) -> None:
    assert datasets.load("mnist-5k", n=9_999).fingerprint == mnist_5k.fingerprint


def test_too_few_points_are_refused() -> None:
    with pytest.raises(DatasetError, match=r"Got 10 training points in digits, but expected more than 10"):
        datasets.load("digits", n=10)


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Did you mean 'mnist' or 'mnist-5k'|Did you mean 'mnist-5k' or 'mnist'"):
        datasets.load("mnst")
    with pytest.raises(DatasetError, match="there is no such file"):
        datasets.load(str(tmp_path / "missing.csv"))


def test_a_class_can_be_left_out_of_the_training_points(mnist_5k: datasets.Dataset) -> None:
    without = mnist_5k.select(without="3")
    assert np.bincount(without.y, minlength=10).tolist() == [0 if digit == 3 else 400 for digit in range(10)]
    assert np.array_equal(without.X, mnist_5k.X[mnist_5k.y != 3])
    assert np.array_equal(without.X_test, mnist_5k.X_test) and np.array_equal(without.y_test, mnist_5k.y_test)


def test_points_are_counted_behind_the_class_that_is_left_out(mnist_5k: datasets.Dataset) -> None:
    few = mnist_5k.select(n=100, without="3")
    assert np.array_equal(few.X, mnist_5k.select(without="3").X[:100])
    assert len({mnist_5k.select(*which).fingerprint for which in ((None, ""), (100, ""), (100, "3"))}) == 3


def test_a_selection_of_all_points_is_the_dataset_itself(mnist_5k: datasets.Dataset) -> None:
    assert mnist_5k.select() is mnist_5k
    assert mnist_5k.select(n=1_000_000) is mnist_5k


def test_an_impossible_selection_is_refused(mnist_5k: datasets.Dataset) -> None:
    with pytest.raises(DatasetError, match="Got class of mnist-5k '11'"):
        mnist_5k.select(without="11")
    with pytest.raises(DatasetError, match="Got 10 training points of mnist-5k, but expected more than 10"):
        mnist_5k.select(n=10)


def test_samples_are_disjoint_and_of_one_size(mnist_5k: datasets.Dataset) -> None:
    samples = [mnist_5k.select(sample=sample, samples=3) for sample in range(3)]
    assert [len(sample.X) for sample in samples] == [1_333] * 3
    assert np.array_equal(np.concatenate([sample.X for sample in samples]), mnist_5k.X[:3_999])
    few = [mnist_5k.select(100, "3", sample, 2) for sample in range(2)]
    assert np.array_equal(np.concatenate([sample.X for sample in few]), mnist_5k.select(without="3").X[:200])
    assert all(np.array_equal(sample.X_test, mnist_5k.X_test) for sample in (*samples, *few))


def test_rows_stand_in_another_order_or_twice(mnist_5k: datasets.Dataset) -> None:
    few = mnist_5k.select(n=100)
    permuted, doubled = (mnist_5k.select(n=100, rows=rows) for rows in (PERMUTED, DOUBLED))
    assert not np.array_equal(permuted.X, few.X) and permuted.fingerprint != few.fingerprint
    assert sorted(map(bytes, permuted.X)) == sorted(map(bytes, few.X))
    assert np.array_equal(doubled.X[:100], few.X) and len(doubled.X) == len(doubled.y) == 110
    assert len({bytes(row) for row in doubled.X[100:]}) == 10 and {*map(bytes, doubled.X[100:])} <= {*map(bytes, few.X)}
    for rows, changed in ((PERMUTED, permuted), (DOUBLED, doubled)):
        first = places_of_points(rows, 100)
        assert np.array_equal(changed.X[first], few.X) and np.array_equal(changed.y[first], few.y)
        assert np.array_equal(changed.X_test, few.X_test)


def test_the_rows_of_all_points_can_be_changed(mnist_5k: datasets.Dataset) -> None:
    assert not np.array_equal(mnist_5k.select(rows=PERMUTED).X, mnist_5k.X)
    assert len(mnist_5k.select(rows=DOUBLED).X) == 4_400


def test_every_point_that_is_not_fitted_can_be_a_test_point() -> None:
    whole, few = datasets.load("digits"), datasets.load("digits", n=100, rest=True)
    assert (len(few.X), len(few.X_test), few.available) == (100, 1_697, 1_437)
    np.testing.assert_array_equal(few.X_test, np.concatenate([whole.X[100:], whole.X_test]))
    np.testing.assert_array_equal(few.y_test, np.concatenate([whole.y[100:], whole.y_test]))
    without = replace(whole, X_test=whole.X[:0], y_test=None).with_rest(100)
    np.testing.assert_array_equal(without.y_test, whole.y[100:])
    with pytest.raises(DatasetError, match="expected fewer than the 1,437 training points"):
        datasets.load("digits", n=1_437, rest=True)
