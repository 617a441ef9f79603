from __future__ import annotations

from pathlib import Path

from bench.output.faq.parameters import dimensions, one_by_one, pca_first, silhouette, starts
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import ACCURACY, said


def test_the_parameter_that_matters_most_and_the_settings_that_beat_the_default(tmp_path: Path) -> None:
    results = made_up.sensitivity().write(tmp_path)
    text = said(one_by_one, results)
    assert text.startswith("10-NN accuracy, test, depends most on UMAP, min_dist, whose settings differ by 0.100.")
    assert "It depends least on VAE, beta, whose settings differ by 0.000." in text
    assert "The 4 settings that are not a default" in text
    assert "The result: better 1, worse 1, equivalent 2 and inconclusive 0." in text
    assert "Better than the default: openTSNE, exaggeration 8 (+0.050 [" in text
    rows = one_by_one(results).rows
    assert rows[0][:4] == ("openTSNE, exaggeration", "[1], 4, 8", "0.900 to 0.950", "8: 0.950 [0.947, 0.953]")
    assert {len(row) for row in rows} == {len(one_by_one(results).header)}


def test_settings_that_were_not_run_are_left_out(tmp_path: Path) -> None:
    made = made_up.sensitivity().only("opentsne", "opentsne-exaggeration-8", "umap", "vae-beta-3")
    rows = one_by_one(made.write(tmp_path)).rows
    assert [row[:2] for row in rows] == [("openTSNE, exaggeration", "[1], 8")]


def test_silhouette_is_bought_with_neighbours_or_is_not(tmp_path: Path) -> None:
    results = made_up.sensitivity().write(tmp_path)
    text = said(silhouette, results)
    assert "R_NX is worse: openTSNE, exaggeration 8. It is equivalent: none. It is better: UMAP, min_dist 0.0." in text
    assert "interval that holds for all 4 settings of the study at once" in text
    rows = silhouette(results).rows
    assert [row[0] for row in rows] == ["openTSNE, exaggeration 8", "UMAP, min_dist 0.0", "VAE, beta: the default"]
    assert rows[0][1].startswith("+0.200 [") and rows[0][2].startswith("-0.200 [")
    assert rows[2][1:] == ("highest", "", "")


def test_a_change_within_chance_is_not_named(tmp_path: Path) -> None:
    values = {"silhouette": [0.1, 0.41, 0.5]}
    text = said(silhouette, made_up.sensitivity().with_values(**{"opentsne__exaggeration__8": values}).write(tmp_path))
    assert "the area under R_NX is worse: none." in text


def test_a_start_changes_arrangement_or_neighbours(tmp_path: Path) -> None:
    results = made_up.initialisation().write(tmp_path)
    text = said(starts, results)
    assert "class-distance correlation: t-SNE, init random (-0.200 [" in text
    assert "10-NN accuracy: none." in text
    rows = starts(results).rows
    assert [row[0] for row in rows[:2]] == ["t-SNE, init pca (default)", "t-SNE, init random"]
    assert [row[-1] for row in rows] == ["0.100", "0.650", "0.100", "0.100"]


def test_how_many_dimensions_reach_the_pixels(tmp_path: Path) -> None:
    results = made_up.dimensions().write(tmp_path)
    text = said(dimensions, results)
    assert "10-NN accuracy, test: the pixels give 0.940 (margin 0.01)." in text
    assert "The best is UMAP, n_components 5 with 0.990" in text
    assert "PCA reaches the pixels in 30 dimensions." in text
    assert "UMAP is above the pixels in 5 dimensions." in text
    assert "VAE is below the pixels in any number of dimensions." in text
    ari = text[text.index("k-means, ARI: ") :]
    assert "PCA is above the pixels in 30 dimensions. UMAP is above the pixels in 2 dimensions." in ari
    unsure = made_up.dimensions().with_values(vae={ACCURACY: [0.5, 0.97, 0.6]}).write(tmp_path / "unsure")
    assert "Whether VAE reaches the pixels in 2 dimensions is open." in said(dimensions, unsure)
    rows = dimensions(results).rows
    assert rows[0] == ["10-NN accuracy, test", "PCA", "0.400", "0.945", "n/a"]


def test_what_pca_saves_is_a_ratio_and_what_it_costs_a_difference(tmp_path: Path) -> None:
    results = made_up.pca_first().write(tmp_path)
    text = said(pca_first, results)
    assert "t-SNE after PCA 0.50 [0.50, 0.50] and UMAP after PCA 1.00 [1.00, 1.00]." in text
    assert "better or worse: fit: t-SNE after PCA; 10-NN accuracy: none; area under R_NX: t-SNE after" in text
    assert [row[0] for row in pca_first(results).rows] == ["t-SNE", "UMAP"]
    assert pca_first(results).rows[0][4].startswith("-0.100 [")


def test_scores_that_are_missing_are_not_compared(tmp_path: Path) -> None:
    made = made_up.sensitivity().with_values(umap={ACCURACY: []}).only("umap", "umap-min_dist-0.0")
    assert said(one_by_one, made.write(tmp_path)).startswith("No parameter has two settings with this score.")
