"""Models as files: every byte counts, and files of other versions are told from damaged ones."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from pydantic import ValidationError

from bench.datasets import Dataset
from bench.errors import DamagedError, OtherVersionError
from bench.metrics.metric import Value
from bench.store.checked import from_json, to_json
from bench.store.records import Measurement, Outcome, Record, Status
from bench.store.score_store import Scored, ScoreStore
from bench.store.store import Store
from tests.bench import results_maker as maker

RECORD = maker.record("a", 0)
SCORED = Scored(subject="x", versions={"silhouette": 1}, values=[Value("silhouette", "train", None, 0.5)])


def test_a_model_comes_back() -> None:
    for model in (RECORD, SCORED):
        assert from_json(to_json(model), type(model)) == model


def test_anybody_can_compute_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(to_json(RECORD))
    command = f"sed 2d {path} | sha256sum"
    digest = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout.split()[0]
    assert json.loads(path.read_bytes())["sha256"] == digest


@pytest.mark.parametrize("model", [RECORD, SCORED], ids=["record", "scores"])
def test_every_byte_counts(model: Record | Scored) -> None:
    content = to_json(model)
    for position in range(len(content)):
        for bit in range(8):
            flipped = bytearray(content)
            flipped[position] ^= 1 << bit
            with pytest.raises(DamagedError):
                from_json(bytes(flipped), type(model))


def test_an_edited_score_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    scores = ScoreStore(Store(tmp_path))
    scores.keep_reference("pixels", SCORED)
    path = tmp_path / "references" / "pixels.json"
    path.write_text(path.read_text().replace("0.5", "0.95"))
    assert scores.reference("pixels") is None
    assert "pixels.json" in caplog.text and "not what was written" in caplog.text
    assert not path.exists() and (tmp_path / "references" / "pixels.json.damaged").is_file()


def test_files_of_another_version_say_so(tmp_path: Path, dataset: Dataset, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path)
    for seed, changes in enumerate([{}, {"schema_version": 3}, {"pools_used": 1}]):
        kept = maker.keep(store, maker.record("a", seed, dataset), dataset)
        path = store.stem_of(kept).with_suffix(".json")
        fields = json.loads(kept.model_dump_json()) | changes
        text = json.dumps(fields) if not changes else _signed(fields)
        path.write_text(text)
        with pytest.raises(OtherVersionError, match="another version of the program wrote it"):
            store.record(f"runs/a/seed-{seed}.json")
        assert store.find("a", 0, seed) is None
        assert path.is_file(), "it is not damaged"
    assert caplog.text.count("another version") == 1, "said once a folder"


def _signed(fields: dict[str, object]) -> str:
    class Other(Record):
        model_config = {"extra": "allow"}

    return to_json(Other.model_validate(fields)).decode()


NOT_POSSIBLE = [("wall_s", -5.0), ("wall_s", float("nan")), ("cpu_s", float("inf")), ("peak_mib", -1.0), ("extra", 1.0)]


@pytest.mark.parametrize(("name", "value"), NOT_POSSIBLE)
def test_a_cost_is_finite_and_not_negative(name: str, value: float) -> None:
    fields = json.loads(RECORD.outcome.model_dump_json())
    fields["fit"][name] = value
    with pytest.raises(ValidationError, match=name):
        Outcome.model_validate(fields)


@pytest.mark.parametrize(
    "changes",
    [{"n_train": 0}, {"seed": -1}, {"attempts": 0}, {"timeout_s": float("nan")}, {"arrays_sha256": "x"}, {"more": 1}],
)
def test_a_record_is_possible(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(changes))):
        Record.model_validate(json.loads(RECORD.model_dump_json()) | changes)


@pytest.mark.parametrize(
    "value",
    [
        Value("silhouette", "train", None, 1.5),
        Value("silhouette", "train", None, float("nan")),
        Value("davies_bouldin", "train", None, float("inf")),
        Value("silhouette", "train", None, None),
        Value("silhouette", "train", None, 0.5, "n/a (no labels)"),
    ],
)
def test_a_score_is_within_its_range_or_has_a_reason(value: Value) -> None:
    versions = {"silhouette": 1, "davies_bouldin": 1}
    with pytest.raises(ValidationError):
        Scored(subject="x", versions=versions, values=[value])
    rounded = Value("silhouette", "train", None, 1 + 1e-9)
    reasoned = Value("silhouette", "train", None, None, "n/a (no labels)")
    Scored(subject="x", versions=versions, values=[rounded, reasoned])


def test_a_successful_run_without_an_embedding_is_damaged(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    kept = maker.keep(store, maker.record("a", 0, dataset), dataset)
    store.write_model("runs/a/seed-0.json", kept.model_copy(update={"arrays_sha256": None}))
    assert store.find("a", 0, 0) is None


def test_what_is_damaged_is_set_aside_and_measured_again(tmp_path: Path, dataset: Dataset) -> None:
    store = Store(tmp_path)
    kept = maker.keep(store, maker.record("a", 0, dataset), dataset)
    folder = tmp_path / "runs" / "a"
    with (folder / "seed-0.npz").open("r+b") as file:
        file.write(b"?")
    assert store.find("a", 0, 0) is None
    assert sorted(path.name for path in folder.iterdir()) == ["seed-0.json.damaged", "seed-0.npz.damaged"]
    again = maker.keep(store, maker.record("a", 0, dataset), dataset)
    assert store.find("a", 0, 0) == again
    np.testing.assert_array_equal(store.arrays(again)["train"], store.arrays(kept)["train"])
    store.forget(again)
    assert not list(folder.iterdir())


def test_what_another_study_writes_is_not_set_aside(tmp_path: Path, dataset: Dataset) -> None:
    writer, reader = Store(tmp_path), Store(tmp_path)
    with writer.locked():
        kept = maker.keep(writer, maker.record("a", 0, dataset), dataset)
        arrays = tmp_path / "runs" / "a" / "seed-0.npz"
        whole = arrays.read_bytes()
        arrays.write_bytes(b"newer ones, whose record follows")
        assert reader.find("a", 0, 0) is None
        arrays.write_bytes(whole)
        assert reader.find("a", 0, 0) == writer.find("a", 0, 0) == kept
        arrays.write_bytes(b"damaged")
        assert writer.find("a", 0, 0) is None and not arrays.exists()


def test_what_cannot_be_read_is_no_damage(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(tmp_path)
    kept = maker.keep(store, maker.record("a", 0, dataset), dataset)
    with monkeypatch.context() as patch:
        patch.setattr("bench.store.disk.os.open", MagicMock(side_effect=OSError(24, "Too many open files")))
        assert store.find("a", 0, 0) is None
    assert "Too many open files" in caplog.text
    assert store.find("a", 0, 0) == kept


def test_texts_of_reducers_are_cut_and_escaped() -> None:
    outcome = Outcome(status=Status.FAILED, reason="x" * 10_000_000, notes=("\x1b[31mred", "half \ud83d"))
    assert len(outcome.reason) == 2_000 or len(outcome.reason) < 2_000
    assert outcome.notes == ("\\x1b[31mred", "half \\ud83d")
    record = maker.record("a", 0, None, outcome, log_tail="first" + "\x07" * 10_000)
    assert len(record.log_tail) <= 8_192 and "\x07" not in record.log_tail
    assert from_json(to_json(record), Record) == record


def test_an_instance_is_the_measurement_that_it_was() -> None:
    cost = maker.cost(1.0)
    assert isinstance(cost, Measurement) and Outcome(status=Status.OK, fit=cost).fit == cost
