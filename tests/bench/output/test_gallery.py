"""The gallery: its sentences are made of the results, and what has no picture is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.errors import StoreError
from bench.output import gallery
from tests.bench.output.figures.lesson_maker import make


@pytest.fixture
def root(tmp_path: Path) -> Path:
    results = make(tmp_path / gallery.STUDY)
    (results.folder / "figures").mkdir()
    for picture in gallery.PICTURES:
        (results.folder / picture.file).touch()
    return tmp_path


def test_pictures_stand_in_their_order_with_two_to_four_sentences_and_the_command(root: Path) -> None:
    text = gallery.write(root).read_text()
    linked = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert linked == [f"{gallery.STUDY}/{picture.file}" for picture in gallery.PICTURES]
    parts = re.split(r"^## \d+\. ", text, flags=re.MULTILINE)[1:]
    for part in parts:
        assert part.rstrip().endswith("(`make bench STUDY=gallery`)")
        said = part.split(")", 1)[1]
        assert 2 <= len(re.findall(r"[.:](?= |$)", said)) <= 6, said
    assert "None" not in text and "nan" not in text


def test_numbers_are_those_of_the_results(root: Path) -> None:
    text = " ".join(gallery.write(root).read_text().split())
    assert "Perplexity 5 keeps 0.320 of each point's 15 nearest neighbours (silhouette 0.120)" in text
    assert "the default of 30 keeps 0.310 (0.110), and 100 keeps 0.330 (0.130)" in text
    assert "UMAP, min_dist 0.0 (A) has a silhouette of 0.500 and keeps 0.200" in text
    assert "In the data themselves the silhouette is 0.050" in text
    assert "the classes a and c have 0.20 of the largest distance, in the data 1.00" in text
    assert "At beta 64 it uses none" in text and "At beta 1, the default, the VAE uses 2 latent dimensions" in text
    assert (
        "falls from 50.0 in the first epoch to 30.0 in epoch 10; 0% of this fall is done by the end of epoch 1" in text
    )
    assert "of the classes d and c for all methods" in text


def test_what_has_no_picture_is_left_out(root: Path) -> None:
    (root / gallery.STUDY / "figures" / "film.gif").unlink()
    text = gallery.write(root).read_text()
    assert "film.gif" not in text and "perplexity.png" in text
    assert len(re.findall(r"^## ", text, flags=re.MULTILINE)) == len(gallery.PICTURES) - 1


def test_without_the_study_the_command_that_makes_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="make bench STUDY=gallery"):
        gallery.write(tmp_path)
