"""What a run would do is what it then does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.execution import environment, pipeline, preview
from bench.execution.pipeline import RunRequest
from bench.store.records import Outcome, Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

LATE = maker.failed(Status.TIMEOUT, "took longer than the limit")


@pytest.fixture
def done(tmp_path: Path, clouds_file: Callable[[int], Path]) -> RunRequest:
    """Return a request for four runs, all of which are stored."""
    variants = {"a": Variant(reducer="pca", label="A"), "b": Variant(reducer="random_projection", label="B")}
    fields = {"name": "s", "dataset": str(clouds_file(80)), "seeds": 2, "threads": 1, "timeout": "1m"}
    study = Study.model_validate(fields | {"variants": variants})
    request = RunRequest(study, study, tmp_path / "out")
    _store(request)
    return request


def _store(request: RunRequest, variant: str = "", outcome: Outcome | None = None, machine: str = "") -> None:
    """Store all runs of a request, or of one variant, as they ended on this machine or another one."""
    data, study = pipeline.load(request), request.chosen
    facts: dict[str, object] = {"timeout_s": study.timeout, "memory_cap_mib": study.memory / 2**20}
    facts["machine"] = machine or environment.fingerprint()
    for run in plan.make(study, data, 1):
        if run.variant == variant or not variant:
            one = maker.record(run.variant, run.seed, data, outcome, key=run.key, **facts)
            maker.keep(Store(request.out), one, data)


def _said(request: RunRequest, **changes: object) -> str:
    return "\n".join(preview.lines(replace(request, **changes)))


def test_what_is_done_is_not_run(done: RunRequest) -> None:
    assert "all 4 runs are done already" in _said(done)
    assert "all 4 runs are done already" in _said(done, rerun="failed")


def test_what_is_asked_again_would_be_run(done: RunRequest) -> None:
    assert "would run 4 runs" in _said(done, rerun="all")
    assert "would run 2 runs" in _said(done, rerun="b")
    _store(done, "a", maker.failed(Status.FAILED, "no luck"))
    assert "would run 2 runs" in _said(done, rerun="failed")


def test_a_timeout_under_another_limit_would_be_run_again(done: RunRequest) -> None:
    _store(done, "a", LATE)
    assert "all 4 runs are done already" in _said(done)
    patient = done.chosen.model_copy(update={"timeout": 3600.0})
    assert "would run 2 runs" in _said(done, whole=patient, chosen=patient)


def test_runs_of_another_machine_would_be_run_again_here(done: RunRequest) -> None:
    _store(done, "a", machine="another")
    assert "would run 2 runs" in _said(done)
    assert "all 4 runs are done already" in _said(done, cluster="tcp://somewhere:8786"), "it may be one of its hosts"
