from __future__ import annotations

from pathlib import Path

from bench.output.faq.quality import batches, distances, left_out, neighbours, transformed
from tests.bench.output.faq.made_up import ACCURACY, FITTED, around, full, said, unseen


def test_the_best_at_every_size_is_named(tmp_path: Path) -> None:
    results = full().write(tmp_path)
    text = said(neighbours, results)
    assert text.startswith("In kNN recall these are among the best at every k: t-SNE.")
    assert "No pair changes its order in kNN recall between k = 5 and k = 100, each better" in text
    assert neighbours(results).rows[0][:2] == ("5", "t-SNE 0.950 [0.947, 0.953]")


def test_curves_that_cross_are_named(tmp_path: Path) -> None:
    results = full().with_values(pca={"knn_recall_k100": around(0.99)}).only("pca", "umap").write(tmp_path)
    text = said(neighbours, results)
    assert text.startswith("In kNN recall no method is among the best at every k.")
    assert "at k = 5 first: UMAP (seeded) and PCA." in text


def test_what_is_equivalent_is_said_with_the_best(tmp_path: Path) -> None:
    made = full().with_values(umap={"knn_recall_k5": around(0.948)}).only("tsne", "umap")
    assert neighbours(made.write(tmp_path)).rows[0][1].endswith("]; equivalent: UMAP (seeded)")


def test_which_distances_agree_with_the_data(tmp_path: Path) -> None:
    made = full().with_values(umap={"density_correlation": [-0.1, 0.0, 0.1]}).only("pca", "umap", "random_projection")
    for of_variant in made.values.values():
        del of_variant["centroid_spearman"]
    results = made.write(tmp_path)
    text = said(distances, results)
    assert "two points agrees best with the data in UMAP (seeded) and worst in PCA. How" in text
    assert "densely points lie agrees best with the data in PCA and worst in UMAP (seeded)." in text
    assert "With UMAP (seeded) the interval of this correlation contains 0." in text
    rows = distances(results).rows
    assert [row[0] for row in rows] == ["PCA", "UMAP (seeded)", results.label("random_projection")]
    assert rows[0][2] == "n/a"


def test_transform_is_compared_with_the_mean_of_neighbours(tmp_path: Path) -> None:
    baseline = f"placement_{ACCURACY}"
    made = full().with_values(
        pca={FITTED: [0.5] * 3, ACCURACY: [0.4] * 3, baseline: [0.5] * 3},
        umap={ACCURACY: [0.88, 0.89, 0.9], baseline: [0.8, 0.81, 0.83]},
    )
    results = made.only("pca", "tsne", "umap", "random_projection").write(tmp_path)
    rows = transformed(results).rows
    assert [row[0] for row in rows] == ["PCA", "UMAP (seeded)"], "neither a control nor a method without transform"
    assert rows[0][1:5] == [
        "0.500 [0.500, 0.500]",
        "0.400 [0.400, 0.400]",
        "0.500 [0.500, 0.500]",
        "-0.100 [-0.100, -0.100]",
    ]
    assert rows[1][4] == "+0.08 [+0.06, +0.09]"
    text = said(transformed, results)
    assert "withdrawn until it is measured again" in text
    assert "Without `transform`: t-SNE." in text


def test_a_method_that_depends_on_the_batch_is_named(tmp_path: Path) -> None:
    still = {"few_displacement_test": [1e-8, 0.0, 0.0], "alone_displacement_test": [1e-7, 0.0, 0.0]}
    made = full().with_values(pca=still, vae=still | {"few_displacement_test": [0.0, 0.0, 0.1]})
    results = made.only("pca", "tsne", "umap", "vae").write(tmp_path)
    text = said(batches, results)
    assert text.startswith("With PCA the position of a point does not depend on its batch.")
    assert "With UMAP (seeded) and VAE it does depend" in text
    assert [row[0] for row in batches(results).rows] == ["PCA", "UMAP (seeded)", "VAE"]


def test_classes_left_out_stand_out_or_lie_close(tmp_path: Path) -> None:
    results = unseen().write(tmp_path)
    text = said(left_out, results)
    assert "A 0 that was left out has the area 0.90 in pixels. It stands out of the embedding with PCA. A 4" in text
    assert "has the area 0.90 in pixels. It stands out of the embedding with UMAP. It lies closer" in text
    assert "to training points than other test points do with PCA." in text


def test_a_row_a_method_and_the_pixels_last(tmp_path: Path) -> None:
    answer = left_out(unseen().write(tmp_path))
    assert answer.rows[0] == ["PCA", "9 (75%), 0.60", "9 (75%), 0.40", "0.80", "0.80"]
    assert answer.rows[1][2:] == ["9 (75%), 0.71 [0.69, 0.73]", "n/a", "0.80"]
    assert answer.rows[2] == ["the pixels themselves", "0.90", "0.90", "", ""]
    assert {len(row) for row in answer.rows} == {len(answer.header)}
