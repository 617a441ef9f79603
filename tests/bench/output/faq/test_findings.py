from __future__ import annotations

from pathlib import Path

import pytest

from bench.output.faq import findings
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import ACCURACY, FITTED, around, full, said


def test_the_most_accurate_methods_are_named_with_their_equivalents_and_the_open_ones(tmp_path: Path) -> None:
    made = full().with_values(opentsne={FITTED: around(0.95)}, umap={FITTED: [0.9, 0.93, 0.96]})
    text = said(findings.accuracy, made.write(tmp_path))
    assert text.startswith(
        "**With 1,000 training digits the best 10-NN accuracy on them is that of t-SNE (0.950) and, equivalent, "
        "openTSNE, on test digits that of openTSNE (0.940).**"
    )
    assert "On training digits: t-SNE 0.950 [0.947, 0.953] and openTSNE 0.950 [0.947, 0.953] (equivalent);" in text
    assert "then UMAP (parallel) with 0.910 [0.907, 0.913]. The seeds are too few" in text
    assert "equivalent to the best: UMAP (seeded) (between -0." in text
    assert text.endswith(
        "The best network on test digits is VAE (100 epochs) with 0.700 [0.697, 0.703]. "
        "The pixels themselves give 0.960 there."
    )


def test_another_best_method_with_fewer_points_is_said(tmp_path: Path) -> None:
    large, same = full().write(tmp_path / "large"), full().write(tmp_path / "same")
    assert findings.sizes(large, same) == ""
    other = full().with_values(umap={ACCURACY: around(0.99)}).write(tmp_path / "other")
    said_of = (
        "In the study `default`, of 1,000 training digits instead of 1,000 and of other test digits, UMAP (seeded) is"
    )
    assert findings.sizes(large, other) == f"{said_of} ahead on test digits (0.990)."
    unsure = full().with_values(umap={ACCURACY: [0.9, 0.95, 0.99]}).write(tmp_path / "unsure")
    assert findings.sizes(large, unsure).endswith("; whether the difference is larger than the margin is open.")


def test_a_new_process_pays_before_the_first_result(tmp_path: Path) -> None:
    text = said(findings.cold_start, full().write(tmp_path / "thrice"))
    assert text.startswith(
        "**A new process pays 29 s before UMAP's first result (measured in 3 processes); the fit itself"
    )
    assert "The import takes 2.0 s. A first call takes 27 s, compilation included: a fit and a" in text
    assert text.endswith("fit together take 38 s with UMAP and 59 s with t-SNE."), "of both all that a process pays"
    made = full().with_values(umap={"cold_start_s": [12.0, None, None], "import_s": [1.0, None, None]})
    once = said(findings.cold_start, made.write(tmp_path / "once"))
    assert "pays 13 s before UMAP's first result (measured once);" in once and "A first call takes 12 s" in once


def test_what_a_seed_costs_umap(tmp_path: Path) -> None:
    made = full().with_values(umap={ACCURACY: [0.9105, 0.91, 0.911], "fit_s": [9.0] * 3})
    made = made.with_values(umap__parallel={"fit_s": [4.5] * 3, ACCURACY: [0.91] * 3})
    text = said(findings.seed_of_umap, made.write(tmp_path / "same"))
    assert "With a seed it fits 2.0 [2.0, 2.0] times" in text
    assert "10-NN accuracy, test: UMAP (seeded) 0.910 [0.909, 0.912] and UMAP (parallel) 0.910" in text
    assert "accuracy on test digits the two are equivalent.**" in text
    made = full().with_values(umap={ACCURACY: [0.95, 0.9, 0.93]})
    assert "3 runs do not show whether it matters.**" in said(findings.seed_of_umap, made.write(tmp_path / "open"))
    better = full().with_values(umap={ACCURACY: around(0.99)}).write(tmp_path / "better")
    assert "it is better.**" in said(findings.seed_of_umap, better)


def test_what_another_architecture_changes(tmp_path: Path) -> None:
    text = said(findings.training, made_up.networks().write(tmp_path))
    assert "VAE 9-9 is 0.10 above VAE in 10-NN accuracy, test, for a fit of 30 s instead of 6 s.**" in text
    assert text.endswith("VAE 9-9: +0.100 [+0.100, +0.100] against VAE; its fit takes 30 s instead of 6 s.")


def test_a_gain_of_networks_that_is_not_shown_is_not_said(tmp_path: Path) -> None:
    made = made_up.networks()
    larger = next(name for name, of in made.variants.items() if of.label == "VAE 9-9")
    text = said(findings.training, made.with_values(**{larger: {ACCURACY: [0.2, 0.9, 0.5]}}).write(tmp_path))
    assert text.startswith("**No gain of networks from more and wider layers is shown:") and "(inconclusive).**" in text


def test_what_silhouette_rewards(tmp_path: Path) -> None:
    text = said(findings.silhouette, made_up.sensitivity().write(tmp_path))
    assert text.startswith(
        "**A higher silhouette can cost neighbours: openTSNE, exaggeration 8 has 0.20 more silhouette"
    )
    assert "openTSNE, exaggeration 8 changes silhouette by +0.200 [+0.200, +0.200] and the area under R_NX" in text
    assert "UMAP, min_dist 0.0 changes silhouette by +0.300" in text
    assert "beta" not in text


def test_what_the_start_decides(tmp_path: Path) -> None:
    text = said(findings.start, made_up.initialisation().write(tmp_path))
    assert "t-SNE 0.65 and 0.10; UMAP 0.10 and 0.10." in text
    assert "t-SNE, init random (-0.20 [-0.20, -0.20])" in text
    assert "UMAP, init random (+0.00 [+0.00, +0.00], equivalent)." in text
    assert text.startswith("**From a random start two runs of t-SNE differ in 65 % of their variance")


def test_the_same_seed_on_other_threads(tmp_path: Path) -> None:
    results = made_up.threads().write(tmp_path)
    text = said(findings.threads, results)
    assert "from one to two, a point of t-SNE keeps 0.70 of its neighbours, with another seed 0." in text
    assert "on one thread and on two, and with another seed: t-SNE 0.70 [0.70, 0.70] and 0." in text
    pairs = made_up.reproducibility(tsne_threads_train={"bit_equal": True, "largest_displacement": 0.0})
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    assert said(findings.threads, results).startswith(
        "**The same seed gives the same embedding on one thread and on two**"
    )


def test_the_order_after_tuning(tmp_path: Path) -> None:
    made_up.tuning().write(tmp_path)
    assert said(findings.tuned, made_up.tuned().write(tmp_path)) == (
        "**After the same search for every method the best 10-NN accuracy, test is that of UMAP, tuned by accuracy, "
        "with defaults that of UMAP.** More than the margin better than their defaults: UMAP."
    )


@pytest.mark.parametrize(
    ("finding", "made"),
    [
        (findings.tuned, made_up.tuned()),
        (findings.accuracy, full().only("umap")),
        (findings.cold_start, full().only("umap", "vae")),
        (findings.seed_of_umap, full().only("umap", "tsne")),
        (findings.training, full().only("umap", "vae")),
        (findings.silhouette, made_up.sensitivity().only("umap", "umap-min_dist-0.0")),
        (findings.start, made_up.initialisation().only("umap", "tsne")),
        (findings.threads, made_up.threads().only("pca-two")),
    ],
)
def test_a_finding_needs_what_it_is_about(tmp_path: Path, finding: object, made: made_up.MadeUp) -> None:
    assert finding(made.write(tmp_path)) is None  # type: ignore[operator]
