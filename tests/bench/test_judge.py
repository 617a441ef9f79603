from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import judge, tables
from bench.datasets import Dataset
from bench.reading import read
from bench.records import Outcome, Record, Status
from bench.scores import REFERENCES, SCORES, Case, Value, evaluate, shelf
from bench.store import Store
from bench.study import Study, Variant
from tests.bench.scores.data import dataset, embedding, tied_points

N = 60


@pytest.fixture
def data() -> Dataset:
    X = tied_points(N + 20, values=100)
    return dataset(X[:N], np.arange(N) % 6, X[N:], y_test=np.arange(20) % 6)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "results")


def keep(store: Store, seed: int, Z: np.ndarray, **arrays: np.ndarray) -> Record:
    partial = store.folder.parent / "partial.npz"
    np.savez(partial, fit=Z, **arrays)
    (store.folder / "runs" / "method").mkdir(parents=True, exist_ok=True)
    record = Record(
        key=f"key-{seed}",
        variant="method",
        label="Method",
        reducer="pca",
        params={},
        dataset="small",
        n_fit=N,
        n_test=20,
        n_features=3,
        seed=seed,
        random_state=seed,
        thread_budget=1,
        timeout_s=1.0,
        memory_cap_mib=1.0,
        started="",
        load_before=None,
        outcome=Outcome(status=Status.OK, n_components=2),
        log_tail="",
        arrays_sha256=None,
    )
    return store.keep(record, partial)


