from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import reducers
from bench import conformance
from reducers._after_pca import N_COMPONENTS
from reducers._sources import code_behind

PAIRS = {
    "tsne": "reducers/_tsne_after_pca.py:TSNEAfterPCA",
    "opentsne": "reducers/_opentsne_after_pca.py:OpenTSNEAfterPCA",
    "umap": "reducers/_umap_after_pca.py:UMAPAfterPCA",
}
X = load_digits().data.astype(np.float32)[:200] / 16


@pytest.mark.parametrize("name", PAIRS.values())
def test_it_keeps_the_contract(name: str) -> None:
    findings = list(conformance.contract_findings(reducers.get(name)))
    assert [finding for finding in findings if finding.status not in ("passed", "excused")] == []


def test_none_is_a_participant() -> None:
    assert not any("pca" in name for name in reducers.names() if name != "pca")


@pytest.mark.parametrize(("alone", "after"), PAIRS.items())
def test_it_places_new_points_exactly_when_the_reducer_does(alone: str, after: str) -> None:
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
    behind = {path.stem for path in code_behind(reducers.source(after).file, reducers.FOLDER)}
    assert {alone, "pca", "_after_pca"} <= behind
