"""Stored scores: what was computed of an embedding, with the version of each score when it was computed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Self

import numpy as np
from pydantic import model_validator

from bench.metrics.metric import Value
from bench.metrics.registry import METRICS, REFERENCES
from bench.store.records import Record, Stored
from bench.store.store import Store


class Scored(Stored):
    """All that is computed of one embedding, and what it was computed from."""

    subject: str
    """Hash of the embedding's file, or of what else the scores are of."""
    versions: dict[str, int]
    """Version of each score, measure and curve when it was computed."""
    anchors: int = 0
    """How many points were compared with all others for the scores; 0 if all were."""
    values: list[Value] = []
    measures: dict[str, dict[str, float]] = {}
    """Quantities that only some studies ask for; each has one number or several by part."""
    curves: dict[str, list[float]] = {}
    """Curves over the size of the neighbourhood, and under `k` the sizes."""
    correct: str = ""
    """Of each test point whether its nearest training points tell its class: packed bits in base 64; empty if they
    cannot."""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        for value in self.current:
            if (value.value is None) != bool(value.reason):
                raise ValueError(f"{value.score} has both a value and a reason for having none, or neither")
            if value.value is not None and not METRICS[value.score].allows(value.value):
                raise ValueError(f"{value.score} cannot be {value.value!r}")
        if len({len(curve) for curve in self.curves.values()}) > 1:
            raise ValueError("the curves are not of one length")
        return self

    @property
    def current(self) -> list[Value]:
        """Values of scores that are still computed as they were."""
        return [v for v in self.values if v.score in METRICS and self.versions.get(v.score) == METRICS[v.score].version]

    def of_anchors(self, anchors: int) -> Scored:
        """Return what stays if scores are to be of so many anchors: all, or the measures, which are of all points."""
        if self.anchors == anchors:
            return self
        versions = {
            key: version
            for key, version in self.versions.items()
            if key in {f"measure:{name}" for name in self.measures}
        }
        return Scored(subject=self.subject, versions=versions, anchors=anchors, measures=self.measures)

    def correct_of(self, n_test: int) -> np.ndarray | None:
        """Return `correct` as an array of bool of shape (n_test,); None if it is not known."""
        if not self.correct:
            return None
        return np.unpackbits(np.frombuffer(b64decode(self.correct), np.uint8), count=n_test).astype(bool)


def pack(correct: np.ndarray) -> str:
    """Return an array of bool as `Scored.correct` keeps it."""
    return b64encode(np.packbits(correct).tobytes()).decode()


class ScoreStore:
    """Scores of a results folder: of each run, over the seeds of each variant, and of each reference."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def of_run(self, record: Record) -> Scored | None:
        """Return what is computed of a run; None if nothing is, or of another embedding."""
        return self._read(self._name_of_run(record), record.arrays_sha256)

    def keep_run(self, record: Record, scored: Scored) -> None:
        """Store what was computed of a run."""
        self._write(self._name_of_run(record), scored)

    def across(self, records: Sequence[Record]) -> Scored | None:
        """Return the scores over the embeddings of a variant, whose records these are."""
        successful = [record for record in records if record.ok]
        return self._read(_name_across(successful[0]), subject_across(successful)) if successful else None

    def keep_across(self, records: Sequence[Record], scored: Scored) -> None:
        """Store the scores over the embeddings of a variant."""
        self._write(_name_across(records[0]), scored)

    def reference(self, name: str, sample: int = 0) -> Scored | None:
        """Return the scores of one of `REFERENCES` on a sample of the data."""
        return self._read(_name_of_reference(name, sample), None)

    def references(self, sample: int = 0) -> Mapping[str, list[Value]]:
        """Return the scores of all references that have any on a sample of the data."""
        found = {name: self.reference(name, sample) for name in REFERENCES}
        return {name: scored.current for name, scored in found.items() if scored}

    def keep_reference(self, name: str, scored: Scored, sample: int = 0) -> None:
        """Store the scores of a reference on a sample of the data."""
        self._write(_name_of_reference(name, sample), scored)

    def _name_of_run(self, record: Record) -> str:
        return f"runs/{record.variant}/scores-{self.store.stem_of(record).name}.json"

    def _read(self, name: str, subject: str | None) -> Scored | None:
        """Return stored scores if they can be read and are of that subject; None stands for any."""
        found = self.store.read_model(name, Scored)
        return found if found and subject in (None, found.subject) else None

    def _write(self, name: str, scored: Scored) -> None:
        order = list(METRICS)
        values = sorted(scored.values, key=lambda value: order.index(value.score))
        self.store.write_model(name, scored.model_copy(update={"values": values}))


def subject_across(records: Sequence[Record]) -> str:
    """Return the hash of the embeddings of several runs."""
    return sha256("\n".join(record.arrays_sha256 or "" for record in records).encode()).hexdigest()


def _name_of_reference(name: str, sample: int) -> str:
    return f"references/{f'sample-{sample}-' if sample else ''}{name}.json"


def _name_across(record: Record) -> str:
    return f"runs/{record.variant}/scores-across-seeds.json"
