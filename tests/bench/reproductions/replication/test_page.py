from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.metrics.statistics import unpaired
from bench.reproductions.replication import page
from bench.reproductions.replication.comparison import Cell, Comparison, Verdict
from bench.reproductions.replication.published import published
from bench.studies import study as studies
from bench.studies.study import Study
from tests.bench import results_maker as maker

CONVOLUTIONAL = ("replication-conv-ae", "replication-conv-vae")
CONV_AE = studies.read("replication-conv-ae").resolved().model_copy(update={"figures": ()})
JITTER = (-0.002, -0.001, 0.0, 0.001, 0.002)
"""Of five runs, whose prediction interval ends 0.0048 from their mean."""
COLUMNS = {"pca": "PCA", "opentsne": "t-SNE", "umap": "UMAP", "ae-dense": "AE", "vae-dense": "VAE"}


@pytest.fixture(scope="module")
def study() -> Study:
    """Return the study of the dense columns, by the names that they have in its next form."""
    whole = studies.read("replication").resolved()
    earlier = {"ae-dense-long": "ae-dense", "ae-dense": "ae-dense-short"} if "ae-dense-long" in whole.variants else {}
    dense = [name for name in whole.variants if "conv" not in name and not name.endswith(("-2", "-3"))]
    variants = {earlier.get(name, name): whole.variants[name] for name in dense}
    return whole.model_copy(update={"variants": variants, "figures": ()})


def found(
    path: Path,
    study: Study,
    shifts: Mapping[str, Mapping[str, float]] | None = None,
    only: Sequence[str] = tuple(COLUMNS),
) -> Comparison:
    """Return five runs of each variant around the published values but for shifts, by variant and measure."""
    shifts = shifts or {}
    values: dict[str, dict[str, list[float]]] = {}
    for variant in (*only, *(v for v in shifts if v not in only)):
        column = COLUMNS.get(variant, "AE" if variant.startswith("ae") else "VAE")
        jitter = (0.0,) * 5 if variant == "pca" else JITTER
        values[variant] = {
            published().measures[key].quantity: [value + shifts.get(variant, {}).get(key, 0.0) + j for j in jitter]
            for key, value in published().theirs[column].items()
        }
    return Comparison(maker.write(path, values, study))


def verdicts(comparison: Comparison) -> dict[tuple[str, str], str]:
    table = page.table(comparison)
    return {(method, measure): verdict for method, measure, verdict in table[["method", "measure", "verdict"]].values}


def test_there_are_28_published_cells_each_compared_once(tmp_path: Path, study: Study) -> None:
    comparison = found(tmp_path, study)
    table = page.table(comparison)
    assert len(table) == len(comparison.counted) == sum(map(len, published().theirs.values())) == 28
    assert not table.duplicated(["method", "measure"]).any()
    assert set(table.verdict) == {"inside", "one run"}
    assert set(table[table.verdict == "one run"].method) == {"PCA"}, "deterministic: five equal runs are one"
    assert "Of 28 published cells:\n\n- **22 inside**" in page.page(comparison)
    assert list(table)[:7] == ["method", "variant", "measure", "ours", "theirs", "difference", "verdict"]


def test_a_published_value_lies_inside_or_outside_the_prediction_interval(tmp_path: Path, study: Study) -> None:
    half = stats.t.ppf(0.975, 4) * np.std(JITTER, ddof=1) * np.sqrt(1 + 1 / 5)
    shifts = {"umap": {"1nn": half, "5nn": half + 2e-4, "silhouette": -half - 2e-4}}
    comparison = found(tmp_path, study, shifts)
    table = page.table(comparison).set_index(["method", "measure"])
    row = table.loc["UMAP", "1nn"]
    assert (row.low, row.high) == pytest.approx((row.ours - half, row.ours + half))
    assert row.n_runs == 5
    assert row.verdict == "inside"
    assert table.loc["UMAP", "5nn"].verdict == table.loc["UMAP", "silhouette"].verdict == "unexplained"
    text = page.page(comparison)
    assert f"- {comparison.label('umap')}, 5-NN accuracy, +{half + 2e-4:.4f}: **unexplained**." in text
    assert "- **2 unexplained**" in text


