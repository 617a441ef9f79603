from __future__ import annotations

from io import StringIO

import pandas as pd

from bench.analysis.attacks import COLUMNS
from bench.metrics.attacks import HONEST
from bench.output.attacks import page

ROWS = [
    ("silhouette", HONEST, "PCA", 0.02, 0.2, "t-SNE", None, "", None),
    ("silhouette", HONEST, "t-SNE", 0.2, 0.2, "t-SNE", None, "", None),
    ("silhouette", "class spots", "", 0.95, 0.2, "t-SNE", None, "neighbours; distances", True),
    ("silhouette", "torn map", "30 pieces", 0.1, 0.2, "t-SNE", None, "distances", False),
    ("stress", HONEST, "PCA", 0.3, 0.3, "PCA", 0.01, "", None),
    ("stress", HONEST, "t-SNE", 0.5, 0.3, "PCA", 0.01, "", None),
    ("stress", "torn map", "30 pieces", 0.6, 0.3, "PCA", 0.01, "distances", False),
]
FOUND = pd.DataFrame(ROWS, columns=COLUMNS)


def test_each_score_has_the_attacks_that_fool_it_with_their_values() -> None:
    text = page(FOUND, "90 points")
    assert "| silhouette ↑ (ratio) | 0.200 (t-SNE) | class spots 0.950 |" in text
    assert "| stress, scale-normalised ↓ (relative error) | 0.300 (PCA) | none of these |" in text
    assert (
        "1 of 2 scores are fooled" in text and "No other map of the same data fools: stress, scale-normalised." in text
    )
    assert "Nor do impostor data, pure noise and copied rows fool: stress, scale-normalised." in text
    assert "of 90 points, one map a setting" in text


def test_what_fools_is_bold_and_what_has_no_value_is_empty() -> None:
    lines = page(FOUND, "90 points").splitlines()
    header = lines.index("| score | PCA | t-SNE | class spots | torn map |")
    assert lines[header + 2 : header + 4] == [
        "| silhouette ↑ (ratio) | 0.020 | 0.200 | **0.950** | 0.100 |",
        "| stress, scale-normalised ↓ (relative error) | 0.300 | 0.500 |  | 0.600 |",
    ]


def test_each_attack_says_what_it_loses_and_how_many_scores_it_fools() -> None:
    text = page(FOUND, "90 points")
    (spots,) = [line for line in text.splitlines() if line.startswith("| class spots | Each class")]
    assert spots.endswith("| neighbours and distances | 1 of 1 |")
    assert "density line" not in text, "nobody tried it"


def test_a_table_that_was_read_back_makes_the_same_page() -> None:
    again = pd.read_csv(StringIO(FOUND.to_csv(index=False)))
    assert page(again, "90 points") == page(FOUND, "90 points")
