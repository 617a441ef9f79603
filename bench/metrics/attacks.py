"""Attacks on scores: every score of forged maps, of impostor data, of noise and of copies, beside those of honest maps.

An attack has several settings, from weak to strong; whoever forges takes the one that pleases a score best. Which of
them fool a score is decided in `bench.analysis.attacks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.errors import UndefinedError
from bench.metrics import forgeries
from bench.metrics.distances import RADIUS_NEIGHBOURS
from bench.metrics.embedding import Embedding, Unreduced
from bench.metrics.functions import space_of
from bench.metrics.labels import silhouette
from bench.metrics.metric import Metric, column_name
from bench.metrics.reference_space import ReferenceSpace
from bench.metrics.registry import METRICS, evaluate

HONEST = "honest"
"""In the place of an attack: a map that a method made."""
ATTACKS = {
    "class spots": "Each class on a spot of its own, points at random in it, classes that are alike far apart.",
    "small groups": "Groups of 20 points of one class, drawn at random, put anywhere.",
    "class means": "Classes around their means, which lie as in the data; points at random around them.",
    "torn map": "A t-SNE with perplexity 10, cut into pieces that are rotated and laid out again at random.",
    "folded map": "An honest map folded like paper, layers on layers.",
    "scrambled map": "The map of least stress, with points that are near each other exchanged at random.",
    "density line": "All points on a line in the order of their density, as far apart as it says.",
    "random positions": "Draws of a Gaussian.",
    "impostor data": "An honest map, unchanged; in the data the same is added to all squared distances, so that "
    "neighbours stay and classes hardly differ.",
    "pure noise": "Another Gaussian with random labels in the place of the data, and its t-SNE.",
    "copied rows": "A twentieth of the data, each row 20 times; positions at random, equal for equal rows.",
    "scaled axes": "An honest map with one axis drawn out.",
}
"""What each attack is."""
OTHER_DATA = ("impostor data", "pure noise", "copied rows")
"""Attacks that change the data; the others are other maps of them."""
ATTACKED = ("neighbourhood", "labels", "clusters", "distances")
"""Families of scores of a map as it is; the others ask for new points, or for several seeds."""
USUAL_K = 15
"""Size of the neighbourhood, for scores that have it; else their largest."""
OF_DATA = "silhouette_of_data"
"""Silhouette of the unreduced data of a map: what is left of their classes."""
PIECES, FOLDS, CELLS, SPREADS = (10, 30, 60), (1, 2, 3), (50, 100, 200, 400), (0.1, 0.2, 0.4, 0.8, 1.6)
SIZES, FACTORS, COPIES = (4.0, 16.0), (10.0, 100.0), 20
"""Settings of the attacks, from weak to strong; sizes are in units of the features' range."""


@dataclass(frozen=True)
class Material:
    """What maps are forged from.

    Attributes
    ----------
    space : ReferenceSpace
        The data, with labels, and without test points.
    honest : mapping of str to ndarray of shape (n, 2)
        Maps that methods made, by their names.
    fine : ndarray of shape (n, 2)
        A t-SNE of the data with a small perplexity.
    noise : ReferenceSpace
        Data without any structure, with labels at random.
    of_noise : ndarray of shape (n_noise, 2)
        A t-SNE of them.
    """

    space: ReferenceSpace
    honest: Mapping[str, np.ndarray]
    fine: np.ndarray
    noise: ReferenceSpace
    of_noise: np.ndarray

    @property
    def X(self) -> np.ndarray:
        """The data."""
        return self.space.dataset.X

    @property
    def y(self) -> np.ndarray:
        """Their labels."""
        labels = self.space.dataset.y
        assert labels is not None
        return labels


@dataclass(frozen=True)
class Candidate:
    """A map of an attack at one of its settings."""

    attack: str
    setting: str
    embedding: Embedding

    def scores(self) -> dict[str, float]:
        """Return each score that is attacked by its column, if it has a value, and the silhouette of the data."""
        found = {
            column_name(value.score, "train", value.k): value.value
            for value in evaluate(self.embedding, [metric.key for metric in attacked()])
            if value.split == "train" and value.k == usual_k(METRICS[value.score])
        }
        space = self.embedding.space
        found[OF_DATA] = space.once("silhouette of the data", lambda: silhouette(Unreduced(space, space.points)))
        return {column: value for column, value in found.items() if value is not None}


def attacked() -> list[Metric]:
    """Return the scores that are attacked, in the order of the registry."""
    return [one for one in METRICS.values() if one.family in ATTACKED and not one.several]


def usual_k(metric: Metric) -> int | None:
    """Return the size of the neighbourhood at which a score is attacked."""
    return USUAL_K if USUAL_K in metric.ks else metric.ks[-1]


def candidates(material: Material) -> Iterator[Candidate]:
    """Yield the honest maps, then every attack at every setting. The same material gives the same maps."""
    space = material.space
    for name, Z in material.honest.items():
        yield Candidate(HONEST, name, Embedding(space, Z))
    for attack, setting, Z in _forged(material):
        yield Candidate(attack, setting, Embedding(space, Z))
    for size in SIZES:
        data = space_of(forgeries.impostor(material.X, size), material.y)
        for name, Z in material.honest.items():
            yield Candidate("impostor data", f"{name}, {size:g}", Embedding(data, Z))
    yield Candidate("pure noise", "t-SNE", Embedding(material.noise, material.of_noise))
    rows, Z = forgeries.copied(space.n, COPIES, np.random.RandomState(0))
    yield Candidate("copied rows", f"{COPIES} times", Embedding(space_of(material.X[rows], material.y[rows]), Z))


def _forged(material: Material) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield maps of the data with the names of their attack and setting."""
    X, y, seeded = material.X, material.y, partial(np.random.RandomState, 0)
    yield "class spots", "", forgeries.class_spots(X, y, seeded())
    yield "small groups", "", forgeries.small_groups(y, seeded())
    for spread in SPREADS:
        yield "class means", f"spread {spread:g}", forgeries.class_means(X, y, spread, seeded())
    for n_pieces in PIECES:
        yield "torn map", f"{n_pieces} pieces", forgeries.torn(material.fine, n_pieces, seeded())
    for name, Z in material.honest.items():
        for times in FOLDS:
            yield "folded map", f"{name}, {times} times", forgeries.folded(Z, times)
        for factor in FACTORS:
            yield "scaled axes", f"{name}, {factor:g} times", np.asarray(Z, np.float64) * [factor, 1]
    least = forgeries.least_stress(X, seeded())
    for size in CELLS:
        yield "scrambled map", f"cells of {size}", forgeries.scrambled(least, size, seeded())
    yield "density line", "", forgeries.density_line(_radii(material.space))
    yield "random positions", "", seeded().standard_normal((len(y), 2))


def _radii(space: ReferenceSpace) -> np.ndarray:
    """Return the root-mean-square distance of each point to its neighbours in the data."""
    if space.n <= RADIUS_NEIGHBOURS:
        raise UndefinedError("too few points")
    rows = np.repeat(np.arange(space.n), RADIUS_NEIGHBOURS)
    squared = space.squared_distances(rows, space.neighbours[:, :RADIUS_NEIGHBOURS].ravel())
    return np.sqrt(squared.reshape(-1, RADIUS_NEIGHBOURS).mean(axis=1))
