from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.answers import Stored
from bench.answers.choice import is_it_real, which_for_what
from bench.findings import NEEDS
from tests.bench.answers.maker import stored

VALUES = {
    "pca": (0.40, 0.40, 0.40),
    "opentsne": (0.90, 0.91, 0.92),
    "umap": (0.91, 0.90, 0.91),
    "vae": (0.60, 0.80, 0.70),
}
FIT_S = {"pca": (0.1, 0.11, 0.1), "opentsne": (50.0, 51.0, 50.0), "umap": (10.0, 10.2, 10.1), "vae": (30.0, 30.0, 31.0)}


@pytest.fixture
def small(tmp_path: Path) -> Stored:
    """Four methods and a control; PCA is the fastest, and over seeds the VAE can be told apart from none."""
    scores = [column for column in NEEDS.values() if column not in ("fit_s", "peak_mib")]
    columns = {
        variant: {"fit_s": FIT_S[variant], "peak_mib": FIT_S[variant]}
        | {column: values for column in (*scores, "knn_accuracy_k10_test")}
        for variant, values in VALUES.items()
    }
    columns["random_projection"] = {"fit_s": [0.001, 0.001, 0.001], "knn_accuracy_k10": [0.99, 0.99, 0.99]}
    made = stored(tmp_path / "full", columns)
    _held_out(
        made.folder,
        [
            ("pca", "opentsne", -0.51, "told apart"),
            ("pca", "umap", -0.507, "told apart"),
            ("pca", "vae", -0.30, "told apart"),
            ("opentsne", "umap", 0.003, "cannot be told apart"),
            ("opentsne", "vae", 0.21, "told apart"),
            ("umap", "vae", 0.207, "told apart"),
        ],
    )
    return made


def _held_out(folder: Path, pairs: list[tuple[str, str, float, str]]) -> None:
    accuracies = [
        {"variant": variant, "kind": "method", "n_points": 1_000, "mean": sum(values) / 3}
        for variant, values in VALUES.items()
    ]
    accuracies.append({"variant": "random_projection", "kind": "control", "n_points": 1_000, "mean": 0.2})
    pd.DataFrame(accuracies).to_csv(folder / "held_out_accuracy.csv", index=False)
    rows = [
        {"first": first, "second": second, "difference": size, "verdict": verdict}
        | {"over_points_low": size - 0.01, "over_points_high": size + 0.02}
        for first, second, size, verdict in pairs
    ]
    pd.DataFrame(rows).to_csv(folder / "held_out_comparisons.csv", index=False)


def test_each_need_has_its_method_and_those_not_told_apart(small: Stored) -> None:
    told = which_for_what(small)
    rows = {row[0]: row for row in told.rows}
    assert len(rows) == len(NEEDS)
    classes = rows["classes that stand apart"]
    assert classes[1:3] == ("openTSNE", "kNN accuracy, k = 10")
    assert classes[3].startswith("0.910 [0.885, 0.93")
    assert classes[4:] == ("UMAP (seeded), VAE", "UMAP (seeded), 10.1 s"), "a control takes no part"
    assert rows["speed"][1:2] + rows["speed"][4:] == ("PCA", "none", "PCA, 0.10 s")
    assert told.sentences[0] == (
        "No method is among the best for all 7 needs; among the best for 5 of them: openTSNE, UMAP (seeded) and VAE."
    )
    assert told.sentences[1].startswith("The fastest is not the best: PCA fits in 0.10 s and has 0.400 [0.400, 0.400]")


def test_without_a_rival_nothing_is_said_of_a_price(tmp_path: Path) -> None:
    values = {"fit_s": [1.0, 1.0, 1.1], "knn_accuracy_k10": [0.9, 0.9, 0.91]}
    worse = {"fit_s": [5.0, 5.0, 5.1], "knn_accuracy_k10": [0.5, 0.5, 0.51]}
    told = which_for_what(stored(tmp_path, {"umap": values, "tsne": worse}))
    assert told.sentences == ("Among the best for all 2 needs: UMAP (seeded).",)


def test_every_step_of_the_ranks_has_its_verdict(small: Stored) -> None:
    told = is_it_real(small)
    first, second, third = told.rows
    assert first[:4] == ("openTSNE", "UMAP (seeded)", "0.003", "[-0.007, 0.023]")
    assert first[5] == "cannot be told apart"
    assert third[:4] == ("VAE", "PCA", "0.300", "[0.280, 0.310]"), "turned, so that the better one is first"
    assert [second[5], third[5]] == ["other seeds may turn it", "other seeds may turn it"], "of three seeds, far apart"
    counts = "yes: 2, cannot be told apart: 1 and other seeds may turn it: 3."
    assert told.sentences[0].endswith(f"over the 1,000 held-out points. Is the difference real? {counts}")
    assert told.sentences[2] == (
        "In doubt though not next to each other in rank: openTSNE and VAE (other seeds may turn it)."
    )
    assert "5 of 10 in kNN accuracy, k = 10 and 0 of 10 in fit (s)." in told.sentences[3]


def test_points_that_say_nothing_are_named_as_what_may_turn_it(small: Stored) -> None:
    _held_out(small.folder, [("pca", "opentsne", -0.02, "cannot be told apart")])
    [(*_, verdict)] = [row for row in _steps(small) if "PCA" in row[:2]]
    assert verdict == "other points may turn it"


def _steps(one: Stored) -> tuple[tuple[str, ...], ...]:
    frame = pd.read_csv(one.folder / "held_out_accuracy.csv")
    frame[frame["variant"].isin(["pca", "opentsne"])].to_csv(one.folder / "held_out_accuracy.csv", index=False)
    return is_it_real(one).rows
