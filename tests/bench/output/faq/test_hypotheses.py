from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.output.faq import hypotheses
from bench.studies.study import Variant
from tests.bench.output.faq.made_up import ACCURACY, MadeUp, around, full, said
from tests.bench.results_maker import successful


def _one_parameter(reducer: str, label: str, parameter: str, *settings: Any) -> dict[str, Variant]:
    first, *others = settings
    varied = {
        f"{reducer}-{value}": Variant(
            reducer=reducer,
            label=f"{label}, {parameter} {value}",
            params={parameter: value},
            of=reducer,
            axis=parameter,
        )
        for value in others
    }
    return {reducer: Variant(reducer=reducer, label=label, params={parameter: first})} | varied


def test_principal_components_are_compared_with_the_best_map(tmp_path: Path) -> None:
    made = full().with_values(**{"pca-50": {ACCURACY: 0.97}})
    text = said(hypotheses.components, made.write(tmp_path / "ahead"))
    assert "test points is 0.970 there, and at most 0.940 in two dimensions (openTSNE).**" in text
    assert text.endswith(
        "The best method in two dimensions is openTSNE with 0.940 [0.937, 0.943]. The unreduced data give 0.960."
    )
    near = full().with_values(**{"pca-50": {ACCURACY: 0.92}}).write(tmp_path / "near")
    assert said(hypotheses.components, near).startswith("**A map can classify as well as 50 principal components:")
    between = full().with_values(umap={ACCURACY: [0.9, 0.97, 0.93]}, **{"pca-50": {ACCURACY: 0.97}})
    text = said(hypotheses.components, between.write(tmp_path / "between"))
    assert text.startswith("**Whether a map classifies as well as 50 principal components is open: openTSNE has 0.940")
    assert hypotheses.components(full().write(tmp_path / "without")) is None


def test_two_layouts_are_a_finding(tmp_path: Path) -> None:
    values = [0.9110, 0.9120, 0.9130, 0.9111, 0.9121, 0.9131, 0.9510, 0.9520, 0.9530, 0.9511]
    text = said(hypotheses.layouts, full().with_values(umap={ACCURACY: values}).write(tmp_path / "two"))
    assert text.startswith("**Run UMAP (seeded) with several seeds: its embeddings fall into two groups,")
    assert (
        "UMAP (seeded): 10-NN accuracy, test 0.911 to 0.913 (6 seeds), 0.951 to 0.953 (4). Groups are of 10 seeds"
        in text
    )
    assert "Pairs of a method and a score that were looked at: 1. If the values of all were normal" in text
    assert hypotheses.layouts(full().write(tmp_path / "one")) is None


def _neighbourhoods(umap: float, opentsne: float) -> MadeUp:
    variants = _one_parameter("umap", "UMAP", "n_neighbors", 15, 100)
    variants |= _one_parameter("opentsne", "openTSNE", "perplexity", 30, 100)
    wide = {"umap-100": {ACCURACY: around(umap)}, "opentsne-100": {ACCURACY: around(opentsne)}}
    return MadeUp("sensitivity", variants, {name: {ACCURACY: around(0.9)} for name in ("umap", "opentsne")} | wide)


def test_what_a_wide_neighbourhood_costs(tmp_path: Path) -> None:
    one = said(hypotheses.neighbourhoods, _neighbourhoods(0.8, 0.9).write(tmp_path / "one"))
    assert one.startswith("**UMAP, n_neighbors 100 costs 0.10 in 10-NN accuracy on test points against n_neighbors 15;")
    assert "against n_neighbors 15; of openTSNE, perplexity 100 no loss is shown.**" in one
    assert "openTSNE, perplexity 100 against perplexity 30: +0.000 [+0.000, +0.000] (equivalent)." in one
    assert one.endswith("These intervals hold for all 2 settings of the study at once.")
    both = said(hypotheses.neighbourhoods, _neighbourhoods(0.8, 0.7).write(tmp_path / "both"))
    assert both.startswith(
        "**A wide neighbourhood costs accuracy: openTSNE, perplexity 100 is 0.20 below perplexity 30"
    )
    neither = said(hypotheses.neighbourhoods, _neighbourhoods(0.9, 0.9).write(tmp_path / "neither"))
    assert neither.startswith("**These seeds do not show")


def test_k_means_is_compared_with_that_in_the_data(tmp_path: Path) -> None:
    variants = _one_parameter("umap", "UMAP", "n_components", 2, 5) | _one_parameter("pca", "PCA", "n_components", 2, 5)
    levels = {"umap": 0.6, "umap-5": 0.65, "pca": 0.2, "pca-5": 0.4}
    values: dict[str, dict[str, Any]] = {name: {"kmeans_ari": around(level)} for name, level in levels.items()}
    made = MadeUp("dimensions", variants, values | {"pixels": {"kmeans_ari": 0.3}})
    text = said(hypotheses.clustering, made.write(tmp_path / "better"))
    assert "reduce with UMAP first: adjusted Rand index 0.60 to 0.65 in any number of dimensions, 0.30 in" in text
    assert text.endswith("PCA: 0.20 to 0.40, by the interval above the data in 5 dimensions alone.")
    below = made.with_values(**{"pca-5": {"kmeans_ari": around(0.3)}}).write(tmp_path / "below")
    assert said(hypotheses.clustering, below).endswith("by the interval above the data in no number of dimensions.")
    none = made.with_values(umap={"kmeans_ari": around(0.3)}).write(tmp_path / "none")
    assert said(hypotheses.clustering, none).startswith("**No method makes k-means")


