from __future__ import annotations

from pathlib import Path
from unittest.mock import MagicMock

import pytest

from bench.execution import environment
from bench.execution.local import ThisMachine
from bench.execution.runner import Runner
from bench.store.records import Status
from bench.store.store import Store
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.bench.results_maker import failed, record, successful
from tests.conftest import make_dataset

FAKES = Path(__file__).parents[1] / "fakes.py"


@pytest.fixture
def study() -> Study:
    variants = {name: Variant(reducer="opentsne", search={"perplexity": {"low": 5, "high": 9}}) for name in "ab"}
    search = {"configurations": 4, "budget": "10s"}
    fields = {"name": "s", "dataset": "clouds", "seeds": 1, "rounds": False, "search": search, "timeout": "8s"}
    return Study.model_validate(fields | {"variants": variants}).resolved()


def _left_out(study: Study, path: Path, **fits: list[float]) -> list[str]:
    """Return the configurations that are not begun after others whose fits took so long; -1 is a timeout."""
    store, data = Store(path), make_dataset()
    runs = plan.make(study, data, 1)
    keys = {run.variant: run.key for run in runs}
    store.write("study.toml", study.to_toml())
    for base, seconds in fits.items():
        for name, fit_s in zip(study.searched_with(base), seconds, strict=False):
            late = {"outcome": failed(Status.TIMEOUT, "fit took long"), "timeout_s": 8.0, "memory_cap_mib": 8192.0}
            ended = late if fit_s < 0 else {"outcome": successful(fit_s, transductive=True)}
            one = record(name, 0, data, key=keys[name], machine=environment.fingerprint(), **ended)
            partial = store.partial_arrays(name, 0, 0)
            if one.ok:
                partial.write_bytes(b"an embedding")
            store.keep(one, partial)
    runner = Runner(study, data, store, ThisMachine())
    left = [run.variant for run in runs if runner.is_left_out(run)]
    missing = {run.variant for run in runs if store.find(run.variant, 0, 0) is None}
    assert {run.variant for run in runner.pending(runs)} == missing - set(left)
    return left


def test_no_configuration_begins_once_those_before_it_have_spent_the_budget(study: Study, tmp_path: Path) -> None:
    assert _left_out(study, tmp_path / "1") == []
    assert _left_out(study, tmp_path / "2", a=[4, 5.9]) == [], "the third one may still begin"
    assert _left_out(study, tmp_path / "3", a=[4, 6]) == ["a-2", "a-3"], "of the other method nothing is left out"
    assert _left_out(study, tmp_path / "4", a=[4, -1], b=[11]) == ["a-2", "a-3", "b-1", "b-2", "b-3"]
    assert _left_out(study, tmp_path / "5", a=[1, 1, 1, 20]) == []


def test_transform_counts(study: Study, tmp_path: Path) -> None:
    assert study.search is not None
    short = study.model_copy(update={"search": study.search.model_copy(update={"budget": 1.05})})
    store, data = Store(tmp_path), make_dataset()
    runs = plan.make(short, data, 1)
    partial = store.partial_arrays("a", 0, 0)
    partial.write_bytes(b"an embedding")
    store.keep(record("a", 0, data, successful(1.0), key=runs[0].key), partial)
    assert Runner(short, data, store, ThisMachine()).is_left_out(runs[1]), "1.0 s of fit and 0.1 s of transform"


@pytest.mark.usefixtures("light_workers")
def test_what_is_left_out_is_neither_run_nor_kept(study: Study, tmp_path: Path) -> None:
    tiny = {"search": study.search and study.search.model_copy(update={"budget": 1e-9}), "repeat": False}
    study, store, data = study.model_copy(update=tiny), Store(tmp_path / "out"), make_dataset()
    of_a = {name: one for name, one in study.variants.items() if name.startswith("a")}
    calm = {"reducer": f"{FAKES}:Calm", "params": {}}
    study = study.model_copy(update={"variants": {name: one.model_copy(update=calm) for name, one in of_a.items()}})
    store.write("study.toml", study.to_toml())
    watcher = MagicMock()
    Runner(study, data, store, ThisMachine()).execute(plan.make(study, data, 1), watcher)
    assert [record.variant for record in store.records()] == ["a"]
    assert [call.args[0].variant for call in watcher.left_out.call_args_list] == ["a-1", "a-2", "a-3"]
