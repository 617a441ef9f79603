"""The record of one run: everything that is known of it but its embedding."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from bench.meter import Measurement
from bench.threads import Pool

SCHEMA = 2


class Status(StrEnum):
    """How a run ended."""

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


class Outcome(BaseModel):
    """What a worker says of a run; what it could not say is said for it by its keeper.

    Attributes
    ----------
    status, reason : Status, str
        How the run ended and, unless well, why.
    imported, cold_start : Measurement or None
        Cost of importing the reducer, and of its first call on few rows, both before any other call is measured. Only
        the first run of a worker process has them.
    new_on_disk : int
        Functions that getting ready compiled because their libraries, which keep them on disk, found nothing there.
    fit, transform, inverse : Measurement or None
        Cost of `fit` on the points to fit, of `transform` on the held-out points, and of `inverse_transform` on their
        embedding; None where the reducer has none, or the run did not get there.
    fit_transform : Measurement or None
        Cost of `fit_transform` with the same seed once more, on a reducer of its own; measured for a variant's first
        seed only.
    repeatable : bool or None
        Whether that gave the same embedding to the last bit; None where it was not tried or did not end.
    pools : tuple of Pool
        Thread pools as read back after the run.
    notes : tuple of str
        What a reader of the numbers must know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    reason: str = ""
    imported: Measurement | None = None
    cold_start: Measurement | None = None
    new_on_disk: int = 0
    fit: Measurement | None = None
    fit_transform: Measurement | None = None
    repeatable: bool | None = None
    transform: Measurement | None = None
    inverse: Measurement | None = None
    n_components: int | None = None
    can_transform: bool | None = None
    can_invert: bool | None = None
    pools: tuple[Pool, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def costs(self) -> dict[str, Measurement | None]:
        """Every cost by the name that its columns begin with."""
        return {
            "import": self.imported,
            "cold_start": self.cold_start,
            "fit": self.fit,
            "fit_transform": self.fit_transform,
            "transform": self.transform,
            "inverse": self.inverse,
        }


class Record(BaseModel):
    """One run as the store keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA
    key: str
    variant: str
    label: str
    reducer: str
    params: dict[str, Any]
    dataset: str
    n_fit: int
    n_test: int
    n_features: int
    seed: int
    random_state: int | None
    thread_budget: int
    timeout_s: float
    memory_cap_mib: float
    started: str
    """Date and time in UTC, ISO 8601."""
    load_before: float | None
    """Processes waiting to run, averaged over the last minute, as the run began."""
    outcome: Outcome
    log_tail: str
    """The last lines that the run printed."""
    arrays_sha256: str | None
    """Sum of the file with the embedding; None where there is none."""

    @property
    def ok(self) -> bool:
        """Whether the run ended well."""
        return self.outcome.status is Status.OK
