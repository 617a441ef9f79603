from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench.output.faq.cards import changes, order_of_rows
from tests.bench.output.faq.made_up import cards, said


def test_a_row_a_method_and_a_column_a_change(tmp_path: Path) -> None:
    answer = changes(cards().write(tmp_path))
    assert answer.header[:4] == ("method", "another seed", "rows in another order", "a tenth of the rows doubled")
    assert [row[0] for row in answer.rows] == ["PCA", "t-SNE", "UMAP"]
    assert answer.rows[0][1:5] == ("the same bits", "the same bits", "0.901", "the same bits")
    assert answer.rows[2][1:3] == ("0.750", "0.741")
    assert answer.rows[1][6:9] == ("n/a (transductive)",) * 3
    assert {len(row) for row in answer.rows} == {len(answer.header)}


def test_what_changes_as_much_as_a_seed_is_named(tmp_path: Path) -> None:
    text = said(changes, cards().write(tmp_path))
    assert "Rows in another order: no more stays than with another seed, with UMAP." in text
    assert "Two threads: no more stays than with another seed, with t-SNE." in text
    assert "Another process:" not in text


def test_methods_that_depend_on_the_order_of_rows_are_named(tmp_path: Path) -> None:
    text = said(order_of_rows, cards().write(tmp_path))
    assert text.startswith("**With the same seed and the rows in another order these give another embedding: UMAP.** A")
    assert "its 15 nearest neighbours, and with another seed: UMAP 0.74 [0.74, 0.74] and 0.75 [0.7" in text
    assert "All neighbours stay with PCA and t-SNE." in text and "Left open" not in text
    assert text.endswith("3 seeds, 1,000 points (mnist-5k).")


def test_where_no_method_depends_on_it_that_is_said(tmp_path: Path) -> None:
    results = cards().write(tmp_path)
    pairs = pd.read_csv(results.folder / "reproducibility.csv")
    pairs.loc[pairs["differs"] == "permuted", "shared_neighbours"] = 1.0
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    text = said(order_of_rows, results)
    assert text.startswith("**With the same seed and the rows in another order no method gives an embedding that")
    assert "PCA, t-SNE and UMAP" in text


def test_what_three_seeds_leave_open_is_said(tmp_path: Path) -> None:
    results = cards().write(tmp_path)
    pairs = pd.read_csv(results.folder / "reproducibility.csv")
    pairs.loc[(pairs["differs"] == "permuted") & (pairs["reducer"] == "umap"), "shared_neighbours"] = [
        0.9,
        0.9,
        1,
        1,
        0.97,
        0.97,
    ]
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    assert "Left open: UMAP." in said(order_of_rows, results)


def test_what_few_pairs_of_seeds_leave_open_is_no_change_as_large_as_a_seed(tmp_path: Path) -> None:
    results = cards().write(tmp_path)
    pairs = pd.read_csv(results.folder / "reproducibility.csv")
    for differs, stays in (("seed", (0.745, 0.755)), ("permuted", (0.755, 0.745, 0.758))):
        of_umap = (pairs["differs"] == differs) & (pairs["reducer"] == "umap")
        pairs.loc[of_umap, "shared_neighbours"] = [share for share in stays for _ in ("train", "test")]
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    text = said(changes, results)
    assert "Rows in another order: the seeds leave open whether more stays than with another seed, with UMAP." in text
    assert "Rows in another order: no more stays" not in text
