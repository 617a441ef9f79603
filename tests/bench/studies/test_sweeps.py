from __future__ import annotations

import pytest

from bench.studies.study import Study, Variant, read
from bench.studies.sweeps import sweeps


def _study(**variants: Variant) -> Study:
    return Study(dataset="digits", variants=variants).resolved()


def test_settings_stand_in_order_with_the_default_among_them() -> None:
    varied = Variant(reducer="umap", params={"n_neighbors": 15, "init": "spectral"}, each={"n_neighbors": [50, 5]})
    (found,) = sweeps(_study(umap=varied))
    assert (found.title, found.default, found.base) == ("UMAP, n_neighbors", 15, "umap")
    assert dict(found.variants) == {5: "umap-n_neighbors-5", 15: "umap", 50: "umap-n_neighbors-50"}
    assert found.others == (5, 50)
    assert found.is_numeric


def test_texts_keep_the_studys_order_the_default_first() -> None:
    varied = Variant(reducer="umap", params={"init": "spectral"}, each={"init": ["random", "pca"]})
    (found,) = sweeps(_study(umap=varied))
    assert list(found.variants) == ["spectral", "random", "pca"]
    assert not found.is_numeric


def test_lists_and_truth_are_settings_as_text() -> None:
    lists = Variant(reducer="vae", params={"hidden_layer_sizes": [9]}, each={"hidden_layer_sizes": [[64, 32], [8]]})
    truth = Variant(reducer="umap", params={"init": True}, each={"init": [False, 1]})
    of_lists, of_truth = sweeps(_study(vae=lists, umap=truth))
    assert (list(of_lists.variants), of_lists.default) == (["[9]", "[64, 32]", "[8]"], "[9]")
    assert list(of_truth.variants) == ["True", "False", 1]
    assert not of_truth.is_numeric


def test_variants_that_stand_alone_are_no_sweep() -> None:
    one, other = (Variant(reducer="vae", params={"beta": beta}) for beta in (1, 2))
    assert sweeps(_study(one=one, other=other)) == []
    assert sweeps(read("default").resolved()) == []


def test_every_sweep_of_the_sensitivity_study_is_found_again_from_its_file() -> None:
    study = read("sensitivity")
    asked = [(v.reducer, parameter) for v in study.variants.values() for parameter in v.each]
    found = sweeps(study.resolved())
    assert len(found) == len(asked) == 7
    assert all(len(sweep.variants) == 5 for sweep in found)


@pytest.mark.parametrize("name", ["sensitivity", "initialisation", "dimensions"])
def test_no_variant_belongs_to_two_sweeps_but_the_defaults(name: str) -> None:
    study = read(name).resolved()
    others = [sweep.variants[value] for sweep in sweeps(study) for value in sweep.others]
    assert len(others) == len(set(others))
    assert {*others, *(sweep.base for sweep in sweeps(study))} == set(study.variants)


def test_names_of_variants_say_nothing() -> None:
    study = _study(umap=Variant(reducer="umap", params={"n_neighbors": 15}, each={"n_neighbors": [50, 5]}))
    names = dict(zip(study.variants, ("x", "y", "z"), strict=True))
    renamed = {
        names[name]: variant.model_copy(update={"of": names.get(variant.of, "")})
        for name, variant in study.variants.items()
    }
    (found,) = sweeps(study.model_copy(update={"variants": renamed}))
    assert found.base == "x" and dict(found.variants) == {5: "z", 15: "x", 50: "y"}
