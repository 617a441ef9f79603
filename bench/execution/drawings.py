"""What figures and report draw and no table has: computed when a study is scored, and kept in `arrays.npz`.

The arrays of a run are named by kind, variant, sample and seed: `embedding/pca/0-3/train`. Of each variant that is
pictured there are those of the run that is shown, and of a second one what it is compared by.

=================================  ====================================================================================
name                               what it is
=================================  ====================================================================================
input_hash                         hash of all that the others were computed from
data/name, data/classes            name of the data, names of the labels
data/image_shape, data/n_features  height and width in pixels, empty if a row is no image; number of features
data/rows/SPLIT                    which points are drawn; missing if all are
data/labels/SPLIT                  label of each point that is drawn, as an index into the classes
data/images                        the first test images, 8 bits a pixel
data/line_rows                     the two test points between which each method decodes a line
data/near/SPLIT                    the nearest training points of each point in all features, nearest first
embedding/.../SPLIT                positions in the shown run
aligned/.../SPLIT                  positions in the second run, rotated, mirrored and shifted onto the shown run
local/...                          trustworthiness and continuity of each training point
confusion/.../SPLIT                how often points of a class (row) are taken for each class (column)
shepard/.../counts                 pairs of points by distance in the data (row) and in the embedding (column)
shepard/.../ends                   greatest distance of these counts, in the data and in the embedding
shepard/.../medians                median distance in the embedding by distance in the data; nan if there are few pairs
clusters/...                       cluster of each training point by HDBSCAN, -1 of none; if the study counts them
class_distances/...                distances between the means of classes, in the shown run and in the data; largest 1
rebuilt, grid, prior_samples, line  decoded images, 8 bits a pixel, with the coordinates (`grid_axes`) and the epochs
                                   (`prior_sample_epochs`) that they are of
film/...                           positions of the first training points epoch by epoch, 8 bits an axis, with
                                   `film_epochs`
retrained_seed/...                 seed of the run that was trained twice for prior samples and film
history/...                        training history of every run; columns are `reducers.HISTORY_COLUMNS`
log/...                            last lines that a run printed, paths shortened to the names of files
correct/...                        of every run whether each test point's 10 nearest neighbours tell its class, as bits
left_out/...                       which arrays of a run are not here, and why, a line each
=================================  ====================================================================================
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from bench.datasets import Dataset
from bench.execution.capture import ends_of_line
from bench.execution.drawable import BY_EPOCH, EPOCHS, FILM, FILM_EPOCHS, HISTORY, drawable
from bench.execution.pair_distances import lengths, pairs
from bench.execution.pictured import (
    CLUSTERED,
    DRAWN,
    Named,
    drawable_embedding,
    drawn_rows,
    in_8_bits,
    of_pictured,
    of_run,
    splits_of,
)
from bench.execution.scoring import run_name, space_of
from bench.metrics.reference_space import MAX_EXACT, ReferenceSpace
from bench.store.arrays import FILE, LEFT_OUT, Arrays, packed
from bench.store.records import Record
from bench.store.results import Results
from bench.store.score_store import ScoreStore
from bench.store.store import Store

log = logging.getLogger(__name__)

VERSION = 2
"""Raised whenever an array is computed in another way."""
TRUE_NEIGHBOURS = 10
IMAGES = 16


def keep_drawings(
    store: Store, dataset: Dataset, progress: Callable[[str], None], cache_folder: Path | None = None
) -> None:
    """Write `arrays.npz` of a folder with tables of runs and scores, unless it has been written from the same runs.

    `progress` is called with the name of each variant when its arrays are computed. For the cache see `ReferenceSpace`.

    Raises StoreError if a table is missing or the file cannot be written.
    """
    results, records = Results(store.folder), store.records()
    correct = _correct(records, ScoreStore(store))
    input_hash = _input_hash(dataset, results, records, correct)
    if str(Arrays(store.folder).get("input_hash", "")) == input_hash:
        return
    data = dataset.select(sample=0, samples=results.study.samples)
    space, pictured = space_of(data, cache_folder), results.pictured.variants
    positions: Named = {}
    others = {"input_hash": np.array(input_hash), **correct, **_of_data(data)}
    if pictured:
        others |= _true_neighbours(space)
        in_data = lengths(data.X, *pairs(len(data.X))) if len(data.X) > 1 else np.zeros(0)
    for variant in results.variants:
        by_run = {(one.sample, one.seed): one for one in records if one.variant == variant}
        shown, second = (by_run.get(run) if run else None for run in (results.shown(variant), results.second(variant)))
        spec = results.variant(variant)
        if variant in pictured:
            others |= _of_training(store, list(by_run.values()), shown, data)
            if shown is not None:
                of_shown = of_pictured(store, shown, second, space, in_data)
                positions |= of_shown[0]
                others |= {name: _joined(others.get(name), array) for name, array in of_shown[1].items()}
        elif spec.without and spec.scores and shown is not None:
            part = space_of(dataset.select(spec.n, spec.without, samples=results.study.samples))
            if embedding := drawable_embedding(store, shown, part):
                positions |= splits_of("embedding", shown, embedding)
        progress(variant)
    store.write(FILE, packed(positions, others))


def _input_hash(dataset: Dataset, results: Results, records: Sequence[Record], correct: Named) -> str:
    """Return the hash of all that the arrays are computed from."""
    runs = [(one.variant, one.sample, one.seed, one.arrays_sha256, one.log_tail) for one in records]
    chosen = [(variant, results.shown(variant), results.second(variant)) for variant in results.variants]
    bits = [(name, array.tobytes()) for name, array in correct.items()]
    counted = [CLUSTERED] if CLUSTERED in results.study.measures else []
    some = [DRAWN] if max(len(dataset.X), len(dataset.X_test)) > MAX_EXACT else []
    asked = (results.pictured.variants, results.study.samples, *counted, *some)
    return sha256(repr((VERSION, dataset.fingerprint, asked, runs, chosen, bits)).encode()).hexdigest()


def _of_data(data: Dataset) -> Named:
    """Return what pictures must know of the data."""
    label = np.uint8 if len(data.classes) <= 2**8 else np.uint16
    labels = {"train": data.y, "test": data.y_test}
    rows = {split: drawn_rows(len(X)) for split, X in (("train", data.X), ("test", data.X_test))}
    images = {"data/images": in_8_bits(data.X_test[:IMAGES])} if data.image_shape else {}
    if data.image_shape and len(data.X_test) > 1:
        images["data/line_rows"] = np.array(ends_of_line(data.X_test))
    return images | {
        "data/name": np.array(data.name),
        "data/classes": np.array(data.classes, dtype=str),
        "data/image_shape": np.array(data.image_shape or (), dtype=np.uint16),
        "data/n_features": np.array(data.X.shape[1]),
        **{f"data/labels/{split}": y[rows[split]].astype(label) for split, y in labels.items() if y is not None},
        **{f"data/rows/{split}": drawn for split, drawn in rows.items() if isinstance(drawn, np.ndarray)},
    }


def _true_neighbours(space: ReferenceSpace) -> Named:
    """Return the nearest training points of each point in all features; none of very many points."""
    if not space.all_pairs:
        return {}
    index = np.uint16 if space.n <= 2**16 else np.uint32
    found = {"train": space.neighbours}
    if len(space.dataset.X_test):
        found["test"] = space.test_neighbours
    return {f"data/near/{split}": near[:, :TRUE_NEIGHBOURS].astype(index) for split, near in found.items()}


def _correct(records: Sequence[Record], scores: ScoreStore) -> Named:
    found: Named = {}
    for record in records:
        scored = scores.of_run(record) if record.ok else None
        correct = scored.correct_of(record.n_test) if scored else None
        if correct is not None:
            found |= of_run(record, {"correct": np.packbits(correct)})
    return found


def _of_training(store: Store, records: Sequence[Record], shown: Record | None, data: Dataset) -> Named:
    """Return what runs printed, their training histories, and images of one training epoch by epoch.

    A worker makes these images of a variant's first run alone, because that takes a second training. They are kept
    under the name of the run that is shown. What cannot be drawn of a run is named.
    """
    found: Named = {}
    folders = re.compile(r"(?<![\w:/])(?:/[\w.@+~-]+)+/(?=\w)")  # those of one computer
    by_epoch: Named = {}
    for record in records:
        if said := folders.sub("", record.log_tail.strip()):
            found |= of_run(record, {"log": np.array(said)})
        arrays, flaws = drawable(store, record, data)
        if flaws:
            log.warning("%s: not drawn: %s", run_name(record), "; ".join(flaws))
            found |= of_run(record, {LEFT_OUT: np.array("\n".join(flaws))})
        if HISTORY in arrays:
            found |= of_run(record, {"history": arrays[HISTORY].astype(np.float32)})
        if BY_EPOCH in arrays and "prior_samples" not in by_epoch:
            by_epoch |= {"prior_samples": in_8_bits(arrays[BY_EPOCH]), "prior_sample_epochs": arrays[EPOCHS]}
        if FILM in arrays and "film" not in by_epoch and arrays[FILM].shape[2] == 2:
            by_epoch |= {"film": _filmed(arrays[FILM]), "film_epochs": arrays[FILM_EPOCHS]}
        if by_epoch:
            by_epoch.setdefault("retrained_seed", np.array(record.seed))
    return found | (of_run(shown, by_epoch) if shown is not None else {})


def _joined(before: np.ndarray | None, array: np.ndarray) -> np.ndarray:
    """Return an array, or two texts of one name as one."""
    return array if before is None else np.array(f"{before}\n{array}")


def _filmed(positions: np.ndarray) -> np.ndarray:
    """Return positions of shape (n_frames, n_points, 2) as whole numbers up to 255, each in a square of its own."""
    low, high = np.percentile(positions, [0.2, 99.8], axis=1, keepdims=True)
    side = (high - low).max(axis=2, keepdims=True)
    return in_8_bits((positions - (low + high) / 2) / np.where(side > 0, side, 1.0) + 0.5)
