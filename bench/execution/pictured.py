"""What is drawn of a run that pictures show: positions, scores of single points, and counts of pairs of points."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np
from scipy.linalg import orthogonal_procrustes

from bench.errors import UndefinedError
from bench.execution.drawable import DECODED, drawable
from bench.execution.pair_distances import lengths, pairs, shepard
from bench.execution.scoring import UNREADABLE, embedding_of, run_name
from bench.metrics.clustering import hdbscan
from bench.metrics.distances import centroid_distances
from bench.metrics.embedding import Embedding
from bench.metrics.false_structure_measures import hdbscan_clusters
from bench.metrics.labels import confusion
from bench.metrics.neighbourhood import local_scores
from bench.metrics.reference_space import MAX_EXACT, Points, ReferenceSpace
from bench.metrics.registry import UNEXPECTED
from bench.store.arrays import LEFT_OUT, array_name
from bench.store.records import Record
from bench.store.store import Store

log = logging.getLogger(__name__)

SPLITS = ("train", "test")
LARGEST = 1e37
"""Coordinates from here on are not drawn: sums and differences of them would not fit into float32."""
DRAWN, DRAW_SEED = 20_000, 0
"""Points that are drawn where not all are, and the seed that draws them: more would only hide each other."""
LOCAL_K = 15
CONFUSION_K = 10
CLUSTERED = hdbscan_clusters.__name__
"""Measure whose clusters are kept of the studies that ask for it."""
Named = dict[str, np.ndarray]


def drawn_rows(n: int) -> np.ndarray | slice:
    """Return which of so many points are drawn: all, or some at random of more than are compared with each other."""
    if n <= MAX_EXACT:
        return slice(None)
    return np.sort(np.random.RandomState(DRAW_SEED).choice(n, DRAWN, replace=False)).astype(np.uint32)


def of_run(record: Record, arrays: Mapping[str, np.ndarray]) -> Named:
    """Return arrays of a run, given by `KIND` or `KIND/PART`, under their whole names."""
    run, found = (record.sample, record.seed), {}
    for name, array in arrays.items():
        kind, _, part = name.partition("/")
        found[array_name(kind, record.variant, run, part)] = array
    return found


def in_8_bits(images: np.ndarray) -> np.ndarray:
    """Return images of pixels in [0, 1] as whole numbers up to 255; what lies beyond is cut off."""
    return np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)


def drawable_embedding(store: Store, record: Record, space: ReferenceSpace) -> Embedding | None:
    """Return the embedding of a run; None if figures cannot draw its positions, or they are not of these points."""
    try:
        embedding = embedding_of(store, space, record)
    except UNREADABLE:
        return None
    both = (embedding.Z, embedding.Z_test)
    is_drawable = all(Z is None or float(np.abs(Z).max(initial=0)) < LARGEST for Z in both)
    return embedding if is_drawable else None


def of_pictured(
    store: Store, shown: Record, second: Record | None, space: ReferenceSpace, in_data: np.ndarray
) -> tuple[Named, Named]:
    """Return positions and other arrays of the run that is shown, and of the second one; or why there are none."""
    try:
        if embedding := drawable_embedding(store, shown, space):
            of_shown = _of_shown(store, shown, embedding, in_data)
            return of_shown[0] | _of_second(store, shown, second, space), of_shown[1]
        why = "" if shown.n_train != space.n else "positions are not finite, too large, or not of these points"
    except UNEXPECTED as error:  # what nobody thought of costs the pictures of this variant, and no others
        why = f"pictures cannot be made of it ({type(error).__name__}: {error})"
    if why:
        log.warning("%s: not drawn: %s", run_name(shown), why)
    return {}, of_run(shown, {LEFT_OUT: np.array(why)}) if why else {}


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
    return splits_of("embedding", record, embedding) | _local(record, embedding), of_run(record, others)


def _of_second(store: Store, shown: Record, second: Record | None, space: ReferenceSpace) -> Named:
    """Return positions of the run that the shown one is compared with; none if the two cannot be compared."""
    first, embedding = (drawable_embedding(store, one, space) if one else None for one in (shown, second))
    if first is None or embedding is None or second is None or first.Z.shape != embedding.Z.shape:
        return {}
    rotation, shift = alignment(embedding.Z, first.Z)
    aligned = {name: Z.astype(np.float64) @ rotation + shift for name, Z in _points(embedding).items()}
    return of_run(second, {f"aligned/{split}": Z for split, Z in aligned.items()}) | _local(second, embedding)


def _points(embedding: Embedding) -> Named:
    """Return the positions that are drawn of each split that has some."""
    both = zip(SPLITS, (embedding.Z, embedding.Z_test), strict=True)
    return {split: Z[drawn_rows(len(Z))] for split, Z in both if Z is not None and len(Z)}


def splits_of(kind: str, record: Record, embedding: Embedding) -> Named:
    """Return positions of a run under their names."""
    return of_run(record, {f"{kind}/{split}": Z for split, Z in _points(embedding).items()})


def _local(record: Record, embedding: Embedding) -> Named:
    """Return scores of single points; none if they are undefined, or ranks of all pairs do not fit into memory."""
    if not embedding.space.fits:
        return {}
    try:
        return of_run(record, {"local": local_scores(embedding, LOCAL_K)})
    except UndefinedError:
        return {}


def _confusion(embedding: Embedding) -> Named:
    has_test = embedding.Z_test is not None and embedding.y_test is not None and len(embedding.Z_test) > 0
    of: Points = "test" if has_test else "train"
    if embedding.y is None:
        return {}
    try:
        embedding.space.require_all_pairs()
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


def alignment(Z: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rotation or reflection and then the shift that bring `Z` closest to `target` in least squares.

    Both are of shape (n_samples, n_components). This is the orthogonal Procrustes problem (Schönemann 1966). The scale
    stays, so that what differs between two runs beyond their orientation can be seen.
    """
    Z, target = (positions.astype(np.float64) for positions in (Z, target))
    centre, goal = Z.mean(axis=0), target.mean(axis=0)
    rotation, _ = orthogonal_procrustes(Z - centre, target - goal)
    return rotation, goal - centre @ rotation
