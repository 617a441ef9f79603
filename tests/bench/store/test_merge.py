"""Results folders of several people or machines become one, and only those that belong together."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import Dataset
from bench.errors import StoreError
from bench.execution import scoring
from bench.store import sums
from bench.store.export import export
from bench.store.merge import merge
from bench.store.records import Record, Status
from bench.store.results import Results
from bench.store.store import Store
from tests.bench import results_maker as maker
from tests.conftest import make_dataset

SCORE = "knn_accuracy_k10_test"
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(40, 15)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory, dataset: Dataset) -> Callable[[Sequence[Record], bool], Path]:
    """Return a function that makes a folder with records, scored and perhaps drawn; of the same records the same."""

    @cache
    def of(records: str, drawn: bool) -> Path:
        found = [Record.model_validate_json(record) for record in records.splitlines()]
        return maker.folder(tmp_path_factory.mktemp("scored"), dataset, found, drawn=drawn).folder

    return lambda records, drawn: of("\n".join(record.model_dump_json() for record in records), drawn)


@pytest.fixture
def make(tmp_path: Path, scored: Callable[[Sequence[Record], bool], Path]) -> Make:
    """Return a function that makes a folder of a name with records, on a machine class, complete with its list."""

    def made(
        name: str, records: Sequence[Record], machine: str = "x", *, drawn: bool = False, **environment: object
    ) -> Path:
        store = Store(shutil.copytree(scored(records, drawn), tmp_path / name))
        for record in store.records():
            on_it = record.model_copy(update={"machine": machine, "host": f"host-{machine}"})
            store.write_model(f"runs/{record.variant}/seed-{record.seed}.json", on_it)
        export(store)
        where = store.environment()
        assert where is not None
        facts = {"fingerprint": machine, "processor": f"processor {machine}"} | environment
        store.write_model("environment.json", where.model_copy(update=facts))
        sums.write(store.folder)
        return store.folder

    return made


def _records(*names: str, seeds: Sequence[int] = (0, 1), **changes: object) -> list[Record]:
    data = make_dataset(40, 15)
    return [maker.record(name, seed, data, **changes) for name in names for seed in seeds]


def _without_runs(folder: Path) -> Path:
    for name in ("runs", "references"):
        shutil.rmtree(folder / name)
    return folder


@pytest.mark.parametrize("has_runs", [True, False])
def test_methods_and_seeds_of_two_folders_are_together(tmp_path: Path, make: Make, has_runs: bool) -> None:
    more = [*_records("b", seeds=(2,)), *_records("c")]
    folders = [make("one", _records("a", "b"), drawn=True), make("two", more, drawn=True)]
    before = [Results(folder).values("b", SCORE).by_run for folder in folders]
    if not has_runs:
        folders = list(map(_without_runs, folders))
    found = merge(folders, tmp_path / "out")
    results = Results(tmp_path / "out")
    assert (found.has_runs, found.notes, found.repeated) == (has_runs, [], {})
    assert results.variants == ("a", "b", "c")
    assert results.run_ids("b") == [(0, 0), (0, 1), (0, 2)]
    assert results.values("b", SCORE).by_run == before[0] | before[1]
    assert results.study.seeds == 3
    assert len(results.scores[results.scores["variant"] == "pixels"]) == len(
        Results(folders[0]).scores.query("variant == 'pixels'")
    )
    assert {f"embedding/{name}/0-0/train" for name in "abc"} <= set(results.arrays)
    assert results.environment is not None and results.environment.machines == {}
    assert len(Store(tmp_path / "out").records()) == (7 if has_runs else 0)
    assert not (tmp_path / "out" / "machines").exists()
    # A score over seeds is one of all of them: the table has it where all are of one folder.
    across = results.scores[results.scores["seed"].isna() & (results.scores["split"] == "seeds")]
    assert set(across["variant"]) == {"a", "c"}


def test_numbers_keep_every_digit(tmp_path: Path, make: Make) -> None:
    folders = [make("one", _records("a")), make("two", _records("b"))]
    merge(list(map(_without_runs, folders)), tmp_path / "out")
    rows = (tmp_path / "out" / "scores.csv").read_text().splitlines()
    for folder, name in zip(folders, "ab", strict=True):
        lines = (folder / "scores.csv").read_text().splitlines()
        assert {line for line in lines if line.startswith(f"{name},")} <= {*rows}


def test_the_same_run_counts_once(tmp_path: Path, make: Make) -> None:
    one, two = make("one", _records("a")), make("two", _records("a", seeds=(0, 1, 2)))
    found = merge([one, two], tmp_path / "out")
    assert found.notes == []
    assert Results(tmp_path / "out").run_ids("a") == [(0, 0), (0, 1), (0, 2)]
    assert [source.folder.name for source in found.own.values()] == ["one", "one", "two"]


@pytest.mark.parametrize("has_runs", [True, False])
def test_another_embedding_of_the_same_run_is_refused(
    tmp_path: Path, make: Make, dataset: Dataset, has_runs: bool
) -> None:
    one, two = make("one", _records("a")), make("two", _records("a"))
    _move(Store(two), dataset)
    if not has_runs:
        one, two = map(_without_runs, (one, two))
    with pytest.raises(StoreError, match=r"a, seed 1 in .*one and in .*two.*different embeddings"):
        merge([one, two], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def _move(store: Store, dataset: Dataset) -> None:
    """Give the second run another embedding, with its scores, as if it had been measured so."""
    record = store.find("a", 0, 1)
    assert record is not None
    partial = store.partial_arrays("a", 0, 1)
    noise = np.random.RandomState(9).standard_normal((len(dataset.X), 2)).astype(np.float32)
    with partial.open("wb") as file:
        np.savez(file, train=noise, test=noise[: len(dataset.X_test)])
    kept = store.keep(record, partial)
    scoring.score(store, dataset, [kept], lambda _: None, references=False)
    export(store)
    sums.write(store.folder)


def test_a_method_that_is_not_repeatable_has_two_embeddings_and_the_first_is_taken(
    tmp_path: Path, make: Make, dataset: Dataset
) -> None:
    once = [maker.record("a", seed, dataset, maker.successful(1.0, repeatable=False)) for seed in (0, 1)]
    one, two = make("one", once), make("two", once)
    _move(Store(two), dataset)
    [note] = merge([one, two], tmp_path / "out").notes
    assert note.startswith("a, seed 1 has two embeddings, as its method is not repeatable: that of")


def test_a_seed_on_another_machine_is_kept_apart_and_no_further_seed(tmp_path: Path, make: Make) -> None:
    one, two = make("one", _records("a", "b")), make("two", _records("a", seeds=(0, 1, 2)), "y")
    found = merge([one, two], tmp_path / "out")
    results = Results(tmp_path / "out")
    assert results.run_ids("a") == [(0, 0), (0, 1), (0, 2)]
    assert list(results.machine_of("a").values()) == ["x", "x", "y"]
    assert list(found.repeated) == ["y"] and list(found.repeated["y"]) == [("a", 0, 0), ("a", 0, 1)]
    [repeated] = results.repeated
    assert repeated.run_ids("a") == [(0, 0), (0, 1)] and repeated.variants == ("a",)
    assert len(Store(repeated.folder).records()) == 2
    where = results.environment
    assert where is not None
    assert {name: one.processor for name, one in where.machines.items()} == {"x": "processor x", "y": "processor y"}
    # Costs are of the class with most timed runs alone.
    assert results.values("a", "fit_s").by_run.keys() == {(0, 0), (0, 1)}
    assert len(results.values("a", SCORE)) == 3


def test_a_merged_folder_is_merged_again(tmp_path: Path, make: Make) -> None:
    folders = [make("one", _records("a")), make("two", _records("a"), "y"), make("three", _records("b"), "z")]
    merge(folders[:2], tmp_path / "first")
    sums.write(tmp_path / "first")
    found = merge([tmp_path / "first", folders[2]], tmp_path / "out")
    assert list(found.repeated) == ["y"] and set(found.own) == {(name, 0, seed) for name in "ab" for seed in (0, 1)}
    where = Results(tmp_path / "out").environment
    assert where is not None and set(where.machines) == {"x", "z"}


def test_a_lost_or_untimed_run_gives_way(tmp_path: Path, make: Make) -> None:
    lost = maker.failed(Status.LOST, "its worker was lost 3 times")
    records = [*_records("a", seeds=(0,), outcome=lost), *_records("a", seeds=(1,), timed=False)]
    one, two = make("one", records), make("two", _records("a"))
    [note] = merge([one, two], tmp_path / "out").notes
    assert note == f"a, seed 0 is lost in {one} and ok in {two}: that of {two} is taken."
    assert len(Results(tmp_path / "out").values("a", "fit_s")) == 2
    found = merge([one, make("three", _records("a", seeds=(0,)), "y")], tmp_path / "other")
    assert found.own["a", 0, 0].folder.name == "three" and found.repeated == {}, "whatever the machine"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dataset_fingerprint": "f" * 20}, r"their data are clouds and clouds \(hashes .* and ffffffffffff\)"),
        ({"measurement": 3}, "they were measured by editions 4 and 3"),
        ({"metrics": {"silhouette": 9}}, "the version of the score silhouette is 1 and 9"),
        ({"reducers": {"pca": "other"}}, "the code of pca is another one"),
        ({"versions": {"numpy": "1.0", "black": "1"}}, "the version of numpy is .* and 1.0"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, make: Make, changes: dict[str, object], said: str
) -> None:
    known = {"metrics": {"silhouette": 1}, "reducers": {"pca": "code"}, "versions": {"numpy": "2.0", "black": "2"}}
    one, two = make("one", _records("a"), **known), make("two", _records("a", seeds=(2,)), **(known | changes))
    with pytest.raises(StoreError, match=f"do not belong together: {said}"):
        merge([one, two], tmp_path / "out")


@pytest.mark.parametrize(("field", "value"), [("timeout", "9s"), ("threads", 3), ("samples", 2)])
def test_another_protocol_is_refused(tmp_path: Path, make: Make, field: str, value: object) -> None:
    one, two = make("one", _records("a")), make("two", _records("b"))
    store = Store(two)
    store.write("study.toml", store.study().with_changes({field: value}).to_toml())
    with pytest.raises(StoreError, match=f"do not belong together: {field} is"):
        merge([one, two], tmp_path / "out")


def _by_anchors(folder: Path, anchors: int) -> Path:
    store = Store(folder)
    store.write("study.toml", store.study().with_changes({"anchors": anchors}).to_toml())
    return folder


@pytest.mark.parametrize("lacking", ["one", "two"])
def test_scores_by_other_anchors_do_not_stand_in_one_table(tmp_path: Path, make: Make, lacking: str) -> None:
    folders = [make("one", _records("a")), _by_anchors(make("two", _records("b")), 100)]
    _without_runs(tmp_path / lacking)
    with pytest.raises(StoreError, match="do not belong together: anchors is None and 100, and scores are computed"):
        merge(folders, tmp_path / "out")


def test_runs_are_scored_again_by_the_anchors_of_the_first_folder(tmp_path: Path, make: Make) -> None:
    merge([_by_anchors(make("one", _records("a")), 100), make("two", _records("a", "b"))], tmp_path / "out")
    results = Results(tmp_path / "out")
    assert (results.study.anchors, results.variants) == (100, ("a", "b"))


def test_other_parameters_under_one_name_are_refused(tmp_path: Path, make: Make) -> None:
    one, two = make("one", _records("a")), make("two", _records("a", seeds=(2,), params={"whiten": True}))
    with pytest.raises(StoreError, match=r"params of a is \{\} and \{'whiten': True\}"):
        merge([one, two], tmp_path / "out")


def test_a_folder_with_results_is_not_written_into(tmp_path: Path, make: Make) -> None:
    one, two = make("one", _records("a")), make("two", _records("b"))
    with pytest.raises(StoreError, match=r"Got --out .*two, but expected a new folder"):
        merge([one, two], two)
    with pytest.raises(StoreError, match="at least two"):
        merge([one], tmp_path / "out")


def test_a_damaged_table_is_not_merged(tmp_path: Path, make: Make) -> None:
    one, two = map(_without_runs, (make("one", _records("a")), make("two", _records("b"))))
    text = (two / "scores.csv").read_text()
    (two / "scores.csv").write_text(text.replace("0.", "1.", 1))
    with pytest.raises(StoreError, match="is not what was written"):
        merge([one, two], tmp_path / "out")


def test_a_machine_that_is_named_like_a_path_stays_inside(tmp_path: Path, make: Make) -> None:
    one, two = make("one", _records("a")), make("two", _records("a"), "../../up")
    merge([one, two], tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / "machines").iterdir()] == ["______up"]
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two", "out"}


def test_environments_say_what_all_have(tmp_path: Path, make: Make) -> None:
    facts = {"wall_s": 10.0, "measured_s": 5.0, "git_commit": "abc", "reducers": {"pca": "code"}}
    one = make("one", _records("a"), **facts)
    two = make("two", _records("b", reducer="tsne"), **(facts | {"git_commit": "def", "reducers": {"tsne": "code"}}))
    merge([one, two], tmp_path / "out")
    where = Results(tmp_path / "out").environment
    assert where is not None
    assert (where.wall_s, where.measured_s, where.git_commit) == (20.0, 10.0, "abc and def")
    assert where.reducers == {"pca": "code", "tsne": "code"}


def test_runs_of_a_variant_that_the_study_does_not_have_are_refused(tmp_path: Path, make: Make) -> None:
    one, two = make("one", _records("a")), make("two", _records("b"))
    rows = (two / "runs.csv").read_text().replace("\nb,", "\n../b,")
    (two / "SHA256SUMS").unlink()
    (two / "runs.csv").write_text(rows)
    with pytest.raises(StoreError, match=r"with runs of \['../b'\], but its study has no such variants"):
        merge([one, two], tmp_path / "out")
