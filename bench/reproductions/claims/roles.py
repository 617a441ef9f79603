"""Roles: which variant of a study is what a claim speaks of, found by its typed fields, whatever it is called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from bench.store.results import Results
from bench.store.values import RunId

ACCURACY, SILHOUETTE = "knn_accuracy_k10_test", "silhouette_test"
Fields = dict[str, Any]
FIXED: Fields = {"preset": "post1-vae-fixed", "batch_size": 128, "likelihood": None, "n": None}
DEEP = FIXED | {"hidden_layer_sizes": [400]}
"""Post 1's network, fixed, in larger batches."""
LINEAR = FIXED | {"hidden_layer_sizes": [], "n_components": 2}
IN_K: Fields = {"reducer": "autoencoder", "preset": None, "hidden_layer_sizes": [400], "n": None, "without": None}

ROLES: Mapping[str, Fields] = {
    "PCA": {"reducer": "pca"},
    "openTSNE": {"reducer": "opentsne"},
    "UMAP": {"reducer": "umap"},
    "post 1": {"preset": "post1-vae", "optimizer": "sgd"},
    "post 1 with Adam": {"preset": "post1-vae", "optimizer": "adam"},
    "post 1 with sums": {"preset": "post1-vae-fixed", "optimizer": "sgd"},
    "post 1 fixed": {"preset": "post1-vae-fixed", "optimizer": "adam", "batch_size": 10},
    **{f"deep, beta = {beta}": DEEP | {"n_components": 2, "beta": beta} for beta in (0, 1, 5, 20)},
    **{f"linear, beta = {beta}": LINEAR | {"beta": beta} for beta in (5, 9, 12)},
    "linear, beta = 9, long": LINEAR | {"beta": 9},
    "cross-entropy": DEEP | {"likelihood": "bernoulli"},
    "optimal variance": DEEP | {"likelihood": "optimal_sigma"},
    "post 2 autoencoder": {"preset": "post2-ae"},
    "post 2 VAE": {"preset": "post2-vae"},
    "post 2 VAE, means": {"reducer": "reducers.posts.post2:Post2VAEMeans"},
    "post 2 VAE fixed": {"preset": "post2-vae-fixed"},
    "post 3 autoencoder": {"preset": "post3-ae"},
    "post 3 VAE": {"preset": "post3-vae"},
    "post 3 autoencoder fixed": {"preset": "post3-ae-fixed"},
    "post 3 VAE fixed": {"preset": "post3-vae-fixed"},
    "post 4, short": {"preset": "post4-vae", "hidden_layer_sizes": [256, 64]},
    "post 4": {"preset": "post4-vae", "hidden_layer_sizes": [256, 64]},
    "post 4, wide": {"preset": "post4-vae", "hidden_layer_sizes": [512, 256]},
    "post 4 fixed, short": {"preset": "post4-vae-fixed"},
    "post 4 fixed, long": {"preset": "post4-vae-fixed"},
    **{f"autoencoder, k = {k}": IN_K | {"n_components": k} for k in (2, 10)},
    **{f"VAE, k = {k}": DEEP | {"n_components": k, "beta": None} for k in (10, 20)},
    "autoencoder without a class": {"reducer": "autoencoder", "axis": "without"},
    "VAE without a class": {"reducer": "vae", "axis": "without"},
    "chain without a class": {"reducer": "chained", "axis": "without"},
}
"""Every variant that a claim may speak of, by what it is called there: criteria of `Results.select`."""
LONGEST = ("linear, beta = 9, long", "post 4", "post 4 fixed, long")
"""Roles of the variant with the most epochs; of several variants others take the one with the fewest."""


class Posts:
    """The runs of a study of the posts, as claims look at them.

    Quantities have a row for every run of the study, so that arithmetic pairs them; it is NaN where a run has none.
    """

    def __init__(self, results: Results) -> None:
        self.results = results

    @cached_property
    def runs(self) -> list[RunId]:
        """Sample and seed of each row."""
        return sorted({run for variant in self.results.variants for run in self.results.run_ids(variant)})

    def find(self, role: str) -> str:
        """Return the variant that has a role and a successful run; empty if there is none."""
        found = self._shortest_first(**ROLES[role])
        return max(found, key=self._epochs, default="") if role in LONGEST else next(iter(found), "")

    def values(self, role: str, quantity: str) -> pd.Series:
        """Return a quantity of the variant that has a role."""
        return self._of(self.find(role), quantity)

    def each(self, arms: Mapping[str, str], quantity: str) -> pd.DataFrame:
        """Return a quantity of each arm that a variant stands for; `arms` are roles, by what they are called."""
        return pd.DataFrame({name: self.values(role, quantity) for name, role in arms.items() if self.find(role)})

    def along(self, axis: str, role: str, quantity: str) -> dict[Any, pd.Series]:
        """Return a quantity of the variants that are like the one with a role, by their place on an axis, ascending.

        Of variants that differ in their epochs alone the one with the fewest is taken.

        Parameters
        ----------
        axis : str
            A parameter, or `n` or `without`; variants without it are left out.
        """
        found: dict[Any, pd.Series] = {}
        for variant in self._shortest_first(**{key: value for key, value in ROLES[role].items() if key != axis}):
            spec = self.results.variant(variant)
            place = getattr(spec, axis) if axis in ("n", "without") else spec.params.get(axis)
            if place not in (None, ""):
                found.setdefault(place, self._of(variant, quantity))
        return dict(sorted(found.items()))

    def constant(self, quantity: str) -> float:
        """Return a quantity of the data, which is the same in all runs; NaN if no run has it."""
        whole = [v for v in self.results.select(n=None, without=None) if self.results.ok(v)]
        values = (self._of(variant, quantity).dropna() for variant in whole)
        return next((float(found.iloc[0]) for found in values if len(found)), float("nan"))

    def _of(self, variant: str, quantity: str) -> pd.Series:
        by_run = self.results.values(variant, quantity).by_run
        return pd.Series([by_run.get(run) for run in self.runs], dtype=float)

    def _shortest_first(self, **fields: Any) -> list[str]:
        return sorted(filter(self.results.ok, self.results.select(**fields)), key=self._epochs)

    def _epochs(self, variant: str) -> int:
        return int(self.results.variant(variant).params.get("n_epochs", 0))


def listed(text: str, values: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns, one an arm, by the text and the name of the arm."""
    return {f"{text}, {name}": found for name, found in values.items()}
