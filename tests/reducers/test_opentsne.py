from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from reducers.opentsne import OpenTSNE


def test_new_points_land_among_the_fitted_ones() -> None:
    X, y = load_digits(return_X_y=True)
    reducer = OpenTSNE(random_state=0).fit(X[:900])
    Z_test = reducer.transform(X[900:])
    assert np.allclose(np.asarray(reducer.fitted_), reducer.embedding_), "the training points have moved"
    assert KNeighborsClassifier(10).fit(reducer.embedding_, y[:900]).score(Z_test, y[900:]) > 0.88
