from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.errors import StudyError
from bench.studies.search import configurations
from bench.studies.study import Study, names, read

SPACE = {
    "perplexity": {"low": 5, "high": 100, "log": True},
    "exaggeration": {"low": 1.0, "high": 4.0},
    "initialization": ["pca", "spectral"],
}


def test_configurations_lie_in_the_space_and_are_the_same_each_time() -> None:
    found = configurations(SPACE, 29)
    assert found == configurations(SPACE, 29) and len(found) == 29
    assert configurations(SPACE, 10) == found[:10]
    for one in found:
        assert isinstance(one["perplexity"], int) and 5 <= one["perplexity"] <= 100
        assert isinstance(one["exaggeration"], float) and 1 <= one["exaggeration"] <= 4
        assert one["initialization"] in ("pca", "spectral")
    below = sum(one["perplexity"] < 5 * 20**0.5 for one in found)
    assert 12 <= below <= 17, "as many below the geometric middle as above it"
    assert sum(one["exaggeration"] < 2.5 for one in found) in (14, 15)
    assert len({one["exaggeration"] for one in found}) == 29


def test_both_ends_of_whole_numbers_are_reached_and_nothing_is_tried_twice() -> None:
    found = configurations({"k": {"low": 1, "high": 3}, "metric": ["a", "b"]}, 29)
    assert sorted((one["k"], one["metric"]) for one in found) == [(k, m) for k in (1, 2, 3) for m in ("a", "b")]


def _study(variant: dict[str, Any], **fields: Any) -> Study:
    fields = {"dataset": "digits", "rounds": False, "search": {"configurations": 4, "budget": "1m"}} | fields
    return Study.model_validate(fields | {"variants": {"a": {"reducer": "opentsne"} | variant}})


def test_the_first_configuration_is_the_default() -> None:
    study = _study({"params": {"n_iter": 100}, "search": SPACE}).resolved()
    assert list(study.variants) == ["a", "a-1", "a-2", "a-3"] == study.searched_with("a-2")
    assert study.variants["a"].params == {"n_iter": 100}
    assert study.variants["a-1"].params == {"n_iter": 100} | configurations(SPACE, 3)[0]
    assert study.search is not None and study.search.budget == 60
    assert study.resolved() == study, "a stored study is not spread again"
    assert 'budget = "60s"' in study.to_toml()
    assert list(_study({}).resolved().variants) == ["a"], "without a space nothing is searched"


def _refused(space: Any, **fields: Any) -> str:
    changes = {"rounds": False, "search": {}, "every_reducer": False} | fields
    with pytest.raises(StudyError) as error:
        read("quick").with_changes(changes | {"variants": {"a": {"reducer": "opentsne", "search": space}}}).resolved()
    return str(error.value)


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({}, "Got search = {}, but expected a table with at least one parameter"),
        ({"perplexity": []}, "Got perplexity = [] in a search, but expected"),
        ({"perplexity": [30]}, "at least two values"),
        ({"perplexity": 30}, "Got perplexity = 30 in a search"),
        ({"perplexity": {"low": 5}}, "Got perplexity = {'low': 5} in a search"),
        ({"perplexity": {"low": 9, "high": 5}}, "{ low = 5, high = 100, log = true }"),
        ({"perplexity": {"low": 0, "high": 5, "log": True}}, "Got perplexity"),
        ({"perplexity": {"low": 1, "high": 5, "lgo": True}}, "Got perplexity"),
        ({"perplxity": {"low": 5, "high": 100}}, "Did you mean 'perplexity'"),
    ],
)
def test_a_wrong_space_is_one_sentence(space: Any, said: str) -> None:
    message = _refused(space)
    assert said in message and "\n" not in message


def test_a_search_needs_its_table_and_its_order(tmp_path: Path) -> None:
    assert "expected rounds = false" in _refused(SPACE, rounds=True)
    assert "Got configurations = 1" in _refused(SPACE, search={"configurations": 1})
    assert "Got duration 'soon'" in _refused(SPACE, search={"budget": "soon"})
    file = tmp_path / "own.toml"
    file.write_text('dataset = "digits"\nrounds = false\n\n[search]\nbudgt = "1m"\n')
    with pytest.raises(StudyError, match=r"own.toml, line 5: .*Did you mean 'budget'"):
        read(str(file))
    file.write_text('dataset = "digits"\n[variants.a]\nreducer = "pca"\nsearch = { svd_solver = ["full", "auto"] }\n')
    with pytest.raises(StudyError, match=r"expected a table \[search\] in the study, too"):
        read(str(file)).resolved()


def test_the_search_of_the_project_is_the_same_for_every_method_and_sees_no_test_image() -> None:
    study = read("tuning")
    assert study.dataset == "mnist-tuning"
    assert study.search is not None and (study.search.configurations, study.search.budget) == (30, 400)
    resolved = study.resolved()
    for name, variant in study.variants.items():
        assert len(resolved.searched_with(name)) == (30 if variant.search else 1)
        assert not variant.params, "the first configuration is the default"
        assert not variant.scores
    assert "tuning" in names()
