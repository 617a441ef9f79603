from __future__ import annotations

from pathlib import Path

import pytest

from bench.commands import running
from bench.commands.folders import RESULTS
from bench.commands.running import Asked
from bench.errors import StudyError
from bench.metrics import anchors
from bench.studies import study

FAKES = Path(__file__).parents[1] / "fakes.py"


def test_other_data_have_a_folder_of_their_own() -> None:
    assert Asked("default").request().out == RESULTS / "default"
    assert Asked("default", dataset="some/own.csv", n=500).request().out == RESULTS / "default-own-n500"
    assert Asked("default", seeds=7, threads=1).request().out == RESULTS / "default-seeds7-threads1"
    assert Asked("default", dataset="mnist-5k", seeds=5, timeout="300s").request().out == RESULTS / "default", "its own"
    assert Asked("quick", anchors=500).request().out == RESULTS / "quick-anchors500"
    scaled = Asked("quick", dataset="own.csv", options={"scale": "none", "drop": ["a", "b/c"]}).request()
    assert scaled.out == RESULTS / "quick-own-scale-none-drop-a-b_c"


def test_what_is_asked_changes_the_study() -> None:
    request = Asked("quick", ["pca", "umap"], seeds=4, timeout="2m").request()
    assert (request.whole.seeds, request.whole.timeout) == (4, 120)
    assert {variant.reducer for variant in request.chosen.variants.values()} == {"pca", "umap"}
    with pytest.raises(StudyError, match="Did you mean 'pca'"):
        Asked("quick", ["pcaa"]).request()
    assert Asked("quick", anchors=500).request().whole.anchors == 500
    with pytest.raises(StudyError, match=r"anchors.* 99, but expected .*100"):
        Asked("quick", anchors=99).request()
    assert study.MIN_ANCHORS == anchors.MIN_ANCHORS


def test_a_very_large_study_needs_a_yes() -> None:
    with pytest.raises(StudyError, match="runs, but expected at most 100,000"):
        Asked("quick", seeds=10**9).request()
    assert Asked("quick", ["pca"], seeds=100_000).request().chosen.n_runs == 100_000
    assert Asked("quick", ["pca"], seeds=100_001, yes=True).request().yes


def test_n_of_a_study_is_asked_of_its_own_data_alone() -> None:
    assert Asked("quick").request().n == 1_000
    assert Asked("quick", dataset="some/own.csv").request().n is None
    assert Asked("quick", dataset="some/own.csv", n=500).request().n == 500
    assert Asked("scaling").request().n == 69_000
    assert Asked("default").request().n is None


def test_a_file_takes_part_whatever_is_chosen() -> None:
    files = [f"{FAKES}:Calm", f"{FAKES}:Slow"]
    request = Asked("quick", ["pca"], files).request()
    assert list(request.chosen.variants) == ["pca", "fakes-Calm", "fakes-Slow"]
    assert list(Asked("quick", ["pca"], files, rerun="fakes-Slow").request().chosen.variants) == [
        *request.chosen.variants
    ]


def test_who_interrupts_a_repetition_is_told_how_it_continues(tmp_path: Path) -> None:
    for rerun in (None, "failed"):
        assert "and the same command continues" in running.stopped(tmp_path, rerun)
    for rerun in ("all", "pca"):
        said = running.stopped(tmp_path, rerun)
        assert "continues" not in said and "without --rerun it runs only what is missing" in said
