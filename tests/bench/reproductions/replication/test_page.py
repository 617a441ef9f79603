from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from bench.reproductions.replication import page
from bench.reproductions.replication.comparison import Comparison
from bench.reproductions.replication.published import published
from bench.studies import study as studies
from tests.bench import results_maker as maker

STUDY = studies.read("replication").resolved().model_copy(update={"figures": ()})
CLUSTERS = {"n_clusters": 7.0, "lowest": 0.5, "highest": 0.5}
NAMES = {"tsne": "opentsne"}
"""Variants of the study whose role has another name; those with a seed are called like their role."""


def found(
    path: Path,
    changes: Mapping[str, Mapping[str, float]] | None = None,
    factor: float = 1.0,
    names: Mapping[str, str] | None = None,
) -> Comparison:
    """Return measures that are those published but for some changes, by variant and measure; `names` are other ones."""
    values: dict[str, dict[str, float]] = {variant: {} for variant in STUDY.variants}
    for pair in published().pairs:
        values[NAMES.get(pair.ours, pair.ours)] = dict(published().theirs[pair.theirs])
    for variant, more in (changes or {}).items():
        values[variant] |= more
    quantities = {
        variant: {
            published().measures[key].quantity if key in published().measures else key: [v] for key, v in of.items()
        }
        for variant, of in values.items()
    }
    for of in quantities.values():
        defaults = {f"kmeans_by_silhouette:{part}": [value] for part, value in CLUSTERS.items()}
        of |= (defaults | of) if of else {"fit_s": [1.0]}
    for training in published().trainings:
        losses = {f"training_loss:{n}": [factor * training.unit * x] for n, x in enumerate(training.losses, start=1)}
        quantities[training.ours] |= losses
    names = names or {variant: variant for variant in STUDY.variants}
    study = STUDY.model_copy(update={"variants": {names[v]: spec for v, spec in STUDY.variants.items()}})
    return Comparison(maker.write(path, {names[variant]: of for variant, of in quantities.items()}, study))


def label(variant: str) -> str:
    return STUDY.variants[variant].label


def test_every_role_is_a_variant_of_the_study(tmp_path: Path) -> None:
    comparison = found(tmp_path)
    named = {role: comparison.alike(role) for role in published().ours}
    assert {variant for variants in named.values() for variant in variants} == set(STUDY.variants)
    assert named["umap"] == ["umap", "umap-2", "umap-3"]
    assert named["ae-dense-long"] == ["ae-dense-long", "ae-dense-long-2", "ae-dense-long-3"]
    assert named["vae-dense"] == ["vae-dense", "vae-dense-2", "vae-dense-3"]
    assert all(variants[0] == NAMES.get(role, role) for role, variants in named.items())
    assert not any(variant.scores for variant in STUDY.variants.values())


def test_published_numbers_are_of_known_measures_and_roles() -> None:
    whole = published()
    assert all(set(column) <= set(whole.measures) for column in whole.theirs.values())
    roles = {pair.ours for pair in whole.pairs} | {pair.chance for pair in whole.pairs if pair.chance}
    roles |= {role for e in whole.experiments.values() for role in (e.before, e.after)}
    assert roles == set(whole.ours)
    assert {pair.experiment for pair in whole.pairs if pair.experiment} <= set(whole.experiments)
    assert sum(len(whole.theirs[pair.theirs]) for pair in whole.pairs) == 40


def test_the_table_has_a_row_a_cell_with_the_signed_difference(tmp_path: Path) -> None:
    comparison = found(tmp_path / "close", {"pca": {"1nn": 0.3665}})
    table = page.table(comparison)
    assert len(table) == 40
    row = table[(table.variant == "pca") & (table.measure == "1nn")].iloc[0]
    assert (row.method, row.ours, row.theirs, row.difference) == ("PCA", 0.3665, 0.3765, -0.01)
    assert set(table.verdict) == {"close"}
    far = page.table(found(tmp_path / "far", {"pca": {"1nn": 0.2}}))
    assert set(far.verdict) == {"close", "not explained"}
    assert "1-NN accuracy | 0.3665 | 0.3765 | −0.0100" in page.page(comparison)


