"""What is kept for figures and report: right, small, without folders of this computer, and computed once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.execution import drawings, pictured, scoring
from bench.execution.drawings import keep_drawings
from bench.metrics import anchors
from bench.metrics.embedding import Embedding
from bench.metrics.neighbourhood import local_scores
from bench.metrics.reference_space import ReferenceSpace
from bench.output.report import payload
from bench.store.arrays import FILE, Arrays
from bench.store.export import export
from bench.store.records import Status
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return replace(make_dataset(80, 30, n_features=6), image_shape=(2, 3))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Store:
    log = 'File "/home/me/lib/python3/x.py", line 3\nsee https://a.org/b/c and bench/run.py'
    records = [maker.record("good", seed, dataset, log_tail=log if seed == 1 else "") for seed in range(3)]
    records += [maker.record("stays", 0, dataset, maker.successful(transductive=True))]
    records += [maker.record("gone", 0, dataset, maker.failed(Status.TIMEOUT, "too long"), log_tail="slow")]
    return maker.folder(tmp_path_factory.mktemp("kept"), dataset, records, drawn=True)


@pytest.fixture(scope="module")
def arrays(store: Store) -> Arrays:
    return Arrays(store.folder)


def names_of(arrays: Arrays, kind: str) -> set[str]:
    return {name for name in arrays if name.startswith(f"{kind}/")}


def test_what_pictures_must_know_of_the_data(store: Store, dataset: Dataset) -> None:
    data = Results(store.folder).data
    assert data is not None and dataset.y_test is not None
    assert (data.name, data.classes, data.image_shape) == (dataset.name, dataset.classes, (2, 3))
    assert np.array_equal(data.labels["test"], dataset.y_test)


def test_true_neighbours_are_the_nearest_in_all_features(arrays: Arrays, dataset: Dataset) -> None:
    distances = ((dataset.X_test[:, None].astype(float) - dataset.X) ** 2).sum(axis=2)
    assert np.array_equal(arrays["data/near/test"][:, 0], distances.argmin(axis=1))
    assert arrays["data/near/train"].shape == (80, 10) and arrays["data/near/train"].dtype == np.uint16


def test_one_run_is_kept_to_be_shown_and_one_to_be_compared(store: Store, arrays: Arrays) -> None:
    results = Results(store.folder)
    shown, second = results.shown("good"), results.second("good")
    assert shown is not None and second is not None
    good = [f"{shown[0]}-{shown[1]}", f"{second[0]}-{second[1]}"]
    expected = {f"embedding/good/{good[0]}/{split}" for split in ("train", "test")} | {"embedding/stays/0-0/train"}
    assert names_of(arrays, "embedding") == expected
    assert names_of(arrays, "aligned") == {f"aligned/good/{good[1]}/{split}" for split in ("train", "test")}
    assert names_of(arrays, "local") == {f"local/good/{run}" for run in good} | {"local/stays/0-0"}
    assert names_of(arrays, "correct") == {f"correct/good/0-{seed}" for seed in range(3)}


def test_the_mean_of_the_correct_points_is_the_accuracy(store: Store, arrays: Arrays, dataset: Dataset) -> None:
    for (sample, seed), accuracy in Results(store.folder).values("good", "knn_accuracy_k10_test").by_run.items():
        bits = np.unpackbits(arrays[f"correct/good/{sample}-{seed}"], count=len(dataset.X_test))
        assert bits.mean() == pytest.approx(accuracy)


def test_local_scores_are_those_of_the_run(store: Store, arrays: Arrays, dataset: Dataset) -> None:
    results = Results(store.folder)
    Z = results.embedding("stays")
    exact = local_scores(Embedding(ReferenceSpace(dataset), Z), pictured.LOCAL_K)
    kept = arrays["local/stays/0-0"]
    assert np.allclose(kept, exact, atol=1e-4)


def test_class_distances_are_those_between_means(store: Store, arrays: Arrays, dataset: Dataset) -> None:
    assert dataset.y is not None
    name = min(names_of(arrays, "class_distances"))
    means = np.stack([dataset.X[dataset.y == label].mean(axis=0) for label in np.unique(dataset.y)])
    between = np.linalg.norm(means[:, None] - means, axis=2)
    assert np.allclose(arrays[name][1], between / between.max(), atol=1e-5)
    assert arrays[name].shape == (2, len(means), len(means)) and not np.allclose(*arrays[name])


def test_logs_name_files_without_folders_of_this_computer(arrays: Arrays) -> None:
    assert str(arrays["log/good/0-1"]) == 'File "x.py", line 3\nsee https://a.org/b/c and bench/run.py'
    assert names_of(arrays, "log") == {"log/good/0-1", "log/gone/0-0"}


def test_the_same_runs_are_not_computed_again(store: Store, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (store.folder / FILE).read_bytes()
    monkeypatch.setattr(pictured, "shepard", lambda *_: pytest.fail("computed again"))
    keep_drawings(store, dataset, lambda _: None)
    monkeypatch.undo()
    monkeypatch.setattr(drawings, "VERSION", drawings.VERSION + 1)
    done: list[str] = []
    keep_drawings(store, dataset, done.append)
    assert done == ["good", "stays", "gone"]
    monkeypatch.undo()
    keep_drawings(store, dataset, lambda _: None)
    assert (store.folder / FILE).read_bytes() == before, "the same runs give the same bytes"


def test_a_study_without_labels_or_test_points(tmp_path: Path) -> None:
    data = make_dataset(40, 12)
    bare = replace(data, y=None, y_test=None, classes=(), X_test=data.X_test[:0])
    outcome = maker.successful(transductive=True)
    found = Arrays(maker.folder(tmp_path, bare, [maker.record("a", 0, bare, outcome)], drawn=True).folder)
    assert not names_of(found, "confusion") and not names_of(found, "data/labels")
    assert "data/near/test" not in found and "data/images" not in found
    assert len(found["embedding/a/0-0/train"]) == 40


def test_a_training_is_shown_epoch_by_epoch_from_the_run_that_was_trained_twice(
    tmp_path: Path, dataset: Dataset
) -> None:
    store = maker.folder(tmp_path, dataset, [maker.record("good", seed, dataset) for seed in range(3)])
    shown = Results(store.folder).shown("good")
    twice = next(record for record in store.records() if (record.sample, record.seed) != shown)
    by_epoch = {"extra_prior_samples_by_epoch": np.ones((2, 16, 6)), "extra_prior_sample_epochs": np.array([1, 2])}
    corners = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 2.0]])
    by_epoch |= {
        "extra_embedding_by_epoch": np.stack([corners, 9 * corners + 5]),
        "extra_embedding_epochs": np.array([1, 9]),
    }
    partial = store.partial_arrays("good", twice.sample, twice.seed)
    np.savez(partial, **store.arrays(twice), **by_epoch)
    store.keep(twice, partial)
    scoring.score(store, dataset, store.records(), lambda _: None)
    export(store)
    keep_drawings(store, dataset, lambda _: None)
    assert Results(store.folder).shown("good") == shown and shown is not None
    name = f"good/{shown[0]}-{shown[1]}"
    arrays = Arrays(store.folder)
    assert arrays[f"prior_samples/{name}"].tolist() == np.full((2, 16, 6), 255).tolist()
    assert arrays[f"prior_sample_epochs/{name}"].tolist() == [1, 2]
    film = arrays[f"film/{name}"]
    assert film.dtype == np.uint8 and film.shape == (2, 3, 2)
    assert np.abs(film[1].astype(int) - [[0, 64], [255, 64], [255, 191]]).max() <= 1
    assert np.array_equal(film[0], film[1]), "each frame has its own scale"
    assert arrays[f"film_epochs/{name}"].tolist() == [1, 9]
    assert arrays[f"retrained_seed/{name}"] == twice.seed


def test_what_needs_all_pairs_of_very_many_points_is_not_drawn(
    tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "MAX_EXACT", len(dataset.X) - 1)
    monkeypatch.setattr(anchors, "USUAL", len(dataset.X) - 1)
    monkeypatch.setattr(anchors, "MIN_ANCHORS", 10)
    monkeypatch.setattr(anchors, "MAX_EXACT", len(dataset.X) - 1)
    records = [maker.record(variant, seed, dataset) for variant in ("one", "same") for seed in (0, 1)]
    results = Results(maker.folder(tmp_path, dataset, records, drawn=True).folder)
    assert names_of(results.arrays, "embedding")
    assert not [name for kind in ("data/near", "local", "confusion") for name in names_of(results.arrays, kind)]
    assert payload.assemble(results, lambda: None, room=10**6).meta["neighbours"] == 0
    pairs = results.frame("reproducibility").query("split == 'train'")
    assert len(pairs) and pairs["shared_neighbours"].isna().all() and pairs["displacement"].notna().all()
