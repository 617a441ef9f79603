from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bench.datasets import Dataset
from bench.errors import UndefinedError
from bench.execution import scorer, scoring
from bench.metrics import (
    METRICS,
    REFERENCES,
    Embedding,
    ReferenceSpace,
    Value,
    anchor_pass,
    cache,
    evaluate,
    reference_values,
)
from bench.metrics.embedding import Rows
from bench.metrics.measure import Measure, Subject
from bench.metrics.measures import MEASURES
from bench.store.records import Record
from bench.store.score_store import Scored, ScoreStore
from bench.store.store import Store
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.bench.metrics.data import coordinates, dataset, tied_points
from tests.conftest import make_dataset

N = 60
QUIET = Console(file=io.StringIO())


@pytest.fixture
def data() -> Dataset:
    X = tied_points(N + 20, values=100)
    return dataset(X[:N], np.arange(N) % 6, X[N:], y_test=np.arange(20) % 6)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "results")


def keep(store: Store, seed: int, Z: np.ndarray, **arrays: np.ndarray) -> Record:
    partial = store.partial_arrays("method", 0, seed)
    np.savez(partial, train=Z, **arrays)
    return store.keep(maker.record("method", seed), partial)


@pytest.fixture
def records(store: Store) -> list[Record]:
    others = {"test": coordinates("scattered", 20), "squared_error": np.ones(20)}
    return [keep(store, seed, coordinates("scattered", N, seed=seed), **others) for seed in (0, 1)]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of scores as they are computed, one entry an embedding."""
    names: list[str] = []

    def spy(embedding: Embedding, keys: Iterable[str] = METRICS) -> list[Value]:
        chosen = list(keys)
        names.extend(chosen)
        return evaluate(embedding, chosen)

    monkeypatch.setattr(scorer, "evaluate", spy)
    return names


def run(store: Store, data: Dataset, records: list[Record], tmp_path: Path, **options: object) -> list[Record]:
    seen: list[Record] = []
    scoring.score(store, data, records, seen.append, folder=tmp_path / "cache", **options)
    cache.flush()
    return seen


def scored(store: Store, record: Record) -> Scored:
    found = ScoreStore(store).of_run(record)
    assert found is not None
    return found


def test_every_embedding_is_scored_once(
    store: Store, data: Dataset, records: list[Record], computed: list[str], tmp_path: Path
) -> None:
    assert run(store, data, records, tmp_path) == records
    assert computed == [*METRICS, *METRICS]
    assert run(store, data, records, tmp_path) == records
    assert computed == [*METRICS, *METRICS]
    by_key = {value.score for value in scored(store, records[0]).current}
    assert by_key == {key for key, metric in METRICS.items() if metric.splits != ("seeds",)}
    across = ScoreStore(store).across(records)
    assert across is not None and {value.score for value in across.current} == {"procrustes_residual", "knn_jaccard"}
    assert set(ScoreStore(store).references()) == set(REFERENCES)


def test_only_the_score_that_changed_is_computed_again(
    store: Store,
    data: Dataset,
    records: list[Record],
    computed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(store, data, records, tmp_path)
    before = scored(store, records[0])
    computed.clear()
    monkeypatch.setattr(scorer, "_curves", lambda embedding: pytest.fail("curves have not changed"))
    monkeypatch.setitem(METRICS, "stress", replace(METRICS["stress"], version=2, function=lambda embedding: 0.25))
    outdated = scored(store, records[0]).current
    assert outdated == [value for value in before.current if value.score != "stress"]
    run(store, data, records, tmp_path)
    assert computed == ["stress", "stress"]
    after = scored(store, records[0])
    assert [value for value in after.current if value.score != "stress"] == outdated
    assert [value.value for value in after.current if value.score == "stress"] == [0.25]
    assert [value.score for value in after.current] == [value.score for value in before.values]
    assert (after.curves, after.correct) == (before.curves, before.correct)


def test_another_embedding_is_scored_again(
    store: Store, data: Dataset, records: list[Record], computed: list[str], tmp_path: Path
) -> None:
    run(store, data, records, tmp_path)
    computed.clear()
    other = keep(store, 1, coordinates("scattered", N, seed=7))
    scores = ScoreStore(store)
    assert scores.of_run(other) is None and scores.across([records[0], other]) is None
    run(store, data, [records[0], other], tmp_path)
    assert computed == list(METRICS)
    assert scores.of_run(other) is not None and scores.across([records[0], other]) is not None


def test_damaged_scores_are_computed_again(store: Store, data: Dataset, records: list[Record], tmp_path: Path) -> None:
    run(store, data, records, tmp_path)
    before = scored(store, records[0])
    for path in (store.folder / "runs" / "method").glob("scores-*0.json"):
        path.write_text("{")
    assert ScoreStore(store).of_run(records[0]) is None
    run(store, data, records, tmp_path)
    assert scored(store, records[0]) == before


def test_curves_agree_with_scores(store: Store, data: Dataset, records: list[Record], tmp_path: Path) -> None:
    run(store, data, records, tmp_path)
    found = scored(store, records[0])
    assert {len(curve) for curve in found.curves.values()} == {len(found.curves["k"])}
    assert (found.curves["k"][0], found.curves["k"][-1]) == (1, N - 2)
    at_15 = {value.score: value.value for value in found.current if value.k == 15 and value.split == "train"}
    position = found.curves["k"].index(15)
    assert found.curves["recall"][position] == at_15["knn_recall"]
    assert found.curves["trustworthiness"][position] == at_15["trustworthiness"]


def test_it_is_kept_which_test_points_are_correct(
    store: Store, data: Dataset, records: list[Record], tmp_path: Path
) -> None:
    run(store, data, records, tmp_path)
    found = scored(store, records[0])
    correct = found.correct_of(20)
    assert correct is not None and correct.dtype == bool and correct.shape == (20,)
    key = ("knn_accuracy", "test", scorer.NEIGHBOURS)
    [accuracy] = [value.value for value in found.current if (value.score, value.split, value.k) == key]
    assert 0 < correct.mean() < 1 and correct.mean() == accuracy
    transductive = keep(store, 2, coordinates("scattered", N, seed=2))
    run(store, data, [transductive], tmp_path)
    assert scored(store, transductive).correct_of(20) is None


def test_what_older_scores_lack_is_completed_without_a_score(
    store: Store,
    data: Dataset,
    records: list[Record],
    computed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(store, data, records, tmp_path)
    monkeypatch.setattr(ReferenceSpace, "fits", False)
    monkeypatch.setattr(scorer, "corank_together", lambda embeddings: pytest.fail("no rank is needed"))
    whole = scored(store, records[0])
    versions = {key: version for key, version in whole.versions.items() if key != "correct"}
    ScoreStore(store).keep_run(records[0], whole.model_copy(update={"correct": "", "versions": versions}))
    computed.clear()
    run(store, data, records, tmp_path)
    assert scored(store, records[0]) == whole
    assert computed == []


def test_data_too_large_for_memory_are_scored_in_one_pass(
    store: Store, data: Dataset, records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, data, records, tmp_path)
    whole = scored(store, records[1]).current
    monkeypatch.setattr(ReferenceSpace, "fits", False)
    for path in (store.folder / "runs" / "method").glob("scores-*.json"):
        path.unlink()
    run(store, data, records, tmp_path)
    for streamed, expected in zip(scored(store, records[1]).current, whole, strict=True):
        assert streamed.value == pytest.approx(expected.value, abs=1e-5), streamed


VARIANTS = {
    "all": Variant(reducer="pca"),
    "few": Variant(reducer="pca", n=30),
    "without": Variant(reducer="pca", without="b"),
    "unscored": Variant(reducer="pca", n=40, scores=False),
}


@pytest.fixture(scope="module")
def clouds() -> Dataset:
    return make_dataset(80, 30)


def _study_folder(
    folder: Path, clouds: Dataset, variants: dict[str, Variant], samples: int = 1, measures: tuple[str, ...] = ()
) -> Store:
    store = Store(folder)
    study = Study(name="s", dataset="clouds", samples=samples, measures=measures, variants=variants)
    store.write("study.toml", study.to_toml())
    for name, variant in variants.items():
        for sample in range(samples):
            selected = clouds.select(variant.n, variant.without, sample, samples)
            maker.keep(store, maker.record(name, 0, selected, sample=sample), selected)
    scoring.score_study(store, clouds, QUIET)
    return store


@pytest.fixture(scope="module")
def selections(tmp_path_factory: pytest.TempPathFactory, clouds: Dataset) -> Store:
    return _study_folder(tmp_path_factory.mktemp("selections"), clouds, VARIANTS)


@pytest.mark.parametrize("name", ["all", "few", "without"])
def test_every_run_is_scored_against_the_points_it_was_fitted_on(
    selections: Store, clouds: Dataset, tmp_path: Path, name: str
) -> None:
    selected = clouds.select(VARIANTS[name].n, VARIANTS[name].without)
    alone = Store(tmp_path)
    record = maker.keep(alone, maker.record(name, 0, selected), selected)
    scoring.score(alone, selected, [record], lambda _: None, references=False)
    of_study = selections.find(name, 0, 0)
    assert of_study is not None and scored(selections, of_study).values == scored(alone, record).values


def test_every_sample_is_scored_against_its_own_points(clouds: Dataset, tmp_path: Path) -> None:
    store = _study_folder(tmp_path / "samples", clouds, {"all": VARIANTS["all"]}, samples=2)
    second = clouds.select(sample=1, samples=2)
    alone = Store(tmp_path / "alone")
    record = maker.keep(alone, maker.record("all", 0, second), second)
    scoring.score(alone, second, [record], lambda _: None, references=False)
    of_study = store.find("all", 1, 0)
    assert of_study is not None and scored(store, of_study).values == scored(alone, record).values


def test_unscored_variants_have_no_scores(selections: Store) -> None:
    record = selections.find("unscored", 0, 0)
    assert record is not None and ScoreStore(selections).of_run(record) is None


def test_references_are_of_all_points(selections: Store, clouds: Dataset, tmp_path: Path) -> None:
    whole = maker.folder(tmp_path / "whole", clouds, [maker.record("all", 0, clouds)])
    assert ScoreStore(selections).references() == ScoreStore(whole).references()


@pytest.mark.parametrize("samples", [1, 2])
def test_where_nothing_is_scored_there_are_no_references(clouds: Dataset, tmp_path: Path, samples: int) -> None:
    unscored, measures = {"unscored": VARIANTS["unscored"]}, ("spread_of_codes",)
    store = _study_folder(tmp_path, clouds, unscored, samples, measures)
    assert [ScoreStore(store).references(sample) for sample in range(samples)] == [{}] * samples


def _width(subject: Subject) -> dict[str, float]:
    """Return the width of an embedding, and of that of a sibling, by axis."""
    sibling = subject.sibling("tsne")
    return {"own": float(np.ptp(subject.Z)), "sibling": np.nan if sibling is None else float(np.ptp(sibling["train"]))}


def test_measures_are_computed_where_a_study_asks_for_them(
    clouds: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MEASURES, "width", Measure("width", "", _width))
    variants = {
        "pca-b": Variant(reducer="pca", axis="without", without="b"),
        "tsne-b": Variant(reducer="tsne", axis="without", without="b", scores=False),
        "tsne-c": Variant(reducer="tsne", axis="without", without="c", scores=False),
    }
    store = _study_folder(tmp_path, clouds, variants, measures=("width",))
    found = {record.variant: (scored(store, record), store.arrays(record)["train"]) for record in store.records()}
    assert {name: one.measures["width"]["own"] for name, (one, _) in found.items()} == {
        name: float(np.ptp(Z)) for name, (_, Z) in found.items()
    }
    assert found["pca-b"][0].measures["width"]["sibling"] == float(np.ptp(found["tsne-b"][1]))
    assert "sibling" not in found["tsne-b"][0].measures["width"], "a run is not its own sibling"
    assert found["pca-b"][0].current and not found["tsne-b"][0].values
    monkeypatch.setitem(MEASURES, "width", Measure("width", "", lambda subject: 7.0, version=2))
    monkeypatch.setattr(scorer, "evaluate", lambda embedding, keys: pytest.fail("scores stay") if keys else [])
    scoring.score_study(store, clouds, QUIET)
    assert [scored(store, record).measures for record in store.records()] == [{"width": {"": 7.0}}] * 3


def by_key(found: Scored) -> dict[tuple[str, str, int | None, str], Value]:
    return {(value.score, value.split, value.k, value.part): value for value in found.current}


@pytest.fixture(scope="module")
def many() -> Dataset:
    X = tied_points(420, values=100)
    return dataset(X[:400], np.arange(400) % 6, X[400:], y_test=np.arange(20) % 6)


@pytest.fixture
def two_records(store: Store) -> list[Record]:
    others = {"test": coordinates("scattered", 20)}
    return [keep(store, seed, coordinates("scattered", 400, seed=seed), **others) for seed in (0, 1)]


def test_scores_by_anchors_have_errors_and_look_at_all_test_points(
    store: Store, many: Dataset, two_records: list[Record], tmp_path: Path
) -> None:
    run(store, many, two_records, tmp_path)
    exact = scored(store, two_records[0])
    run(store, many, two_records, tmp_path, anchors=150)
    found = scored(store, two_records[0])
    assert (exact.anchors, found.anchors) == (0, 150)
    assert all(value.standard_error is None for value in exact.current)
    assert by_key(found).keys() == by_key(exact).keys()
    recall, expected = (by_key(one)["knn_recall", "train", 15, ""] for one in (found, exact))
    assert recall.standard_error is not None and recall.value is not None and expected.value is not None
    assert 0 < abs(recall.value - expected.value) < 4 * recall.standard_error
    assert by_key(found)["knn_accuracy", "train", 10, ""] == replace(
        by_key(exact)["knn_accuracy", "train", 10, ""], standard_error=0.0
    ), "a tree knows the neighbours of all points"
    assert found.correct == exact.correct != ""
    assert found.curves["k"][-1] == 100
    across = ScoreStore(store).across(two_records)
    assert across is not None and across.anchors == 150
    errors = {value.score: value.standard_error for value in across.current}
    assert errors["procrustes_residual"] == 0 and 0 < (errors["knn_jaccard"] or 0) < 0.05
    for name in ("pixels", "shuffled-labels", "pca-50", "lda"):
        reference = ScoreStore(store).reference(name)
        assert reference is not None and reference.anchors == 150
        hit = by_key(reference)["neighbourhood_hit", "train", 15, ""]
        assert hit.value is not None and 0 < (hit.standard_error or 0) < 0.1, name


@pytest.mark.parametrize("times", [1, 2], ids=["computed", "cached"])
def test_references_by_all_points_as_anchors_are_exact(many: Dataset, tmp_path: Path, times: int) -> None:
    space, by_anchors = ReferenceSpace(many), ReferenceSpace(many, tmp_path)
    anchors: dict[Rows, np.ndarray] = {"train": np.arange(400)[::-1], "test": np.arange(20), "pairs": np.arange(400)}
    for name in times * ("pixels", "shuffled-labels"):
        exact, found = reference_values(space, name), reference_values(by_anchors, name, anchors=anchors)
        for expected, value in zip(exact, found, strict=True):
            assert value.value == pytest.approx(expected.value, abs=1e-12), (name, value)


def test_more_anchors_compare_only_the_new_ones(
    store: Store, many: Dataset, two_records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[int, int]] = []

    def spy(space: object, embeddings: list[Embedding], anchors: np.ndarray, of: str) -> object:
        compared.append((len(embeddings), len(anchors)))
        return compare(space, embeddings, anchors, of)  # type: ignore[arg-type]

    compare = anchor_pass.compare
    run(store, many, two_records, tmp_path, references=False, anchors=250)
    at_once = scored(store, two_records[1])
    for path in (store.folder / "runs" / "method").glob("scores-*.json"):
        path.unlink()
    shutil.rmtree(tmp_path / "cache")
    monkeypatch.setattr(anchor_pass, "compare", spy)
    run(store, many, two_records, tmp_path, references=False, anchors=100)
    assert compared[0] == (2, 100), "both embeddings share a pass"
    compared.clear()
    run(store, many, two_records, tmp_path, references=False, anchors=250)
    assert compared == [(2, 150)], "test points are known, and 100 anchors"
    assert scored(store, two_records[1]) == at_once
    compared.clear()
    run(store, many, two_records, tmp_path, references=False, anchors=250)
    run(store, many, two_records, tmp_path, references=False, anchors=100)
    assert compared == [], "what is stored stays, and fewer anchors are the first ones"


def test_a_damaged_cache_of_anchors_is_made_again(
    store: Store, many: Dataset, two_records: list[Record], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(store, many, two_records, tmp_path, references=False, anchors=100)
    before = scored(store, two_records[0])
    for path in (tmp_path / "cache").glob("*/near.npy"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    for path in (store.folder / "runs" / "method").glob("scores-*.json"):
        path.unlink()
    run(store, many, two_records, tmp_path, references=False, anchors=100)
    assert scored(store, two_records[0]) == before
    assert "is damaged" in caplog.text


def test_anchors_are_chosen_above_a_number_of_points(many: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scorer.Scorer(ReferenceSpace(many)).n_anchors == 0
    assert scorer.Scorer(ReferenceSpace(many), anchors=400).n_anchors == 0, "as many as there are points: all"
    monkeypatch.setattr("bench.metrics.anchors.MAX_EXACT", 399)
    monkeypatch.setattr("bench.metrics.anchors.USUAL", 300)
    assert scorer.Scorer(ReferenceSpace(many)).n_anchors == 300
    assert scorer.Scorer(ReferenceSpace(many), anchors=120).n_anchors == 120
    assert scorer.Scorer(ReferenceSpace(many), anchors=500).n_anchors == 400, "of very many all that are fitted"


def compare_at_most(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let more than n points not be all compared with all."""
    monkeypatch.setattr(scoring, "MAX_EXACT", n)
    monkeypatch.setattr("bench.metrics.anchors.MAX_EXACT", n)


