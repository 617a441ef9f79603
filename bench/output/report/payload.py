"""The payload: what the page draws, as blocks of base64, and what it needs to know of them. It keeps to a size."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.metrics.metric import column_name
from bench.output.report import pixels
from bench.output.report.colours import palette
from bench.output.report.maps import Map, maps, runs_of
from bench.store.arrays import FILE, array_name
from bench.store.results import Results
from bench.store.values import DataFacts, RunId

SPLITS = ("train", "test")
DECIDING = (("knn_accuracy", 10, "10-NN accuracy"), ("trustworthiness", 5, "trustworthiness"))
SHADES = (16, 4)
"""Levels of grey of the images: as many as fit."""
LOCAL = ("trustworthiness", "continuity")
WORST_SHARE = 0.02
"""Share of the points that lie below the scale of a local score: one bad point takes no contrast from the others."""


@dataclass
class Payload:
    """What the page draws.

    Attributes
    ----------
    meta : dict
        What the page must know of the blocks.
    blocks : dict of str to str
        Base64, by the name that the page finds them under.
    messages : list of str
        What had to be left out.
    """

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
    drawn = {variant: maps(results, variant) for variant in results.variants}
    local = {
        (panel, run): results.arrays[name]
        for panel, variant in enumerate(drawn)
        for run, found in enumerate(runs_of(results, variant))
        if found is not None and (name := array_name("local", variant, found)) in results.arrays
    }
    payload = Payload(_meta(results, data, drawn))
    _put_data(payload, results, data)
    images: dict[str, np.ndarray] = {}
    if data.image_shape:
        loaded = load_data()
        if loaded is None:
            payload.messages.append("The images are left out, because the data are not at hand.")
        else:
            selected = loaded.select(sample=0, samples=results.study.samples)
            images = {split: X for split, X in zip(SPLITS, (selected.X, selected.X_test), strict=True) if len(X)}
    sheets, n_runs = _what_fits(payload, images, data.image_shape, _sizes(drawn, local), room - payload.size)
    payload.meta["runs"] = list(range(n_runs))
    payload.meta["tile"] = pixels.tile_shape(data.image_shape) if data.image_shape and sheets else None
    for split, sheet in sheets.items():
        payload.put(f"sprite-{split}", sheet)
    for panel, of_variant in enumerate(drawn.values()):
        for run, found in enumerate(of_variant[:n_runs]):
            for split, positions in found.splits.items() if found else ():
                payload.put(f"xy-{panel}-{run}-{split}", positions.tobytes())
    payload.meta["scales"] = _put_local(payload, {key: scores for key, scores in local.items() if key[1] < n_runs})
    return payload


def _meta(results: Results, data: DataFacts, drawn: Mapping[str, Sequence[Map | None]]) -> dict[str, Any]:
    return {
        "title": results.title,
        "dataset": data.name,
        "n": {"train": int(results.runs["n_train"].max()), "test": int(results.runs["n_test"].max())},
        "classes": list(data.classes),
        "colours": len(palette(len(data.classes))),
        "neighbours": results.arrays["data/near/train"].shape[1],
        "variants": [
            {
                "key": variant,
                "label": results.label(variant),
                "params": ", ".join(f"{name}={value}" for name, value in results.variant(variant).params.items())
                or "defaults",
                "runs": [
                    _run_meta(results, variant, run, found)
                    for run, found in zip(runs_of(results, variant), of_variant, strict=True)
                ],
            }
            for variant, of_variant in drawn.items()
        ],
    }


def _run_meta(results: Results, variant: str, run: RunId | None, found: Map | None) -> dict[str, Any]:
    if run is None and results.ok(variant):
        return {"reason": "only one run was successful"}
    if run is None:
        first = results.runs_of(variant).iloc[0]
        return {"reason": f"{first['status'].replace('_', ' ')}: {first['reason']}"}
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


def _put_data(payload: Payload, results: Results, data: DataFacts) -> None:
    for split, y in data.labels.items():
        payload.put(f"labels-{split}", y.astype("<u2").tobytes())
    names = {split: f"data/near/{split}" for split in SPLITS}
    near = {split: results.arrays[name] for split, name in names.items() if name in results.arrays}
    payload.meta["wide"] = any(array.itemsize > 2 for array in near.values())
    for split, array in near.items():
        payload.put(f"near-{split}", array.astype("<u4" if payload.meta["wide"] else "<u2").tobytes())


def _what_fits(
    payload: Payload, images: Mapping[str, np.ndarray], shape: tuple[int, int] | None, sizes: Sequence[int], room: int
) -> tuple[dict[str, bytes], int]:
    """Return the sheet of images of each split and how many runs of a variant there is room for.

    Parameters
    ----------
    sizes : sequence of int
        Characters that the first runs of all variants take, and the second ones.
    """

    @cache
    def sheets(shades: int | None) -> dict[str, bytes]:
        if shape is None or shades is None:
            return {}
        return {split: pixels.sprite(X, shape, shades) for split, X in images.items()}

    n_runs = sum(size > 0 for size in sizes)
    ladder: list[tuple[int | None, int]] = [(shades, n_runs) for shades in SHADES if images]
    ladder += [(SHADES[-1], 1)] if images else []
    ladder += [(None, n) for n in range(n_runs, -1, -1)]
    for shades, kept in ladder:
        if sum(_coded(len(sheet)) for sheet in sheets(shades).values()) + sum(sizes[:kept]) <= room:
            break
    if images and shades is None:
        payload.messages.append("The images are left out, because they do not fit into the size of this file.")
    elif images and shades != SHADES[0]:
        payload.messages.append(f"Images are shown in {shades} shades of grey, so that this file keeps to its size.")
    if kept < n_runs:
        shown = "one run is shown instead of two" if kept else "no run is shown"
        payload.messages.append(f"Of each method {shown}, so that this file keeps to its size.")
    return sheets(shades), kept


def _sizes(drawn: Mapping[str, Sequence[Map | None]], local: Mapping[tuple[int, int], np.ndarray]) -> list[int]:
    """Return the characters that maps and local scores of the first runs of all variants take, and of the second."""
    sizes = [0, 0]
    for of_variant in drawn.values():
        for run, found in enumerate(of_variant):
            sizes[run] += sum(_coded(positions.nbytes) for positions in found.splits.values()) if found else 0
    for (_, run), scores in local.items():
        sizes[run] += len(LOCAL) * _coded(len(scores))
    return sizes


def _put_local(payload: Payload, local: Mapping[tuple[int, int], np.ndarray]) -> dict[str, float]:
    """Put the local scores of every point as shares of one scale for all panels.

    Returns
    -------
    dict of str to float
        Of each local score the value that the worst colour stands for; the best is 1.
    """
    scales = {}
    for i, name in enumerate(LOCAL if local else ()):
        every = np.concatenate([scores[:, i] for scores in local.values()])
        scales[name] = low = min(float(np.quantile(every, WORST_SHARE)), 1 - 1e-3)
        for (panel, run), scores in local.items():
            share = np.clip((scores[:, i] - low) / (1 - low), 0, 1)
            payload.put(f"{name}-{panel}-{run}", np.rint(share * 255).astype(np.uint8).tobytes())
    return scales


def _coded(n_bytes: int) -> int:
    """Return the characters that base64 takes for so many bytes."""
    return 4 * -(-n_bytes // 3)
