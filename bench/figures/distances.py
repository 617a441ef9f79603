"""Shepard diagrams: distances in the embedding against distances in the data."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.figures import style, values
from bench.reading import Reading

N_PAIRS = 50_000
PAIR_SEED = 0
BINS = 50


def shepard(reading: Reading) -> Figure | None:
    """Draw for each shown embedding how distances in it go with those in the data, for a sample of pairs."""
    if not reading.cases:
        return None
    first, second = pairs(len(reading.dataset.X))
    original = lengths(reading.dataset.X, first, second)
    figure, axes = style.panels(len(reading.variants), headroom=0.8)
    for variant, ax in zip(reading.variants, axes[:, 0], strict=True):
        label, case, shown = style.wrapped(reading.label(variant)), reading.cases.get(variant), reading.shown(variant)
        if case is None or shown is None:
            ax.set_title(label)
            style.blank(ax, values.why_not(reading, variant))
            continue
        spearman = shown.score("shepard_spearman")
        ax.set_title(label + (f"\nrank correlation {spearman:.2f}" if spearman is not None else ""))
        _density(ax, original, lengths(case.Z, first, second))
        if ax.get_subplotspec().is_first_col():
            ax.set_ylabel("in the embedding")
        ax.set_xlabel("in the data")
    return figure


def pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the same sample of pairs of different points for every method: all of them where those are few."""
    if n * (n - 1) // 2 <= N_PAIRS:
        return np.triu_indices(n, 1)
    rng = np.random.RandomState(PAIR_SEED)
    first = rng.randint(n, size=N_PAIRS)
    return first, (first + rng.randint(1, n, size=N_PAIRS)) % n


def lengths(points: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the distance of each pair."""
    blocks = range(0, len(first), 2**12)
    found = [points[first[i : i + 2**12]] - points[second[i : i + 2**12]] for i in blocks]
    return np.concatenate([np.sqrt(np.einsum("ij,ij->i", block, block, dtype=np.float64)) for block in found])


def _density(ax: Axes, original: np.ndarray, embedded: np.ndarray) -> None:
    right, top = float(original.max()) or 1.0, float(np.percentile(embedded, 99.9)) or 1.0
    counts, x, _ = np.histogram2d(original, embedded, bins=BINS, range=((0, right), (0, top)))
    shown = np.ma.masked_equal(np.log1p(counts.T), 0)
    ax.imshow(shown, cmap="mako_r", origin="lower", extent=(0, right, 0, top), aspect="auto", interpolation="nearest")
    bin_of = np.clip(np.digitize(original, x) - 1, 0, BINS - 1)
    full = [b for b in range(BINS) if (bin_of == b).sum() >= 50]
    centres = (x[:-1] + x[1:]) / 2
    ax.plot(centres[full], [np.median(embedded[bin_of == b]) for b in full], color="#d55e00", linewidth=1.2)
    ax.set(xlim=(0, right), ylim=(0, top), yticks=[])
