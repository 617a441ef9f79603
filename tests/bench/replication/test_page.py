from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from bench import study
from bench.datasets import Dataset
from bench.reading import Reading, read
from bench.replication import comparison, page
from bench.replication.measures import Clustering, Measures
from bench.replication.published import CHANCES, EXPERIMENTS, MEASURES, PAIRS, THEIRS, TRAININGS
from bench.store import Store
from tests.bench import results_maker as maker

VARIANTS = tuple(study.read("replication").variants)


class MadeUp:
    """Stands for a reading: labels and training histories, which are as published unless something else is said."""

    def __init__(self, name: str = "replication", factor: float = 1.0) -> None:
        self.study = study.Study(name=name, dataset="clouds", variants={v: study.Variant(reducer="pca") for v in "ab"})
        points = np.zeros((20, 2), np.float32)
        y = np.zeros(20, np.int64)
        self.dataset = Dataset("clouds", points, points, y, y, ("a",), None, None, "made up")
        self.factor = factor

    def label(self, variant: str) -> str:
        return variant.upper()

    def well(self, variant: str) -> list[str]:
        return [variant]

    def arrays(self, item: str) -> dict[str, np.ndarray]:
        losses = next(training.unit * np.array(training.losses) for training in TRAININGS if training.variant == item)
        return {"extra_history": np.column_stack([np.arange(len(losses)), self.factor * losses])}


def found(factor: float = 1.0, **changes: dict[str, float]) -> comparison.Found:
    """Return measures that are those published but for some changes by variant."""
    values: dict[str, dict[str, float]] = {variant: {} for variant in VARIANTS}
    for pair in PAIRS:
        values[pair.variant] = dict(THEIRS[pair.theirs])
    for variant, more in changes.items():
        values[variant.replace("_", "-")] |= more
    clustering = Clustering(n_clusters=7, v_measure=0.5, lowest=0.5, highest=0.5)
    made = {
        variant: Measures(subject="", values=given, clustering=clustering) for variant, given in values.items() if given
    }
    return comparison.Found(cast(Reading, MadeUp(factor=factor)), made)


def test_every_pair_and_experiment_is_of_variants_of_the_study() -> None:
    named = {pair.variant for pair in PAIRS} | {v for e in EXPERIMENTS for v in (e.before, e.after)}
    named |= {variant for variants in CHANCES for variant in variants}
    assert named == set(VARIANTS)
    assert all(set(column) <= set(MEASURES) for column in THEIRS.values())
    assert not any(variant.scores for variant in study.read("replication").variants.values())


def test_the_table_has_a_row_a_cell_with_the_signed_difference() -> None:
    table = page.table(found(pca={"1nn": 0.3665}))
    assert len(table) == sum(len(THEIRS[pair.theirs]) for pair in PAIRS)
    row = table[(table.variant == "pca") & (table.measure == "1nn")].iloc[0]
    assert (row.method, row.ours, row.theirs, row.difference) == ("PCA", 0.3665, 0.3765, -0.01)
    assert set(table.verdict) == {"close"}
    assert set(page.table(found(pca={"1nn": 0.2})).verdict) == {"close", "not explained"}
    assert "1-NN accuracy | 0.3665 | 0.3765 | −0.0100" in page.page(found(pca={"1nn": 0.3665}))


def test_a_table_that_agrees_says_so() -> None:
    text = page.page(found(pca={"1nn": 0.3765 + 0.02}, umap={"1nn": 0.9317 - 0.03}))
    assert "Of PCA all 6 cells agree within 0.02" in text
    assert "Of the other methods all" in text and "There is none." in text
    assert "explained**" not in text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # The dense network gains by longer training what the convolutional one lacks.
        ({"ae-conv": -0.06, "ae-dense": -0.05}, "+0.0500 | explained"),
        ({"ae-conv": -0.06, "ae-dense": -0.01}, "not explained"),
        # An effect to the wrong side explains nothing.
        ({"ae-conv": -0.06, "ae-dense": 0.05}, "not explained"),
        # Nor does one that leaves more than half of a difference just beyond the limit.
        ({"ae-conv": -0.032, "ae-dense": -0.004}, "not explained"),
        ({"opentsne": 0.04}, "no experiment was made"),
        ({"pca": 0.021}, "not explained"),
    ],
)
def test_a_larger_difference_is_explained_by_an_experiment_or_not_at_all(changes, expected) -> None:
    of = {"ae-conv": "AE", "ae-dense": "AE", "opentsne": "t-SNE", "pca": "PCA"}
    given = {variant.replace("-", "_"): {"1nn": THEIRS[of[variant]]["1nn"] + c} for variant, c in changes.items()}
    text = page.page(found(**given))
    variant = next(iter(changes))
    line = next(line for line in text.splitlines() if line.startswith(f"- {variant.upper()}, 1-NN accuracy"))
    for part in expected.split(" | "):
        assert part in line
    assert ("**explained**" in line) == ("not" not in expected and "no " not in expected)


