"""What figures and report draw and no table has: computed when a study is scored, and kept in `arrays.npz`.

The arrays of a run are named by kind, variant, sample and seed: `embedding/pca/0-3/train`. Of each variant that is
pictured there are those of the run that is shown, and of a second one what it is compared by.

=================================  ====================================================================================
name                               what it is
=================================  ====================================================================================
input_hash                         hash of all that the others were computed from
data/name, data/classes            name of the data, names of the labels
data/image_shape, data/n_features  height and width in pixels, empty if a row is no image; number of features
data/labels/SPLIT                  label of each point, as an index into the classes
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
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.linalg import orthogonal_procrustes

from bench.datasets import Dataset
from bench.errors import UndefinedError
from bench.execution.capture import ends_of_line
from bench.execution.drawable import BY_EPOCH, DECODED, EPOCHS, FILM, FILM_EPOCHS, HISTORY, drawable
from bench.execution.pair_distances import lengths, pairs, shepard
from bench.execution.scoring import UNREADABLE, embedding_of, run_name, space_of
from bench.metrics.clustering import hdbscan
from bench.metrics.distances import centroid_distances
from bench.metrics.embedding import Embedding
from bench.metrics.false_structure_measures import hdbscan_clusters
from bench.metrics.labels import confusion
from bench.metrics.neighbourhood import local_scores
from bench.metrics.reference_space import Points, ReferenceSpace
from bench.metrics.registry import UNEXPECTED
from bench.store.arrays import FILE, LEFT_OUT, Arrays, array_name, packed
from bench.store.records import Record
from bench.store.results import Results
from bench.store.score_store import ScoreStore
from bench.store.store import Store

log = logging.getLogger(__name__)

SPLITS = ("train", "test")
LARGEST = 1e37
"""Coordinates from here on are not drawn: sums and differences of them would not fit into float32."""
VERSION = 2
"""Raised whenever an array is computed in another way."""
TRUE_NEIGHBOURS = 10
LOCAL_K = 15
CONFUSION_K = 10
CLUSTERED = hdbscan_clusters.__name__
"""Measure whose clusters are kept of the studies that ask for it."""
IMAGES = 16
Named = dict[str, np.ndarray]


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
                of_shown = _of_pictured(store, shown, second, space, in_data)
                positions |= of_shown[0]
                others |= {name: _joined(others.get(name), array) for name, array in of_shown[1].items()}
        elif spec.without and spec.scores and shown is not None:
            part = space_of(dataset.select(spec.n, spec.without, samples=results.study.samples))
            if embedding := _embedding(store, shown, part):
                positions |= _splits("embedding", shown, embedding)
        progress(variant)
    store.write(FILE, packed(positions, others))


def _input_hash(dataset: Dataset, results: Results, records: Sequence[Record], correct: Named) -> str:
    """Return the hash of all that the arrays are computed from."""
    runs = [(one.variant, one.sample, one.seed, one.arrays_sha256, one.log_tail) for one in records]
    chosen = [(variant, results.shown(variant), results.second(variant)) for variant in results.variants]
    bits = [(name, array.tobytes()) for name, array in correct.items()]
    counted = [CLUSTERED] if CLUSTERED in results.study.measures else []
    asked = (results.pictured.variants, results.study.samples, *counted)
    return sha256(repr((VERSION, dataset.fingerprint, asked, runs, chosen, bits)).encode()).hexdigest()


def _of(record: Record, arrays: Mapping[str, np.ndarray]) -> Named:
    """Return arrays of a run, given by `KIND` or `KIND/PART`, under their whole names."""
    run, found = (record.sample, record.seed), {}
    for name, array in arrays.items():
        kind, _, part = name.partition("/")
        found[array_name(kind, record.variant, run, part)] = array
    return found


def _of_data(data: Dataset) -> Named:
    """Return what pictures must know of the data."""
    label = np.uint8 if len(data.classes) <= 2**8 else np.uint16
    labels = {"train": data.y, "test": data.y_test}
    images = {"data/images": in_8_bits(data.X_test[:IMAGES])} if data.image_shape else {}
    if data.image_shape and len(data.X_test) > 1:
        images["data/line_rows"] = np.array(ends_of_line(data.X_test))
    return images | {
        "data/name": np.array(data.name),
        "data/classes": np.array(data.classes, dtype=str),
        "data/image_shape": np.array(data.image_shape or (), dtype=np.uint16),
        "data/n_features": np.array(data.X.shape[1]),
        **{f"data/labels/{split}": y.astype(label) for split, y in labels.items() if y is not None},
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
            found |= _of(record, {"correct": np.packbits(correct)})
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
            found |= _of(record, {"log": np.array(said)})
        arrays, flaws = drawable(store, record, data)
        if flaws:
            log.warning("%s: not drawn: %s", run_name(record), "; ".join(flaws))
            found |= _of(record, {LEFT_OUT: np.array("\n".join(flaws))})
        if HISTORY in arrays:
            found |= _of(record, {"history": arrays[HISTORY].astype(np.float32)})
        if BY_EPOCH in arrays and "prior_samples" not in by_epoch:
            by_epoch |= {"prior_samples": in_8_bits(arrays[BY_EPOCH]), "prior_sample_epochs": arrays[EPOCHS]}
        if FILM in arrays and "film" not in by_epoch and arrays[FILM].shape[2] == 2:
            by_epoch |= {"film": _filmed(arrays[FILM]), "film_epochs": arrays[FILM_EPOCHS]}
        if by_epoch:
            by_epoch.setdefault("retrained_seed", np.array(record.seed))
    return found | (_of(shown, by_epoch) if shown is not None else {})


def _embedding(store: Store, record: Record, space: ReferenceSpace) -> Embedding | None:
    """Return the embedding of a run; None if figures cannot draw its positions, or they are not of these points."""
    try:
        embedding = embedding_of(store, space, record)
    except UNREADABLE:
        return None
    both = (embedding.Z, embedding.Z_test)
    is_drawable = all(Z is None or float(np.abs(Z).max(initial=0)) < LARGEST for Z in both)
    return embedding if is_drawable else None


def _of_pictured(
    store: Store, shown: Record, second: Record | None, space: ReferenceSpace, in_data: np.ndarray
) -> tuple[Named, Named]:
    """Return positions and other arrays of the run that is shown, and of the second one; or why there are none."""
    try:
        if embedding := _embedding(store, shown, space):
            of_shown = _of_shown(store, shown, embedding, in_data)
            return of_shown[0] | _of_second(store, shown, second, space), of_shown[1]
        why = "" if shown.n_train != space.n else "positions are not finite, too large, or not of these points"
    except UNEXPECTED as error:  # what nobody thought of costs the pictures of this variant, and no others
        why = f"pictures cannot be made of it ({type(error).__name__}: {error})"
    if why:
        log.warning("%s: not drawn: %s", run_name(shown), why)
    return {}, _of(shown, {LEFT_OUT: np.array(why)}) if why else {}


def _joined(before: np.ndarray | None, array: np.ndarray) -> np.ndarray:
    """Return an array, or two texts of one name as one."""
    return array if before is None else np.array(f"{before}\n{array}")


def _of_shown(store: Store, record: Record, embedding: Embedding, in_data: np.ndarray) -> tuple[Named, Named]:
    """Return positions and other arrays of the run that is shown."""
    space = embedding.space
    arrays, _ = drawable(store, record, space.dataset)
    others = {name: in_8_bits(arrays[key]) for key, name in DECODED.items() if key in arrays}
    others |= {"grid_axes": arrays["grid_axes"]} if "grid" in arrays else {}
    if space.n > 1:
        found = shepard(in_data, lengths(embedding.Z, *pairs(space.n)))
        others |= {f"shepard/{part}": array for part, array in found.items()}
    others |= _confusion(embedding) | _between_classes(embedding)
    others |= _clusters(embedding) if CLUSTERED in store.study().measures else {}
    return _splits("embedding", record, embedding) | _local(record, embedding), _of(record, others)


def _of_second(store: Store, shown: Record, second: Record | None, space: ReferenceSpace) -> Named:
    """Return positions of the run that the shown one is compared with; none if the two cannot be compared."""
    first, embedding = (_embedding(store, one, space) if one else None for one in (shown, second))
    if first is None or embedding is None or second is None or first.Z.shape != embedding.Z.shape:
        return {}
    rotation, shift = alignment(embedding.Z, first.Z)
    aligned = {name: Z.astype(np.float64) @ rotation + shift for name, Z in _points(embedding).items()}
    return _of(second, {f"aligned/{split}": Z for split, Z in aligned.items()}) | _local(second, embedding)


def _points(embedding: Embedding) -> Named:
    """Return the positions of each split that has some."""
    both = zip(SPLITS, (embedding.Z, embedding.Z_test), strict=True)
    return {split: Z for split, Z in both if Z is not None and len(Z)}


def _splits(kind: str, record: Record, embedding: Embedding) -> Named:
    return _of(record, {f"{kind}/{split}": Z for split, Z in _points(embedding).items()})


def _local(record: Record, embedding: Embedding) -> Named:
    """Return scores of single points; none if they are undefined, or ranks of all pairs do not fit into memory."""
    if not embedding.space.fits:
        return {}
    try:
        return _of(record, {"local": local_scores(embedding, LOCAL_K)})
    except UndefinedError:
        return {}


def _confusion(embedding: Embedding) -> Named:
    has_test = embedding.Z_test is not None and embedding.y_test is not None and len(embedding.Z_test) > 0
    of: Points = "test" if has_test else "train"
    if embedding.y is None:
        return {}
    try:
        return {f"confusion/{of}": confusion(embedding, CONFUSION_K, of).astype(np.uint32)}
    except UndefinedError:
        return {}


def _clusters(embedding: Embedding) -> Named:
    """Return the cluster of each training point; none if there are too many components or too few points."""
    try:
        embedding.space.require_all_pairs()
        return {"clusters": hdbscan(embedding.Z).astype(np.int16)}
    except UndefinedError:
        return {}


def _between_classes(embedding: Embedding) -> Named:
    """Return the distances between class means in the embedding and in the data; none without classes."""
    if embedding.y is None:
        return {}
    try:
        return {"class_distances": np.stack(centroid_distances(embedding)).astype(np.float32)}
    except UndefinedError:
        return {}


def _filmed(positions: np.ndarray) -> np.ndarray:
    """Return positions of shape (n_frames, n_points, 2) as whole numbers up to 255, each in a square of its own."""
    low, high = np.percentile(positions, [0.2, 99.8], axis=1, keepdims=True)
    side = (high - low).max(axis=2, keepdims=True)
    return in_8_bits((positions - (low + high) / 2) / np.where(side > 0, side, 1.0) + 0.5)


def in_8_bits(images: np.ndarray) -> np.ndarray:
    """Return images of pixels in [0, 1] as whole numbers up to 255; what lies beyond is cut off."""
    return np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)


def alignment(Z: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rotation or reflection and then the shift that bring `Z` closest to `target` in least squares.

    Both are of shape (n_samples, n_components). This is the orthogonal Procrustes problem (Schönemann 1966). The scale
    stays, so that what differs between two runs beyond their orientation can be seen.
    """
    Z, target = (positions.astype(np.float64) for positions in (Z, target))
    centre, goal = Z.mean(axis=0), target.mean(axis=0)
    rotation, _ = orthogonal_procrustes(Z - centre, target - goal)
    return rotation, goal - centre @ rotation
