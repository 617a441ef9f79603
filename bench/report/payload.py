"""The payload: what the page draws, as blocks of base64, and what it needs to know of them. It keeps to a size."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from bench.datasets import Dataset
from bench.reading import Judged, Reading
from bench.report import pixels
from bench.report.colours import palette
from bench.report.maps import Map, maps
from bench.scores import Original
from bench.scores.local import Local

NEIGHBOURS = 10
DECIDING = (("knn_accuracy", 10, "10-NN accuracy"), ("trustworthiness", 5, "trustworthiness"))
SHADES = (16, 4)
"""Levels of grey of the images: as many as fit."""
WORST_SHARE = 0.02
"""Share of the points that lie below the scale of a local score: one bad point takes no contrast from the others."""


LOCAL = ("trustworthiness", "continuity")


@dataclass
class Payload:
    """What the page draws.

    Attributes
    ----------
    meta : dict
        What the page must know of the blocks.
    blocks : dict of str to str
        Base64, by the name that the page finds them under.
    scales : dict of str to float
        Of each local score the value that the worst colour stands for; the best is 1.
    messages : list of str
        What had to be left out.
    """

    meta: dict[str, object]
    blocks: dict[str, str] = field(default_factory=dict)
    scales: dict[str, float] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> None:
        """Add a block."""
        self.blocks[name] = b64encode(content).decode()


def assemble(
    reading: Reading, original: Original, local: Callable[[Judged], Local | None] | None, room: int
) -> Payload:
    """Return what the page draws of a study.

    Parameters
    ----------
    original : Original
        The original space of the study's data, for true neighbours.
    local : function or None
        Gives the local scores of a run that ended well, None where they have no value; instead of a function None
        leaves points uncoloured by them.
    room : int
        Characters that all blocks may take together. Where that is too little, images lose shades of grey, then the
        last seeds go, then the images; each with a message.
    """
    drawn = {variant: maps(reading, variant) for variant in reading.variants}
    seeds = sorted({seed for found in drawn.values() for seed in found})
    payload = Payload(_meta(reading, drawn))
    _put_data(payload, reading.dataset, original)
    cost = {seed: _seed_size(drawn, seed, local is not None) for seed in seeds}
    images, kept = _what_fits(payload, reading.dataset, cost, room - sum(map(len, payload.blocks.values())))
    shape = reading.dataset.image_shape
    payload.meta |= {"seeds": kept, "tile": pixels.tile_shape(shape) if shape and images else None}
    for split, sheet in images.items():
        payload.put(f"sprite-{split}", sheet)
    for place, variant in enumerate(reading.variants):
        for seed, found in drawn[variant].items():
            if seed in kept:
                payload.put(f"xy-{place}-{seed}-fit", found.fit.tobytes())
                if found.test is not None:
                    payload.put(f"xy-{place}-{seed}-test", found.test.tobytes())
    if local is not None:
        _put_local(payload, reading, kept, local)
    payload.meta["scales"] = payload.scales
    return payload


def _meta(reading: Reading, drawn: Mapping[str, Mapping[int, Map]]) -> dict[str, object]:
    dataset = reading.dataset
    return {
        "title": reading.title,
        "dataset": dataset.name,
        "n": {"fit": len(dataset.X), "test": len(dataset.X_test)},
        "classes": list(dataset.classes),
        "colours": len(palette(len(dataset.classes))),
        "neighbours": min(NEIGHBOURS, len(dataset.X) - 1),
        "variants": [_variant_meta(reading, variant, drawn[variant]) for variant in reading.variants],
    }


def _variant_meta(reading: Reading, variant: str, drawn: Mapping[int, Map]) -> dict[str, object]:
    runs = reading.runs(variant)
    return {
        "key": variant,
        "label": reading.label(variant),
        "params": ", ".join(f"{name}={value}" for name, value in runs[0].record.params.items()) or "defaults",
        "runs": {str(item.record.seed): _run_meta(item, drawn.get(item.record.seed)) for item in runs},
    }


def _run_meta(item: Judged, found: Map | None) -> dict[str, object]:
    if found is None:
        return {"reason": f"{item.record.outcome.status.value.replace('_', ' ')}: {item.record.outcome.reason}"}
    axes = "" if found.n_components == 2 else f"first axes of {found.n_components}"
    return {
        "scores": {"fit": _deciding(item, "fit"), "test": _deciding(item, "test")},
        "axes": "one axis" if found.n_components == 1 else axes,
        "clipped": {"fit": found.clipped, "test": found.clipped_test},
    }


def _deciding(item: Judged, split: str) -> str:
    """Return what a panel says of a run: the first of the deciding scores that the split has."""
    for key, k, name in DECIDING:
        value = item.score(key, split, k)
        if value is not None:
            return f"{name} {value:.3f}"
    return ""


def _put_data(payload: Payload, dataset: Dataset, original: Original) -> None:
    payload.meta["wide"] = len(dataset.X) > 2**16
    index = "<u4" if payload.meta["wide"] else "<u2"
    for split, X, y in (("fit", dataset.X, dataset.y), ("test", dataset.X_test, dataset.y_test)):
        if not len(X):
            continue
        if y is not None:
            payload.put(f"labels-{split}", y.astype("<u2").tobytes())
        near = original.neighbours if split == "fit" else original.neighbours_of_held_out
        payload.put(f"near-{split}", near[:, :NEIGHBOURS].astype(index).tobytes())


def _what_fits(
    payload: Payload, dataset: Dataset, cost: Mapping[int, int], room: int
) -> tuple[dict[str, bytes], list[int]]:
    """Return the images of each split, none where there are none, and the seeds that there is room for.

    Parameters
    ----------
    cost : mapping of int to int
        Characters that each seed takes.
    """

    @cache
    def images(shades: int | None) -> dict[str, bytes]:
        if dataset.image_shape is None or shades is None:
            return {}
        splits = {"fit": dataset.X, "test": dataset.X_test}
        return {name: pixels.sprite(X, dataset.image_shape, shades) for name, X in splits.items() if len(X)}

    seeds = list(cost)
    least = SHADES[-1] if dataset.image_shape else None
    ladder: list[tuple[int | None, list[int]]] = [(shades, seeds) for shades in SHADES if dataset.image_shape]
    ladder += [(least, seeds[:count]) for count in range(len(seeds), 0, -1)]
    ladder += [(None, seeds[:count]) for count in range(len(seeds), -1, -1)]
    for shades, kept in ladder:
        taken = sum(_coded(len(sheet)) for sheet in images(shades).values()) + sum(cost[seed] for seed in kept)
        if taken <= room:
            break
    if dataset.image_shape and shades is None:
        payload.messages.append("The images did not fit into the size of this file and are left out.")
    elif dataset.image_shape and shades != SHADES[0]:
        payload.messages.append(f"Images are shown in {shades} shades of grey, so that this file keeps to its size.")
    if len(kept) < len(seeds):
        payload.messages.append(f"Of {len(seeds)} seeds {len(kept)} are shown, so that this file keeps to its size.")
    return images(shades), kept


def _seed_size(drawn: Mapping[str, Mapping[int, Map]], seed: int, with_local: bool) -> int:
    size = 0
    for found in (by_seed[seed] for by_seed in drawn.values() if seed in by_seed):
        size += _coded(found.fit.nbytes) + (0 if found.test is None else _coded(found.test.nbytes))
        size += len(LOCAL) * _coded(found.fit.shape[1]) if with_local else 0
    return size


def _put_local(payload: Payload, reading: Reading, seeds: list[int], local: Callable[[Judged], Local | None]) -> None:
    """Put the local scores of every point as shares of one scale for all panels."""
    items = [
        (f"{place}-{item.record.seed}", scores)
        for place, variant in enumerate(reading.variants)
        for item in reading.well(variant)
        if item.record.seed in seeds and (scores := local(item)) is not None
    ]
    for name in LOCAL if items else ():
        every = np.concatenate([getattr(scores, name) for _, scores in items])
        low = float(np.quantile(every, WORST_SHARE))
        payload.scales[name] = low = min(low, 1 - 1e-3)
        for key, scores in items:
            share = np.clip((getattr(scores, name) - low) / (1 - low), 0, 1)
            payload.put(f"{name}-{key}", np.rint(share * 255).astype(np.uint8).tobytes())


def _coded(n_bytes: int) -> int:
    """Return the characters that base64 takes for so many bytes."""
    return 4 * -(-n_bytes // 3)