def test_a_range_of_k_means_explains_nothing(tmp_path: Path, study: Study) -> None:
    assert verdicts(found(tmp_path, study, {"opentsne": {"v_measure": -0.1}}))["t-SNE", "v_measure"] == "unexplained"


@pytest.mark.parametrize(
    ("dense", "convolutional", "verdict"),
    [
        (0.05, 0.0, "explained"),
        (0.05, 0.044, "unexplained"),  # the effect leaves the published value outside
        (0.006, 0.003, "unexplained"),  # the effect would be enough, and is no larger than the noise
        (0.05, 0.1, "unexplained"),  # or goes to the wrong side
        (0.001, 0.001, "inside"),
    ],
)
def test_a_difference_is_explained_by_an_effect_larger_than_the_noise(
    dense: float, convolutional: float, verdict: str, tmp_path: Path
) -> None:
    theirs = published().theirs["AE"]["1nn"]
    quantity = published().measures["1nn"].quantity
    names = ["ae-dense", *(f"ae-dense-{number}" for number in range(2, 6))]
    values = {name: {quantity: [theirs + dense + jitter]} for name, jitter in zip(names, JITTER, strict=True)}
    comparison = Comparison(maker.write(tmp_path, values | {"ae-conv": {quantity: [theirs + convolutional]}}, CONV_AE))
    [of_conv, of_dense] = comparison.cells
    assert of_dense.verdict == verdict and of_dense.ours.n == 5
    assert of_conv.verdict is Verdict.ONE_RUN
    assert comparison.counted == [of_conv], "the column is counted once, by the published network"
    text = page.page(comparison)
    assert ("**explained** by convolutions." in text) == (verdict == "explained")


def test_effects_of_several_runs_have_the_interval_of_a_difference(tmp_path: Path, study: Study) -> None:
    comparison = found(tmp_path, study, {"ae-dense-short": {"1nn": -0.02}})
    effect, expected = comparison.effect("ae-epochs", "1nn"), unpaired([0.02 + j for j in JITTER], JITTER)
    assert effect is not None and expected is not None
    assert (effect.mean, effect.low, effect.high) == pytest.approx((0.02, *expected.bounds()))
    assert "| 50 epochs for 20 | autoencoder, dense, 20 epochs → autoencoder, dense, 50 epochs |" in page.page(
        comparison
    )
    assert f"**+0.0200** [+{effect.low:.4f}, +{effect.high:.4f}]" in page.page(comparison)
    assert comparison.effect("ae-loss", "1nn") is None


def test_one_run_alone_has_no_interval_and_no_effect(tmp_path: Path) -> None:
    quantity = published().measures["1nn"].quantity
    values = {"ae-conv": {quantity: [0.7]}, "ae-dense": {quantity: [0.6]}}
    comparison = Comparison(maker.write(tmp_path, values, CONV_AE))
    assert {cell.verdict for cell in comparison.cells} == {Verdict.ONE_RUN}
    assert comparison.effect("ae-architecture", "1nn") is None
    assert "- **1 one run**" in page.page(comparison)


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_convolutional_columns_are_studies_of_their_own_at_the_published_epochs(name: str, tmp_path: Path) -> None:
    one = studies.read(name).resolved()
    comparison = Comparison(maker.write(tmp_path, {v: {"error": [0.03]} for v in one.variants}, one))
    [cell] = comparison.counted
    assert cell.pair.ours.endswith("-conv") and one.seeds == 1
    [training] = [training for training in published().trainings if training.ours == cell.pair.ours]
    assert one.variants[cell.pair.ours].params["n_epochs"] == training.n_epochs
    dense = {v for v in one.variants if "dense" in v}
    assert dense == set(comparison.alike(cell.pair.ours.replace("conv", "dense"))) and len(dense) == 5


