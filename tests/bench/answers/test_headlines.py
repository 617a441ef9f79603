from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench import study
from bench.answers import headlines
from tests.bench.answers.maker import Columns, stored

FITTED, ACCURACY, PLACED = "knn_accuracy_k10", "knn_accuracy_k10_test", "placement_knn_accuracy_k10_test"

FULL: dict[str, Columns] = {
    "tsne": {"fit_s": [30.0, 31.0, 32.0], FITTED: [0.949, 0.951, 0.95]},
    "opentsne": {
        "fit_s": [20.0, 21.0, 22.0],
        FITTED: [0.951, 0.95, 0.949],
        ACCURACY: [0.95, 0.951, 0.952],
        PLACED: [0.94, 0.941, 0.942],
    },
    "umap": {
        "fit_s": [9.0, 9.1, 9.2],
        "cold_start_s": [27.3],
        ACCURACY: [0.91, 0.911, 0.912],
        PLACED: [0.90, 0.901, 0.902],
    },
    "umap-parallel": {"fit_s": [4.5, 4.6, 4.7], ACCURACY: [0.91, 0.912, 0.911]},
    "autoencoder": {"fit_s": [6.0, 6.1, 6.2], ACCURACY: [0.60, 0.61, 0.62]},
    "autoencoder-long": {"fit_s": [30.0, 30.1, 30.2], ACCURACY: [0.70, 0.711, 0.72]},
    "vae": {"fit_s": [6.0, 6.1, 6.2], ACCURACY: [0.60, 0.61, 0.62]},
    "vae-long": {"fit_s": [30.0, 30.1, 30.2], ACCURACY: [0.61, 0.60, 0.62]},
    "pixels": {ACCURACY: [0.94]},
}


def test_findings_of_the_full_study(tmp_path: Path) -> None:
    stored(tmp_path / "full", FULL)
    best, placed, first, seed, longer = headlines.found(tmp_path)
    assert "of fitted digits t-SNE 0.950 [0.948, 0.952], not to be told apart from openTSNE 0.950" in best
    assert "Of new digits openTSNE 0.951 [0.949, 0.953], ahead of UMAP (seeded) 0.911" in best
    assert best.endswith(
        "; of networks Autoencoder (100 epochs) 0.711 [0.685, 0.735]; the pixels themselves 0.940. "
        "(`make bench STUDY=full`)"
    )
    assert "0.941 [0.939, 0.943] where openTSNE's own transform reaches 0.951" in placed
    assert "3.0 times its fit" in first and "behind t-SNE" in first
    assert "Seeded it fits 2.0 [" in seed and "held-out accuracy is no different" in seed
    assert "Autoencoder +0.100 [" in longer and "VAE +0.000 [-0.025, +0.025], cannot be told apart" in longer


def test_words_follow_the_numbers(tmp_path: Path) -> None:
    quick = {"fit_s": [9.0, 9.1, 9.2], "cold_start_s": [1.0], ACCURACY: [0.99, 0.991, 0.992], PLACED: [0.9, 0.9, 0.9]}
    stored(tmp_path / "full", FULL | {"umap": quick})
    best, _, first, seed, _ = headlines.found(tmp_path)
    assert "Of new digits UMAP (seeded) 0.991 [0.989, 0.993], ahead of openTSNE" in best
    assert "still before t-SNE" in first
    assert "held-out accuracy differs" in seed


def test_the_dial(tmp_path: Path) -> None:
    names = study.read("sensitivity").resolved().variants
    plain = {"silhouette": [0.3, 0.31, 0.32], "r_nx_auc": [0.5, 0.51, 0.52]}
    turned = {"silhouette": [0.6, 0.612, 0.62], "r_nx_auc": [0.3, 0.312, 0.32]}
    tops = ("opentsne-exaggeration-8", "umap-min_dist-0.0")
    stored(tmp_path / "sensitivity", {n: turned if n in tops else plain for n in names}, study.read("sensitivity"))
    [dial] = headlines.found(tmp_path)
    assert "openTSNE, exaggeration 8 changes silhouette by +0.301 [" in dial
    assert "neighbours kept, by -0.199 [" in dial


def test_the_start(tmp_path: Path) -> None:
    same, less = [0.8, 0.81, 0.82], [0.6, 0.611, 0.62]
    columns = {
        name: {"centroid_spearman": less if "random" in name else same, "procrustes_residual": [0.1]}
        for name in study.read("initialisation").resolved().variants
    }
    columns["umap-init-random"] = {"centroid_spearman": same, "procrustes_residual": [0.65]}
    stored(tmp_path / "initialisation", columns, study.read("initialisation"))
    [start] = headlines.found(tmp_path)
    assert "UMAP 0.65 instead of 0.10" in start
    assert "t-SNE -0.20 [" in start
    assert "UMAP +0.00 [+0.00, +0.00] (cannot be told apart)" in start


def test_the_same_seed_on_other_threads(tmp_path: Path) -> None:
    columns: dict[str, Columns] = {"tsne-1": {ACCURACY: [0.9]}, "tsne-2": {ACCURACY: [0.9]}}
    stored(tmp_path / "threads", columns, study.read("threads"))
    rows = [("tsne", 0.5, share) for share in (0.94, 0.95, 0.96)] + [("pca", 1e-9, 1.0)]
    pairs = pd.DataFrame(rows, columns=["reducer", "largest_displacement", "shared_neighbours"])
    pairs.assign(split="fit", differs="threads").to_csv(tmp_path / "threads" / "sameness.csv", index=False)
    (found,) = headlines.found(tmp_path)
    assert "a point keeps is with t-SNE 0.95 [0.93, 0.97]; with every other method" in found


def test_claims_are_counted(tmp_path: Path) -> None:
    folder = stored(tmp_path / "seeds", {"pca": {ACCURACY: [0.4]}}).folder
    verdicts = ["holds", "holds", "does not hold", "undecided at this sample"]
    pd.DataFrame({"claim": list("abcd"), "verdict": verdicts}).to_csv(folder / "claims.csv", index=False)
    [claims] = headlines.found(tmp_path)
    assert claims.startswith("**Of 4 conclusions") and "2 hold, 1 do not**, and 1 are not settled" in claims


@pytest.mark.parametrize("only", ["pca", "umap"])
def test_of_what_was_not_run_nothing_is_said(tmp_path: Path, only: str) -> None:
    stored(tmp_path / "full", {only: {"fit_s": [1.0], ACCURACY: [0.4]}})
    assert headlines.found(tmp_path) == []
