from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import reducers
from reducers.dependencies import code_behind
from reducers.pca import N_COMPONENTS

PAIRS = {name: f"{name}_after_pca" for name in ("tsne", "opentsne", "umap")}
X = load_digits().data.astype(np.float32)[:200] / 16


@pytest.mark.parametrize(("alone", "after"), PAIRS.items())
def test_it_has_transform_exactly_when_the_reducer_does(alone: str, after: str) -> None:
    assert hasattr(reducers.create(after), "transform") == hasattr(reducers.create(alone), "transform")


@pytest.mark.parametrize(("alone", "after"), PAIRS.items())
def test_it_is_the_reducer_on_principal_components(alone: str, after: str) -> None:
    first = reducers.create("pca", n_components=N_COMPONENTS).fit(X)
    params = dict(reducers.get(alone).quick_params) | {"random_state": 0}
    expected = reducers.create(alone, **params).fit(first.embedding_)
    found = reducers.create(after, **params).fit(X)
    np.testing.assert_array_equal(found.embedding_, expected.embedding_)
    if hasattr(found, "transform"):
        np.testing.assert_array_equal(found.transform(X[:9]), expected.transform(first.transform(X[:9])))


@pytest.mark.parametrize(("alone", "after"), PAIRS.items())
def test_its_runs_depend_on_the_code_of_both(alone: str, after: str) -> None:
    behind = {path.stem for path in code_behind(reducers.source(after), reducers.FOLDER)}
    assert behind == {after, alone, "pca", "_covariance", "_streaming", "rows", "base", "errors"}
