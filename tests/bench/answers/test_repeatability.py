from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench import study
from bench.answers import Stored, Told
from bench.answers.repeatability import other_seeds, same_seed
from tests.bench.answers.maker import stored

SAME = {"bit_equal": True, "displacement": 0.0, "largest_displacement": 0.0, "aligned_displacement": 1e-16}
ROUNDED = {"bit_equal": False, "displacement": 0.0, "largest_displacement": 1e-7, "aligned_displacement": 1e-8}
MOVED = {"bit_equal": False, "displacement": 0.9, "largest_displacement": 2.0, "aligned_displacement": 0.5}
APART = {"bit_equal": False, "displacement": 0.9, "largest_displacement": 2.0, "aligned_displacement": 0.4}


def tell(folder: Path, pairs: dict[tuple[str, str, str], dict[str, object]]) -> Told:
    """Return what is told of a study with these pairs, by reducer, difference and split."""
    methods = dict.fromkeys(reducer for reducer, _, _ in pairs)
    small = stored(
        folder,
        {f"{reducer}-{n}": {"fit_s": [1.0], "stress": [1.0]} for reducer in methods for n in "12"},
        study.read("threads"),
    )
    rows = [
        {"reducer": reducer, "differs": differs, "first_seed": 0, "second_seed": int(differs == "seed") + seed}
        | {"split": split, "shared_neighbours": 0.7, **pair}
        for (reducer, differs, split), pair in pairs.items()
        for seed in range(2 if differs == "seed" else 1)
    ]
    pd.DataFrame(rows).to_csv(folder / "sameness.csv", index=False)
    return same_seed(small)


def test_bits_rounding_and_chaos_are_kept_apart(tmp_path: Path) -> None:
    pairs = {(reducer, "process", "fit"): SAME for reducer in ("pca", "tsne", "vae")}
    pairs |= {("pca", "threads", "fit"): SAME, ("tsne", "threads", "fit"): MOVED, ("vae", "threads", "fit"): ROUNDED}
    pairs |= {("pca", "seed", "fit"): SAME, ("tsne", "seed", "fit"): APART, ("vae", "seed", "fit"): APART}
    pairs |= {("pca", "threads", "test"): ROUNDED}
    told = tell(tmp_path, pairs)
    within, process, threads, held_out, _ = told.sentences
    assert within.endswith("same bits: all of PCA, t-SNE and VAE.")
    assert process == "In another process the same seed gives the same bits with all of PCA, t-SNE and VAE."
    assert threads == (
        "On two threads instead of one the same seed gives the same bits with PCA; no more than rounding differs with "
        "VAE; points move, in radii after the best alignment, with t-SNE by 0.50 (another seed: 0.40 [0.40, 0.40])."
    )
    assert held_out.endswith("PCA on two threads instead of one (by at most 1e-07 radii).")
    assert told.rows[1] == ("t-SNE", "the same bits", "the same bits", "0.50 (70%)", "0.40 [0.40, 0.40] (70%)")
    assert told.rows[2][3] == "rounding"


def test_a_method_that_differs_within_a_process_is_not_named_the_same(tmp_path: Path) -> None:
    pairs = {(reducer, "process", "fit"): MOVED for reducer in ("pca", "tsne")} | {("tsne", "seed", "fit"): APART}
    tell(tmp_path, pairs)
    runs = pd.read_csv(tmp_path / "runs.csv")
    runs.loc[runs["variant"] == "tsne-2", "repeatable"] = False
    runs.to_csv(tmp_path / "runs.csv", index=False)
    told = same_seed(Stored(tmp_path))
    assert told.sentences[0].endswith("the same bits: PCA.")
    assert told.sentences[1].startswith(
        "In another process the same seed gives the same bits with none of them; points"
    )
    assert told.rows[1][1] == "differs"
    assert told.rows[1][3] == "n/a"


def test_seeds_are_compared_without_controls(tmp_path: Path) -> None:
    columns = {
        "pca": {"fit_s": [1.0, 1.0], "knn_jaccard_k15": [1.0], "procrustes_residual": [0.0]},
        "umap": {"fit_s": [1.0, 1.0], "knn_jaccard_k15": [0.6], "procrustes_residual": [0.3]},
        "vae": {"fit_s": [1.0, 1.0], "knn_jaccard_k15": [0.1], "procrustes_residual": [0.2]},
        "random_gaussian": {"fit_s": [1.0, 1.0], "knn_jaccard_k15": [0.0], "procrustes_residual": [1.0]},
    }
    told = other_seeds(stored(tmp_path, columns))
    assert "with PCA (Jaccard index of 15 neighbours 1.000)" in told.sentences[0]
    assert "fewest with VAE (0.100)" in told.sentences[0]
    assert "differ most with UMAP (seeded), by 0.300" in told.sentences[0]
    assert [row[0] for row in told.rows][-1] == "Random positions (control)"
    assert {row[1] for row in told.rows} == {"2"}


@pytest.mark.parametrize("name", ["threads", "unseen"])
def test_the_studies_are_as_the_answers_expect(name: str) -> None:
    variants = study.read(name).resolved().variants
    assert all(spec.threads if name == "threads" else spec.without for spec in variants.values())
