from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, laplace
from sklearn.metrics import silhouette_samples, silhouette_score

from bench.datasets import Dataset
from bench.metrics import ReferenceSpace
from bench.metrics.measure import Arrays, Subject
from bench.metrics.measures import MEASURES
from tests.bench.metrics.data import dataset

N, M = 80, 40


@pytest.fixture(scope="module")
def data() -> Dataset:
    rng = np.random.RandomState(0)
    y, y_test = np.arange(N) % 4, np.arange(M) % 4
    X, X_test = (rng.randint(0, 60, (len(labels), 64)) + 40 * labels[:, None] for labels in (y, y_test))
    return dataset(X, y, X_test, y_test=y_test, classes=tuple("0123"))


def values(key: str, data: Dataset, arrays: Arrays, without: str = "") -> dict[str, float]:
    return MEASURES[key].compute(Subject(ReferenceSpace(data), arrays, without))


def test_sharpness_is_the_variance_of_the_laplacian_and_falls_with_blur(data: Dataset) -> None:
    images = np.random.RandomState(1).rand(6, 8, 8).astype(np.float32)
    found = values("sharpness", data, {"extra_displayed": images.reshape(6, 64)})[""]
    expected = [laplace(image.astype(np.float64))[1:-1, 1:-1].var() for image in images]
    assert found == pytest.approx(np.mean(expected))
    blurred = np.stack([gaussian_filter(image, 1.0) for image in images]).reshape(6, 64)
    assert values("sharpness", data, {"extra_displayed": blurred})[""] < 0.1 * found
    for pixels in (60, 4):  # no square, and too small for edges
        assert values("sharpness", data, {"extra_displayed": np.ones((2, pixels), np.float32)}) == {}


def test_a_class_that_lies_apart_has_a_large_offset(data: Dataset) -> None:
    rng = np.random.RandomState(2)
    Z = rng.standard_normal((M, 3)) + 9.0 * (data.y_test == 2)[:, None]
    found = values("class_offsets", data, {"test": Z.astype(np.float32)})
    rows = data.y_test == 2
    radius = np.sqrt(((Z - Z.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert found["2"] == pytest.approx(np.linalg.norm(Z[rows].mean(axis=0) - Z[~rows].mean(axis=0)) / radius, rel=1e-4)
    assert list(found) == list("0123")
    assert found["2"] > 2 * max(found[digit] for digit in "013")
    scaled = values("class_offsets", data, {"test": (100 * Z + 5).astype(np.float32)})
    assert scaled == pytest.approx(found, rel=1e-4)
    assert values("class_offsets", data, {"test": np.zeros((M, 2), np.float32)}) == {}


def test_silhouettes_are_those_of_test_points(data: Dataset) -> None:
    rng = np.random.RandomState(3)
    Z, Z_test = (rng.standard_normal((len(y), 2)) + y[:, None] for y in (data.y, data.y_test))
    arrays = {"train": Z, "test": Z_test}
    assert values("silhouette_test", data, arrays)[""] == pytest.approx(silhouette_score(Z_test, data.y_test))
    of_points = silhouette_samples(Z_test, data.y_test)
    expected = {name: of_points[data.y_test == label].mean() for label, name in enumerate("0123")}
    assert values("silhouette_of_classes_test", data, arrays) == pytest.approx(expected)


def test_wrong_digits_are_those_that_the_classifier_takes_for_others(data: Dataset) -> None:
    data = replace(data, X_test=data.X[:M])  # whose classes the classifier knows; they are those of the test points
    right, wrong = data.X[:12], data.X[1:13]
    assert values("wrong_digits", data, {"extra_displayed": right})[""] == 0
    assert values("wrong_digits", data, {"extra_displayed": wrong})[""] == 1
    y_test = (data.y_test + (np.arange(M) < 6)) % 4  # half of the images seem to be of another class
    half = np.concatenate([wrong[:6], right[6:9], wrong[9:]])
    assert values("wrong_digits", replace(data, y_test=y_test), {"extra_displayed": half})[""] == 0.5
    assert values("wrong_digits", replace(data, y_test=y_test), {"extra_displayed": right[:6]}) == {}
    assert values("wrong_digits", data, {"extra_displayed": right[:, :16]}) == {}
    assert values("wrong_digits", data, {"extra_displayed": right}, without="2") == {}
