from __future__ import annotations

from pathlib import Path

import pytest

from bench.answers import Answer, Told, in_words, listed
from bench.answers.page import page
from bench.answers.stored import Stored
from bench.errors import StoreError
from bench.statistics import Interval
from tests.bench.answers.maker import stored


@pytest.fixture
def small(tmp_path: Path) -> Stored:
    return stored(
        tmp_path / "full",
        {
            "pca": {"fit_s": [1.0, 1.1, 0.9], "knn_accuracy_k10_test": [0.4, 0.4, 0.4], "procrustes_residual": [0.1]},
            "umap": {"fit_s": [10.0, 11.0, 9.0], "knn_accuracy_k10_test": [0.9, 0.91, 0.92]},
            "pixels": {"knn_accuracy_k10_test": [0.95]},
        },
    )


def test_what_the_files_say(small: Stored) -> None:
    assert small.exists
    assert small.variants == ("pca", "umap")
    assert small.label("umap") == "UMAP (seeded)"
    assert small.param("autoencoder-long", "n_epochs") == 100
    assert small.param("umap", "min_dist") is None
    assert small.sample("umap", "fit_s") == {0: 10.0, 1: 11.0, 2: 9.0}
    assert small.sample("umap", "knn_accuracy_k10_test") == {0: 0.9, 1: 0.91, 2: 0.92}
    assert small.sample("pixels", "knn_accuracy_k10_test") == {-1: 0.95}
    assert small.sample("pca", "procrustes_residual") == {-1: 0.1}
    assert small.sample("umap", "silhouette") == {}
    assert small.interval("umap", "silhouette") is None


def test_an_interval_ends_where_the_score_does(tmp_path: Path) -> None:
    small = stored(tmp_path, {"umap": {"knn_accuracy_k10_test": [0.5, 0.99, 0.99]}})
    found = small.interval("umap", "knn_accuracy_k10_test")
    assert found is not None and found.high == 1.0


def test_comparisons_are_read_in_either_direction(small: Stored) -> None:
    forth, back = (small.between(*pair, "fit_s") for pair in (("umap", "pca"), ("pca", "umap")))
    assert forth is not None and back is not None
    assert forth.is_ratio and forth.told_apart
    assert forth.change == pytest.approx(10, rel=0.1)
    assert back.change == pytest.approx(1 / forth.change)
    assert back.low == pytest.approx(1 / forth.high)
    less = small.between("pca", "umap", "knn_accuracy_k10_test")
    assert less is not None and less.change == pytest.approx(-0.51) and less.low < less.change < less.high
    assert small.between("pca", "tsne", "fit_s") is None
    difference = small.difference("umap", "pca", "knn_accuracy_k10_test")
    assert difference is not None and difference.estimate == pytest.approx(0.51)


def test_the_page_has_what_was_run_and_names_what_was_not(small: Stored) -> None:
    def tell(one: Stored) -> Told:
        return Told(
            (f"UMAP has {in_words(one.interval('umap', 'knn_accuracy_k10_test'))}.", "More."),
            ("a|b", "c"),
            (("x", "y"),),
        )

    answers = [
        Answer(2, "Is it so?", "full", "summary.md", tell),
        Answer(1, "And that?", "elsewhere", "summary.md", tell),
    ]
    text = page(small.folder.parent, ["One thing.", "Another."], answers)
    assert "1. One thing.\n2. Another." in text
    assert "## 2. Is it so?\n\nUMAP has 0.910 [0.885, 0.935].\n\n| a\\|b | c |" in text
    assert "Shown in [`full/summary.md`](full/summary.md), `make bench STUDY=full`." in text
    assert "## Not run yet\n\n- And that? (`make bench STUDY=elsewhere`)" in text
    assert "## 1." not in text


def test_a_missing_file_is_named_with_what_to_do(small: Stored) -> None:
    with pytest.raises(StoreError, match=r"Got no .*sameness.csv, but expected one; `python -m bench report .*full`"):
        small.frame("sameness")


def test_words() -> None:
    assert in_words(None) == "n/a"
    assert in_words(Interval(0.5, None, None, 1)) == "0.500"
    assert in_words(Interval(1.25, 1.0, 1.5, 3), 1) == "1.2 [1.0, 1.5]"
    assert listed(["a"]) == "a"
