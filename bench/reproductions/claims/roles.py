"""Roles: which variant of a study is what a claim speaks of, found by its typed fields, whatever it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.store.results import Results
from bench.store.values import Values

ACCURACY, SILHOUETTE = "knn_accuracy_k10_test", "silhouette_test"
DEEP = {"preset": "post1-vae-fixed", "batch_size": 128, "hidden_layer_sizes": [400], "likelihood": None, "n": None}
"""Post 1's network, fixed, in larger batches."""
LINEAR = DEEP | {"hidden_layer_sizes": [], "n_components": 2}
IN_K = {"reducer": "autoencoder", "preset": None, "hidden_layer_sizes": [400], "n": None, "without": None}


@dataclass(frozen=True)
class Role:
    """What a variant must have to be the one that is meant.

    Attributes
    ----------
    fields : mapping
        Criteria of `Results.select`.
    pick : function
        `min` or `max`: of several variants, the one with the fewest or most epochs.
    """

    fields: Mapping[str, Any]
    pick: Callable[..., str] = min


def _role(pick: Callable[..., str] = min, **fields: Any) -> Role:
    return Role(fields, pick)


ROLES: Mapping[str, Role] = {
    "PCA": _role(reducer="pca"),
    "openTSNE": _role(reducer="opentsne"),
    "UMAP": _role(reducer="umap"),
    "post 1": _role(preset="post1-vae", optimizer="sgd"),
    "post 1 with Adam": _role(preset="post1-vae", optimizer="adam"),
    "post 1 with sums": _role(preset="post1-vae-fixed", optimizer="sgd"),
    "post 1 fixed": _role(preset="post1-vae-fixed", optimizer="adam", batch_size=10),
    **{f"deep, beta = {beta}": Role(DEEP | {"n_components": 2, "beta": beta}) for beta in (0, 1, 5, 20)},
    **{f"linear, beta = {beta}": Role(LINEAR | {"beta": beta}) for beta in (5, 9, 12)},
    "linear, beta = 9, long": Role(LINEAR | {"beta": 9}, max),
    "cross-entropy": Role(DEEP | {"likelihood": "bernoulli"}),
    "optimal variance": Role(DEEP | {"likelihood": "optimal_sigma"}),
    "post 2 autoencoder": _role(preset="post2-ae"),
    "post 2 VAE": _role(preset="post2-vae"),
    "post 2 VAE, means": _role(reducer="reducers.posts.post2:Post2VAEMeans"),
    "post 2 VAE fixed": _role(preset="post2-vae-fixed"),
    "post 3 autoencoder": _role(preset="post3-ae"),
    "post 3 VAE": _role(preset="post3-vae"),
    "post 3 autoencoder fixed": _role(preset="post3-ae-fixed"),
    "post 3 VAE fixed": _role(preset="post3-vae-fixed"),
    "post 4, short": _role(preset="post4-vae", hidden_layer_sizes=[256, 64]),
    "post 4": _role(max, preset="post4-vae", hidden_layer_sizes=[256, 64]),
    "post 4, wide": _role(preset="post4-vae", hidden_layer_sizes=[512, 256]),
    "post 4 fixed, short": _role(preset="post4-vae-fixed"),
    "post 4 fixed, long": _role(max, preset="post4-vae-fixed"),
    **{f"autoencoder, k = {k}": Role(IN_K | {"n_components": k}) for k in (2, 10)},
    **{f"VAE, k = {k}": Role(DEEP | {"n_components": k, "beta": None}) for k in (10, 20)},
    "autoencoder without a class": _role(reducer="autoencoder", axis="without"),
    "VAE without a class": _role(reducer="vae", axis="without"),
    "chain without a class": _role(reducer="chained", axis="without"),
}
"""Every variant that a claim may speak of, by what it is called there."""


