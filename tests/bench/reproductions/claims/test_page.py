from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from bench import reproductions
from bench.reproductions.claims import page
from bench.reproductions.claims.catalogue import claims
from bench.store.results import Results
from tests.bench import results_maker
from tests.bench.reproductions.claims import maker

GRADIENT = claims()["gradient"]


def study(path: Path, error: float, seeds: int = maker.SEEDS, images: int = maker.ALL_IMAGES) -> Results:
    asked = maker.posts("post2-vae-without-kl", "post2-vae-fixed")
    return maker.write(path, {"post2-vae-without-kl": {"error": error}}, asked, seeds, images)


def written(path: Path, error: float, seeds: int = maker.SEEDS, images: int = maker.ALL_IMAGES) -> str:
    results = study(path, error, seeds, images)
    return page.page(results, page.decided_claims(results))


def test_a_row_has_claim_origin_post_result_number_and_criterion(tmp_path: Path) -> None:
    text = written(tmp_path, 0.7)
    claim = f"| 1 | [{GRADIENT.title}](#gradient) | the post | 2 | **fails** |"
    numbers = "test squared error over the mean image's, without KL | 0.700 [0.699, 0.701] | at least 0.98 | not met |"
    assert f"{claim} {numbers}" in text
    assert f"> {GRADIENT.quote}" in text and f"{GRADIENT.question}\n\nCriterion changed after the pilot" in text
    assert "Result: **fails**.\n\n![" in text
    assert "| test 10-NN accuracy, with KL | 0.500 [0.499, 0.501] |" in text
    assert "| test squared error over the mean image's, without KL | 0.701 to 0.726 | 0.02 | 5 |" in text
    assert "mnist: up to 60,000 training images, 500 test images; 5 seeds" in text
    assert "- **Post 2.** Variational AutoEncoders (VAE) with PyTorch, Alexander Van de Kleut" in text
    assert "Post 1." not in text.split("## The systems")[0]


def test_parts_of_a_claim_have_rows_of_their_own(tmp_path: Path) -> None:
    results = maker.write(tmp_path, {"post2-ae": {"silhouette_test": 0.4}}, maker.posts("pca", "post2-ae", "post2-vae"))
    text = page.page(results, page.decided_claims(results))
    assert "| **partly** | test 10-NN accuracy, autoencoder minus PCA | 0 [0, 0] | at least 0.02 | not met |" in text
    assert "|  |  |  |  |  | test silhouette, autoencoder | 0.400 [0.399, 0.401] | at least 0.25 | met |" in text


def test_the_posts_own_conclusions_are_counted(tmp_path: Path) -> None:
    decided = page.decided_claims(maker.write(tmp_path, {}, maker.posts()))
    found = page.counts(decided)
    assert sum(found.values()) == 14 and len(decided) == 21
    assert found == {"holds": 1, "fails": 9, "partly": 4, "open": 0}
    assert "this study has 1: 0 hold, 1 fail, 0 hold partly, 0 are open." in written(tmp_path / "one", 0.7)


def test_what_is_not_decided_is_said_so(tmp_path: Path) -> None:
    text = written(tmp_path, 1.02, seeds=1)
    assert "Result: **open**." in text and "| 1.019 | at least 0.98 | open |" in text


def test_what_was_not_measured_has_no_number_and_no_picture(tmp_path: Path) -> None:
    page.write(study(tmp_path, 0.7))
    assert (tmp_path / "claims/gradient.png").exists()
    page.write(study(tmp_path, 0.7, images=10_000))
    assert not (tmp_path / "claims/gradient.png").exists()
    text = (tmp_path / "claims.md").read_text()
    assert "**open: not measured in this form**" in text and "0.700" not in text and "gradient.png" not in text
    assert (tmp_path / "claims.csv").read_text().splitlines() == [
        "claim,title,verdict,origin,post",
        f"gradient,{GRADIENT.title},open: not measured in this form,the post,2",
    ]


def test_tables_without_measures_have_a_page_that_claims_nothing(tmp_path: Path) -> None:
    asked = maker.posts("post2-vae-without-kl")
    results = results_maker.write(tmp_path, {"post2-vae-without-kl": {"fit_s": [1.0]}}, asked)
    (tmp_path / "claims.md").write_text("# As it was\n")
    paths = reproductions.write(results)
    assert [path.name for path in paths] == ["claims.md", "claims.csv"]
    assert "**open: not measured in this form**" in (tmp_path / "claims.md").read_text()


def test_systems_are_those_of_the_study_as_published(tmp_path: Path) -> None:
    text = written(tmp_path, 0.7)
    assert "## The systems" in text and "- **post2-vae.** Post 2, a blog post" in text
    assert "post1" not in text and "-fixed.**" not in text


def test_a_claim_without_its_variants_is_left_out(tmp_path: Path) -> None:
    paths = page.write(study(tmp_path, 0.7))
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == ["claims.md", "claims.csv", "claims/gradient.png"]
    assert (tmp_path / "claims.md").read_text().count("\n## ") == 2  # the claim, and the systems


def test_a_failed_variant_is_no_evidence(tmp_path: Path) -> None:
    asked = maker.posts("post2-vae-without-kl", "post2-vae-fixed")
    failed = {"post2-vae-without-kl": [results_maker.failed(results_maker.Status.TIMEOUT, "too slow")]}
    values = {"post2-vae-without-kl": {}, "post2-vae-fixed": {"error": [0.5]}}
    assert page.decided_claims(results_maker.write(tmp_path, values, asked, outcomes=failed)) == []


def test_a_study_that_decides_nothing_has_no_page(tmp_path: Path) -> None:
    assert page.write(maker.write(tmp_path, {}, maker.posts("pca"))) == []
    other = maker.posts("post2-vae-without-kl").model_copy(update={"measures": ()})
    assert page.write(results_maker.write(tmp_path, {"post2-vae-without-kl": {"fit_s": [1.0]}}, other)) == []
    assert not (tmp_path / "claims.md").exists()


def test_the_same_runs_write_the_same_bytes(tmp_path: Path) -> None:
    contents = [
        {path.name: path.read_bytes() for path in page.write(study(tmp_path / name, 0.7))} for name in ("once", "again")
    ]
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (2.0, "2"), (0.12345, "0.123"), (-0.5, "−0.500"), (0.00123, "0.0012"), (1234.5, "1234.500")],
)
def test_numbers_have_three_places(value: float, text: str) -> None:
    assert page._plain(value) == text


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((0.98, inf), "at least 0.98"),
        ((-inf, -0.02), "at most −0.02"),
        ((-0.02, 0.02), "−0.02 to 0.02"),
        ((2, 2), "2"),
    ],
)
def test_ranges_are_said_in_words(bounds: tuple[float, float], text: str) -> None:
    assert page._range(*bounds) == text
