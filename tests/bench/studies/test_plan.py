from __future__ import annotations

import pytest

import reducers
from bench.datasets import Dataset
from bench.studies import plan
from bench.studies.study import Study, Variant
from tests.conftest import make_dataset

versions = reducers.requirements
VARIANTS = {name: Variant(reducer=name) for name in ("pca", "tsne", "vae", "random_projection")}


def _study(**changes: object) -> Study:
    return Study.model_validate({"name": "s", "dataset": "clouds", "seeds": 3, "variants": VARIANTS} | changes)


def _make(dataset: Dataset, threads: int = 2, **changes: object) -> list[plan.Run]:
    return plan.make(_study(**changes), dataset, threads)


def test_rounds_are_outermost_and_each_is_shuffled(dataset: Dataset) -> None:
    runs = _make(dataset)
    assert [run.seed for run in runs] == [0] * 4 + [1] * 4 + [2] * 4
    rounds = [tuple(run.variant for run in runs if run.seed == seed) for seed in range(3)]
    assert all(sorted(one) == sorted(VARIANTS) for one in rounds)
    assert len(set(rounds)) > 1
    assert runs == _make(dataset)
    assert [r.variant for r in _make(dataset, order_seed=1)] != [r.variant for r in runs]


def test_every_variant_of_a_round_gets_the_same_seed(dataset: Dataset) -> None:
    runs = _make(dataset)
    assert all(len({run.random_state for run in runs if run.seed == seed}) == 1 for seed in range(3))
    assert len({run.random_state for run in runs}) == 3


def test_another_variant_changes_nobodys_seed_or_key(dataset: Dataset) -> None:
    fewer = _make(dataset, variants={"pca": VARIANTS["pca"]})
    keys = {(run.variant, run.seed): (run.random_state, run.key) for run in _make(dataset)}
    assert all(keys[run.variant, run.seed] == (run.random_state, run.key) for run in fewer)


def test_unseeded_variants_get_no_seed(dataset: Dataset) -> None:
    runs = _make(dataset, variants={"u": Variant(reducer="umap", seeded=False)})
    assert {run.random_state for run in runs} == {None}
    assert len({run.key for run in runs}) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"threads": 1},
        {"variants": VARIANTS | {"pca": Variant(reducer="pca", params={"svd_solver": "full"})}},
        {"variants": VARIANTS | {"pca": Variant(reducer="random_projection")}},
    ],
)
def test_the_key_changes_with_what_the_result_depends_on(dataset: Dataset, other: dict) -> None:
    def key(runs: list[plan.Run]) -> str:
        return next(run.key for run in runs if run.variant == "pca" and run.seed == 0)

    assert key(_make(dataset, **other)) != key(_make(dataset))
    assert key(_make(make_dataset(61))) != key(_make(dataset))


def test_the_key_stays_with_what_it_does_not_depend_on(dataset: Dataset) -> None:
    same = _make(dataset, timeout="1h", memory="1GiB", seeds=5, title="another", order_seed=3)
    keys = {(run.variant, run.seed): run.key for run in same}
    assert all(keys[run.variant, run.seed] == run.key for run in _make(dataset))


def test_seeds_are_derived_from_named_axes() -> None:
    assert plan.derive_seed(use="fit", seed=0) == plan.derive_seed(seed=0, use="fit")
    assert len({plan.derive_seed(use=use, seed=seed) for use in ("fit", "order") for seed in range(100)}) == 200


def test_without_rounds_the_seeds_of_a_variant_follow_each_other(dataset: Dataset) -> None:
    runs = _make(dataset, rounds=False)
    assert [(run.variant, run.seed) for run in runs] == [(name, seed) for name in VARIANTS for seed in range(3)]
    assert {run.key for run in runs} == {run.key for run in _make(dataset)}


def test_the_key_changes_with_the_points_that_are_fitted(dataset: Dataset) -> None:
    variants = {"all": {}, "few": {"n": 30}, "without": {"without": "b"}, "more": {"n": 1_000}}
    variants |= {rows: {"rows": rows} for rows in ("permuted", "doubled")}
    runs = _make(dataset, seeds=1, variants={name: {"reducer": "pca"} | spec for name, spec in variants.items()})
    keys = {run.variant: run.key for run in runs}
    assert len(set(keys.values())) == 5
    assert keys["more"] == keys["all"], "there are no more points than all"


def test_samples_are_an_axis_beside_seeds(dataset: Dataset) -> None:
    one, two = _make(dataset), _make(dataset, samples=2)
    assert [(run.sample, run.seed) for run in two] == [
        (sample, seed) for sample in range(2) for seed in range(3) for _ in VARIANTS
    ]
    assert [run.variant for run in two[: len(one)]] == [run.variant for run in one], "the first sample keeps its order"
    by_sample = [{(r.variant, r.seed): r.random_state for r in two if r.sample == sample} for sample in range(2)]
    assert by_sample[0] == by_sample[1] == {(run.variant, run.seed): run.random_state for run in one}
    assert len({run.key for run in (*one, *two)}) == 3 * len(one)


def test_the_key_changes_with_what_a_reducer_requires(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {run.variant: run.key for run in _make(dataset, seeds=1)}
    monkeypatch.setattr(reducers, "requirements", lambda name: {"torch": "99"} if name == "vae" else versions(name))
    after = {run.variant: run.key for run in _make(dataset, seeds=1)}
    assert {name for name in before if before[name] != after[name]} == {"vae"}