@dataclass(frozen=True)
class Posts:
    """The runs of a study of the posts, as claims look at them."""

    results: Results
    _found: dict[str, str] = field(default_factory=dict, repr=False)

    def find(self, role: str) -> str:
        """Return the variant that has a role and a successful run; empty if there is none."""
        if role not in self._found:
            wanted = ROLES[role]
            self._found[role] = wanted.pick(self._successful(wanted.fields), key=self._epochs, default="")
        return self._found[role]

    def has(self, roles: Iterable[str]) -> bool:
        """Return whether there is a variant for each of the roles."""
        return all(self.find(role) for role in roles)

    def present(self, arms: Mapping[str, str]) -> dict[str, str]:
        """Return those arms, by name, whose role a variant has."""
        return {name: role for name, role in arms.items() if self.find(role)}

    def values(self, role: str, quantity: str) -> Values:
        """Return a quantity of the variant that has a role."""
        return self.of(self.find(role), quantity)

    def of(self, variant: str, quantity: str) -> Values:
        """Return a quantity of a variant."""
        return self.results.values(variant, quantity)

    def each(self, arms: Mapping[str, str], quantity: str) -> dict[str, Values]:
        """Return a quantity of each arm.

        Parameters
        ----------
        arms : mapping of str to str
            Roles, by what the arms are called.
        """
        return {name: self.values(role, quantity) for name, role in arms.items()}

    def along(self, axis: str, role: str) -> dict[Any, str]:
        """Return the variants that are like the one with a role, wherever they are on one axis, in ascending order.

        Of variants that differ in their epochs alone the one with the fewest is taken.

        Parameters
        ----------
        axis : str
            A parameter, or `n` or `without`; variants without it are left out.
        """
        found: dict[Any, str] = {}
        fields = {name: value for name, value in ROLES[role].fields.items() if name != axis}
        for variant in sorted(self._successful(fields), key=self._epochs):
            spec = self.results.variant(variant)
            place = getattr(spec, axis) if axis in ("n", "without") else spec.params.get(axis)
            if place not in (None, ""):
                found.setdefault(place, variant)
        return dict(sorted(found.items()))

    def values_along(self, axis: str, role: str, quantity: str) -> dict[Any, Values]:
        """Return a quantity of the variants along an axis."""
        return {place: self.of(variant, quantity) for place, variant in self.along(axis, role).items()}

    def constant(self, quantity: str) -> float:
        """Return a quantity of the data, which is the same in all runs; NaN if no run has it."""
        whole = self._successful({"n": None, "without": None})
        values = (self.of(variant, quantity).array for variant in whole)
        return next((float(found[0]) for found in values if len(found)), float("nan"))

    def _successful(self, fields: Mapping[str, Any]) -> list[str]:
        return [variant for variant in self.results.select(**fields) if self.results.ok(variant)]

    def _epochs(self, variant: str) -> int:
        return int(self.results.variant(variant).params.get("n_epochs", 0))


def minus(one: Values, other: Values | float) -> Values:
    """Return the differences, paired over the runs that both have; or the values less a number."""
    return _paired(lambda a, b: a - b, one, other)


def over(one: Values, other: Values | float) -> Values:
    """Return the ratios, paired over the runs that both have; none where the divisor is 0."""
    divisors = other if isinstance(other, Values) else Values(dict.fromkeys(one.by_run, other))
    return _paired(lambda a, b: a / b, one, Values({run: value for run, value in divisors.by_run.items() if value}))


def greatest(one: Values, other: Values) -> Values:
    """Return the greater value of each run that both have."""
    return _paired(max, one, other)


def mean(values: Iterable[Values]) -> Values:
    """Return the mean of several quantities in each run that has all of them."""
    several = list(values)
    shared = [run for run in several[0].by_run if all(run in one.by_run for one in several)] if several else []
    return Values({run: sum(one.by_run[run] for one in several) / len(several) for run in shared})


def listed(text: str, values: Mapping[Any, Values]) -> dict[str, Values]:
    """Return quantities of several arms by the text and the name of the arm."""
    return {f"{text}, {name}": found for name, found in values.items()}


def _paired(function: Callable[[float, float], float], one: Values, other: Values | float) -> Values:
    if not isinstance(other, Values):
        return Values({run: function(value, other) for run, value in one.by_run.items()})
    return Values({run: function(one.by_run[run], other.by_run[run]) for run in one.by_run if run in other.by_run})
