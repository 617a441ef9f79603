"""The judge: scores stored embeddings, each score only where it is missing or outdated. It never touches a timing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from bench.datasets import Dataset
from bench.records import Record
from bench.scores import (
    NEED_LABELS,
    REFERENCES,
    SCORES,
    Case,
    Original,
    Value,
    corank_together,
    evaluate,
    evaluate_across,
    reference_values,
    shelf,
)
from bench.scores.labels import right_of_held_out
from bench.store import Store

CURVES = ("r_nx", "recall", "trustworthiness", "continuity")
"""Curves over the size of the neighbourhood that are kept of each embedding: attributes of a `Coranking`."""
CURVE_POINTS = 64
NEIGHBOURS = 10
"""Of which the majority tells the class of a held-out point, where it is kept of each point whether it is right."""
VERSIONS = {"curves": 1, "right": 1}
"""Of what is kept beside scores."""
TOGETHER = 8
"""Embeddings that share a pass over data too many for their ranks to be kept."""


class Verdict(BaseModel):
    """The scores of one embedding, and what they were computed from.

    Attributes
    ----------
    subject : str
        Sum of the embedding's file, or of what else the scores are of.
    versions : dict of str to int
        Version of each score and curve when it was computed.
    curves : dict of str to list of float
        Each of `CURVES` at the sizes `k`, evenly spread over their logarithm.
    right : str
        Of each held-out point whether its nearest fitted neighbours tell its class: bits, padded to bytes, in base
        64; empty where they cannot.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    versions: dict[str, int]
    values: list[Value]
    curves: dict[str, list[float]] = {}
    right: str = ""

    @property
    def valid(self) -> list[Value]:
        """Values of scores that are still computed as they were."""
        return [value for value in self.values if self.versions.get(value.score) == _versions().get(value.score, 0)]


def judge(
    store: Store,
    dataset: Dataset,
    records: Iterable[Record],
    progress: Callable[[Record], None],
    folder: Path | None = None,
    references: bool = True,
) -> None:
    """Compute the scores of every embedding that are missing, outdated or of another embedding.

    Parameters
    ----------
    dataset : Dataset
        The points that all of these runs were fitted on, and those held out.
    progress : function
        Called with each record as its scores are complete.
    folder : path or None
        Where arrays of the original space are kept; None takes the user's cache folder.
    references : bool
        Whether the rows that embeddings are read against are to be of these data.
    """
    original = Original(dataset, folder or shelf.folder())
    records = list(records)
    for name in REFERENCES if references else ():
        if dataset.y is None and name in NEED_LABELS:
            continue
        _complete_reference(store, original, name)
    # Kernels use all cores by themselves: one embedding at a time is as fast as several, and takes less memory.
    size = 1 if original.fits else TOGETHER
    for start in range(0, len(records), size):
        group = records[start : start + size]
        _complete(store, original, group)
        for record in group:
            progress(record)
    for variant in dict.fromkeys(record.variant for record in records):
        _complete_across(store, original, [record for record in records if record.variant == variant and record.ok])


def verdict(store: Store, record: Record) -> list[Value]:
    """Return the stored scores of a run; none where it has not been scored."""
    found = _read(store, _name(record), record.arrays_sha256)
    return found.valid if found else []


def curves(store: Store, record: Record) -> dict[str, list[float]]:
    """Return the stored curves of a run and the sizes `k` they are given at; none where it has not been scored."""
    found = _read(store, _name(record), record.arrays_sha256)
    return found.curves if found else {}


def right(store: Store, record: Record, n_test: int) -> np.ndarray | None:
    """Return of each held-out point whether its nearest fitted neighbours tell its class; None where they cannot.

    The neighbours are `NEIGHBOURS`; the mean is the score `knn_accuracy` of held-out points at that k.
    """
    found = _read(store, _name(record), record.arrays_sha256)
    if found is None or not found.right or found.versions.get("right") != VERSIONS["right"]:
        return None
    return np.unpackbits(np.frombuffer(b64decode(found.right), np.uint8), count=n_test).astype(bool)


def across(store: Store, records: Sequence[Record]) -> list[Value]:
    """Return the stored scores over the seeds of a variant, whose records these are."""
    well = [record for record in records if record.ok]
    found = _read(store, _name_across(well[0]), _subject_across(well)) if well else None
    return found.valid if found else []


def reference(store: Store) -> dict[str, list[Value]]:
    """Return the stored rows that the scores of embeddings are read against."""
    found = {name: _read(store, _name_of_reference(name), None) for name in REFERENCES}
    return {name: row.valid for name, row in found.items() if row}


