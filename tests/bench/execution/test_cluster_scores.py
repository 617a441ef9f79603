"""What hosts are asked to score."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from bench.datasets import Dataset
from bench.execution import cluster_scores, scoring, sent_data
from bench.execution.cluster_scores import Points, Unscored, completed
from bench.execution.scorer import ScoredRun, Scorer
from bench.execution.scoring import Group, space_of
from bench.execution.sent_data import Received
from bench.store.score_store import Scored
from bench.store.store import Store
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


@pytest.fixture
def points(dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Points:
    """Return points that have been sent to this host."""
    monkeypatch.setattr(cluster_scores, "Received", lambda fingerprint: Received(fingerprint, tmp_path))
    monkeypatch.setattr(cluster_scores, "_SPACES", {})
    received = Received(dataset.fingerprint, tmp_path)
    for piece in sent_data.pieces(dataset):
        received.take(piece)
    received.complete()
    return Points(dataset.fingerprint, sent_data.bare(dataset), Group(), 1, None)


def _unscored(dataset: Dataset, path: Path) -> Unscored:
    np.savez(path, train=dataset.X[:, :2], test=dataset.X_test[:, :2])
    return Unscored("a, seed 0", "0" * 64, path.read_bytes(), None)


def test_a_host_scores_as_this_machine_does(dataset: Dataset, points: Points, tmp_path: Path) -> None:
    run = _unscored(dataset, tmp_path / "run.npz")
    [found] = completed(points, [run], timed=False)
    here = Scorer(space_of(dataset, tmp_path / "cache"))
    [expected] = here.complete([ScoredRun(run.name, run.subject, run.unpacked)])
    assert found == expected
    assert not cluster_scores._lacks(found)


def test_the_selection_of_a_run_is_what_it_is_scored_on(dataset: Dataset, points: Points, tmp_path: Path) -> None:
    half = replace(points, group=Group(n=len(dataset.X) // 2))
    [found] = completed(half, [_unscored(dataset.select(len(dataset.X) // 2), tmp_path / "run.npz")], timed=False)
    [whole] = completed(points, [_unscored(dataset, tmp_path / "run.npz")], timed=False)
    assert found.values != whole.values


def test_what_was_never_scored_or_by_another_version_lacks_scores(
    dataset: Dataset, points: Points, tmp_path: Path
) -> None:
    [found] = completed(points, [_unscored(dataset, tmp_path / "run.npz")], timed=False)
    old = found.model_copy(update={"versions": found.versions | {"silhouette": -1}})
    assert cluster_scores._lacks(None) and cluster_scores._lacks(old)
    assert cluster_scores._lacks(Scored(subject="0" * 64, versions={}))


def test_runs_by_the_anchors_of_their_own_points_are_not_sent_again(tmp_path: Path) -> None:
    data, store = make_dataset(130, 20), Store(tmp_path)
    variants = {"whole": Variant(reducer="pca"), "few": Variant(reducer="pca", without="b")}
    store.write("study.toml", Study(name="s", dataset="clouds", anchors=100, variants=variants).to_toml())
    for name, variant in variants.items():
        selected = data.select(without=variant.without)
        maker.keep(store, maker.record(name, 0, selected), selected)
    scoring.score_study(store, data, Console(quiet=True))
    nobody = SimpleNamespace(here=["a host that is asked for nothing"])
    assert cluster_scores._submitted(nobody, store, data, timed=False) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "most", "sizes"), [(0, 4, []), (3, 8, [1, 1, 1]), (10, 4, [3, 3, 3, 1])])
def test_runs_are_shared_out(n: int, most: int, sizes: list[int]) -> None:
    parts = list(cluster_scores._shares(list(range(n)), most))  # type: ignore[arg-type]
    assert [len(part) for part in parts] == sizes
    assert [one for part in parts for one in part] == list(range(n))


def test_if_the_last_host_was_lost_with_the_last_run_all_is_scored_here(
    dataset: Dataset, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, nobody = Store(tmp_path), SimpleNamespace(here={})
    store.write("study.toml", maker.study_of("a").resolved().to_toml())
    maker.keep(store, maker.record("a", 0, dataset), dataset)
    cluster_scores.score(nobody, store, dataset, Console(quiet=True), timed=True)  # type: ignore[arg-type]
    assert "computed here" in caplog.text
