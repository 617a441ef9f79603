"""Roles: which variant of a study is what a claim speaks of, found by its typed fields, whatever it is called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from bench.reproductions.claims.catalogue import Claim, posts
from bench.store.results import Results
from bench.store.values import RunId

ACCURACY, SILHOUETTE = "knn_accuracy_k10_test", "silhouette_test"
Fields = dict[str, Any]
FIXED: Fields = {"preset": "post1-vae-fixed", "optimizer": "adam", "likelihood": None}
DEEP = FIXED | {"batch_size": 128, "hidden_layer_sizes": [400], "n_components": 2}
"""Post 1's network, fixed, in larger batches."""
LINEAR = FIXED | {"hidden_layer_sizes": []}
POST_4 = {"preset": "post4-vae", "hidden_layer_sizes": [256, 64]}

ROLES: Mapping[str, Fields] = {
    "PCA": {"reducer": "pca"},
    "UMAP": {"reducer": "umap"},
    "post 1": {"preset": "post1-vae", "optimizer": "sgd"},
    "post 1 with Adam": {"preset": "post1-vae", "optimizer": "adam"},
    "post 1 with sums": {"preset": "post1-vae-fixed", "optimizer": "sgd"},
    "post 1 fixed": FIXED | {"batch_size": 10},
    "cross-entropy": {"preset": "post1-vae-fixed", "likelihood": "bernoulli"},
    "autoencoder": {"reducer": "autoencoder", "preset": None, "n_components": 2, "hidden_layer_sizes": [400]},
    "autoencoder, cross-entropy": {"reducer": "cross_entropy_autoencoder", "hidden_layer_sizes": [400]},
    **{f"deep, beta = {beta}": DEEP | {"beta": beta} for beta in (1, 5, 20)},
    **{f"linear, beta = {beta}": LINEAR | {"beta": beta} for beta in (5, 12)},
    "post 2 autoencoder": {"preset": "post2-ae"},
    "post 2 VAE": {"preset": "post2-vae"},
    "post 2 VAE, means": {"reducer": "reducers.posts.post2:Post2VAEMeans"},
    "post 2 VAE fixed": {"preset": "post2-vae-fixed", "beta": None},
    "without KL": {"beta": 0},
    "post 3 autoencoder": {"preset": "post3-ae", "n_components": 3},
    "post 3 autoencoder, k = 10": {"preset": "post3-ae", "n_components": 10},
    "post 3 VAE": {"preset": "post3-vae"},
    "post 3 autoencoder fixed": {"preset": "post3-ae-fixed"},
    "post 3 VAE fixed": {"preset": "post3-vae-fixed"},
    "post 4": POST_4,
    "post 4, longer": POST_4,
    "post 4, larger": {"preset": "post4-vae"},
    "post 4 fixed": {"preset": "post4-vae-fixed"},
    "autoencoder without a class": {"reducer": "autoencoder", "axis": "without"},
    "VAE without a class": {"reducer": "vae", "axis": "without"},
    "chain without a class": {"reducer": "chained", "axis": "without"},
}
"""Every variant that a claim may speak of, by what it is called there: criteria of `Results.select`."""
LONGEST, LARGEST = ("post 4, longer",), ("post 4, larger",)
"""Roles of the variant with the most epochs, or units; of several variants others take the one with the fewest
epochs."""


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

    def knows(self, claim: Claim) -> bool:
        """Return whether all variants that a claim needs are in the study, with a successful run."""
        found = [self.find(role) for role in claim.needs]
        return all(found) and len(set(found)) == len(found)

    def has_budget(self, claim: Claim) -> bool:
        """Return whether the variants that decide a claim had the images and epochs of its post."""
        if not claim.post or not claim.own_budget:
            return True
        post = posts()[claim.post]
        found = [self.find(role) for role in claim.needs]
        images = min(int(self.results.ok_runs(variant)["n_train"].min()) for variant in found)
        epochs = min(self._epochs(variant) or post.epochs for variant in found)
        return images >= post.images and epochs >= post.epochs

    def find(self, role: str) -> str:
        """Return the variant that has a role and a successful run; empty if there is none."""
        found = self._shortest_first(**ROLES[role])
        if role in LARGEST:
            return max(found, key=lambda variant: sum(self._param(variant, "hidden_layer_sizes") or ()), default="")
        return max(found, key=self._epochs, default="") if role in LONGEST else next(iter(found), "")

    def values(self, role: str, quantity: str) -> pd.Series:
        """Return a quantity of the variant that has a role."""
        return self._of(self.find(role), quantity)

    def each(self, arms: Mapping[str, str], quantity: str) -> pd.DataFrame:
        """Return a quantity of each arm that a variant stands for; `arms` are roles, by what they are called."""
        return pd.DataFrame({name: self.values(role, quantity) for name, role in arms.items() if self.find(role)})

    def parts(self, role: str, score: str) -> pd.DataFrame:
        """Return each digit's part of a score or measure, such as `silhouette_of_classes_test`, for a role."""
        variant = self.find(role)
        measured = {digit: self._of(variant, f"{score}:{digit}") for digit in "0123456789"}
        if any(values.notna().any() for values in measured.values()):
            return pd.DataFrame(measured)
        rows = [self.results.parts(variant, run, score.removesuffix("_test"), "test") for run in self.runs]
        return pd.DataFrame(rows, columns=list(measured), dtype=float)

    def along(self, axis: str, role: str, quantity: str) -> dict[Any, pd.Series]:
        """Return a quantity of the variants that are like the one with a role, by their place on an axis, ascending.

        Of variants that differ in their epochs alone the one with the fewest is taken.

        Parameters
        ----------
        axis : str
            A parameter, or `without`; variants without it are left out.
        """
        found: dict[Any, pd.Series] = {}
        for variant in self._shortest_first(**{key: value for key, value in ROLES[role].items() if key != axis}):
            place = self.results.variant(variant).without if axis == "without" else self._param(variant, axis)
            if place not in (None, ""):
                found.setdefault(place, self._of(variant, quantity))
        return dict(sorted(found.items()))

    def constant(self, quantity: str) -> float:
        """Return a quantity of the data, which is the same in all runs; NaN if no run has it."""
        whole = [v for v in self.results.select(n=None, without=None) if self.results.ok(v)]
        values = (self._of(variant, quantity).dropna() for variant in whole)
        return next((float(found.iloc[0]) for found in values if len(found)), float("nan"))

    def _of(self, variant: str, quantity: str) -> pd.Series:
        by_run = self.results.values(variant, quantity).by_run if variant else {}
        return pd.Series([by_run.get(run) for run in self.runs], dtype=float)

    def _shortest_first(self, **fields: Any) -> list[str]:
        return sorted(filter(self.results.ok, self.results.select(**fields)), key=self._epochs)

    def _epochs(self, variant: str) -> int:
        return int(self._param(variant, "n_epochs") or 0)

    def _param(self, variant: str, name: str) -> Any:
        return self.results.variant(variant).params.get(name)


def listed(text: str, values: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns, one an arm, by the text and the name of the arm."""
    return {f"{text}, {name}": found for name, found in values.items()}
