from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.attacks import COLUMNS, fooled_by, table
from bench.metrics.attacks import ATTACKS, HONEST, OF_DATA
from bench.metrics.fooled import FOOLED_BY
from bench.store.tables import read_csv

COMMITTED = Path(__file__).parents[3] / "results" / "attacks" / "attacks.csv"
HONEST_MAP = {"knn_recall_k15": 0.4, "shepard_spearman": 0.5, "knn_accuracy_k10": 0.9, OF_DATA: 0.1}
RANDOM = {"knn_recall_k15": 0.1, "shepard_spearman": 0.0, "knn_accuracy_k10": 0.1, OF_DATA: 0.1}


def of(attack: str, setting: str = "", shows: dict[str, float] = HONEST_MAP, **scores: float) -> dict[str, object]:
    return {"attack": attack, "setting": setting, **shows, **scores}


def measured(*forged: dict[str, object]) -> pd.DataFrame:
    honest = [of(HONEST, "A", trustworthiness_k15=0.90, silhouette=0.2, stress=0.4)]
    honest += [of(HONEST, "B", trustworthiness_k15=0.95, silhouette=0.1, stress=0.3)]
    chance = of("random positions", shows=RANDOM, trustworthiness_k15=0.5, silhouette=0.0, stress=0.5)
    return pd.DataFrame([*honest, chance, *forged])


def row(found: pd.DataFrame, score: str, attack: str) -> dict[str, object]:
    (one,) = found[(found["score"] == score) & (found["attack"] == attack)].to_dict("records")
    return one


def test_a_score_is_fooled_by_a_map_that_pleases_it_as_much_and_shows_less() -> None:
    less = HONEST_MAP | {"shepard_spearman": 0.2}
    found = table(measured(of("torn map", "9", less, trustworthiness_k15=0.941, silhouette=0.2, stress=0.4)))
    assert list(found) == COLUMNS
    torn = row(found, "trustworthiness_k15", "torn map")
    assert torn == {"score": "trustworthiness_k15", "attack": "torn map", "setting": "9", "value": 0.941} | {
        "honest": 0.95,
        "honest_map": "B",
        "margin": 0.01,
        "loses": "distances",
        "fooled": True,
    }
    assert row(found, "silhouette", "torn map")["fooled"], "as good as the best, and it has no margin"
    assert not row(found, "stress", "torn map")["fooled"], "lower is better"
    fooled = ("trustworthiness", "silhouette", "knn_recall", "knn_accuracy")
    nothing = dict.fromkeys(("stress", "shepard_spearman"), ())
    assert fooled_by(found) == dict.fromkeys(fooled, ("torn map",)) | nothing


@pytest.mark.parametrize(("value", "fooled"), [(0.94, True), (0.9399, False)])
def test_the_margin_of_the_score_decides(value: float, fooled: bool) -> None:
    less = HONEST_MAP | {"shepard_spearman": 0.2}
    found = table(measured(of("torn map", "", less, trustworthiness_k15=value)))
    assert row(found, "trustworthiness_k15", "torn map")["fooled"] == fooled


def test_a_map_that_loses_nothing_fools_nobody() -> None:
    found = table(measured(of("torn map", trustworthiness_k15=0.99)))
    assert row(found, "trustworthiness_k15", "torn map")["fooled"] is False
    at_the_limit = HONEST_MAP | {"knn_recall_k15": 0.25}
    assert row(table(measured(of("torn map", "", at_the_limit))), "knn_recall_k15", "torn map")["loses"] == ""
    below = HONEST_MAP | {"knn_recall_k15": 0.249}
    assert row(table(measured(of("torn map", "", below))), "knn_recall_k15", "torn map")["loses"] == "neighbours"


def test_classes_that_the_data_no_longer_have_are_lost_too() -> None:
    found = table(measured(of("impostor data", "", HONEST_MAP | {OF_DATA: 0.01}, silhouette=0.2)))
    assert row(found, "silhouette", "impostor data")["loses"] == "classes of the data"
    assert row(found, "silhouette", "impostor data")["fooled"] is True


def test_of_the_settings_the_one_counts_that_fools_or_else_pleases_most() -> None:
    less = HONEST_MAP | {"shepard_spearman": 0.1}
    settings = [of("folded map", "once", trustworthiness_k15=0.96, stress=0.2, silhouette=0.1)]
    settings += [of("folded map", "twice", less, trustworthiness_k15=0.945, stress=0.5, silhouette=0.0)]
    settings += [of("folded map", "again", less, trustworthiness_k15=0.942, stress=0.29, silhouette=0.05)]
    found = table(measured(*settings))
    chosen = {score: row(found, score, "folded map") for score in ("trustworthiness_k15", "stress", "silhouette")}
    assert [(one["setting"], one["fooled"]) for one in chosen.values()] == [
        ("twice", True),
        ("again", True),
        ("once", False),
    ]


def test_a_score_without_a_value_of_an_attack_has_no_row_of_it() -> None:
    found = table(measured(of("density line", stress=0.1)))
    assert found[found["attack"] == "density line"]["score"].tolist().count("silhouette") == 0
    assert row(found, "stress", "density line")["value"] == 0.1


def test_the_stated_weaknesses_are_those_of_the_committed_table() -> None:
    if not COMMITTED.is_file():
        pytest.skip(f"NOT COMPARED: there is no {COMMITTED}; `make attacks` writes it")
    found = read_csv(COMMITTED)
    assert set(found["attack"]) == {HONEST, *ATTACKS}
    stated = {key: attacks for key, attacks in fooled_by(found).items() if attacks}
    assert {key: set(attacks) for key, attacks in FOOLED_BY.items()} == {k: set(of) for k, of in stated.items()}