def test_of_very_many_points_all_that_are_fitted_may_be_anchors(
    store: Store, many: Dataset, two_records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, many, two_records, tmp_path, references=False)
    exact = scored(store, two_records[0])
    compare_at_most(399, monkeypatch)
    run(store, many, two_records, tmp_path, references=False, anchors=500)
    found = scored(store, two_records[0])
    assert (found.anchors, found.correct) == (400, exact.correct)
    for key, value in by_key(found).items():
        if value.standard_error == 0 and key[0] != "r_nx_auc":
            assert value.value == pytest.approx(by_key(exact)[key].value, abs=1e-9), key
    assert by_key(found)["trustworthiness", "train", 15, ""].standard_error == 0
    stress = by_key(found)["stress", "train", None, ""]
    assert stress.value is not None and (stress.standard_error or 0) > 0, "by random pairs"


def test_few_points_are_scored_where_very_many_are_mapped(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = tied_points(450, values=100)
    data = dataset(X[:50], np.arange(50) % 6, X[50:], y_test=np.arange(400) % 6)
    record = keep(store, 0, coordinates("scattered", 50), test=coordinates("scattered", 400))
    run(store, data, [record], tmp_path)
    exact = by_key(scored(store, record))
    compare_at_most(399, monkeypatch)
    run(store, data, [record], tmp_path)
    assert scored(store, record).anchors == 50
    found = by_key(scored(store, record))
    assert {key for key, value in found.items() if value.value is None} == {
        key for key, value in exact.items() if value.value is None
    }
    trust = "trustworthiness", "train", 5, ""
    assert found[trust].value == pytest.approx(exact[trust].value, abs=1e-12) and found[trust].standard_error == 0
    for score in ("knn_recall", "knn_accuracy"):
        one, expected = found[score, "test", 5, ""], exact[score, "test", 5, ""]
        assert one.value is not None and expected.value is not None and one.standard_error is not None
        assert 0 < abs(one.value - expected.value) < 4 * one.standard_error, "by a hundred of 400 test points"
    assert ScoreStore(store).reference("shuffled-labels") is not None


def test_nobody_compares_all_of_very_many_points(many: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "MAX_EXACT", 399)
    space, Z = scoring.space_of(many), coordinates("scattered", 400)
    asked = ((space, "neighbours"), (Embedding(space, Z), "neighbours"), (Embedding(space, Z), "coranking"))
    for subject, name in asked:
        with pytest.raises(UndefinedError, match="more than 70,000 points"):
            getattr(subject, name)
    measured = Subject(space, {"train": Z})
    assert MEASURES["knn_recall_k15"].compute(measured) == {} == MEASURES["hdbscan_clusters"].compute(measured)
