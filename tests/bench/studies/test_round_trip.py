from __future__ import annotations

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.errors import StudyError
from bench.studies import plan
from bench.studies.naming import MAX_KEY, checked_label, is_key, key_of
from bench.studies.study import Study, names, read
from bench.studies.sweeps import sweeps
from tests.conftest import make_dataset

RESULTS = Path(__file__).parents[3] / "results"
FREE = "from reducers.base import Reducer\n\nclass Free(Reducer):\n    def __init__(self, **params): ...\n"
"""A reducer that takes any parameter."""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
leaves = st.booleans() | st.integers(1 - 2**63, 2**63 - 1) | st.floats(allow_nan=False) | texts
values = leaves
for _ in range(5):  # with `each` and its list less deep than what a study refuses
    values = leaves | st.lists(values, max_size=3) | st.dictionaries(texts, values, max_size=3)
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
shown = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="=+-@"), max_size=30)


def _is_label(text: str) -> bool:
    try:
        return checked_label(text) == text
    except ValueError:
        return False


variants = st.fixed_dictionaries(
    {"label": shown.filter(_is_label), "params": st.dictionaries(shown, values, max_size=3), "seeded": st.booleans()},
    optional={"threads": st.integers(1, 1024), "n": st.integers(1, 10**12)},
)
spreads = st.one_of(
    st.fixed_dictionaries({"each": st.dictionaries(shown, st.lists(values, max_size=3), max_size=2)}),
    st.fixed_dictionaries(
        {"without_each": st.lists(st.text(st.characters(categories=["L", "Zs"]), min_size=1), max_size=3)}
    ),
    st.fixed_dictionaries({"n_each": st.lists(st.integers(1, 10**12), max_size=3)}),
)
studies = st.fixed_dictionaries(
    {
        "name": keys,
        "dataset": st.just("digits"),
        "seeds": st.integers(1, 10**12),
        "timeout": st.floats(0.001, 10**7).map("{:f}s".format),
        "memory": st.integers(1, 2**40).map("{}MB".format),
        "order_seed": st.integers(1 - 2**63, 2**63 - 1),
        "variants": st.dictionaries(keys, st.tuples(variants, spreads).map(lambda two: two[0] | two[1]), min_size=1),
    }
)


@settings(max_examples=60, deadline=None)
@given(studies)
def test_a_resolved_study_is_read_back_the_same(fields: dict) -> None:
    with TemporaryDirectory() as folder:
        file, kept = Path(folder, "free.py"), Path(folder, "study.toml")
        file.write_text(FREE)
        for variant in fields["variants"].values():
            variant["reducer"] = f"{file}:Free"
        try:
            resolved = Study.model_validate(fields).resolved()
        except StudyError as error:
            assume("two variants with the key" not in str(error))
            raise
        kept.write_text(resolved.to_toml(), encoding="utf-8")
        again = read(str(kept))
        assert again == resolved == again.resolved()
        assert again.to_toml() == resolved.to_toml()
        assert all(map(is_key, resolved.variants))
        sweeps(again)


@given(st.lists(values, min_size=1, max_size=3))
def test_every_key_can_name_a_folder(parts: list) -> None:
    key = key_of("p", *parts)
    assert is_key(key) and len(key.encode()) <= MAX_KEY
    assert key == key_of("p", *parts)


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("umap", "min_dist", 0.5), "umap-min_dist-0.5"),
        (("p", 20), "p-20"),
        (("p", "x", True), "p-x-True"),
        (("p", "x", -1), "p-x--1"),
    ],
)
def test_a_safe_name_stays(parts: tuple, key: str) -> None:
    assert key_of(*parts) == key


def test_what_differs_has_keys_that_differ() -> None:
    unsafe = [
        [64, 32],
        [64, "32"],
        ["64, 32"],
        "a b",
        "a/b",
        "a  b",
        "á b",
        "é",
        "è",
        {"a": 1},
        {"a": 2},
        [],
        "",
        " ",
        "../x",
    ]
    assert len({key_of("p", "x", value) for value in unsafe}) == len(unsafe)


@pytest.mark.parametrize("name", names())
def test_the_keys_of_the_projects_studies_are_those_of_their_results(name: str) -> None:
    kept = RESULTS / name / "study.toml"
    if not kept.is_file():
        pytest.skip("no results are kept of this study")
    stored = tomllib.loads(kept.read_text(encoding="utf-8"))["variants"]
    resolved = read(name).resolved().variants
    assert list(resolved) == list(stored)
    assert {key: one.label for key, one in resolved.items()} == {key: one["label"] for key, one in stored.items()}
    assert read(str(kept)).resolved().variants == read(str(kept)).variants


def test_runs_are_planned_of_every_kind_of_value(tmp_path: Path) -> None:
    (tmp_path / "free.py").write_text(FREE)
    varied = [[64, 32], "a b", "a/b", "é", True, 1, 1.5, float("inf"), {"a": [1]}]
    one = {"reducer": f"{tmp_path}/free.py:Free", "params": {"x": 0}, "each": {"x": varied}}
    study = Study.model_validate({"dataset": "clouds", "seeds": 1, "variants": {"p": one}}).resolved()
    assert len({run.key for run in plan.make(study, make_dataset(), 1)}) == study.n_runs == 10
    (sweep,) = sweeps(study)
    assert sorted(sweep.variants.values()) == sorted(study.variants)
    assert not sweep.is_numeric
