from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.output.faq import repeatability
from bench.output.faq.repeatability import published, same_seed, seeds
from bench.reproductions.replication.published import published as read_published
from tests.bench.output.faq.made_up import full, replication, reproducibility, said, threads


def test_bits_rounding_and_displacement_are_kept_apart(tmp_path: Path) -> None:
    results = threads().write(tmp_path)
    assert same_seed(results).rows == [
        ("PCA", "the same bits", "the same bits", "the same bits", "the same bits"),
        ("t-SNE", "the same bits", "the same bits", "0.50 [0.50, 0.50] (70%)", "0.50 [0.50, 0.50] (70%)"),
        ("VAE", "the same bits", "the same bits", "rounding", "the same bits"),
    ]
    assert "Test points differ" not in said(same_seed, results)


def test_test_points_that_differ_alone_are_named(tmp_path: Path) -> None:
    rounded = {"bit_equal": False, "largest_displacement": 1e-7, "aligned_displacement": 0.0, "shared_neighbours": 1.0}
    made = replace(threads(), tables={"reproducibility": reproducibility(pca_threads_test=rounded)})
    text = said(same_seed, made.write(tmp_path))
    assert "do not: PCA on two threads instead of one (by at most 1e-07 radii)." in text


def test_a_method_that_differs_within_a_process_is_not_called_the_same(tmp_path: Path) -> None:
    made = threads()
    made = replace(made, runs={**made.runs, "tsne-two": {"repeatable": [False, "", ""]}})
    assert [row[1] for row in same_seed(made.write(tmp_path)).rows] == ["the same bits", "differs", "the same bits"]


def test_seeds_are_compared_without_controls(tmp_path: Path) -> None:
    made = full().with_values(vae={"procrustes_residual": 0.9}).only("pca", "umap", "vae", "random_projection")
    results = made.write(tmp_path)
    assert said(seeds, results).startswith(
        "Two seeds share most neighbours with UMAP (seeded) and fewest with PCA. "
        "After alignment their embeddings differ most with VAE."
    )
    assert seeds(results).rows[-1] == (results.label("random_projection"), "3", "0.100", "0.900")


def test_differences_stand_by_variant_and_measure(tmp_path: Path) -> None:
    results = replication().write(tmp_path)
    text = said(published, results)
    assert text.startswith("Of 3 published cells 0 lie inside the 95 % prediction interval of our runs:")
    assert "an experiment explains 1, and 0 stay unexplained" in text
    assert "2 are compared with one run of ours" in text
    assert "largest difference is that of UMAP (seeded) in 1-NN accuracy: -0.0300." in text
    answer = published(results)
    assert answer.header == ("ours (theirs)", "1-NN accuracy", "reconstruction error")
    assert answer.rows == [("PCA (PCA)", "+0.0005", "+0.0000"), ("UMAP (seeded) (UMAP)", "-0.0300", "")]


def test_measures_are_those_of_the_replication() -> None:
    assert {key: measure.title for key, measure in read_published().measures.items()} == repeatability.MEASURES
