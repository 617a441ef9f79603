from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.claims import CLAIMS, page
from bench.claims.claim import Verdict
from bench.claims.evidence import Evidence
from tests.bench.claims import maker

GRADIENT = next(claim for claim in CLAIMS if claim.key == "gradient")


def study(error: float, seeds: int = maker.SEEDS) -> Evidence:
    return maker.evidence(maker.digits(), ("beta-0", "beta-1"), {"beta-0": {"error": error}}, seeds)


def written(error: float, seeds: int = maker.SEEDS) -> str:
    evidence = study(error, seeds)
    return page.page(evidence.reading, [(GRADIENT, GRADIENT.measure(evidence))])


def test_a_section_has_quote_source_numbers_and_verdict() -> None:
    text = written(0.7)
    assert f"> {GRADIENT.quote}" in text and f"> {GRADIENT.source}" in text
    numbers = "0.700 [0.699, 0.701] | at least 0.98 | not met"
    assert f"| **held-out squared error over the mean image's, without KL** | {numbers} |" in text
    assert "**The claim does not hold.** " + GRADIENT.lessons[Verdict.FAILS] in text
    assert "No verdict is against what was expected before." in text


def test_a_surprise_is_said_at_the_top_and_in_its_place() -> None:
    text = written(1.02)
    assert "Against what was expected before: [Without the KL term the encoder cannot be trained](#gradient)." in text
    assert "It was expected that it does not hold." in text


def test_what_is_not_settled_is_said_so() -> None:
    text = written(1.02, seeds=1)
    assert "**Undecided at this sample.** An interval lies across the border of its range." in text
    assert "undecided |" in text


def test_a_claim_without_its_variants_is_left_out(tmp_path: Path) -> None:
    store = maker.folder(tmp_path)
    paths = page.write(store, study(0.7).reading, CLAIMS)
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == ["claims.md", "claims.csv", "claims/gradient.png"]
    assert (tmp_path / "claims.csv").read_text().splitlines()[1].startswith("gradient,")
    assert (tmp_path / "claims.md").read_text().count("\n## ") == 1


def test_a_study_that_decides_nothing_has_no_page(tmp_path: Path) -> None:
    evidence = maker.evidence(maker.digits(), ("pca",), {})
    assert page.write(maker.folder(tmp_path), evidence.reading, CLAIMS) == []
    assert not (tmp_path / "claims.md").exists()


def test_the_same_runs_write_the_same_bytes(tmp_path: Path) -> None:
    contents = [
        {path.name: path.read_bytes() for path in page.write(maker.folder(tmp_path / name), study(0.7).reading, CLAIMS)}
        for name in ("once", "again")
    ]
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (2.0, "2"), (0.12345, "0.123"), (-0.5, "−0.500"), (0.00123, "0.0012"), (1234.5, "1234.500")],
)
def test_numbers_have_three_places(value: float, text: str) -> None:
    assert page._plain(value) == text


def test_words_written_for_one_study_are_marked_in_another() -> None:
    assert "Those words are of the study `seeds`" in written(0.7)
    evidence = study(0.7)
    own = replace(evidence.reading, study=evidence.reading.study.model_copy(update={"name": "seeds"}))
    assert "Those words" not in page.page(own, [(GRADIENT, GRADIENT.measure(evidence))])


def test_ranges_are_said_in_words() -> None:
    (criterion,) = GRADIENT.measure(study(0.7)).criteria
    assert page._range(criterion) == "at least 0.98"
    assert page._range(replace(criterion, least=float("-inf"), most=-0.02)) == "at most −0.02"
    assert page._range(replace(criterion, least=-0.02, most=0.02)) == "−0.02 to 0.02"
    assert page._range(replace(criterion, least=2, most=2)) == "2"
