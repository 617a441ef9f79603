from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.metrics import METRICS
from bench.metrics.attacks import ATTACKS, HONEST, OF_DATA, Candidate, Material, attacked, candidates, usual_k
from bench.metrics.fooled import FOOLED_BY
from bench.metrics.functions import space_of
from tests.conftest import make_dataset

N = 240


@pytest.fixture(scope="module")
def maps() -> list[Candidate]:
    data, rng = make_dataset(N, 0, n_features=6), np.random.RandomState(0)
    Z = data.X[:, :2] + 0.01 * rng.standard_normal((N, 2))
    noise = space_of(rng.standard_normal((N, 5)), rng.randint(3, size=N))
    material = Material(space_of(data.X, data.y), {"two": Z, "other": data.X[:, 2:4]}, Z, noise, rng.rand(N, 2))
    return list(candidates(material))


def test_every_attack_is_made_and_only_scores_of_the_map_as_it_is_are_attacked(maps: list[Candidate]) -> None:
    assert {one.attack for one in maps} == {HONEST, *ATTACKS}
    assert len({(one.attack, one.setting) for one in maps}) == len(maps)
    assert all(text.endswith(".") for text in ATTACKS.values())
    keys = {one.key for one in attacked()}
    assert {"silhouette", "trustworthiness", "stress", "kmeans_ari", "label_continuity"} <= keys
    assert not {"axis_std", "reconstruction_mse", "knn_jaccard", "silhouette_of_classes"} & keys
    assert [usual_k(METRICS[key]) for key in ("trustworthiness", "knn_accuracy", "nearest_classes", "stress")] == [
        15,
        10,
        4,
        None,
    ]


def test_each_map_has_one_value_a_score_and_the_silhouette_of_its_data(maps: list[Candidate]) -> None:
    found = maps[0].scores()
    assert {"trustworthiness_k15", "knn_accuracy_k10", "stress", "silhouette", OF_DATA} <= found.keys()
    assert len(found) == len(attacked()) + 1 - ("nearest_classes_k4" not in found) - ("hdbscan_ari" not in found) * 2
    assert not [column for column in found if column.endswith(("_k5", "_k30", "_test"))]


def test_impostor_data_change_nothing_of_a_map_but_what_is_left_of_the_classes(maps: list[Candidate]) -> None:
    honest = next(one for one in maps if one.attack == HONEST)
    impostor = next(one for one in maps if (one.attack, one.setting) == ("impostor data", f"{honest.setting}, 16"))
    before, after = honest.scores(), impostor.scores()
    for column in ("knn_recall_k15", "trustworthiness_k15", "silhouette", "knn_accuracy_k10"):
        assert after[column] == pytest.approx(before[column], abs=0.01), column
    assert after[OF_DATA] < 0.01 < 0.5 < before[OF_DATA]


def test_the_same_material_gives_the_same_maps(maps: list[Candidate]) -> None:
    of_data = next(one.embedding.space for one in maps)
    Z = {one.setting: one.embedding.Z for one in maps if one.attack == HONEST}
    noise = next(one.embedding for one in maps if one.attack == "pure noise")
    again = list(candidates(Material(of_data, Z, Z["two"], noise.space, noise.Z)))
    for first, second in zip(maps, again, strict=True):
        assert np.array_equal(first.embedding.Z, second.embedding.Z), first.attack


def test_the_weakness_of_a_score_names_the_attacks_that_fool_it() -> None:
    assert FOOLED_BY.keys() <= {one.key for one in attacked()}
    assert all(set(attacks) <= set(ATTACKS) for attacks in FOOLED_BY.values())
    one = METRICS["silhouette"]
    assert one.row()["weakness"] == one.stated_weakness
    assert replace(one, key="no score").stated_weakness == one.weakness
    for key, attacks in FOOLED_BY.items():
        said = METRICS[key].stated_weakness
        assert said.startswith(METRICS[key].weakness) and all(attack in said for attack in attacks)
