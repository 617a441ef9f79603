from __future__ import annotations

from pathlib import Path

import pytest

from bench import study
from bench.answers.cost import by_threads
from bench.answers.distances import meaning
from tests.bench.answers.maker import stored


def test_what_goes_with_the_data_and_what_does_not(tmp_path: Path) -> None:
    columns = {
        "pca": {"shepard_spearman": [0.7] * 3, "density_correlation": [0.3] * 3},
        "umap": {"shepard_spearman": [0.3, 0.31, 0.32], "density_correlation": [-0.1, 0.0, 0.1]},
        "random_gaussian": {"shepard_spearman": [0.0, 0.01, -0.01]},
    }
    told = meaning(stored(tmp_path, columns))
    points, classes, density, _ = told.sentences
    assert "most with the data in PCA, correlation 0.700 [0.700, 0.700], and least in UMAP (seeded), 0.310" in points
    assert "cannot be told" not in points
    assert classes == "Of the distance between two classes nothing is known."
    assert density.endswith("With UMAP (seeded) it cannot be told from none.")
    assert [row[0] for row in told.rows] == ["PCA", "UMAP (seeded)", "Random positions (control)"]
    assert told.rows[0][1:] == ("0.700 [0.700, 0.700]", "n/a", "0.300 [0.300, 0.300]")


def test_times_on_one_thread_and_on_two(tmp_path: Path) -> None:
    costs = {"import_s": [2.0], "cold_start_s": [30.0], "stress": [0.5]}
    columns = {
        "pca-1": {"fit_s": [0.2, 0.2001, 0.1999]} | costs,
        "pca-2": {"fit_s": [0.2, 0.1999, 0.2001]} | costs,
        "umap-1": {"fit_s": [4.0, 4.1, 4.2], "transform_s": [1.0, 1.0, 1.0]} | costs,
        "umap-2": {"fit_s": [3.0, 3.1, 3.2], "transform_s": [1.0, 1.0, 1.0]} | costs,
        "vae-1": {"fit_s": [2.0, 2.1, 2.05]} | costs,
        "vae-2": {"fit_s": [4.0, 4.2, 4.1]} | costs,
        "tsne-1": {"fit_s": [9.0, 9.0, 9.1]},
    }
    told = by_threads(stored(tmp_path, columns, study.read("threads")))
    first, fits, *_ = told.sentences
    assert "with PCA: 150.0 times its warm fit on two threads" in first
    assert "others: UMAP 9.7 and VAE 7.3" in first
    assert "faster with UMAP (1.32 [" in fits
    assert fits.index("; slower") < fits.index("VAE")
    assert "slower with VAE (0.50 [" in fits
    assert "neither beyond doubt with PCA" in fits
    assert [row[0] for row in told.rows] == ["PCA", "UMAP", "VAE"]
    assert told.rows[1][1:3] == ("2.00 / 2.00", "30.0 / 30.0")
    assert told.rows[0][-1] == "n/a / n/a"
    assert float(told.rows[2][5].split()[0]) == pytest.approx(0.5, abs=0.01)