def _complete(store: Store, original: Original, records: Sequence[Record]) -> None:
    todo = []
    for record in records:
        found = _read(store, _name(record), record.arrays_sha256)
        if record.arrays_sha256 is not None and _missing(found):
            todo.append((record, found, case_of(store, original, record)))
    # Which points are told right takes no ranks, whose search is most of what scoring so many points takes.
    finite = [case for _, found, case in todo if case.is_finite and _missing(found) != ["right"]]
    if finite and not original.fits:
        corank_together(finite)
    for record, found, case in todo:
        assert record.arrays_sha256 is not None
        missing = _missing(found)
        values = evaluate(case, [key for key in missing if key in SCORES])
        curves = _curves(case) if found is None or "curves" in missing else found.curves
        right = _right(case) if found is None or "right" in missing else found.right
        _write(store, _name(record), record.arrays_sha256, found, values, curves, right)


def _complete_across(store: Store, original: Original, records: Sequence[Record]) -> None:
    if not records:
        return
    name, subject = _name_across(records[0]), _subject_across(records)
    found = _read(store, name, subject)
    missing = [key for key in _missing(found) if key in SCORES]
    if missing:
        cases = [case_of(store, original, record) for record in records]
        _write(store, name, subject, found, evaluate_across(cases, missing))


def _complete_reference(store: Store, original: Original, name: str) -> None:
    subject = original.dataset.fingerprint
    found = _read(store, _name_of_reference(name), subject)
    missing = [key for key in _missing(found) if key in SCORES]
    if missing:
        values = reference_values(original, name, missing)
        _write(store, _name_of_reference(name), subject, found, values)


def case_of(store: Store, original: Original, record: Record) -> Case:
    """Return the embedding of a run and what else its scores look at."""
    arrays = store.arrays(record)
    others = {name: arrays.get(name) for name in ("squared_error", "refit", "few", "alone")}
    return Case(original, arrays["fit"], arrays.get("test"), **others)


def _curves(case: Case) -> dict[str, list[float]]:
    """Return the curves of an embedding that has any: one that is finite, not collapsed and of more than few points."""
    if not case.is_finite or case.is_collapsed or len(case.Z) < 3:
        return {}
    n = len(case.Z)
    ks = np.unique(np.geomspace(1, n - 2, CURVE_POINTS).round().astype(np.int64))
    return {"k": ks.tolist()} | {name: getattr(case.coranking, name)[ks - 1].tolist() for name in CURVES}


def _right(case: Case) -> str:
    """Return which held-out points are told right, packed; empty where there are none, or no labels or places."""
    if case.y_test is None or case.Z_test is None or not len(case.Z_test) or not case.is_finite or case.is_collapsed:
        return ""
    return b64encode(np.packbits(right_of_held_out(case, NEIGHBOURS)).tobytes()).decode()


def _versions() -> dict[str, int]:
    """Return the version of all that is computed of an embedding, as the code computes it now."""
    return {score.key: score.version for score in SCORES.values()} | VERSIONS


def _missing(found: Verdict | None) -> list[str]:
    known = found.versions if found else {}
    return [key for key, version in _versions().items() if known.get(key) != version]


def _name(record: Record) -> str:
    return f"runs/{record.variant}/scores-{record.seed}.json"


def _name_across(record: Record) -> str:
    return f"runs/{record.variant}/scores-across-seeds.json"


def _name_of_reference(name: str) -> str:
    return f"references/{name}.json"


def _subject_across(records: Sequence[Record]) -> str:
    return sha256("\n".join(record.arrays_sha256 or "" for record in records).encode()).hexdigest()


def _read(store: Store, name: str, subject: str | None) -> Verdict | None:
    """Return the stored verdict if it can be read and is of that subject; None stands for any."""
    try:
        found = Verdict.model_validate_json((store.folder / name).read_bytes())
    except (OSError, ValidationError):
        return None
    return found if subject in (None, found.subject) else None


def _write(
    store: Store,
    name: str,
    subject: str,
    found: Verdict | None,
    values: list[Value],
    curves: dict[str, list[float]] | None = None,
    right: str = "",
) -> None:
    """Write new values beside those of an earlier verdict that still hold, in the order of the table."""
    order = {key: place for place, key in enumerate(SCORES)}
    whole = sorted((found.valid if found else []) + values, key=lambda value: order[value.score])
    kept = Verdict(subject=subject, versions=_versions(), values=whole, curves=curves or {}, right=right)
    store.write_model(name, kept)