@pytest.fixture
def records(store: Store) -> list[Record]:
    return [
        keep(
            store,
            seed,
            embedding("scattered", N, seed=seed),
            test=embedding("scattered", 20),
            squared_error=np.ones(20),
        )
        for seed in (0, 1)
    ]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of scores as they are computed, one entry an embedding."""
    names: list[str] = []

    def spy(case: Case, keys: Iterable[str] = SCORES) -> list[Value]:
        chosen = list(keys)
        names.extend(chosen)
        return evaluate(case, chosen)

    monkeypatch.setattr(judge, "evaluate", spy)
    return names


def run(store: Store, data: Dataset, records: list[Record], tmp_path: Path) -> list[Record]:
    seen: list[Record] = []
    judge.judge(store, data, records, seen.append, folder=tmp_path / "shelf")
    shelf.settle()
    return seen


def test_every_embedding_is_scored_once(
    store: Store, data: Dataset, records: list[Record], computed: list[str], tmp_path: Path
) -> None:
    assert run(store, data, records, tmp_path) == records
    assert computed == [*SCORES, *SCORES]
    assert run(store, data, records, tmp_path) == records
    assert computed == [*SCORES, *SCORES]
    by_key = {value.score for value in judge.verdict(store, records[0])}
    assert by_key == {key for key, score in SCORES.items() if score.fit or score.test}
    assert {value.score for value in judge.across(store, records)} == {"procrustes_residual", "knn_jaccard"}
    assert set(judge.reference(store)) == set(REFERENCES)


def test_only_the_score_that_changed_is_computed_again(
    store: Store,
    data: Dataset,
    records: list[Record],
    computed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(store, data, records, tmp_path)
    before, curves = judge.verdict(store, records[0]), judge.curves(store, records[0])
    computed.clear()
    monkeypatch.setattr(judge, "_curves", lambda case: pytest.fail("curves have not changed"))
    monkeypatch.setitem(SCORES, "stress", replace(SCORES["stress"], version=2, fit=lambda case, k: 0.25))
    outdated = judge.verdict(store, records[0])
    assert outdated == [value for value in before if value.score != "stress"]
    run(store, data, records, tmp_path)
    assert computed == ["stress", "stress"]
    after = judge.verdict(store, records[0])
    assert [value for value in after if value.score != "stress"] == outdated
    assert [value.value for value in after if value.score == "stress"] == [0.25]
    assert [value.score for value in after] == [value.score for value in before]
    assert judge.curves(store, records[0]) == curves


def test_another_embedding_is_scored_anew(
    store: Store, data: Dataset, records: list[Record], computed: list[str], tmp_path: Path
) -> None:
    run(store, data, records, tmp_path)
    computed.clear()
    other = keep(store, 1, embedding("scattered", N, seed=7))
    assert judge.verdict(store, other) == []
    assert judge.across(store, [records[0], other]) == []
    run(store, data, [records[0], other], tmp_path)
    assert computed == list(SCORES)
    assert judge.verdict(store, other)
    assert judge.across(store, [records[0], other])


def test_a_damaged_verdict_is_computed_again(
    store: Store, data: Dataset, records: list[Record], computed: list[str], tmp_path: Path
) -> None:
    run(store, data, records, tmp_path)
    whole = judge.verdict(store, records[0])
    (store.folder / "runs" / "method" / "scores-0.json").write_text("{")
    assert judge.verdict(store, records[0]) == []
    run(store, data, records, tmp_path)
    assert judge.verdict(store, records[0]) == whole


def test_curves_are_kept(store: Store, data: Dataset, records: list[Record], tmp_path: Path) -> None:
    run(store, data, records, tmp_path)
    curves = judge.curves(store, records[0])
    assert {len(curve) for curve in curves.values()} == {len(curves["k"])}
    assert (curves["k"][0], curves["k"][-1]) == (1, N - 2)
    at_15 = {
        value.score: value.value for value in judge.verdict(store, records[0]) if value.k == 15 and value.split == "fit"
    }
    place = curves["k"].index(15)
    assert curves["recall"][place] == at_15["knn_recall"]
    assert curves["trustworthiness"][place] == at_15["trustworthiness"]


def test_which_held_out_points_are_told_right_is_kept(
    store: Store, data: Dataset, records: list[Record], computed: list[str], tmp_path: Path
) -> None:
    run(store, data, records, tmp_path)
    right = judge.right(store, records[0], 20)
    assert right is not None and right.dtype == bool and right.shape == (20,)
    [score] = [
        value.value
        for value in judge.verdict(store, records[0])
        if (value.score, value.split, value.k) == ("knn_accuracy", "test", judge.NEIGHBOURS)
    ]
    assert 0 < right.mean() < 1 and right.mean() == score
    stays = keep(store, 2, embedding("scattered", N, seed=2))
    run(store, data, [stays], tmp_path)
    assert judge.right(store, stays, 20) is None
    assert judge.right(store, stays.model_copy(update={"arrays_sha256": "another"}), 20) is None


def test_a_verdict_of_before_is_completed_without_a_score(
    store: Store,
    data: Dataset,
    records: list[Record],
    computed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(store, data, records, tmp_path)
    monkeypatch.setattr(judge.Original, "fits", False)
    monkeypatch.setattr(judge, "corank_together", lambda cases: pytest.fail("no rank is needed"))
    path = store.folder / "runs" / "method" / "scores-0.json"
    whole = path.read_bytes()
    before = json.loads(whole)
    del before["right"], before["versions"]["right"]
    path.write_text(json.dumps(before))
    computed.clear()
    assert judge.right(store, records[0], 20) is None
    run(store, data, records, tmp_path)
    assert path.read_bytes() == whole
    assert computed == []


def test_data_too_many_for_memory_are_scored_in_one_pass(
    store: Store, data: Dataset, records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, data, records, tmp_path)
    whole = judge.verdict(store, records[1])
    monkeypatch.setattr(judge.Original, "fits", False)
    for seed in (0, 1):
        (store.folder / "runs" / "method" / f"scores-{seed}.json").unlink()
    run(store, data, records, tmp_path)
    for streamed, expected in zip(judge.verdict(store, records[1]), whole, strict=True):
        assert streamed.value == pytest.approx(expected.value, abs=1e-5), streamed


def test_tables_hold_all_there_is(store: Store, data: Dataset, records: list[Record], tmp_path: Path) -> None:
    run(store, data, records, tmp_path)
    variants = {"method": Variant(reducer="pca", label="Method")}
    store.write("study.toml", Study(dataset="clouds", variants=variants).to_toml())
    reading = read(store, data)
    scores = tables.scores_table(reading)
    assert set(scores["score"]) == set(SCORES)
    assert set(scores["variant"]) == {"method", *REFERENCES}
    assert set(scores.loc[scores["score"] == "silhouette_of_classes", "part"]) == set("abcdef")
    assert scores["value"].notna().sum() + (scores["reason"] != "").sum() == len(scores)
    summary = tables.summary_table(reading).set_index("variant")
    mean = np.median([v.value for item in reading.judged for v in item.values if v.score == "stress"])
    assert summary.loc["method", "stress"] == mean
    assert summary.loc["method", "knn_jaccard_k15"] == reading.across["method"][-1].value
    assert summary.loc["pixels", "label"] == "no reduction"
    assert "silhouette_of_classes" not in summary.columns
