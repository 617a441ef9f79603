"""Answers of the studies that turn one thing: words that follow the numbers, whichever way these go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import study
from bench.answers import Stored
from bench.answers.curves import over_sizes
from bench.answers.dimensions import dimensions
from bench.answers.parameters import dial, sensitivity
from bench.answers.pca_first import pca_first
from bench.answers.starts import initialisation
from tests.bench.answers.maker import Columns, stored


def _around(value: float) -> list[float]:
    """Return values over three seeds with this median."""
    return [value - 0.001, value, value + 0.0015]


def _of(name: str, folder: Path, columns: Mapping[str, Columns]) -> Stored:
    return stored(folder / name, columns, study.read(name))


def _sensitivity(folder: Path, accuracy_at_5: float, kept_at_8: float) -> Stored:
    """Return a study in which two parameters were turned to one other setting each."""

    def scores(accuracy: float, kept: float, apart: float) -> Columns:
        values = {"knn_accuracy_k10_test": accuracy, "r_nx_auc": kept, "silhouette": apart}
        return {name: _around(value) for name, value in values.items()}

    columns = {
        "opentsne": scores(0.9, 0.5, 0.2),
        "opentsne-perplexity-5": scores(accuracy_at_5, 0.45, 0.1),
        "opentsne-exaggeration-8": scores(0.9, kept_at_8, 0.4),
    }
    return _of("sensitivity", folder, columns)


def test_the_parameter_that_moves_most_and_the_settings_that_beat_the_default_are_named(tmp_path: Path) -> None:
    told = sensitivity(_sensitivity(tmp_path, 0.95, 0.3))
    assert told.sentences[0].startswith(
        "10-NN accuracy of held-out points moves most with openTSNE, perplexity: its settings differ by 0.050; "
        "least with openTSNE, exaggeration: 0.000."
    )
    assert "Of 2 settings that are not a default 1 can be said to do better" in told.sentences[1]
    assert "none worse" in told.sentences[1]
    assert told.sentences[2].startswith("Better than the default: openTSNE, perplexity 5 (+0.050 [")
    assert told.rows[0][:3] == ("openTSNE, perplexity", "5, [30]", "0.900 to 0.950")
    assert len(told.header) == len(told.rows[0])


def test_a_worse_setting_is_not_called_better(tmp_path: Path) -> None:
    told = sensitivity(_sensitivity(tmp_path, 0.8, 0.3))
    assert "none can be said to do better than it in held-out accuracy and 1 worse" in told.sentences[1]
    assert len(told.sentences) == 2


def test_a_dial_raises_silhouette_while_neighbours_are_lost(tmp_path: Path) -> None:
    told = dial(_sensitivity(tmp_path, 0.95, 0.3))
    assert told.sentences[1] == (
        "A higher silhouette with fewer neighbours kept: "
        "openTSNE, exaggeration 8 (silhouette +0.200, R_NX area -0.200)."
    )
    assert [row[0] for row in told.rows] == ["openTSNE, exaggeration 8", "openTSNE, perplexity: the default"]


def test_no_dial_where_both_rise_or_neighbours_stay(tmp_path: Path) -> None:
    both = dial(_sensitivity(tmp_path / "both", 0.95, 0.6))
    assert both.sentences[1:] == (
        "No parameter raised silhouette while neighbours were lost beyond doubt.",
        "Both rose with openTSNE, exaggeration 8.",
    )
    stay = dial(_sensitivity(tmp_path / "stay", 0.95, 0.5))
    assert stay.sentences[1:] == ("No parameter raised silhouette while neighbours were lost beyond doubt.",)


def test_what_a_start_changes_is_told_for_arrangement_and_neighbours(tmp_path: Path) -> None:
    def scores(shepard: float, residual: float) -> Columns:
        return {"shepard_spearman": _around(shepard), "r_nx_auc": _around(0.5), "procrustes_residual": [residual]}

    told = initialisation(
        _of("initialisation", tmp_path, {"tsne": scores(0.6, 0.01), "tsne-init-random": scores(0.4, 0.7)})
    )
    assert "t-SNE, init random changes Shepard rank correlation by -0.200 [" in told.sentences[0]
    assert told.sentences[1].startswith("For neighbours") and told.sentences[1].endswith("from the default.")
    assert "t-SNE, init pca (default) 0.010 and t-SNE, init random 0.700" in told.sentences[2]
    assert [row[0] for row in told.rows] == ["t-SNE, init pca (default)", "t-SNE, init random"]


def test_how_many_dimensions_reach_the_pixels(tmp_path: Path) -> None:
    def scores(accuracy: float, ari: list[float]) -> Columns:
        return {"knn_accuracy_k10_test": [accuracy] * 3, "kmeans_ari": ari}

    columns: dict[str, Columns] = {
        "pca": scores(0.4, [0.2] * 3),
        "pca-n_components-30": scores(0.945, [0.31] * 3),
        "umap": scores(0.9, [0.6, 0.61, 0.62]),
        "umap-n_components-5": scores(0.99, [0.1, 0.3, 0.5]),
        "vae": scores(0.6, _around(0.1)),
        "pixels": {"knn_accuracy_k10_test": [0.94], "kmeans_ari": [0.3]},
    }
    told = dimensions(_of("dimensions", tmp_path, columns))
    assert told.sentences[0].startswith("10-NN accuracy, held-out: the pixels give 0.940 (give or take 0.015 for")
    assert "the best is UMAP, n_components 5 with 0.990" in told.sentences[0]
    assert "PCA cannot be told apart from the pixels in 30 dimensions and is below them" in told.sentences[0]
    assert "UMAP is above the pixels in 5 dimensions and VAE stays below" in told.sentences[0]
    assert "PCA is above the pixels in 30 dimensions, UMAP is above the pixels in 2 dimensions" in told.sentences[1]
    assert told.rows[0][:4] == ("10-NN accuracy, held-out", "PCA", "0.400 [0.400, 0.400]", "n/a")
    assert not any("Autoencoder" in row for row in told.rows)


@pytest.mark.parametrize(
    ("seconds", "said"), [([5.0, 5.1, 4.9], "0.50 ["), ([9.0, 11.0, 10.5], "(cannot be told apart)")]
)
def test_what_pca_saves_is_a_ratio_and_what_it_costs_a_difference(
    tmp_path: Path, seconds: list[float], said: str
) -> None:
    columns = {
        "tsne": {"fit_s": [10.0, 10.2, 9.8], "knn_accuracy_k10": _around(0.9), "r_nx_auc": _around(0.5)},
        "tsne-after-pca": {"fit_s": seconds, "knn_accuracy_k10": _around(0.9), "r_nx_auc": _around(0.4)},
    }
    told = pca_first(_of("pca-first", tmp_path, columns))
    assert said in told.sentences[0]
    assert "cannot be told apart from itself" not in told.sentences[2]
    assert told.sentences[1].endswith("no method can be told apart from itself after PCA.")
    assert told.sentences[2].startswith("R_NX area changes by: t-SNE -0.100 [")


def _full(folder: Path, far: Mapping[str, float]) -> Stored:
    near = {"pca": 0.2, "umap": 0.5, "tsne": 0.6}
    return _of(
        "full",
        folder,
        {
            name: {
                f"{judge}_k{k}": _around(near[name] if k < 100 else far[name])
                for judge in ("knn_recall", "trustworthiness")
                for k in (5, 15, 30, 100)
            }
            for name in near
        },
    )


def test_who_leads_at_every_size(tmp_path: Path) -> None:
    told = over_sizes(_full(tmp_path, {"pca": 0.2, "umap": 0.5, "tsne": 0.6}))
    assert told.sentences[0].startswith("In kNN recall t-SNE leads, or cannot be told apart")
    assert told.sentences[1] == "No two curves of kNN recall cross beyond doubt between k = 5 and k = 100."
    assert told.rows[0][:2] == ("5", "t-SNE 0.600 [0.597, 0.603]")


def test_curves_that_cross_are_named(tmp_path: Path) -> None:
    told = over_sizes(_full(tmp_path, {"pca": 0.2, "umap": 0.7, "tsne": 0.6}))
    assert told.sentences[0].startswith("In kNN recall nobody leads at every k: t-SNE at k = 5;")
    assert told.sentences[1].endswith("t-SNE (better at 5) and UMAP (seeded).")
