from __future__ import annotations

from pathlib import Path

from bench.output import faq
from bench.output.faq import datasets
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import FITTED, around, said


def test_each_hypothesis_says_on_how_many_datasets_it_holds(tmp_path: Path) -> None:
    text = said(datasets.other_data, made_up.datasets().write(tmp_path))
    assert text.startswith("3 datasets were measured: digits, letters and cells. No results are there of absent.")
    assert (
        "Of 3 hypotheses, stated before they were measured, 0 hold on all datasets that compare their methods." in text
    )
    assert "| Maps keep more neighbours than PCA | 15-NN recall | 2 of 3 | 0 | 1 | none |" in text
    assert "| – t-SNE better than PCA | | 2 of 3 | 0 | 1 | none |" in text
    assert "| – UMAP better than PCA | | 3 of 3 | 0 | 0 | none |" in text
    assert "| t-SNE keeps more neighbours than UMAP | 15-NN recall | 1 of 3 | 0 | 1 | letters |" in text
    assert "| – PCA, 50 components better than UMAP | | 3 of 3 | 0 | 0 | none |" in text


def test_what_holds_and_what_never_does_is_named(tmp_path: Path) -> None:
    made = made_up.datasets()
    members = {"digits": made.members["digits"], "cells": made.members["digits"]}
    stated = (*made.hypotheses, ("UMAP keeps more than t-SNE", ["umap"], ["tsne"], FITTED))
    text = said(datasets.other_data, made_up.OverDatasets("datasets", members, stated).write(tmp_path))
    assert (
        "3 hold on all datasets that compare their methods: Maps keep more neighbours than PCA (2 of 2); t-SNE k"
        in text
    )
    assert "On none of these: UMAP keeps more than t-SNE (2 of 2)." in text


def test_a_dataset_without_the_methods_of_a_hypothesis_does_not_count_for_it(tmp_path: Path) -> None:
    made = made_up.datasets()
    members = {"digits": made.members["digits"], "cells": made.members["digits"].only("pca", "pixels")}
    stated = (made.hypotheses[1], ("UMAP keeps more than t-SNE", ["umap"], ["tsne"], FITTED))
    text = said(datasets.other_data, made_up.OverDatasets("datasets", members, stated).write(tmp_path))
    assert "2 datasets were measured: digits and cells." in text
    assert "1 hold on all datasets that compare their methods: t-SNE keeps more neighbours than UMAP (1 of 2)." in text
    assert "On none of these: UMAP keeps more than t-SNE (1 of 2)." in text


def test_the_finding_counts_datasets(tmp_path: Path) -> None:
    made = made_up.datasets()
    text = said(datasets.holds, made.write(tmp_path))
    assert text.startswith(
        "**On other data: Maps keep more neighbours than PCA on 2 of 3 datasets; t-SNE keeps more neighbours than UMAP "
        "on 1 of 3 datasets; Components classify better than any map on 2 of 3 datasets.**"
    )
    assert "Another method is better: t-SNE keeps more neighbours than UMAP on letters." in text
    assert "The seeds do not decide it: Maps keep more neighbours than PCA on 1;" in text
    once = {"digits": made.members["digits"].only("pca", "pixels")}
    nothing = made_up.OverDatasets("datasets", once, ()).write(tmp_path / "nothing")
    assert datasets.holds(nothing) is None


def test_the_limits_of_the_page_speak_of_other_data_once_there_are_results(tmp_path: Path) -> None:
    made_up.initialisation().write(tmp_path)
    before = faq.write(tmp_path).read_text()
    assert "are one dataset of digits, MNIST, except in `word-vectors` and `word-vectors-mapped`. A" in before
    assert "- Does it hold on other data? (`make bench STUDY=datasets`)" in before
    made_up.datasets().write(tmp_path)
    after = faq.write(tmp_path).read_text()
    assert "MNIST, except in `word-vectors`, `word-vectors-mapped` and `datasets`." in after
    assert "Shown in [`datasets/summary.md`](datasets/summary.md), `make bench STUDY=datasets`." in after


def test_a_wide_interval_leaves_a_dataset_open(tmp_path: Path) -> None:
    made = made_up.datasets()
    wide = made.members["digits"].with_values(tsne={made_up.RECALL_OF_TRAINING: [0.1, 0.5, 0.9]})
    text = said(datasets.other_data, made_up.OverDatasets("s", {"digits": wide}, made.hypotheses[1:2]).write(tmp_path))
    assert "| 0 of 1 | 0 | 1 | none |" in text
    near = made.members["digits"].with_values(tsne={made_up.RECALL_OF_TRAINING: around(0.402)})
    text = said(datasets.other_data, made_up.OverDatasets("t", {"digits": near}, made.hypotheses[1:2]).write(tmp_path))
    assert "| 0 of 1 | 1 | 0 | none |" in text
