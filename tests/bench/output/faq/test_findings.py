from __future__ import annotations

from pathlib import Path

import pytest

from bench.output.faq import findings
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import ACCURACY, FITTED, full, said


def test_the_most_accurate_methods_are_named_with_the_next_reducer(tmp_path: Path) -> None:
    made = full().with_values(opentsne={FITTED: [0.951, 0.95, 0.949]})
    text = said(findings.accuracy, made.write(tmp_path))
    assert (
        "On training digits t-SNE has the best 10-NN accuracy, 0.950 [0.947, 0.953]; the next method is openTSNE"
        in text
    )
    assert "openTSNE with 0.950 [0.948, 0.952] (no significant difference)." in text
    assert "On test digits openTSNE has the best 10-NN accuracy, 0.940 [0.937, 0.943]; the next method is UMAP" in text
    assert "UMAP (seeded) with 0.920 [0.917, 0.923] (significant difference)." in text
    assert text.endswith(
        "The best network on test digits is VAE (100 epochs) with 0.700 [0.697, 0.703]. "
        "The pixels themselves give 0.960 there."
    )


def test_a_cold_start_is_compared_with_the_fit(tmp_path: Path) -> None:
    text = said(findings.cold_start, full().write(tmp_path / "slow"))
    assert "takes 3.0 times as long as its fit.**" in text and "takes 27 s (measured once)" in text
    assert "ranks UMAP behind t-SNE (30.3 [29.6, 31.0] s)." in text
    fast = full().with_values(umap={"cold_start_s": [1.0] * 3}).write(tmp_path / "fast")
    assert "ranks UMAP ahead of t-SNE" in said(findings.cold_start, fast)


def test_what_a_seed_costs_umap(tmp_path: Path) -> None:
    made = full().with_values(umap={ACCURACY: [0.911, 0.909, 0.913]})
    text = said(findings.seed_of_umap, made.write(tmp_path / "same"))
    assert "With a seed it fits 2.0 [2.0, 2.0] times as long" in text
    assert "is not significantly different: UMAP (seeded) 0.911 [0.906, 0.916] and UMAP (parallel) 0.910" in text
    assert "is significantly different" in said(findings.seed_of_umap, full().write(tmp_path / "different"))


def test_what_more_epochs_change(tmp_path: Path) -> None:
    text = said(findings.training, full().write(tmp_path))
    assert text.endswith(
        "VAE (100 epochs): +0.100 [+0.100, +0.100] against the default; its fit takes 30 s instead of 6 s."
    )


def test_what_silhouette_rewards(tmp_path: Path) -> None:
    text = said(findings.silhouette, made_up.sensitivity().write(tmp_path))
    assert "openTSNE, exaggeration 8 changes silhouette by +0.200 [+0.200, +0.200] and the neighbours kept" in text
    assert "UMAP, min_dist 0.0 changes silhouette by +0.300" in text
    assert "beta" not in text


def test_what_the_start_decides(tmp_path: Path) -> None:
    text = said(findings.start, made_up.initialisation().write(tmp_path))
    assert "t-SNE 0.65 and 0.10; UMAP 0.10 and 0.10." in text
    assert "t-SNE, init random (-0.20 [-0.20, -0.20])" in text
    assert "UMAP, init random (+0.00 [+0.00, +0.00], no significant difference)." in text


def test_a_digit_left_out(tmp_path: Path) -> None:
    text = said(findings.left_out, made_up.unseen().write(tmp_path))
    assert "is 0.90 in pixels. In the embeddings it is 0.60 [0.60, 0.60] with PCA and 0.50" in text


def test_the_same_seed_on_other_threads(tmp_path: Path) -> None:
    results = made_up.threads().write(tmp_path)
    assert "a point keeps this share of its 15 nearest neighbours: t-SNE 0.70 [0.70, 0.70]." in said(
        findings.threads, results
    )
    pairs = made_up.reproducibility(tsne_threads_train={"bit_equal": True, "largest_displacement": 0.0})
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    assert said(findings.threads, results).startswith(
        "**The same seed gives the same embedding on one thread and on two**"
    )


@pytest.mark.parametrize(
    ("finding", "made"),
    [
        (findings.accuracy, full().only("umap", "umap-parallel")),
        (findings.cold_start, full().only("umap", "vae")),
        (findings.seed_of_umap, full().only("umap", "tsne")),
        (findings.training, full().only("umap", "vae")),
        (findings.silhouette, made_up.sensitivity().only("umap", "umap-min_dist-0.0")),
        (findings.start, made_up.initialisation().only("umap", "tsne")),
        (findings.left_out, made_up.unseen().only("pca-4")),
        (findings.threads, made_up.threads().only("pca-two")),
    ],
)
def test_a_finding_needs_what_it_is_about(tmp_path: Path, finding: object, made: made_up.MadeUp) -> None:
    assert finding(made.write(tmp_path)) is None  # type: ignore[operator]