def test_errors_are_held_to_a_tenth() -> None:
    assert "reconstruction error | 0.0579 | 0.0557 | **+0.0022**" in page.page(found(pca={"mse": 0.0579}))
    assert "reconstruction error | 0.0576 | 0.0557 | +0.0019" in page.page(found(pca={"mse": 0.0576}))


def test_runs_of_k_means_that_are_as_good_explain_a_v_measure() -> None:
    close, far = found(opentsne={"v_measure": 0.65}), found(opentsne={"v_measure": 0.65})
    wide = Clustering(n_clusters=12, v_measure=0.65, lowest=0.65, highest=0.76)
    cast(dict[str, Any], close.measures)["opentsne"] = close.measures["opentsne"].model_copy(
        update={"clustering": wide}
    )
    assert "OPENTSNE, k-means V-measure, −0.1204: **explained**" in page.page(close)
    assert "OPENTSNE, k-means V-measure, −0.1204: **not explained**" in page.page(far)


@pytest.mark.parametrize(("apart", "expected"), [(0.04, "**explained**"), (0.01, "**not explained**")])
def test_runs_that_differ_by_chance_alone_explain_as_much_as_they_lie_apart(apart: float, expected: str) -> None:
    ours = THEIRS["UMAP"]["silhouette"] - 0.06
    text = page.page(found(**{name: {"silhouette": ours + apart * (name == "umap_2")} for name in ("umap", "umap_2")}))
    assert f"UMAP, silhouette, −0.0600: {expected}" in text
    assert f"which leaves {0.06 - apart:.4f}" in text
    assert f"| chance | 3 times UMAP |  | {apart:.4f} |" in text


def test_losses_are_held_against_those_of_the_same_epoch() -> None:
    text = page.page(found(factor=1.01))
    assert "| 10 | 136.91 | 135.55 | +1.00 % |" in text  # 784 times .1729 nats a pixel
    assert "| 1 | 188.86 | 186.99 | +1.00 % |" in text


def test_a_study_of_part_of_the_variants_has_a_page() -> None:
    whole = found()
    part = comparison.Found(whole.reading, {"pca": whole.measures["pca"]})
    text = page.page(part)
    assert "Of PCA all 6 cells" in text and "Of the other methods nothing was measured" in text
    assert "epoch by epoch" not in text and "What one change does" not in text


def test_no_other_study_has_one(tmp_path: Path) -> None:
    assert page.write(Store(tmp_path), cast(Reading, MadeUp(name="seeds"))) == []
    assert list(tmp_path.iterdir()) == []


def test_it_is_written_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker.judge, "judge", lambda *_: None)
    monkeypatch.setattr(page, "of_run", lambda reading, item: found().measures["pca"])
    rng = np.random.RandomState(0)
    X, y = rng.rand(40, 5).astype(np.float32), np.arange(40) % 2
    data = Dataset("clouds", X[:30], X[30:], y[:30], y[30:], ("a", "b"), None, None, "made up")
    store = maker.folder(tmp_path, data, [maker.record("pca", 0, data)])
    whole = read(store, data)
    assert page.write(store, whole) == []
    named = Reading(
        store, whole.study.model_copy(update={"name": "replication"}), data, whole.judged, whole.references, None
    )
    paths = page.write(store, named)
    assert [path.name for path in paths] == ["replication.csv", "replication.md"]
    assert set(pd.read_csv(paths[0]).method) == {"PCA"}
    assert "30 training images fitted, 10 test" in paths[1].read_text()
