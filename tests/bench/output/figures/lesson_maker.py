"""A made-up study for the figures that teach: parameters varied, a network filmed, and one that collapses."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.store.arrays import array_name
from bench.store.results import Results
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

STUDY = Study(
    name="gallery",
    dataset="clouds",
    seeds=1,
    variants={
        "pca": Variant(reducer="pca"),
        "tsne": Variant(reducer="tsne", params={"perplexity": 30}, each={"perplexity": [5, 100]}),
        "umap": Variant(
            reducer="umap",
            params={"n_neighbors": 15, "min_dist": 0.1},
            each={"n_neighbors": [3], "min_dist": [0.0]},
        ),
        "vae": Variant(reducer="vae", params={"beta": 1}, each={"beta": [0, 64]}),
    },
).resolved()
CLASSES = ("a", "b", "c", "d")
N = 40


def make(path: Path) -> Results:
    """Return the results; UMAP with min_dist 0 has the highest silhouette and keeps the fewest neighbours."""
    rng, run = np.random.RandomState(0), (0, 0)
    values: dict[str, dict[str, object]] = {}
    positions, arrays = {}, {}
    for place, variant in enumerate(STUDY.variants):
        values[variant] = {
            "knn_recall_k15": [0.3 + 0.01 * place],
            "silhouette": [0.1 + 0.01 * place],
            "knn_accuracy_k10": [0.8],
            "centroid_spearman": [0.9 - 0.05 * place],
            "fit_s": [1.0],
        }
        positions[array_name("embedding", variant, run, "train")] = rng.rand(N, 2)
        arrays[array_name("class_distances", variant, run)] = distances(rng, 0.2 if variant == "vae" else 1.0)
    values["umap-min_dist-0.0"] |= {"silhouette": [0.5], "knn_recall_k15": [0.2]}
    for variant, units in (("vae", 2.0), ("vae-beta-0", 2.0), ("vae-beta-64", 0.0)):
        values[variant] |= {"vae_active_units": [units], "reconstruction_mse_test": [0.05]}
        arrays[array_name("film", variant, run)] = rng.randint(256, size=(3, 20, 2)).astype(np.uint8)
        arrays[array_name("film_epochs", variant, run)] = np.array([1, 4, 10])
        arrays[array_name("retrained_seed", variant, run)] = np.array(0)
        course = np.column_stack([np.arange(1, 11), *[np.linspace(50, 30, 10)] * 6])
        arrays[array_name("history", variant, run)] = course.astype(np.float32)
        arrays[array_name("line", variant, run)] = rng.randint(256, size=(24, 6)).astype(np.uint8)
        arrays[array_name("grid", variant, run)] = rng.randint(256, size=(4, 6)).astype(np.uint8)
    arrays |= {
        "data/name": np.array("clouds"),
        "data/classes": np.array(CLASSES),
        "data/image_shape": np.array((2, 3)),
        "data/labels/train": np.arange(N) % 4,
        "data/labels/test": np.array([3, 1, 2, 0]),
        "data/images": rng.randint(256, size=(4, 6)).astype(np.uint8),
        "data/line_rows": np.array([0, 2]),
    }
    values["pixels"] = {"silhouette": 0.05}
    return maker.write(path, values, STUDY, positions=positions, arrays=arrays)  # type: ignore[arg-type]


def distances(rng: np.random.RandomState, size: float) -> np.ndarray:
    """Return distances of four classes in an embedding and in the data; a and c are `size` apart in the former."""
    found = np.full((2, 4, 4), 0.8) - 0.8 * np.eye(4)
    found[0, 0, 2] = found[0, 2, 0] = size
    found[1, 0, 2] = found[1, 2, 0] = 1.0
    found[:, 1, 3] = found[:, 3, 1] = 0.7 + 0.1 * rng.rand()
    return found.astype(np.float32)
