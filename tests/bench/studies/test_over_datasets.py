from __future__ import annotations

from pathlib import Path

import pytest

from bench.errors import StudyError
from bench.studies.study import Study, read

STATED = '[[hypotheses]]\ntext = "A"\nbetter = ["p"]\nthan = ["q", "r"]\nby = "fit_s"\n'
VARIANTS = '[variants.p]\nreducer = "pca"\n'


def _read(tmp_path: Path, text: str) -> Study:
    path = tmp_path / "mine.toml"
    path.write_text(text + VARIANTS)
    return read(str(path))


def test_a_study_on_one_of_its_datasets_is_an_ordinary_one(tmp_path: Path) -> None:
    study = _read(tmp_path, 'datasets = ["usps", "openml:Fashion-MNIST", "own/cells.csv"]\ntitle = "T"\n' + STATED)
    study = study.resolved()
    assert study.folders == {"usps": "usps", "openml:Fashion-MNIST": "openml-Fashion-MNIST", "own/cells.csv": "cells"}
    assert study.n_runs == 9
    one = study.on("usps")
    assert (one.name, one.title, one.dataset, one.datasets, one.hypotheses) == ("mine-usps", "", "usps", (), ())
    assert one.variants == study.variants and one.n_runs == 3 and not one.folders
    (tmp_path / "one.toml").write_text(one.to_toml())
    assert read(str(tmp_path / "one.toml")) == one


def test_it_reads_back_the_same(tmp_path: Path) -> None:
    study = _read(tmp_path, 'datasets = ["usps", "letter"]\n' + STATED).resolved()
    (tmp_path / "again.toml").write_text(study.to_toml())
    assert read(str(tmp_path / "again.toml")) == study
    assert list(study.hypotheses[0].pairs()) == [("p", "q"), ("p", "r")]
    ordinary = _read(tmp_path, 'dataset = "usps"\n').to_toml()
    assert "datasets" not in ordinary and "hypotheses" not in ordinary


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Got no dataset, but expected one, or a list of datasets"),
        ('dataset = "a"\ndatasets = ["b"]\n', "line 2: Got dataset and datasets, but expected one of them"),
        ('datasets = ["x/a.csv", "y/a.csv"]\n', "line 1: Got datasets two of which would have the folder 'a'"),
        ('datasets = ["a"]\n[data]\nlabel = "y"\n', r"Got datasets and a table \[data\]"),
        ('dataset = "a"\n' + STATED, "Got hypotheses with one dataset"),
        ('datasets = ["a"]\n' + STATED.replace("than", "then"), "Got key 'then'.* Did you mean 'than'"),
        ('datasets = ["a"]\n' + STATED.replace('["p"]', "[]"), "Got better = "),
        ("datasets = 3\n", "expected a list"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        _read(tmp_path, text)


def test_the_projects_study_has_the_same_settings_on_all_datasets() -> None:
    study = read("datasets").resolved()
    assert len(study.datasets) >= 8 and study.hypotheses
    assert {variant.reducer for variant in study.variants.values()} >= {"tsne", "umap", "autoencoder", "vae"}
    assert study.n and study.n > 4_096, "where UMAP searches its neighbours another way"
