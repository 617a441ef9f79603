from __future__ import annotations

from pathlib import Path

from bench.output.faq.cost import by_threads, memory, time
from tests.bench.output.faq.made_up import said, scaling, threads


def test_times_on_one_thread_and_on_two(tmp_path: Path) -> None:
    results = threads().write(tmp_path)
    text = said(by_threads, results)
    assert text.startswith(
        "Cold start as a multiple of the fit after it, on two threads: PCA 150.1, t-SNE 10.0 and VAE 7.5."
    )
    assert "faster, by more than 10 %, with t-SNE. It makes the fit slower with VAE." in text
    rows = by_threads(results).rows
    assert [row[0] for row in rows] == ["PCA", "t-SNE", "VAE"]
    assert rows[1][1:3] == ("2.00 [2.00, 2.00] / 2.00 [2.00, 2.00]", "30.0 [30.0, 30.0] / 30.0 [30.0, 30.0]")
    assert rows[1][5].startswith("1.33 [") and rows[2][5].startswith("0.50 [")
    assert (rows[0][-1], rows[2][-1]) == ("n/a / n/a", "n/a / 1.00 [1.00, 1.00]")


def test_a_method_without_both_numbers_of_threads_is_left_out(tmp_path: Path) -> None:
    rows = by_threads(threads().only("pca-one", "pca-two", "tsne-one").write(tmp_path)).rows
    assert [row[0] for row in rows] == ["PCA"]


def test_time_names_the_pace_the_change_and_the_late(tmp_path: Path) -> None:
    results = scaling().write(tmp_path)
    text = said(time, results)
    assert "lies above 1 with none. It contains 1 with all others." in text
    assert "UMAP fits 4,000 points in 16 s and 10,000 in 9.0 s. Below 4,096 rows" in text
    assert "UMAP fits 10,000 points in 9.0 s and 14,000 in 8.0 s. Up to 10,000 rows" in text
    assert "UMAP (approximate) fits" not in text, "it has one algorithm"
    assert "passed the deadline of 2 min 00 s for a run and were not tried with more points: t-SNE with 28,000" in text
    rows = time(results).rows
    assert rows[0] == ("PCA", "56,000: 5.6 s", "1.00 [0.89, 1.11]", "7.02", "n/a", "n/a")
    assert [row[0] for row in rows] == ["PCA", "t-SNE", "UMAP", "UMAP (approximate)"]
    assert rows[1][1:4] == ("14,000: 1 min 40 s", "n/a", "n/a")


def test_memory_is_said_by_the_thousand(tmp_path: Path) -> None:
    results = scaling().write(tmp_path)
    text = said(memory, results)
    assert "every 1,000 points more take 1 MiB with PCA and 10 MiB with UMAP" in text
    assert "All 70,000 would take 70 MiB with PCA and 700 MiB with UMAP" in text
    assert "take 209 MiB" in text
    assert memory(results).rows[0] == ("PCA", "1", "1.00 [1.00, 1.00]", "70", "206", "56,000 points")
