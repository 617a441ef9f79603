from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench import study
from bench.answers.published import agreement
from tests.bench.answers.maker import stored


def test_differences_stand_by_variant_and_measure(tmp_path: Path) -> None:
    folder = stored(tmp_path, {"pca": {"silhouette": [0.1]}, "umap": {"silhouette": [0.2]}}, study.read("replication"))
    cells = [
        ("PCA", "pca", "1nn", 0.3770, 0.3765, 0.0005, "close"),
        ("PCA", "pca", "mse", 0.0557, 0.0557, 0.0, "close"),
        ("UMAP", "umap", "1nn", 0.9017, 0.9317, -0.03, "explained"),
    ]
    columns = ["method", "variant", "measure", "ours", "theirs", "difference", "verdict"]
    pd.DataFrame(cells, columns=columns).to_csv(tmp_path / "replication.csv", index=False)
    told = agreement(folder)
    assert told.sentences[0].startswith("Of 3 cells 2 agree within 0.03")
    assert "an experiment explains 1 and 0 stay unexplained" in told.sentences[0]
    assert "differs most is 1-NN accuracy of UMAP (seeded), by -0.03" in told.sentences[0]
    assert told.header == ("ours (theirs)", "1-NN accuracy", "reconstruction error")
    assert told.rows == (("PCA (PCA)", "+0.0005", "+0.0000"), ("UMAP (seeded) (UMAP)", "-0.0300", ""))
