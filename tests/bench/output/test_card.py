from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from bench.analysis.card import CHANGES
from bench.output.card import write
from bench.store.records import Status
from bench.store.results import Results
from tests.bench.output.faq.made_up import MadeUp, cards, threads
from tests.bench.results_maker import failed


def _of_one(name: str) -> MadeUp:
    """Return the study of one of the methods, as `bench card` runs it."""
    made = cards()
    variants = {key: spec for key, spec in made.variants.items() if name in (key, spec.of)}
    return replace(made, name=f"card-{name}", variants=variants, values={key: made.values[key] for key in variants})


def test_one_method_has_a_line_a_change(tmp_path: Path) -> None:
    results = _of_one("umap").write(tmp_path)
    assert [path.name for path in write(results)] == ["card.csv", "card.md"]
    text = (results.folder / "card.md").read_text()
    assert text.startswith("# card-umap\n\nEach number is the share of a point's 15 nearest training points")
    assert "By chance 0.015 of them would." in text
    assert "| another seed | 0.750 | 0.750 to 0.751, n = 2 | no |" in text
    assert "| another process | 1.000 | 1.000 to 1.000, n = 3 | yes |" in text
    assert "| clusters, another seed | 0.750 | 0.750 to 0.750, n = 2 |  |" in text
    assert "\nUMAP keeps no more than with another seed: rows in another order, a tenth of the rows doubled.\n" in text
    assert all(f"- **{change.title}**: {change.compared}\n" in text for change in CHANGES)
    assert "mnist-5k, 1,000 training points, 3 seeds, one thread if nothing else is said." in text
    assert len(pd.read_csv(results.folder / "card.csv")) == len(CHANGES)


def test_several_methods_have_a_row_each(tmp_path: Path) -> None:
    results = cards().write(tmp_path)
    assert [path.name for path in write(results)] == ["card.csv", "README.md"]
    lines = (results.folder / "README.md").read_text().splitlines()
    header = next(place for place, line in enumerate(lines) if line.startswith("| method |"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[header : header + 5]]
    assert [row[0] for row in rows] == ["method", ":--", "PCA", "t-SNE", "UMAP"]
    assert {len(row) for row in rows} == {1 + len(CHANGES)}
    assert rows[3][6] == "n/a (transductive)" and rows[4][2] == "0.741"


def test_a_method_that_failed_is_named_with_the_reason(tmp_path: Path) -> None:
    late = {name: [failed(Status.TIMEOUT, "too late")] * 3 for name in cards().variants if not name.startswith("pca")}
    results = replace(cards(), outcomes=late).write(tmp_path)
    write(results)
    text = (results.folder / "README.md").read_text()
    assert "\n| PCA | 1.000 |" in text and "| UMAP |" not in text
    assert "\nt-SNE was not measured: too late.\n" in text and "\nUMAP was not measured: too late.\n" in text


def test_a_card_is_made_from_tables_alone_and_again_the_same(tmp_path: Path) -> None:
    results = _of_one("pca").write(tmp_path)
    first = [path.read_bytes() for path in write(results)]
    assert [path.read_bytes() for path in write(Results(results.folder).tabled)] == first


def test_other_studies_have_no_card(tmp_path: Path) -> None:
    results = threads().write(tmp_path)
    assert write(results) == [] and not (results.folder / "card.csv").exists()
