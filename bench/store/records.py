"""Records: everything that is known of a run but its embedding, and of the machine that it ran on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import not_
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bench.texts import plain
from bench.units import counted

SCHEMA = 4
"""Raised whenever a field changes its meaning."""
LOG_CHARACTERS = 8_192
"""Most of what a run printed that is kept: its end."""

Amount = Annotated[float, Field(ge=0)]
"""Seconds, MiB or cores; like every number of a record finite."""
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, BeforeValidator(lambda text: plain(text) if isinstance(text, str) else text)]
"""What a reducer said: cut, and without control characters."""
Log = Annotated[str, BeforeValidator(lambda log: plain(log[-LOG_CHARACTERS:], LOG_CHARACTERS))]


SHORTEST_FOR_CORES_S = 0.05
"""Shorter calls have no `cores`: the kernel updates CPU times only every few milliseconds."""


@dataclass(frozen=True)
class Measurement:
    """What one call cost."""

    wall_s: Amount
    cpu_s: Amount
    """CPU time of all threads, and of all processes below this one."""
    peak_mib: Amount
    """Most memory that the process itself held during the call: what is resident but mapped files and the data."""
    baseline_mib: Amount
    """The same just before the call."""
    mapped_mib: Amount
    """Mapped files and the data just after the call; 0 where the system does not tell."""
    other_cores: Amount | None
    """Cores that other processes kept busy meanwhile, on average; None where the call was too short to tell."""
    memory_method: str
    """How the peak is known: `VmHWM less mapped`, or `ru_maxrss`, the peak of the total since the process began.

    With the latter, and in results of earlier editions (`VmHWM`), peak and baseline are of all that is resident.
    """

    @property
    def cores(self) -> float | None:
        """Cores kept busy on average, CPU time over wall time; None where the call was too short to tell."""
        return self.cpu_s / self.wall_s if self.wall_s >= SHORTEST_FOR_CORES_S else None


@dataclass(frozen=True)
class Pool:
    """A thread pool in the worker: its library with version, such as "openblas 0.3.30", and the threads it may use."""

    library: str
    threads: Count


class Status(StrEnum):
    """How a run ended."""

    OK = "ok"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    LOST = "lost"
    """Its worker was lost, again and again: a machine of a cluster, or the way to it."""


class Frozen(BaseModel):
    """A model that does not change and knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stored(Frozen):
    """A model that is stored: its numbers are finite."""

    model_config = ConfigDict(allow_inf_nan=False)


class Outcome(Stored):
    """Result of one run, reported by the worker or, if it died, by its parent; what did not happen is None."""

    status: Status
    reason: Text = ""
    imported: Measurement | None = None
    """Cost of importing the reducer; like the next two only of the first run of a worker process."""
    cold_start: Measurement | None = None
    """Cost of its first call, on few rows."""
    new_on_disk: Count = 0
    """Functions that getting ready compiled because their libraries, which keep them on disk, found nothing there."""
    fit: Measurement | None = None
    fit_transform: Measurement | None = None
    """Cost of `fit_transform` with the same seed once more, on a reducer of its own; of a variant's first seed only."""
    repeatable: bool | None = None
    """Whether that gave the same embedding to the last bit."""
    n_iter: Count | None = None
    """Epochs or iterations of the fit, of a reducer that tells them as `n_iter_`."""
    converged: bool | None = None
    """Whether its training met its convergence rule, of a reducer that tells it as `converged_`."""
    transform: Measurement | None = None
    inverse: Measurement | None = None
    """Cost of `inverse_transform` of the embedded test points."""
    n_components: Count | None = None
    can_transform: bool | None = None
    can_invert: bool | None = None
    pools: tuple[Pool, ...] = ()
    """Thread pools as read back after the run."""
    notes: tuple[Text, ...] = ()
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


class Record(Stored):
    """One run as the store keeps it."""

    schema_version: int = SCHEMA
    key: str
    variant: str
    label: str
    reducer: str
    params: dict[str, Any]
    dataset: str
    sample: Count = 0
    """Which sample of the data it was fitted on; 0 is the first."""
    n_train: Positive
    n_test: Count
    n_features: Positive
    seed: Count
    random_state: Count | None
    thread_budget: Positive
    host: str
    """Name of the computer."""
    machine: str
    """Machine class: a hash of what makes times comparable; see `Environment.fingerprint`."""
    attempts: Positive = 1
    """How often the run was started; more than once only where a worker was lost without any fault of its own."""
    exclusive: bool = True
    """Whether no other timed run shared the machine."""
    timed: Annotated[bool, Field(exclude_if=bool)] = True
    """Whether its costs are measurements: not where several runs shared a machine by intent, `--cluster local:2`."""
    timeout_s: Amount
    memory_cap_mib: Amount
    started: str
    """Date and time in UTC, ISO 8601."""
    load_before: Amount | None
    """Processes waiting to run, averaged over the last minute, as the run began."""
    outcome: Outcome
    log_tail: Log
    """The last lines that the run printed."""
    arrays_sha256: Digest | None
    """Sum of the file with the embedding; None where there is none."""

    @property
    def ok(self) -> bool:
        """Whether the run was successful."""
        return self.outcome.status is Status.OK


class Machine(Stored):
    """What is known of a class of machines, whose times can be compared."""

    processor: str
    """Its name and generation, and what is set of the kernels that libraries take on it."""
    cores: Positive
    memory_mib: Amount
    """Physical memory."""
    system: str

    @property
    def as_text(self) -> str:
        """Its processor, cores and memory."""
        return f"{self.processor}, {counted(self.cores, 'core')}, {self.memory_mib / 1024:.0f} GiB"


class Environment(Machine):
    """Where a study ran: the machine, or of several classes that whose costs its tables show."""

    python: str
    versions: dict[str, str]
    git_commit: str | None
    """Commit of the project, with "+ changes" where files differed from it."""
    thread_budget: Positive
    pools: tuple[Pool, ...] = ()
    """Thread pools as they were read back in the workers."""
    dataset: str
    dataset_fingerprint: str
    provenance: str
    class_size: Count | None = None
    """Training points in the class of the median point; None without labels, and in results of earlier editions."""
    load_before: Amount | None
    """Processes waiting to run, averaged over a minute, before the first run; `load_after`: after the last."""
    load_after: Amount | None = None
    wall_s: Amount | None = None
    """Seconds that the study took from its data to its last figure."""
    measured_s: Amount | None = None
    """How many of them were spent in imports, warm-ups, fits, transforms and inverses; the rest is the harness."""
    fingerprint: str
    """Hash of what makes times comparable: processor, cores, memory, system."""
    measurement: Count | None = None
    """Version of what worker and meter measure; None in results of earlier editions."""
    metrics: dict[str, int] = {}
    """Version of each score when the tables were made."""
    reducers: dict[str, str] = {}
    """Hash of the code of each reducer when it was last run."""
    machines: Annotated[dict[str, Machine], Field(exclude_if=not_)] = {}
    """Every class of machines that has a run, by fingerprint; empty where one did all."""