def test_whether_a_point_depends_on_its_batch(tmp_path: Path) -> None:
    kept = {name: {hypotheses.KEPT: [1.0] * 3} for name in ("pca", "opentsne", "umap", "vae", "random_projection")}
    same = full().with_values(**kept).write(tmp_path / "same")
    assert (
        said(hypotheses.batch, same)
        == "**Of no method it is shown that the position of a test point depends on who is mapped with it.**"
    )
    moved = full().with_values(**kept).with_values(umap={hypotheses.KEPT: around(0.7)}).write(tmp_path / "moved")
    text = said(hypotheses.batch, moved)
    assert text.startswith(
        "**The `transform` of UMAP depends on who is transformed with a point: in a smaller batch the point loses 30 %"
    )
    assert text.endswith("UMAP 0.70 [0.70, 0.70]. At least 0.99 with PCA, openTSNE and VAE.")
    unsure = full().with_values(**kept).with_values(umap={hypotheses.KEPT: [0.97, 1.0, 0.98]})
    assert said(hypotheses.batch, unsure.write(tmp_path / "unsure")).startswith("**Of no method it is shown")


def _grown(reducer: str, times: dict[int, float]) -> MadeUp:
    about = {"series": "UMAP", "axis": "n", "scores": False}
    variants = {f"m-{n}": Variant(reducer=reducer, n=n, label=f"UMAP, n = {n:,}", **about) for n in times}
    outcomes = {f"m-{n}": [successful(fit_s)] for n, fit_s in times.items()}
    runs = {f"m-{n}": {"n_train": n} for n in times}
    return MadeUp("scaling", variants, {name: {} for name in variants}, runs, outcomes)


def test_the_cliff_of_umap(tmp_path: Path) -> None:
    times = {1_000: 1.0, 4_000: 15.0, 5_000: 5.0, 20_000: 9.0}
    cliff = said(hypotheses.cliff, _grown("umap", times).write(tmp_path / "cliff"))
    assert "takes longer for fewer points: 15.0 s for 4,000, 5.00 s for 5,000.**" in cliff
    flat = _grown("umap", times | {4_000: 2.0}).write(tmp_path / "flat")
    assert "does not become faster" in said(hypotheses.cliff, flat)
    hardly = _grown("umap", times | {4_000: 5.1}).write(tmp_path / "hardly")
    assert "does not become faster, by more than 10 %" in said(hypotheses.cliff, hardly)
    assert hypotheses.cliff(_grown("pca", times).write(tmp_path / "other")) is None


def test_signs_of_a_class_that_was_left_out(tmp_path: Path) -> None:
    variants, values = {}, {}
    for left_out, error in (("0", 0.9), ("1", 0.3)):
        for reducer, label in (("pca", "PCA"), ("vae", "VAE")):
            name = f"{reducer}-{left_out}"
            variants[name] = Variant(
                reducer=reducer, label=f"{label} without {left_out}", without=left_out, axis="without"
            )
            values[name] = {"unseen_auc_test": around(0.6), "unseen_auc_reconstruction_test": around(error)}
    text = said(hypotheses.unseen, MadeUp("unseen", variants, values).write(tmp_path))
    assert text.startswith(
        "**Do not take the distance in a map for an alarm: for 2 classes that were left out of training"
    )
    assert "its area under the ROC curve is 0.60 to 0.60.**" in text
    found = "By its interval it does so with every method that reconstructs for a 0, and with none for a 1."
    assert text.endswith(f"An area of 0.8 finds a class. {found}")
    values["vae-0"]["unseen_auc_reconstruction_test"] = [0.7, 0.9, 0.95]
    values["vae-1"]["unseen_auc_reconstruction_test"] = [0.1, 0.5, 0.85]
    text = said(hypotheses.unseen, MadeUp("unseen", variants, values).write(tmp_path / "open"))
    assert "finds a class" not in text, "neither is shown where an interval holds 0.8"
    for name in values:
        values[name]["unseen_auc_test"] = around(0.95)
    text = said(hypotheses.unseen, MadeUp("unseen", variants, values).write(tmp_path / "useful"))
    assert text.startswith("**The distance in a map is an alarm:")
    values["pca-0"]["unseen_auc_test"] = [0.7, 0.95, 0.9]
    text = said(hypotheses.unseen, MadeUp("unseen", variants, values).write(tmp_path / "unsure"))
    assert text.startswith("**Whether the distance in a map is an alarm is open:")


def test_a_setting_is_compared_with_all_others(tmp_path: Path) -> None:
    """Intervals for the two settings that are looked at alone would be too narrow."""
    variants = _one_parameter("umap", "UMAP", "n_neighbors", 15, 5, 10, 100)
    variants |= _one_parameter("opentsne", "openTSNE", "perplexity", 30, 5, 10, 100)
    spread = {name: {ACCURACY: [0.80, 0.84, 0.81] if name == "umap-100" else [0.90, 0.91, 0.89]} for name in variants}
    two = MadeUp("sensitivity", variants, spread).only("umap", "umap-100", "opentsne", "opentsne-100")
    assert said(hypotheses.neighbourhoods, two.write(tmp_path / "two")).startswith("**UMAP, n_neighbors 100 costs")
    six = said(hypotheses.neighbourhoods, MadeUp("sensitivity", variants, spread).write(tmp_path / "six"))
    assert six.startswith("**These seeds do not show")
    assert six.endswith("These intervals hold for all 6 settings of the study at once.")
