from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.output.faq.choice import is_it_real, which_method
from bench.output.findings import NEEDS
from bench.store.results import Results
from tests.bench.output.faq.made_up import FITTED, full, said


def test_each_need_has_its_method_and_those_that_are_equivalent(tmp_path: Path) -> None:
    made = full().with_values(opentsne={FITTED: [0.948, 0.949, 0.9505]}, random_projection={FITTED: [0.99] * 3})
    results = made.write(tmp_path)
    rows = {row[0]: row for row in which_method(results).rows}
    assert len(rows) == len(NEEDS)
    classes = rows["classes recognised by their neighbours"]
    assert classes[1:3] == ("t-SNE", "10-NN accuracy"), "a control is not included"
    assert classes[3].startswith("0.950 [0.947, 0.95")
    assert classes[4:] == ("openTSNE", "openTSNE, 20.2 s")
    assert (rows["speed"][1], rows["speed"][4], rows["speed"][5]) == ("PCA", "none", "PCA, 0.10 s")
    text = said(which_method, results)
    assert text.startswith("No method is among the best for all 7 needs. Among the best for 5 of them: openTSNE.")
    assert "PCA fits in 0.10 s and has 0.400 [0.397, 0.403] in 10-NN accuracy." in text
    assert "t-SNE fits in 30.3 s and has 0.950" in text


def test_the_fastest_method_has_no_price_if_it_is_the_most_accurate(tmp_path: Path) -> None:
    made = full().only("umap", "vae")
    text = said(
        which_method,
        made.with_values(umap={"fit_s": [1.0, 1.1, 1.2], "peak_mib": [200.0, 201.0, 202.0]}).write(tmp_path),
    )
    assert text.startswith("Among the best for all 7 needs: UMAP (seeded).")
    assert "not the most accurate" not in text


def test_one_method_cannot_be_compared(tmp_path: Path) -> None:
    assert said(which_method, full().only("umap").write(tmp_path)).startswith("No two methods could be compared")


def test_every_step_of_the_ranking_says_what_points_and_seeds_decide(tmp_path: Path) -> None:
    results = full().write(tmp_path)
    first, second = is_it_real(results).rows
    assert first[:4] == ("openTSNE", "UMAP (seeded)", "0.020", "[0.01, 0.04]")
    assert first[5] == "inconclusive over points, better over seeds"
    assert second[:4] == ("UMAP (seeded)", "PCA", "0.520", "[0.50, 0.53]"), "reversed: the better method first"
    assert second[5] == "better"
    text = said(is_it_real, results)
    assert "The 3 methods with `transform` make 3 pairs." in text
    assert "over the 1,000 test points. The method with the higher mean is better (2) and inconclusive over" in text
    assert "Not next to each other" not in text
    assert "in 10-NN accuracy 0 are equivalent and 1 inconclusive of 21;" in text
    assert "in silhouette" not in text, "it has no margin, so that nothing is decided"


def test_seeds_that_scatter_leave_a_difference_over_points_only(tmp_path: Path) -> None:
    made = full().with_values(umap={"knn_accuracy_k10_test": [0.1, 0.92, 0.95]})
    results = made.write(tmp_path)
    assert [row[5] for row in is_it_real(results).rows] == [
        "inconclusive",
        "better over points, inconclusive over seeds",
    ]
    table = made.tables["test_comparisons"].assign(over_points_low=-0.2, over_points_high=0.2)
    table.to_csv(results.folder / "test_comparisons.csv", index=False)
    assert "better over both: openTSNE and PCA (inconclusive over points, better over seeds)." in said(
        is_it_real, results
    )


def test_the_fastest_is_one_of_those_whose_times_are_known_and_compared(tmp_path: Path) -> None:
    made = full().with_values(opentsne={FITTED: [0.948, 0.949, 0.9505]})

    def fastest(results: Results) -> str:
        [classes] = [row for row in which_method(results).rows if row[0] == "classes recognised by their neighbours"]
        assert (classes[1], classes[4]) == ("t-SNE", "openTSNE")
        return classes[5]

    untimed = made.with_values(tsne={"fit_s": [None] * 3}).write(tmp_path / "untimed")
    assert fastest(untimed) == "openTSNE, 20.2 s"
    assert "not the most accurate" not in said(which_method, untimed), "what the most accurate one takes is not known"
    nothing = made.with_values(tsne={"fit_s": [None] * 3}, opentsne={"fit_s": [None] * 3})
    assert fastest(nothing.write(tmp_path / "nothing")) == "n/a"
    results = made.write(tmp_path / "far")
    runs = results.frame("runs")
    runs["measured"] = ["elsewhere" if variant == "opentsne" else "here" for variant in runs["variant"]]
    runs.to_csv(results.folder / "runs.csv", index=False)
    assert fastest(Results(results.folder)) == "t-SNE, 30.3 s", "a time of another machine is not compared"


def test_without_transform_nothing_is_compared_over_test_points(tmp_path: Path) -> None:
    made = full().only("tsne", "random_projection")
    empty = {name: table.iloc[:0] for name, table in made.tables.items()}
    results = replace(made, tables=empty).write(tmp_path)
    assert said(is_it_real, results).startswith("No method has `transform` and test points with scores.")
    assert is_it_real(results).rows == []
