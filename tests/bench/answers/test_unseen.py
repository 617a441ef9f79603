from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench import study
from bench.answers import Stored
from bench.answers.unseen import never_seen
from tests.bench.answers.maker import stored

AREAS = {
    "pca-without-0": [0.6, 0.6, 0.6],
    "pca-without-4": [0.4, 0.4, 0.4],
    "umap-without-0": [0.2, 0.5, 0.9],
    "umap-without-4": [0.7, 0.71, 0.72],
    "vae-without-0": [0.51, 0.51, 0.51],
    "vae-without-4": [0.49, 0.49, 0.49],
}


@pytest.fixture
def small(tmp_path: Path) -> Stored:
    columns = {
        name: {
            "unseen_auc_test": areas,
            "unseen_auc_pixels_test": [0.9] * 3,
            "unseen_auc_reconstruction_test": [0.8] * 3,
        }
        for name, areas in AREAS.items()
    }
    del columns["umap-without-0"]["unseen_auc_reconstruction_test"]
    folder = stored(tmp_path, columns, study.read("unseen")).folder
    taken = [
        {
            "variant": name,
            "seed": seed,
            "split": "test",
            "score": "unseen_taken_for",
            "k": 10,
            "part": part,
            "value": value,
        }
        for name in AREAS
        for seed in range(3)
        for part, value in (("9", 0.75), ("7", 0.25))
    ]
    scores = pd.read_csv(folder / "scores.csv")
    pd.concat([scores, pd.DataFrame(taken)]).to_csv(folder / "scores.csv", index=False)
    return Stored(folder)


def test_what_stands_out_and_what_sinks_in(small: Stored) -> None:
    told = never_seen(small)
    zero, four, _ = told.sentences
    assert "A 0 that was never fitted: area 0.90 in pixels" in zero
    assert (
        "stands out of the embedding with PCA (0.60) and lies closer to fitted points than others do with none" in zero
    )
    assert "It lands with PCA on 9 (75%), UMAP on 9 (75%) and VAE on 9 (75%)." in zero
    assert "stands out of the embedding with UMAP (0.71 [0.69, 0.73]) and lies" in four
    assert "closer to fitted points than others do with PCA (0.40). It" in four


def test_a_row_a_method_and_the_pixels_last(small: Stored) -> None:
    told = never_seen(small)
    assert [row[0] for row in told.rows] == ["PCA", "UMAP", "VAE", "the pixels themselves"]
    assert told.rows[0][1:] == ("9 (75%), 0.60", "9 (75%), 0.40", "0.80", "0.80")
    assert told.rows[1][3:] == ("n/a", "0.80")
    assert told.rows[-1] == ("the pixels themselves", "0.90", "0.90", "", "")
    assert {len(row) for row in told.rows} == {len(told.header)}
