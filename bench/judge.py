"""The judge: scores stored embeddings that have no valid scores yet. It never touches a timing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import BaseModel, ConfigDict, ValidationError

from bench.datasets import Dataset
from bench.records import Record
from bench.scores import SCORES, Case, Original, Value, evaluate, reference_values
from bench.store import Store

REFERENCE = "reference.json"


class Verdict(BaseModel):
    """The scores of one embedding, and what they were computed from.

    Attributes
    ----------
    subject : str
        Sum of the embedding's file, or the fingerprint of the data for their own scores.
    versions : dict of str to int
        Version of each score when it was computed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    versions: dict[str, int]
    values: list[Value]


def current_versions() -> dict[str, int]:
    """Return the version of every score as the code computes it now."""
    return {score.key: score.version for score in SCORES.values()}


def judge(store: Store, dataset: Dataset, records: Iterable[Record], progress: Callable[[Record], None]) -> None:
    """Score every embedding whose scores are missing, outdated or of another embedding."""
    original = Original(dataset)
    if _read(store, REFERENCE, dataset.fingerprint) is None:
        _write(store, REFERENCE, dataset.fingerprint, [] if dataset.y is None else reference_values(original))
    for record in records:
        subject = record.arrays_sha256
        if subject is not None and _read(store, _name(record), subject) is None:
            arrays = store.arrays(record)
            _write(store, _name(record), subject, evaluate(Case(original, arrays["fit"], arrays.get("test"))))
        progress(record)


def verdict(store: Store, record: Record) -> list[Value]:
    """Return the stored scores of a run; none where it has not been scored."""
    found = _read(store, _name(record), record.arrays_sha256) if record.arrays_sha256 else None
    return found.values if found else []


def reference(store: Store) -> list[Value]:
    """Return the stored scores of the data themselves."""
    found = _read(store, REFERENCE, None)
    return found.values if found else []


def _name(record: Record) -> str:
    return f"runs/{record.variant}/scores-{record.seed}.json"


def _read(store: Store, name: str, subject: str | None) -> Verdict | None:
    path = store.folder / name
    try:
        found = Verdict.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    holds = found.versions == current_versions() and subject in (None, found.subject)
    return found if holds else None


def _write(store: Store, name: str, subject: str, values: list[Value]) -> None:
    store.write_model(name, Verdict(subject=subject, versions=current_versions(), values=values))
