from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.output.faq.tuning import gains, search
from tests.bench.output.faq.made_up import said, tuned, tuning


def test_what_was_selected_and_what_it_took(tmp_path: Path) -> None:
    results = tuning().write(tmp_path)
    assert search(results).rows == [
        ["UMAP", "3 of 4", "0", "30", "n_neighbors 8", "0.250 (0.200)", "n_neighbors 40", "0.950 (0.880)"]
    ]
    text = said(search, results)
    assert "| t-SNE | 2 of 2 | 0 | 60 | default | 0.500 (0.500) |" in text
    assert "The time ran out first with UMAP. Nothing to search: PCA." in text


def test_gains_stand_beside_the_defaults_with_their_intervals_and_their_cost(tmp_path: Path) -> None:
    tuning().write(tmp_path)
    results = tuned().write(tmp_path)
    umap, pca = gains(results).rows
    assert umap[0] == "UMAP" and umap[-2:] == ["3", "30"]
    assert umap[1].startswith("0.200 [") and umap[2].startswith("0.205 [")
    assert umap[3] == "+0.005 [+0.005, +0.005], equivalent" and umap[6] == "+0.060 [+0.060, +0.060], better"
    assert pca[2:4] == ["the same", "none"] and pca[-2:] == ["1", "0"]
    text = said(gains, results)
    assert (
        "Tuned by 15-NN recall, test, more than the margin better than their defaults: none. Equivalent: UMAP." in text
    )
    assert "Tuned by 10-NN accuracy, test, more than the margin better than their defaults: UMAP." in text
    assert "No configuration was better than the default when searching: t-SNE." in text
    assert "Best with defaults: UMAP. Best tuned: UMAP, tuned by accuracy." in text
    assert "| t-SNE | 0.500 [0.497, 0.503] | the same | none | 2 | 60 |" in text


def test_what_was_selected_later_and_is_not_tested_is_said_so(tmp_path: Path) -> None:
    """A search that was extended may select another configuration than the one that was tested."""
    tuning().write(tmp_path)
    made = tuned()
    variants = {name: spec for name, spec in made.variants.items() if name != "umap-accuracy"}
    results = replace(made, variants=variants).only(*variants).write(tmp_path)
    umap, _ = gains(results).rows
    assert umap[3] == "+0.005 [+0.005, +0.005], equivalent" and umap[5:7] == ["not tested", "n/a"]
    by_accuracy = gains(results).facts["criteria"][1]
    assert (by_accuracy["untested"], by_accuracy["same"], by_accuracy["best"][1]) == (["UMAP"], [], [])
    assert "What the search selected is not tested: UMAP." in said(gains, results)


def test_a_search_without_measured_times_has_none(tmp_path: Path) -> None:
    results = tuning().with_values(umap__1={"fit_s": [None]}).write(tmp_path)
    assert [row[3] for row in search(results).rows] == ["n/a"]


def test_without_the_search_nothing_is_said_of_gains(tmp_path: Path) -> None:
    assert gains(tuned().write(tmp_path)).rows == []
