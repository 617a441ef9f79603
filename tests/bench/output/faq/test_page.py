from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.errors import StoreError
from bench.output import faq
from bench.output.faq.box import which_method
from bench.output.faq.findings import FINDINGS
from bench.output.faq.page import Answer
from bench.store.results import Results
from tests.bench.output.faq import made_up


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    for study in made_up.ALL:
        study().write(folder)
    faq.write(folder)
    return folder


def test_what_to_take_is_read_from_the_studies_that_are_there(root: Path) -> None:
    studies = {name: Results(root / name) for name in ("full", "sensitivity", "scaling", "dimensions")}
    table = which_method(studies)
    assert "| look at classes | 1,000 | no | t-SNE | default | 10-NN accuracy 0.950, fit 30 s |" in table
    assert (
        "| look at classes | 1,000 | yes | openTSNE | exaggeration 8 | 10-NN accuracy, test 0.940, fit 20 s |" in table
    )
    assert "| look, fit of at most 10 s | 1,000 | yes | UMAP (seeded) | default |" in table
    assert "| look, fit of at most 1 s | 1,000 | yes | PCA | default |" in table
    assert "| classify | " in table and "in the pixels 0.940 |" in table
    assert which_method({}).count("\n") == 1


def test_every_question_and_every_finding_is_answered(root: Path) -> None:
    text = (root / "README.md").read_text()
    assert all(f"## {number}. {one.text}\n" in text for number, one in enumerate(faq.QUESTIONS, start=1))
    assert text.count("\nShown in [`") == len(faq.QUESTIONS)
    assert f"\n{len(FINDINGS)}. **" in text and f"\n{len(FINDINGS) + 1}. **" not in text
    assert "Not run yet" not in text
    assert "nan" not in text and "None" not in text and "Undefined" not in text


@pytest.mark.whole
def test_names_of_variants_change_no_answer(root: Path, tmp_path: Path) -> None:
    """A name that comes first in the alphabet becomes the last one, and none keeps a part of what it said."""
    for study in made_up.ALL:
        one = study()
        names = {name: f"x{len(one.variants) - place}" for place, name in enumerate(one.variants)}
        one.write(tmp_path, names.__getitem__)
    faq.write(tmp_path)
    assert (tmp_path / "README.md").read_text() == (root / "README.md").read_text()


def test_studies_without_results_are_listed(tmp_path: Path) -> None:
    made_up.sensitivity().write(tmp_path)
    text = faq.write(tmp_path).read_text()
    assert "## Not run yet\n\n- Which method for what? (`make bench STUDY=full`)\n" in text
    texts = [one.text for one in faq.QUESTIONS]
    assert "\n- What do four blog posts claim of autoencoders and VAEs" in text
    number = texts.index("How much do the parameters matter?") + 1
    assert f"## {number}. How much do the parameters matter?" in text and "## 1." not in text
    assert "1. **A higher silhouette can cost neighbours: openTSNE, exaggeration 8 has" in text


def test_findings_are_written_between_the_markers(tmp_path: Path) -> None:
    made_up.initialisation().write(tmp_path)
    readme = tmp_path / "FRONT.md"
    readme.write_text(
        "a\n<!-- findings -->\nold\n<!-- end of findings -->\n<!-- choice -->\n<!-- end of choice -->\nb\n"
    )
    faq.write(tmp_path, into=readme)
    said = readme.read_text()
    assert "old" not in said and "\n- From a random start two runs of t-SNE differ in 65 % of their variance" in said
    assert said.startswith("a\n") and said.endswith("\nb\n")
    assert "make bench" not in said, "the sentence alone"
    assert "<!-- choice -->\n\n| you want to | points |" in said


@pytest.mark.parametrize(("name", "column"), [("runs", "n_train"), ("scores", "sample")])
def test_tables_of_an_older_version_are_refused_in_one_sentence(tmp_path: Path, name: str, column: str) -> None:
    folder = made_up.sensitivity().write(tmp_path).folder
    pd.read_csv(folder / f"{name}.csv").drop(columns=column).to_csv(folder / f"{name}.csv", index=False)
    with pytest.raises(StoreError, match=rf"^Got .*{name}.csv of an older version, without {column}; `make bench"):
        faq.write(tmp_path)
    assert not (tmp_path / "README.md").exists()


def test_cells_are_escaped() -> None:
    table = Answer(("a|b", "c"), [("x", "*y*")]).to_markdown()
    assert table == "| a\\|b | c |\n| :-- | --: |\n| x | \\*y\\* |"
