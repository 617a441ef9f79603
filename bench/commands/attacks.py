"""Attacks on every score, measured on real data: `results/attacks/`, with a page that says which fool which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

import reducers
from bench import datasets
from bench.analysis.attacks import table
from bench.metrics.attacks import Material, candidates
from bench.metrics.functions import space_of
from bench.metrics.reference_space import ReferenceSpace
from bench.output.attacks import page
from bench.store import disk
from bench.store.tables import to_csv

DATASET, NOISE, N = "mnist-5k", "noise", 2_000
FILE, PAGE = "attacks.csv", "README.md"
FINE = 10.0
"""Perplexity of the t-SNE that is torn."""


def write(folder: Path, progress: Callable[[str], None] = lambda _: None, n: int = N) -> list[Path]:
    """Attack every score and write a table and its page; return where.

    Parameters
    ----------
    progress : function
        Called with the name of each map before its scores are computed.
    n : int
        Points of the data and of the noise.

    Raises
    ------
    StoreError
        If a file cannot be written.
    """
    rows = []
    with threadpool_limits(1):  # t-SNE is another one on each number of threads
        for one in candidates(material(n)):
            progress(f"{one.attack} {one.setting}".strip())
            rows.append({"attack": one.attack, "setting": one.setting, **one.scores()})
    found = table(pd.DataFrame(rows))
    data = f"{n:,} images of `{DATASET}`"
    for name, content in ((FILE, to_csv(found)), (PAGE, page(found, data))):
        disk.write(folder / name, content.encode())
    return [folder / FILE, folder / PAGE]


def material(n: int = N) -> Material:
    """Return what maps are forged from: data, honest maps of them, and noise; the same each time."""
    data, noise = datasets.load(DATASET, n), datasets.load(NOISE, n)
    labels = np.random.RandomState(0).randint(len(data.classes), size=len(noise.X))
    nothing = replace(noise, y=labels, y_test=None, classes=data.classes)
    return Material(
        space=space_of(data.X, data.y),
        honest={"PCA": reducers.create("pca").fit_transform(data.X), "t-SNE": _tsne(data.X)},
        fine=_tsne(data.X, perplexity=FINE),
        noise=ReferenceSpace(replace(nothing, X_test=nothing.X[:0])),
        of_noise=_tsne(noise.X),
    )


def _tsne(X: np.ndarray, **params: float) -> np.ndarray:
    return reducers.create("tsne", random_state=0, **params).fit_transform(X)
