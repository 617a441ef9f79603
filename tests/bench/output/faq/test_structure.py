from __future__ import annotations

from pathlib import Path

from bench.output.faq.structure import clusters_of_noise, noise
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import said


def test_clusters_are_said_by_how_often_they_are_found(tmp_path: Path) -> None:
    results = made_up.false_structure().write(tmp_path)
    text = said(noise, results)
    assert "HDBSCAN finds clusters in 0 of 1 draws of the data themselves." in text
    assert "Of 3 methods, it finds them in every embedding by UMAP; in some by t-SNE; in none by PCA." in text
    assert "Most are found after UMAP: 5 [3, 7]. After Random projection, which looks at no data, there are 9.0" in text
    assert "it finds more than one on average after UMAP." in text
    assert "That silhouette is 0.020 in the data, and in the embeddings between 0.35 (PCA) and 0.37 (UMAP):" in text
    rows = noise(results).rows
    assert [row[0] for row in rows] == ["PCA", "t-SNE", "UMAP", "Random projection", "(no reduction)"]
    assert rows[-1][1] == "0.0" and rows[-1][-1] == "0.020"


def test_the_finding_counts_the_methods_and_says_what_is_in_the_noise(tmp_path: Path) -> None:
    text = said(clusters_of_noise, made_up.false_structure().write(tmp_path))
    assert text.startswith(
        "**HDBSCAN finds clusters in pure noise after 1 of 3 methods every time, most after UMAP: clus"
    )
    assert (
        "After UMAP it finds 5 [3, 7] (n = 3 draws of a Gaussian), after Random projection, which looks at no" in text
    )
    assert "and in the noise itself some in 0 of 1 draws." in text
    assert "it finds more than one after UMAP." in text


def test_no_clusters_anywhere_is_a_finding_too(tmp_path: Path) -> None:
    made = made_up.false_structure().only("pca")
    assert said(clusters_of_noise, made.write(tmp_path)).startswith("**No method made clusters of pure noise")
    assert said(noise, made.write(tmp_path)).count("It finds none in any of these embeddings.") == 1


def test_a_study_that_does_not_count_clusters_has_no_finding(tmp_path: Path) -> None:
    assert clusters_of_noise(made_up.pca_first().write(tmp_path)) is None
