from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import reducers

X = (load_digits().data[:60] / 16).astype(np.float32)


def test_it_is_umap_until_the_density_counts_and_cannot_map_new_points() -> None:
    params = {"n_neighbors": 5, "n_epochs": 20, "random_state": 0}
    kept = reducers.create("densmap", **params).fit(X)
    assert not hasattr(kept, "transform")
    without = reducers.create("densmap", dens_lambda=0.0, **params).fit_transform(X)
    assert kept.umap_.densmap and not np.allclose(kept.embedding_, without)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"n_neighbors": 60}, "n_neighbors=60, but expected less than n_samples=60"),
        ({"n_components": 59}, "n_components=59, but expected at most n_samples - 2 = 58"),
    ],
)
def test_bad_parameters_are_refused_in_a_sentence(params: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^Got {sentence}"):
        reducers.create("densmap", **params).fit(X)
