"""What a reducer says to parameters that cannot be."""

from __future__ import annotations

import numpy as np
import pytest

import reducers

X = np.random.RandomState(0).rand(30, 5)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("pca", {"n_components": 0}, "Got n_components=0, but expected an integer of at least 1"),
        ("pca", {"n_components": 1.5}, "Got n_components=1.5, but expected an integer of at least 1"),
        ("pca", {"n_components": 6}, r"Got n_components=6, but expected at most min\(n_samples=30, n_features=5\)"),
        ("tsne", {"perplexity": 50}, "Got perplexity=50, but expected less than n_samples=30"),
        ("tsne", {"n_components": 6, "perplexity": 5}, "the PCA start has at most n_features=5"),
        ("opentsne", {"perplexity": 10}, "Got perplexity=10, but expected at most a third of the other 29 points"),
        ("umap", {"n_neighbors": 30}, "Got n_neighbors=30, but expected less than n_samples=30"),
        ("umap", {"n_components": 29}, "Got n_components=29, but expected at most n_samples - 2 = 28"),
    ],
)
def test_what_cannot_be_is_refused_in_words(name: str, params: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        reducers.create(name, **params).fit(X)
