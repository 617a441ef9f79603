from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

import reducers

X, y = load_digits().data.astype(np.float32) / 16, load_digits().target


@pytest.fixture(scope="module")
def chained() -> reducers.base.Reducer:
    """Fitted on zeros and ones alone."""
    known = y[:1_200] < 2
    return reducers.create("chained", code_size=8, hidden_layer_sizes=(64,), n_epochs=100, random_state=0).fit(
        X[:1_200][known]
    )


def test_digits_of_other_classes_are_abnormal(chained) -> None:
    scores = chained.score_samples(X[1_200:])
    assert roc_auc_score(y[1_200:] < 2, scores) > 0.85
    assert np.array_equal(chained.extras(X[1_200:])["anomaly_score"], -scores.astype(np.float32))


def test_the_score_is_the_error_of_the_whole_chain(chained) -> None:
    error = np.square(X[1_200:] - chained.inverse_transform(chained.transform(X[1_200:]))).sum(axis=1)
    assert chained.score_samples(X[1_200:]) == pytest.approx(-error, rel=1e-4)
