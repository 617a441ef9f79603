from __future__ import annotations

import pytest

from bench.analysis.quantities import COSTS, QUANTITIES, SCORES, number
from bench.output.tables.build import FAMILY_TITLES


def test_every_quantity_has_a_unit_and_a_meaning() -> None:
    shown = [quantity for quantity in QUANTITIES.values() if quantity.family]
    assert {quantity.family for quantity in shown} == FAMILY_TITLES.keys()
    assert all(quantity.unit and quantity.meaning and quantity.weakness for quantity in shown)
    assert {*COSTS, *SCORES} == {quantity.key for quantity in shown}
    assert all((", test" in QUANTITIES[key].title) == key.endswith("_test") for key in SCORES)


def test_a_score_has_its_range_and_direction() -> None:
    silhouette = QUANTITIES["silhouette_test"]
    assert (silhouette.low, silhouette.high, silhouette.better) == (-1.0, 1.0, "higher")
    assert (silhouette.header, silhouette.is_ratio) == ("silhouette, test ↑ (ratio)", False)
    assert (QUANTITIES["fit_s"].header, QUANTITIES["fit_s"].is_ratio) == ("fit ↓ (s)", True)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("fit_s", 12.34, "12.3"),
        ("fit_s", 9.96, "10.0"),
        ("fit_s", 1.234, "1.23"),
        ("fit_s", 0.0994, "0.099"),
        ("fit_s", 0.00123, "0.0012"),
        ("fit_s", 0.0, "0.0000"),
        ("peak_mib", 1669.4, "1669"),
        ("fit_cores", 1.96, "2.0"),
        ("silhouette", -0.0004, "0.000"),
        ("silhouette", -0.0006, "-0.001"),
        ("calinski_harabasz", 1234.5678, "1235"),
        ("calinski_harabasz", 123.46, "123.5"),
    ],
)
def test_rounding(key: str, value: float, text: str) -> None:
    assert number(QUANTITIES[key], value) == text
