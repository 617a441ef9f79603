"""Fits that were asked for fewer iterations stand beside the one of all, in their order."""

from __future__ import annotations

from pathlib import Path

from bench.analysis.iterations import courses
from bench.store.records import Status
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

VARIANTS = {
    "umap": Variant(reducer="umap", params={"n_epochs": 500}, each={"n_epochs": [150, 50]}),
    "pacmap": Variant(reducer="pacmap", params={"num_iters": [100, 100]}, each={"num_iters": [[30, 30], [9, 9]]}),
    "vae": Variant(reducer="vae", params={"n_epochs": 20, "beta": 1}, each={"n_epochs": [5, 50]}),
    "tsne": Variant(reducer="tsne", params={"perplexity": 30}, each={"perplexity": [5]}),
}
STUDY = Study(name="s", dataset="clouds", variants=VARIANTS).resolved()
EVERY = {name: {"silhouette": [0.5]} for name in STUDY.variants}


def test_variants_stand_by_the_number_of_iterations(tmp_path: Path) -> None:
    umap, pacmap = courses(maker.write(tmp_path, EVERY, STUDY))
    assert umap.variants == ("umap-n_epochs-50", "umap-n_epochs-150", "umap")
    assert (umap.parameter, umap.whole, umap.shorter) == ("n_epochs", "umap", umap.variants[:2])
    assert [name.rpartition("-")[0] for name in pacmap.shorter] == ["pacmap-num_iters-9-9", "pacmap-num_iters-30-30"]


def test_what_is_varied_both_ways_or_is_no_iteration_is_none(tmp_path: Path) -> None:
    parameters = [one.parameter for one in courses(maker.write(tmp_path, EVERY, STUDY))]
    assert parameters == ["n_epochs", "num_iters"], "neither epochs above the default nor perplexity"


def test_without_the_whole_or_without_a_part_there_is_no_course(tmp_path: Path) -> None:
    late = [maker.failed(Status.TIMEOUT, "late")]
    outcomes = {"umap": late} | {name: late for name in STUDY.variants if name.startswith("pacmap-")}
    assert courses(maker.write(tmp_path, EVERY, STUDY, outcomes=outcomes)) == []
