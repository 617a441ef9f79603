from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import cli, datasets
from bench.commands import tune
from bench.commands.folders import PROJECT
from bench.errors import DamagedError, StudyError
from bench.output import figures
from bench.store import sums
from bench.store.results import Results
from bench.studies.study import FOLDER, read
from tests.bench.output.faq.made_up import tuning
from tests.bench.results_maker import successful, write
from tests.conftest import make_dataset

OWN = """
import numpy as np
from reducers.base import Reducer

class Blurred(Reducer):
    label = "Blurred"
    search_space = {SPACE}

    def __init__(self, n_components=2, noise=0.3, n_jobs=1, random_state=None):
        self.n_components, self.noise, self.n_jobs, self.random_state = n_components, noise, n_jobs, random_state

    def _fit(self, X, rng):
        if self.noise > 0.9:
            raise ValueError("too much noise")
        return self._transform(X) + self.noise * rng.standard_normal((len(X), 2))

    def _transform(self, X):
        return np.array(X[:, :2])
"""


def _own(folder: Path, space: str) -> str:
    (folder / "own.py").write_text(OWN.replace("{SPACE}", space))
    return f"{folder / 'own.py'}:Blurred"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let searches have little data and few configurations, and stand in an empty folder."""
    clouds = datasets.Source("clouds", lambda n, folder: make_dataset(200, 80))
    monkeypatch.setitem(datasets.SOURCES, "mnist-tuning", clouds)
    few = read("tuning").with_changes({"search": {"configurations": 4, "budget": "1m"}, "threads": 1})
    monkeypatch.setattr(tune, "read", lambda name: few)
    monkeypatch.setattr(figures, "DRAWINGS", ())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    return tmp_path


@pytest.mark.whole
@pytest.mark.usefixtures("light_workers")
def test_a_reducer_of_ones_own_is_searched_and_gets_the_study_that_tests_it(small: Path) -> None:
    spec = _own(small, '{"noise": [0.001, 2.0]}')
    said = CliRunner().invoke(cli.app, ["tune", spec])
    assert said.exit_code == 0, said.output
    results = Results(small / "results" / "tuning-own")
    assert len(results.variants) == 3 and "Blurred: 3 of 3 configurations tried, 1 of them failed;" in said.output
    assert "    by recall: noise 0.001; " in said.output
    path = small / "results" / "tuned-own.toml"
    assert f"python -m bench run {path.relative_to(small)}" in said.output
    tested = read(str(path)).resolved()
    assert (tested.name, tested.dataset, tested.seeds, tested.search) == ("tuned-own", "mnist", 10, None)
    default, *others = tested.variants.values()
    assert default.params == {} and others
    assert all((one.params, one.of) == ({"noise": 0.001}, "own") for one in others)
    summary = (results.folder / "summary.md").read_text()
    assert "| Blurred |" in summary and "configuration" not in summary, "tables show the default"


def test_a_dry_run_names_methods_and_budget_and_runs_nothing(small: Path) -> None:
    said = CliRunner().invoke(cli.app, ["tune", _own(small, '{"noise": [0.001, 2.0]}'), "--dry-run"])
    assert said.exit_code == 0 and not (small / "results" / "tuning-own").exists()
    assert "would run 3 runs" in said.output and "methods: Blurred\n" in said.output
    assert "search: at most 4 configurations and 1 min 00 s each" in said.output


def test_the_study_names_what_it_was_selected_from(tmp_path: Path) -> None:
    results = _searched(tmp_path)
    text = tune.study_file(results, "tuned")
    for name in ("study.toml", "runs.csv", "measures.csv"):
        assert f"# {sha256((results.folder / name).read_bytes()).hexdigest()}  {name}" in text
    with (results.folder / "measures.csv").open("a") as file:
        file.write("a,0,0,other,,0.9\n")
    assert tune.study_file(Results(results.folder), "tuned") != text


def test_each_criterion_has_a_variant_unless_it_selected_the_default_or_the_same(tmp_path: Path) -> None:
    def written(results: Results) -> list[tuple[str, object, str]]:
        path = tmp_path / "tuned.toml"
        path.write_text(tune.study_file(results, "tuned"))
        return [(name, one.params, one.label) for name, one in read(str(path)).resolved().variants.items()]

    assert written(_searched(tmp_path / "two")) == [
        ("a", {}, "openTSNE"),
        ("a-recall", {"perplexity": 64}, "openTSNE, tuned by recall"),
        ("a-accuracy", {"perplexity": 9}, "openTSNE, tuned by accuracy"),
        ("b", {}, "t-SNE"),
        ("b-recall", {"perplexity": 9}, "t-SNE, tuned by recall"),
        ("c", {}, "PCA"),
    ]
    assert read(str(tmp_path / "tuned.toml")).figures == ("a-accuracy", "b-recall", "c")
    both = written(_searched(tmp_path / "one", accuracy_of_9=0.1, accuracy_of_64=0.85))
    assert both[:2] == [("a", {}, "openTSNE"), ("a-tuned", {"perplexity": 64}, "openTSNE, tuned")]
    default = written(_searched(tmp_path / "none", accuracy_of_9=0.1))
    assert [name for name, *_ in default] == ["a", "a-recall", "b", "c"]


def _searched(path: Path, accuracy_of_9: float = 0.9, accuracy_of_64: float = 0.7) -> Results:
    """Return a made-up search: of `a` each criterion selects another configuration, `b` has no `transform`."""
    space = {"perplexity": [9, 64]}
    variants = {name: {"reducer": reducer, "search": space} for name, reducer in (("a", "opentsne"), ("b", "tsne"))}
    study = read("tuning").with_changes({"variants": {**variants, "c": {"reducer": "pca"}}, "figures": []}).resolved()
    by_perplexity = {study.variants[name].params.get("perplexity"): name for name in study.searched_with("a")}
    recall, accuracy = "knn_recall_k15_test", "knn_accuracy_k10_test"
    values = {
        "a": {recall: [0.3], accuracy: [0.8]},
        by_perplexity[64]: {recall: [0.5], accuracy: [accuracy_of_64]},
        by_perplexity[9]: {recall: [0.2], accuracy: [accuracy_of_9]},
    }
    fits = {"a": [successful()], "a-1": [successful()], "a-2": [successful()]}
    values |= {name.replace("a", "b"): {"knn_recall_k15": of[accuracy]} for name, of in values.items()}
    fits |= {name: [successful(transductive=True)] for name in ("b", "b-1", "b-2")}
    values["c"], fits["c"] = {recall: [0.1], accuracy: [0.1]}, [successful()]
    # One quantity that is no score, so that there is a table of measures.
    return write(path, {name: {**of, "other": [0.0]} for name, of in values.items()}, study, outcomes=fits)


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ("{}", "nothing to search. State it in its class, for instance: search_space ="),
        ('{"noise": [0.1]}', "Got noise = [0.1] in a search, but expected"),
        ('{"noies": [0.1, 0.2]}', "Did you mean 'noise'"),
    ],
)
def test_a_space_that_is_none(small: Path, space: str, said: str) -> None:
    result = CliRunner().invoke(cli.app, ["tune", _own(small, space)])
    assert isinstance(result.exception, StudyError) and said in str(result.exception)
    assert not any((small / "results").iterdir())


def test_pca_has_nothing_to_tune() -> None:
    with pytest.raises(StudyError, match="Got reducer 'pca', but nothing to search"):
        tune.study_of("pca")
    assert list(tune.study_of("umap").variants) == ["umap"] and tune.study_of("umap").name == "tuning-umap"


def test_the_study_tuned_is_what_the_search_selected() -> None:
    """What is committed was selected from the tables that are committed, and from no others."""
    results, path = Results(PROJECT / "results" / tune.SEARCH), FOLDER / f"{tune.TESTED}.toml"
    assert results.exists == path.is_file()
    if results.exists:
        assert path.read_text() == tune.study_file(results, tune.TESTED)


def test_a_damaged_table_selects_nothing(tmp_path: Path) -> None:
    results = _searched(tmp_path)
    sums.write(results.folder)
    with (results.folder / "runs.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(DamagedError, match=r"runs.csv, which is not what was written"):
        tune.study_file(Results(results.folder), "tuned")


def test_a_search_without_measured_times_is_said_to_have_none(tmp_path: Path) -> None:
    results = tuning().with_values(umap__1={"fit_s": [None]}).write(tmp_path)
    first, *_ = tune._selected(results)
    assert first == "UMAP: 3 of 4 configurations tried; fit and transform were not timed"
