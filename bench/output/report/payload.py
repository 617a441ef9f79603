"""The payload: what the page draws, as blocks of base64, and what it needs to know of them. It keeps to a size.

Maps are embeddings in whole numbers, as panels draw them; no score is ever computed from one. Images are the tiles of
one PNG for each split, in few levels of grey, in the order of the data.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, isqrt
from typing import Any

import numpy as np
from PIL import Image

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.metrics.metric import column_name
from bench.output.figures.clouds import frame, positions
from bench.output.figures.values import failure
from bench.store.arrays import FILE, array_name
from bench.store.results import Results
from bench.store.values import DataFacts, RunId

SPLITS = ("train", "test")
KINDS = ("embedding", "aligned")
"""Arrays of the shown run and of the second one, which is rotated, mirrored and shifted onto it."""
DECIDING = (("knn_accuracy", 10, "10-NN accuracy"), ("trustworthiness", 5, "trustworthiness"))
SIDE = 65_535
"""Largest coordinate of a map: a step is far below a pixel, at any zoom that is of use."""
MARGIN = 1 / 0.92
"""Side of a panel over the span of the training points in it; one in a thousand may lie beyond on each side."""
SHADES = (16, 4)
"""Levels of grey of the images: as many as fit. More would do nothing for a thumbnail."""
LONGEST = 32
"""Pixels that the longer side of a tile may have."""
COMPRESSION = 7
"""A step more makes the images 3 % smaller and takes ten times as long."""
LOCAL = ("trustworthiness", "continuity")
WORST_SHARE = 0.02
"""Share of the points that lie below the scale of a local score: one bad point takes no contrast from the others."""


@dataclass
class Payload:
    """What the page draws: base64 by name, what it must know of that, and what had to be left out."""

    meta: dict[str, Any]
    blocks: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> None:
        """Add a block."""
        self.blocks[name] = b64encode(content).decode()

    @property
    def size(self) -> int:
        """Characters of all blocks."""
        return sum(map(len, self.blocks.values()))


@dataclass(frozen=True)
class Map:
    """One embedding in a square panel.

    Attributes
    ----------
    splits : dict of str to ndarray of shape (2, n_samples), uint16
        Positions of the points of `train` and, if the method has a `transform`, `test`: from left to right, and from
        top to bottom.
    clipped : dict of str to int
        Points outside the box, drawn on its border.
    n_components : int
        Dimensions of the embedding, of which the first two are shown.
    """

    splits: dict[str, np.ndarray]
    clipped: dict[str, int]
    n_components: int


def assemble(results: Results, load_data: Callable[[], Dataset | None], room: int) -> Payload:
    """Return what the page draws of a study.

    Parameters
    ----------
    load_data : function
        Returns the data, for their images; None if they are not at hand.
    room : int
        Characters that all blocks may take together. If that is too little, images lose shades of grey, then the second
        runs go, then the images, then all maps; each with a message.

    Raises
    ------
    StoreError
        If `arrays.npz` has no embeddings.
    """
    data = results.data
    if data is None:
        raise StoreError(f"Got {results.folder}, but expected embeddings in its {FILE}, which scoring its runs writes.")
    loaded = load_data() if data.image_shape else None
    selected = loaded.select(sample=0, samples=results.study.samples) if loaded else None
    n_runs = 2 if any(results.second(variant) for variant in results.variants) else 1
    without_images = [(0, n) for n in range(n_runs, -1, -1)]
    with_images = [*((shades, n_runs) for shades in SHADES), (SHADES[-1], 1)]
    for shades, kept in (with_images if selected else []) + without_images:
        payload = _assembled(results, data, kept)
        if selected is not None and data.image_shape and shades:
            payload.meta["tile"] = tile_shape(data.image_shape)
            for split, X in zip(SPLITS, (selected.X, selected.X_test), strict=True):
                if len(X):
                    drawn = X[data.rows.get(split, slice(None))]
                    payload.put(f"sprite-{split}", sprite(drawn, data.image_shape, shades))
        if payload.size <= room:
            break
    if data.image_shape and not selected:
        payload.messages.append("The images are left out, because the data are not at hand.")
    if selected and not shades:
        payload.messages.append("The images are left out, because they do not fit into the size of this file.")
    if selected and shades == SHADES[1]:
        payload.messages.append(f"Images are shown in {shades} shades of grey, so that this file keeps to its size.")
    if kept < n_runs:
        shown = "one run is shown instead of two" if kept else "no run is shown"
        payload.messages.append(f"Of each method {shown}, so that this file keeps to its size.")
    return payload


def maps(results: Results, variant: str) -> list[Map | None]:
    """Return the maps of the shown run and of the second one; None for what `arrays.npz` does not have."""
    found: list[Map | None] = []
    for kind, run in zip(KINDS, _runs_of(results, variant), strict=True):
        names = {split: array_name(kind, variant, run, split) for split in SPLITS} if run else {}
        arrays = {split: results.arrays[name] for split, name in names.items() if name in results.arrays}
        found.append(boxed(arrays) if arrays else None)
    return found


def boxed(splits: dict[str, np.ndarray]) -> Map:
    """Return positions in the box of the training points; what has only one axis lies along a line."""
    box = frame(positions(splits["train"], band=0), MARGIN)
    whole, clipped = {}, {}
    for split, Z in splits.items():
        inside, clipped[split] = box.clip(positions(Z, band=0))
        share = (inside - box.centre) / (2 * box.half) * [1, -1] + 0.5
        whole[split] = np.rint(np.clip(share, 0, 1) * SIDE).astype("<u2").T
    return Map(whole, clipped, splits["train"].shape[1])


def tile_shape(image_shape: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of a tile: those of the image, or less where it is large."""
    step = ceil(max(image_shape) / LONGEST)
    return max(image_shape[0] // step, 1), max(image_shape[1] // step, 1)


def sprite(X: np.ndarray, image_shape: tuple[int, int], levels: int) -> bytes:
    """Return images in [0, 1], one a row of `X`, as a PNG: the image of row i is tile i, row by row."""
    height, width = tile_shape(image_shape)
    step = ceil(max(image_shape) / LONGEST)
    images = X.reshape(-1, *image_shape)[:, : height * step, : width * step]
    if step > 1:
        images = images.reshape(-1, height, step, width, step).mean(axis=(2, 4))
    across = isqrt(len(X) - 1) + 1
    down = ceil(len(X) / across)
    sheet = np.zeros((across * down, height, width), np.uint8)
    sheet[: len(X)] = np.rint(np.clip(images, 0, 1) * (levels - 1))
    pixels = sheet.reshape(down, across, height, width).swapaxes(1, 2).reshape(down * height, across * width)
    picture = Image.fromarray(pixels, mode="P")
    picture.putpalette([round(255 * level / (levels - 1)) for level in range(levels) for _ in range(3)])
    file = io.BytesIO()
    picture.save(file, "PNG", bits=4 if levels > 4 else 2, compress_level=COMPRESSION)
    return file.getvalue()


def _runs_of(results: Results, variant: str) -> tuple[RunId | None, RunId | None]:
    return results.shown(variant), results.second(variant)


def _assembled(results: Results, data: DataFacts, n_runs: int) -> Payload:
    """Return everything but images, of so many runs of each variant."""
    points = {split: int(results.runs[f"n_{split}"].max()) for split in SPLITS}
    payload = Payload(
        {
            "title": results.title,
            "dataset": data.name,
            "n": {split: len(data.rows[split]) if split in data.rows else n for split, n in points.items()},
            "points": points,
            "classes": list(data.classes),
            "neighbours": 0,
            "variants": [],
            "runs": list(range(n_runs)),
            "tile": None,
        }
    )
    for split, y in data.labels.items():
        payload.put(f"labels-{split}", y.astype("<u2").tobytes())
    near = {split: results.arrays.get(f"data/near/{split}") for split in SPLITS}
    payload.meta["wide"] = any(array is not None and array.itemsize > 2 for array in near.values())
    for split, array in near.items():
        if array is not None:
            payload.meta["neighbours"] = array.shape[1]
            payload.put(f"near-{split}", array.astype("<u4" if payload.meta["wide"] else "<u2").tobytes())
    local = {}
    for panel, variant in enumerate(results.variants):
        params, of_runs = results.variant(variant).params, []
        for place, (run, found) in enumerate(zip(_runs_of(results, variant), maps(results, variant), strict=True)):
            of_runs.append(_run_meta(results, variant, run, found))
            if place < n_runs and run and found:
                for split, at in found.splits.items():
                    payload.put(f"xy-{panel}-{place}-{split}", at.tobytes())
                name = array_name("local", variant, run)
                if name in results.arrays:
                    local[f"{panel}-{place}"] = results.arrays[name]
        said = ", ".join(f"{name}={value}" for name, value in params.items()) or "defaults"
        about = {"key": variant, "label": results.label(variant), "params": said, "runs": of_runs}
        payload.meta["variants"].append(about)
    payload.meta["scales"] = _put_local(payload, local)
    return payload


def _run_meta(results: Results, variant: str, run: RunId | None, found: Map | None) -> dict[str, Any]:
    if run is None:
        return {"reason": "only one run was successful" if results.ok(variant) else failure(results, variant)}
    if found is None:
        return {"seed": run[1], "reason": "no finite embedding"}
    n = found.n_components
    return {
        "seed": run[1],
        "scores": {split: _deciding(results, variant, run, split) for split in SPLITS},
        "axes": {1: "one axis", 2: ""}.get(n, f"first axes of {n}"),
        "clipped": found.clipped,
    }


def _deciding(results: Results, variant: str, run: RunId, split: str) -> str:
    """Return what a panel says of a run: the first of the deciding scores that the split has."""
    for score, k, name in DECIDING:
        value = results.values(variant, column_name(score, split, k)).by_run.get(run)
        if value is not None:
            return f"{name} {value:.3f}"
    return ""


def _put_local(payload: Payload, local: dict[str, np.ndarray]) -> dict[str, float]:
    """Put local scores as shares of one scale for all panels; return the value that its worst colour stands for."""
    scales = {}
    for i, name in enumerate(LOCAL if local else ()):
        every = np.concatenate([scores[:, i] for scores in local.values()])
        scales[name] = low = min(float(np.quantile(every, WORST_SHARE)), 1 - 1e-3)
        for key, scores in local.items():
            share = np.clip((scores[:, i] - low) / (1 - low), 0, 1)
            payload.put(f"{name}-{key}", np.rint(share * 255).astype(np.uint8).tobytes())
    return scales
