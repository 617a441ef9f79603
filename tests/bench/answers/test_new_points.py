from __future__ import annotations

from pathlib import Path

from bench.answers.new_points import in_company, placed
from tests.bench.answers.maker import stored

OWN, TRIVIAL = "knn_accuracy_k10_test", "placement_knn_accuracy_k10_test"


def test_placement_is_read_beside_the_trivial_one(tmp_path: Path) -> None:
    columns = {
        "pca": {"knn_accuracy_k10": [0.5] * 3, OWN: [0.4] * 3, TRIVIAL: [0.5] * 3},
        "tsne": {"knn_accuracy_k10": [0.9] * 3},
        "umap": {"knn_accuracy_k10": [0.9] * 3, OWN: [0.88, 0.89, 0.9], TRIVIAL: [0.8, 0.81, 0.83]},
        "vae": {"knn_accuracy_k10": [0.6] * 3, OWN: [0.5, 0.6, 0.7], TRIVIAL: [0.6, 0.6, 0.6]},
        "random_projection": {"knn_accuracy_k10": [0.2] * 3, OWN: [0.2] * 3, TRIVIAL: [0.3] * 3},
    }
    told = placed(stored(tmp_path, columns))
    text = " ".join(told.sentences)
    assert "better with UMAP (seeded) (+0.077 [+0.062, +0.091])" in text
    assert "worse with PCA (-0.100 [-0.100, -0.100])" in text
    assert "not to be told apart with VAE" in text
    assert "125% with PCA, 91% with UMAP (seeded) and 100% with VAE" in text
    assert "t-SNE can place no new points" in text
    assert "Random" not in text
    assert [row[0] for row in told.rows] == ["PCA", "UMAP (seeded)", "VAE"]
    assert told.rows[1][1:4] == ("0.900 [0.900, 0.900]", "0.890 [0.865, 0.915]", "0.810 [0.775, 0.851]")
    assert told.rows[1][5] == "n/a"


def test_company_matters_or_does_not(tmp_path: Path) -> None:
    still = {"few_displacement_test": [1e-8, 0.0], "alone_displacement_test": [1e-7, 0.0]}
    columns = {
        "pca": still | {"few_knn_recall_k15_test": [1.0, 1.0], "alone_knn_recall_k15_test": [1.0, 1.0]},
        "umap": {
            "few_displacement_test": [0.02, 0.02],
            "few_knn_recall_k15_test": [0.9, 0.9],
            "alone_displacement_test": [0.25, 0.25],
            "alone_knn_recall_k15_test": [0.5, 0.5],
        },
        "vae": still | {"few_displacement_test": [0.0, 0.1], "alone_knn_recall_k15_test": [1.0, 1.0]},
    }
    told = in_company(stored(tmp_path, columns))
    assert told.sentences[0].startswith("With PCA a point's place does not depend on who is placed with it")
    assert told.sentences[1].startswith("With UMAP (seeded) it does: placed alone")
    assert "moves by 0.250 [0.250, 0.250] radii and meets 0.500 [0.500, 0.500]" in told.sentences[1]
    assert told.sentences[2].startswith("With VAE it does")
    assert [row[0] for row in told.rows] == ["PCA", "UMAP (seeded)", "VAE"]
