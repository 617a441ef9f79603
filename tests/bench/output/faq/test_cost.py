from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.output.faq.box import which_method
from bench.output.faq.cost import by_threads, cliff, memory, stopped, time
from bench.store.records import Status
from tests.bench.output.faq.made_up import said, scaling, threads, time_to_quality, umap_rows
from tests.bench.results_maker import failed


def test_times_on_one_thread_and_on_two(tmp_path: Path) -> None:
    results = threads().write(tmp_path)
    text = said(by_threads, results)
    assert text.startswith("A new process pays for import and cold start before its first result, on two threads: ")
    assert "on two threads: t-SNE 32 s, VAE 32 s and PCA 32 s." in text
    assert "faster, by more than 10 %, with t-SNE. It makes the fit slower with VAE." in text
    rows = by_threads(results).rows
    assert [row[0] for row in rows] == ["PCA", "t-SNE", "VAE"]
    assert rows[1][1:3] == ("2.00 [2.00, 2.00] / 2.00 [2.00, 2.00]", "30.0 [30.0, 30.0] / 30.0 [30.0, 30.0]")
    assert rows[1][5].startswith("1.33") and rows[2][5].startswith("0.50")
    assert (rows[0][-1], rows[2][-1]) == ("n/a / n/a", "n/a / 1.00 [1.00, 1.00]")


def test_a_method_without_both_numbers_of_threads_is_left_out(tmp_path: Path) -> None:
    rows = by_threads(threads().only("pca-one", "pca-two", "tsne-one").write(tmp_path)).rows
    assert [row[0] for row in rows] == ["PCA"]


def test_starts_that_were_not_measured_are_left_out_of_the_sentence(tmp_path: Path) -> None:
    late = {"tsne-two": [failed(Status.TIMEOUT, "took too long")] * 3}
    results = replace(threads(), outcomes=late).write(tmp_path / "failed")
    assert "on two threads: VAE 32 s and PCA 32 s." in said(by_threads, results)
    assert [row[0] for row in by_threads(results).rows] == ["PCA", "t-SNE", "VAE"]
    nothing = {f"{name}__two": {"import_s": [None] * 3} for name in ("pca", "tsne", "vae")}
    assert said(by_threads, threads().with_values(**nothing).write(tmp_path / "none")).startswith("| method |")


def test_time_names_the_pace_the_change_and_the_late(tmp_path: Path) -> None:
    results = scaling().write(tmp_path)
    text = said(time, results)
    assert text.startswith(
        "From 10,000 points on the time of a fit is fitted by a power of their number, with UMAP from 10,001 and UMAP "
        "(approximate) from 10,001: no law reaches across a change of algorithm."
    )
    assert "counts once, with the geometric mean of its runs, at most 3." in text
    assert "lies above 1 with none. It contains 1 with PCA, PCA, one thread, openTSNE, UMAP and UMAP (app" in text
    assert "UMAP fits 4,000 points in 16 s and 10,000 in 9.0 s. Below 4,096 rows" in text
    assert "UMAP fits 10,000 points in 9.0 s and 14,000 in 8.0 s. Up to 10,000 rows" in text
    assert "UMAP (approximate) fits" not in text, "it has one algorithm"
    assert "on one thread takes this many times as long as on two: PCA 2.00 [2.00, 2.00] with 28,000 points." in text
    assert "passed the deadline of 2 min 00 s for a run, fit and transform together," in text
    assert "tried with more points: t-SNE with 28,000 points and openTSNE with 56,000 points." in text
    assert text.endswith("nor for more than 2 times the points that were measured.")


def test_of_the_late_it_is_said_that_they_are_late(tmp_path: Path) -> None:
    rows = {row[0]: row for row in time(scaling().write(tmp_path)).rows}
    assert list(rows) == ["PCA", "PCA, one thread", "t-SNE", "openTSNE", "UMAP", "UMAP (approximate)"]
    assert rows["PCA"][1:] == ("56,000: 5.6 s", "10,000 to 56,000", "1.00 [0.98, 1.02]", "7", "n/a", "n/a")
    assert rows["PCA, one thread"][3:5] == ("1.01 [0.96, 1.06]", "n/a"), "28,000 points are too few to say"
    assert rows["t-SNE"][1:5] == ("14,000: 1 min 40 s", "n/a", "n/a", "> 120 s")
    assert rows["openTSNE"][1:3] == ("28,000: 1 min 00 s", "10,000 to 28,000")
    assert rows["openTSNE"][4:] == ("> 120 s with transform", "0.00 [0.00, 0.00]", "n/a")


def test_one_run_of_each_number_of_points_is_said_to_be_one(tmp_path: Path) -> None:
    made = scaling()
    once = made.only(*(name for name, of in made.values.items() if len(of.get("fit_s", ())) < 2))
    text = said(time, once.write(tmp_path))
    assert "Each number of points was measured once." in text and "many times as long" not in text


def test_what_to_take_for_all_points_is_predicted_only_where_it_may_be(tmp_path: Path) -> None:
    table = which_method({"scaling": scaling().write(tmp_path)})
    assert (
        "| UMAP | default | fit 40 s, by its growth; UMAP (approximate) 40 s, openTSNE > 120 s with transform |"
        in table
    )


def test_memory_is_said_by_the_thousand(tmp_path: Path) -> None:
    results = scaling().write(tmp_path)
    text = said(memory, results)
    assert "every 1,000 points more take 1 MiB with PCA and 15 MiB with openTSNE." in text
    assert "All 70,000 would take 70 MiB with PCA and 700 MiB with UMAP" in text
    assert "take 209 MiB" in text
    rows = memory(results).rows
    assert rows[0] == ("PCA", "1", "1.00 [1.00, 1.00]", "70", "206", "56,000 points")
    assert rows[-1][:4] == ("openTSNE", "15", "1.00 [1.00, 1.00]", "n/a"), "56,000 points passed the deadline"


def test_two_searches_of_neighbours_are_compared(tmp_path: Path) -> None:
    text = said(cliff, umap_rows().write(tmp_path / "both"))
    assert "With 1,000 points the fit that computes all distances takes 4.0 [4.0, 4.0] times as long" in text
    assert "10-NN accuracy +0.000 [+0.000, +0.000], equivalent; area under R_NX +0.030 [" in text
    assert text.endswith("], better.")
    alone = said(cliff, umap_rows().only("umap").write(tmp_path / "one"))
    assert "times as long" not in alone and "| UMAP (as it comes) | 16.2 [" in alone


def test_what_stopping_early_costs_is_decided_by_the_margin(tmp_path: Path) -> None:
    results = time_to_quality().write(tmp_path)
    text = said(stopped, results)
    assert (
        "In 10-NN accuracy these are equivalent to all iterations: t-SNE, max_iter 250 and UMAP, n_epochs 150. "
        "Worse by more than the margin: UMAP, n_epochs 50. The seeds leave open: VAE, n_epochs 10." in text
    )
    assert "UMAP, n_epochs 150. Worse by more than the margin: t-SNE, max_iter 250. Better: VAE, n_epochs 10." in text
    rows = stopped(results).rows
    assert [row[1] for row in rows][2:5] == ["n_epochs 50", "n_epochs 150", "n_epochs 500"]
    assert rows[2][3].startswith("0.50") and rows[4][3] == "1"