def test_a_table_that_agrees_says_so(tmp_path: Path) -> None:
    text = page.page(found(tmp_path, {"pca": {"1nn": 0.3765 + 0.02}, "umap": {"1nn": 0.9317 - 0.03}}))
    assert "**Of PCA all 6 cells agree within 0.02**; the largest difference is +0.0200 (PCA, 1-NN accuracy)." in text
    assert "Of the other methods all 34 cells agree within 0.03" in text and "There is none." in text
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
def test_a_larger_difference_is_explained_by_an_experiment_or_not_at_all(
    changes: dict[str, float], expected: str, tmp_path: Path
) -> None:
    of = {"ae-conv": "AE", "ae-dense": "AE", "opentsne": "t-SNE", "pca": "PCA"}
    theirs = published().theirs
    text = page.page(found(tmp_path, {v: {"1nn": theirs[of[v]]["1nn"] + change} for v, change in changes.items()}))
    variant = next(iter(changes))
    line = next(line for line in text.splitlines() if line.startswith(f"- {label(variant)}, 1-NN accuracy"))
    for part in expected.split(" | "):
        assert part in line
    assert ("**explained**" in line) == ("not" not in expected and "no " not in expected)


def test_errors_are_held_to_a_tenth(tmp_path: Path) -> None:
    far, close = (page.page(found(tmp_path / str(mse), {"pca": {"mse": mse}})) for mse in (0.0579, 0.0576))
    assert "reconstruction error | 0.0579 | 0.0557 | **+0.0022**" in far
    assert "reconstruction error | 0.0576 | 0.0557 | +0.0019" in close
    assert "above 0.02 for PCA and 0.03 for the others." in far and "above 0.002 and 0.003." in far


def test_runs_of_k_means_that_are_as_good_explain_a_v_measure(tmp_path: Path) -> None:
    wide = {"v_measure": 0.65, "kmeans_by_silhouette:highest": 0.76, "kmeans_by_silhouette:n_clusters": 12.0}
    close = page.page(found(tmp_path / "close", {"opentsne": wide}))
    far = page.page(found(tmp_path / "far", {"opentsne": {"v_measure": 0.65}}))
    assert "openTSNE, k-means V-measure, −0.1204: **explained**" in close
    assert "k-means V-measure (12 clusters) | 0.6500" in close
    assert "openTSNE, k-means V-measure, −0.1204: **not explained**" in far


@pytest.mark.parametrize(("apart", "expected"), [(0.04, "**explained**"), (0.01, "**not explained**")])
def test_runs_that_differ_by_chance_alone_explain_as_much_as_they_are_apart(
    apart: float, expected: str, tmp_path: Path
) -> None:
    ours = published().theirs["UMAP"]["silhouette"] - 0.06
    text = page.page(found(tmp_path, {v: {"silhouette": ours + apart * (v == "umap-2")} for v in ("umap", "umap-2")}))
    assert f"UMAP (seeded), silhouette, −0.0600: {expected}" in text
    assert f"which leaves {0.06 - apart:.4f}" in text
    assert f"| chance | 3 times UMAP (seeded) |  | {apart:.4f} |" in text


def test_losses_are_compared_with_those_of_the_same_epoch(tmp_path: Path) -> None:
    text = page.page(found(tmp_path, factor=1.01))
    assert "| 10 | 136.91 | 135.55 | +1.00 % |" in text  # 784 times .1729 nats a pixel
    assert "| 1 | 188.86 | 186.99 | +1.00 % |" in text
    assert "in epoch 10 the loss differs by +1.00 %. In their 50 epochs it falls to 123.32." in text


def test_a_study_of_part_of_the_variants_has_a_page(tmp_path: Path) -> None:
    pca = {published().measures[key].quantity: [value] for key, value in published().theirs["PCA"].items()}
    part = Comparison(maker.write(tmp_path, {"pca": pca}, STUDY))
    text = page.page(part)
    assert "Of PCA all 6 cells" in text and "Of the other methods nothing was measured" in text
    assert "epoch by epoch" not in text and "What one change does" not in text


def test_answers_do_not_hang_on_the_names_of_variants(tmp_path: Path) -> None:
    changes = {"umap": {"silhouette": 0.4}, "ae-dense": {"1nn": 0.7}}
    names = {variant: f"v{number}" for number, variant in enumerate(STUDY.variants)}
    before, after = found(tmp_path / "before", changes), found(tmp_path / "after", changes, names=names)
    assert page.page(after) == page.page(before)


def test_no_other_study_has_one(tmp_path: Path) -> None:
    other = STUDY.model_copy(update={"measures": ("error",)})
    results = maker.write(tmp_path, {"pca": {"error": [0.05]}}, other)
    assert page.write(results) == []
    assert not (tmp_path / "replication.md").exists()


def test_it_is_written_of_a_folder(tmp_path: Path) -> None:
    paths = page.write(found(tmp_path).results)
    assert [path.name for path in paths] == ["replication.csv", "replication.md"]
    assert set(pd.read_csv(paths[0]).method) == {"PCA", "t-SNE", "UMAP", "AE", "VAE"}
    assert "mnist: the first 1,000 training images and 500 test images" in paths[1].read_text()
