"""Records: everything that is known of a run but its embedding, and of the machine that it ran on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

SCHEMA = 3
"""Raised whenever a field changes its meaning."""


@dataclass(frozen=True)
class Measurement:
    """What one call cost."""

    wall_s: float
    cpu_s: float
    """CPU time of all threads, and of children that ended."""
    peak_mib: float
    """Most resident memory of the process during the call."""
    baseline_mib: float
    """Resident memory just before the call."""
    other_cores: float | None
    """Cores that other processes kept busy meanwhile, on average; None where the call was too short to tell."""
    memory_method: str
    """`VmHWM`, the kernel's high-water mark reset before the call, or `ru_maxrss`, the peak since the process began."""

    @property
    def cores(self) -> float:
        """Cores kept busy on average: CPU time over wall time."""
        return self.cpu_s / self.wall_s if self.wall_s else 0.0


@dataclass(frozen=True)
class Pool:
    """A thread pool in the worker: its library with version, such as "openblas 0.3.30", and the threads it may use."""

    library: str
    threads: int


class Status(StrEnum):
    """How a run ended."""

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


class Frozen(BaseModel):
    """A model that does not change and knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(Frozen):
    """Result of one run, reported by the worker or, if it died, by its parent; what did not happen is None."""

    status: Status
    reason: str = ""
    imported: Measurement | None = None
    """Cost of importing the reducer; like the next two only of the first run of a worker process."""
    cold_start: Measurement | None = None
    """Cost of its first call, on few rows."""
    new_on_disk: int = 0
    """Functions that getting ready compiled because their libraries, which keep them on disk, found nothing there."""
    fit: Measurement | None = None
    fit_transform: Measurement | None = None
    """Cost of `fit_transform` with the same seed once more, on a reducer of its own; of a variant's first seed only."""
    repeatable: bool | None = None
    """Whether that gave the same embedding to the last bit."""
    transform: Measurement | None = None
    inverse: Measurement | None = None
    """Cost of `inverse_transform` of the embedded test points."""
    n_components: int | None = None
    can_transform: bool | None = None
    can_invert: bool | None = None
    pools: tuple[Pool, ...] = ()
    """Thread pools as read back after the run."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers must know."""

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


class Record(Frozen):
    """One run as the store keeps it."""

    schema_version: int = SCHEMA
    key: str
    variant: str
    label: str
    reducer: str
    params: dict[str, Any]
    dataset: str
    sample: int = 0
    """Which sample of the data it was fitted on; 0 is the first."""
    n_train: int
    n_test: int
    n_features: int
    seed: int
    random_state: int | None
    thread_budget: int
    host: str
    """Name of the computer."""
    machine: str
    """Machine class: a hash of what makes times comparable; see `Environment.fingerprint`."""
    attempts: int = 1
    """How often the run was started; more than once only where a worker was lost without any fault of its own."""
    exclusive: bool = True
    """Whether no other timed run shared the machine."""
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
        """Whether the run was successful."""
        return self.outcome.status is Status.OK


class Environment(Frozen):
    """Where a study ran."""

    processor: str
    cores: int
    memory_mib: float
    """Physical memory."""
    system: str
    python: str
    versions: dict[str, str]
    git_commit: str | None
    """Commit of the project, with "+ changes" where files differed from it."""
    thread_budget: int
    pools: tuple[Pool, ...] = ()
    """Thread pools as they were read back in the workers."""
    dataset: str
    dataset_fingerprint: str
    provenance: str
    load_before: float | None
    """Processes waiting to run, averaged over a minute, before the first run; `load_after`: after the last."""
    load_after: float | None = None
    wall_s: float | None = None
    """Seconds that the study took from its data to its last figure."""
    measured_s: float | None = None
    """How many of them were spent in imports, warm-ups, fits, transforms and inverses; the rest is the harness."""
    fingerprint: str
    """Hash of what makes times comparable: processor, cores, memory, system."""
