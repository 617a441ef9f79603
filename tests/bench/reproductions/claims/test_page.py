from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from bench import reproductions
from bench.reproductions.claims import page
from bench.reproductions.claims.catalogue import Verdict, claims
from bench.store.results import Results
from tests.bench import results_maker
from tests.bench.reproductions.claims import maker

GRADIENT = claims()["gradient"]


def study(path: Path, error: float, seeds: int = maker.SEEDS, **changes: object) -> Results:
    asked = maker.posts("beta-0", "beta-1").model_copy(update=changes)
    return maker.write(path, {"beta-0": {"error": error}}, asked, seeds)


def written(path: Path, error: float, seeds: int = maker.SEEDS, **changes: object) -> str:
    results = study(path, error, seeds, **changes)
    return page.page(results, page.decided_claims(results))


def test_a_section_has_quote_source_numbers_and_verdict(tmp_path: Path) -> None:
    text = written(tmp_path, 0.7)
    assert f"> {GRADIENT.quote}" in text and f"> {GRADIENT.source}" in text
    numbers = "0.700 [0.699, 0.701] | at least 0.98 | not met"
    assert f"| **test squared error over the mean image's, without KL** | {numbers} |" in text
    assert "**The claim does not hold.** " + GRADIENT.lessons[Verdict.FAILS] in text
    assert "No verdict is against what was expected before." in text
    assert "- **Data.** mnist: 10,000 training images, 500 test images; 5 seeds" in text


def test_a_surprise_is_said_at_the_top_and_in_its_place(tmp_path: Path) -> None:
    text = written(tmp_path, 1.02)
    assert "Against what was expected before: [Without the KL term the encoder cannot be trained](#gradient)." in text
    assert "It was expected that it does not hold." in text


def test_what_is_not_decided_is_said_so(tmp_path: Path) -> None:
    text = written(tmp_path, 1.02, seeds=1)
    assert "**Undecided at this sample.** An interval lies across the border of its range." in text
    assert "undecided |" in text


def test_systems_are_those_of_the_study_as_published(tmp_path: Path) -> None:
    text = written(tmp_path, 0.7)
    assert "## The systems" in text and "- **post1-vae.** Post 1, a blog post" in text
    assert "post2" not in text and "-fixed.**" not in text


def test_a_claim_without_its_variants_is_left_out(tmp_path: Path) -> None:
    paths = page.write(study(tmp_path, 0.7))
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == ["claims.md", "claims.csv", "claims/gradient.png"]
    assert (tmp_path / "claims.csv").read_text().splitlines()[1].startswith("gradient,")
    assert (tmp_path / "claims.md").read_text().count("\n## ") == 2  # the claim, and the systems


def test_a_failed_variant_is_no_evidence(tmp_path: Path) -> None:
    asked = maker.posts("beta-0", "beta-1")
    failed = results_maker.failed(results_maker.Status.TIMEOUT, "too slow")
    results = results_maker.write(
        tmp_path, {"beta-0": {}, "beta-1": {"error": [0.5]}}, asked, outcomes={"beta-0": [failed]}
    )
    assert page.decided_claims(results) == []


def test_a_study_that_decides_nothing_has_no_page(tmp_path: Path) -> None:
    assert page.write(maker.write(tmp_path, {}, maker.posts("pca"))) == []
    assert not (tmp_path / "claims.md").exists()


def test_the_same_runs_write_the_same_bytes(tmp_path: Path) -> None:
    contents = [
        {path.name: path.read_bytes() for path in page.write(study(tmp_path / name, 0.7))} for name in ("once", "again")
    ]
    assert contents[0] == contents[1]


def test_a_page_whose_measures_are_in_no_table_is_kept_and_marked_once(tmp_path: Path) -> None:
    results = results_maker.write(tmp_path, {"beta-0": {"fit_s": [1.0]}}, maker.posts("beta-0"))
    for name in ("claims.md", "replication.md"):
        (tmp_path / name).write_text("# As it was\n")
    for _ in range(2):
        assert reproductions.write(results) == []
    for name in ("claims.md", "replication.md"):
        first, blank, *rest = (tmp_path / name).read_text().splitlines()
        assert (
            first == "> **Kept from an earlier run.** It shows the runs of 2026-01-01. A later study measures it again."
        )
        assert (blank, rest) == ("", ["# As it was"])
    assert reproductions.needs_runs(results) == ["claims.md", "replication.md"]
    assert reproductions.needs_runs(study(tmp_path / "measured", 0.7)) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (2.0, "2"), (0.12345, "0.123"), (-0.5, "−0.500"), (0.00123, "0.0012"), (1234.5, "1234.500")],
)
def test_numbers_have_three_places(value: float, text: str) -> None:
    assert page._plain(value) == text


def test_lessons_written_for_one_study_are_marked_in_another(tmp_path: Path) -> None:
    assert "Those words are of the study `posts`" in written(tmp_path / "another", 0.7, name="posts-quick")
    assert "Those words" not in written(tmp_path / "own", 0.7)


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