def test_published_numbers_are_of_known_measures_and_roles() -> None:
    whole = published()
    assert all(set(column) <= set(whole.measures) for column in whole.theirs.values())
    roles = {pair.ours for pair in whole.pairs}
    roles |= {role for e in whole.experiments.values() for role in (e.before, e.after)}
    assert roles == set(whole.ours)
    assert {key for pair in whole.pairs for key in pair.experiments} <= set(whole.experiments)
    assert {pair.theirs for pair in whole.pairs} == set(whole.theirs)


def test_a_page_without_measures_is_made_of_the_table_that_is_kept(tmp_path: Path, study: Study) -> None:
    results = maker.write(tmp_path, {"umap": {"fit_s": [1.0]}, "ae-dense": {"fit_s": [1.0]}}, study)
    kept = [
        ("UMAP", "umap", "1nn", 0.9, 0.9317, -0.0317, "explained"),
        ("UMAP", "gone", "1nn", 0.5, 0.9317, 0, "close"),
    ]
    columns = ["method", "variant", "measure", "ours", "theirs", "difference", "verdict"]
    pd.DataFrame(kept, columns=columns).to_csv(tmp_path / "replication.csv", index=False)
    for _ in range(2):  # the second time of what the first time wrote
        table, text = page.write(results)
        rows = pd.read_csv(table)
        assert rows[["variant", "ours", "verdict", "n_runs"]].values.tolist() == [["umap", 0.9, "one run", 1]]
        assert "Of 1 published cells:" in text.read_text() and "- **0 explained**" in text.read_text()


def test_losses_are_compared_with_those_of_the_same_epoch(tmp_path: Path) -> None:
    training = next(one for one in published().trainings if one.ours == "ae-conv")
    losses = {f"training_loss:{n}": [1.01 * training.unit * x] for n, x in enumerate(training.losses, start=1)}
    text = page.page(Comparison(maker.write(tmp_path, {"ae-conv": losses | {"error": [0.03]}}, CONV_AE)))
    assert "| 10 | 136.91 | 135.55 | +1.00 % |" in text  # 784 times .1729 nats a pixel
    assert "in epoch 10 the loss differs by +1.00 %. In their 50 epochs it falls to 123.32." in text


def test_a_study_of_part_of_the_variants_has_a_page(tmp_path: Path, study: Study) -> None:
    text = page.page(found(tmp_path, study, only=["pca"]))
    assert "Of 6 published cells:" in text and "**PCA** compared with their PCA" in text
    assert "epoch by epoch" not in text and "What one change does" not in text and "What lies outside" not in text


def test_answers_do_not_hang_on_the_names_of_variants(tmp_path: Path, study: Study) -> None:
    names = {variant: f"v{number}" for number, variant in enumerate(study.variants)}
    other = study.model_copy(update={"variants": {names[v]: spec for v, spec in study.variants.items()}})
    before = found(tmp_path / "before", study, {"umap": {"silhouette": 0.1}})
    values = {
        names[v]: {m.quantity: list(before.results.values(v, m.quantity).array) for m in published().measures.values()}
        for v in before.results.variants
    }
    after = Comparison(
        maker.write(tmp_path / "after", {v: {k: x for k, x in of.items() if x} for v, of in values.items()}, other)
    )
    assert page.page(after) == page.page(before)


def test_no_other_study_has_one(tmp_path: Path, study: Study) -> None:
    other = study.model_copy(update={"measures": ("error",)})
    assert page.write(maker.write(tmp_path / "a", {"pca": {"error": [0.05]}}, other)) == []
    assert page.write(maker.write(tmp_path / "b", {"pca": {"fit_s": [1.0]}}, study)) == []
    assert not (tmp_path / "a" / "replication.md").exists()


def test_a_cell_rounds_as_the_published_table_does() -> None:
    from bench.metrics.statistics import Interval

    pair = published().pairs[0]
    inside, outside = (
        Cell(pair, "1nn", Interval(0.5, 0.5 - low, 0.6, 5), 0.4, {}).verdict for low in (0.09996, 0.0999)
    )
    assert (inside, outside) == (Verdict.INSIDE, Verdict.UNEXPLAINED)
