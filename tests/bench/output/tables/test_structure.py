from __future__ import annotations

from pathlib import Path

import pytest

from bench.output.publish import publish
from bench.output.tables.structure import COLUMNS, clusters_found
from tests.bench.output.faq import made_up


def test_each_embedding_has_its_clusters_and_the_data_come_last(tmp_path: Path) -> None:
    (table,) = clusters_found(made_up.false_structure().write(tmp_path))
    assert [row.label for row in table.rows] == ["PCA", "t-SNE", "UMAP", "Random projection", "no reduction"]
    cells = {row.label: dict(zip(COLUMNS, row.cells, strict=True)) for row in table.rows}
    assert (cells["UMAP"]["clusters"].text, cells["UMAP"]["clusters"].value) == ("5.0", 5)
    assert cells["t-SNE"]["clusters"].interval.startswith("[0.0, ")
    assert cells["PCA"]["silhouette"].text == "0.350" and cells["PCA"]["one_allowed"].text == "1.0"
    assert cells["no reduction"]["silhouette"].text == "0.020"
    assert cells["no reduction"]["outside"].text == "n/a"


def test_a_study_that_counts_no_clusters_has_no_table(tmp_path: Path) -> None:
    assert clusters_found(made_up.pca_first().write(tmp_path)) == []


@pytest.mark.usefixtures("one_figure")
def test_the_page_of_the_study_has_the_table(tmp_path: Path) -> None:
    results = made_up.false_structure().write(tmp_path)
    publish(results, lambda: None)
    page = (results.folder / "summary.md").read_text(encoding="utf-8")
    assert "**Clusters that are found without labels**" in page and "| UMAP | 5.0 [" in page
