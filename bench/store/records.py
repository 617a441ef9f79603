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
    """What one call cost.

    Attributes
    ----------
    wall_s : float
        Wall time in seconds.
    cpu_s : float
        CPU time of all threads, and of children that ended, in seconds.
    peak_mib : float
        Most resident memory of the process during the call, in MiB.
    baseline_mib : float
        Resident memory just before the call, in MiB.
    other_cores : float or None
        Cores that other processes kept busy meanwhile, on average; None where the call was too short to tell.
    memory_method : str
        `VmHWM`, the kernel's high-water mark reset before the call, or `ru_maxrss`, the peak since the process began.
    """

    wall_s: float
    cpu_s: float
    peak_mib: float
    baseline_mib: float
    other_cores: float | None
    memory_method: str

    @property
    def cores(self) -> float:
        """Cores kept busy on average: CPU time over wall time."""
        return self.cpu_s / self.wall_s if self.wall_s else 0.0


@dataclass(frozen=True)
class Pool:
    """A thread pool of a library in the worker, as it was read back.

    Attributes
    ----------
    library : str
        Its name and version, such as "openblas 0.3.30".
    threads : int
        Threads it may use.
    """

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


class Outcome(BaseModel):
    """Result of one run, reported by the worker or, if it died, by its parent.

    Attributes
    ----------
    status, reason : Status, str
        How the run ended and, unless it was successful, why.
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


class Environment(BaseModel):
    """Where a study ran.

    Attributes
    ----------
    memory_mib : float
        Physical memory in MiB.
    pools : tuple of Pool
        Thread pools as they were read back in the workers, each with the threads it may use.
    load_before, load_after : float or None
        Processes waiting to run, averaged over a minute, before the first run and after the last.
    wall_s, measured_s : float or None
        Seconds that the study took from its data to its last figure, and how many of them were spent inside imports,
        warm-ups, fits, transforms and inverses: the rest is what the harness costs.
    git_commit : str or None
        Commit of the project, with "+ changes" where files differed from it.
    fingerprint : str
        Hash of what makes times comparable: processor, cores, memory, system.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    processor: str
    cores: int
    memory_mib: float
    system: str
    python: str
    versions: dict[str, str]
    git_commit: str | None
    thread_budget: int
    pools: tuple[Pool, ...] = ()
    dataset: str
    dataset_fingerprint: str
    provenance: str
    load_before: float | None
    load_after: float | None = None
    wall_s: float | None = None
    measured_s: float | None = None
    fingerprint: str
