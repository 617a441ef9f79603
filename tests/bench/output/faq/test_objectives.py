from __future__ import annotations

from pathlib import Path

import pytest

from bench.output.faq.objectives import encode_or_reconstruct
from tests.bench.output.faq import made_up
from tests.bench.output.faq.made_up import FITTED, around, said


def test_the_difference_is_the_sum_of_encoder_and_reconstruction(tmp_path: Path) -> None:
    results = made_up.objectives().write(tmp_path)
    text = said(encode_or_reconstruct, results)
    assert "they differ by -0.300 [-0.300, -0.300]" in text
    assert "The encoder changes it by -0.100 [-0.100, -0.100] (worse)" in text
    assert "the reconstruction by -0.200 [-0.200, -0.200] (worse)" in text
    assert "The interaction is" in text and "(equivalent)" in text
    assert "test points say -0.200 [-0.200, -0.200] (worse) for the reconstruction" in text


def test_the_table_has_four_cells_three_effects_and_what_is_not_part_of_it(tmp_path: Path) -> None:
    rows = encode_or_reconstruct(made_up.objectives().write(tmp_path)).rows
    assert [row[0] for row in rows] == [
        "free, neighbours: UMAP",
        "encoder, neighbours: Parametric UMAP",
        "free, reconstruction: Auto-decoder",
        "encoder, reconstruction: Autoencoder",
        "encoder instead of free positions",
        "reconstruction instead of neighbours",
        "interaction",
        "(UMAP, init spectral)",
    ]
    assert rows[0][-1] == "n/a" and rows[5][-1].endswith("(of encoders)")


def test_an_encoder_that_costs_only_with_a_reconstruction_is_an_interaction(tmp_path: Path) -> None:
    made = made_up.objectives().with_values(**{"parametric__umap": {FITTED: around(0.9)}})
    text = said(encode_or_reconstruct, made.write(tmp_path))
    assert "The interaction is -0.100 [-0.100, -0.100] (worse)" in text


def test_without_one_of_the_four_nothing_is_said(tmp_path: Path) -> None:
    made = made_up.objectives()
    variants = {name: of for name, of in made.variants.items() if name != "auto-decoder"}
    results = made_up.MadeUp("objectives", variants, {name: made.values[name] for name in variants}).write(tmp_path)
    assert said(encode_or_reconstruct, results) == "One of the four has no successful run."


@pytest.mark.parametrize("score", [0, 1])
def test_effects_are_of_each_score(score: int, tmp_path: Path) -> None:
    rows = encode_or_reconstruct(made_up.objectives().write(tmp_path)).rows
    assert rows[4][1 + score].startswith(("-0.100", "-0.050")[score])
