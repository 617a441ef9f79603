from __future__ import annotations

from pathlib import Path

import pytest

from bench.output.faq.placement import baselines, copies
from tests.bench.output.faq.made_up import FITTED, around, placement, said


def test_each_placement_is_compared_with_transform(tmp_path: Path) -> None:
    answer = baselines(placement().write(tmp_path))
    assert answer.header[2:6] == ("`transform`", "copy of 1", "mean of 5", "median of 5")
    assert {len(row) for row in answer.rows} == {len(answer.header)}
    assert [row[0] for row in answer.rows] == ["openTSNE"] * 4 + ["UMAP"] * 4 + ["Autoencoder"] * 4
    accuracy = {row[0]: row for row in answer.rows if row[1] == "10-NN accuracy, test"}
    assert accuracy["openTSNE"][2:5] == ("0.900", "0.920 better", "0.700 worse")
    assert accuracy["UMAP"][3] == "0.904 equivalent"
    assert accuracy["Autoencoder"][3] == "0.850 worse"


def test_the_time_of_a_baseline_is_that_of_the_search_for_as_many_neighbours(tmp_path: Path) -> None:
    made = placement().with_values(nearest__25={"transform_s": [9.0, 9.1, 9.2]})
    times = {row[0]: row for row in baselines(made.write(tmp_path)).rows if row[1] == "transform"}
    assert times["openTSNE"][2:4] == ("3.40", "2.00 better")
    assert times["openTSNE"][7:] == ("9.1 worse",) * 3, "mean, median and copy of 25"
    assert times["Autoencoder"][3] == "2.00 worse"
    without = placement().only("umap", "nearest-1").write(tmp_path / "one")
    time = next(row for row in baselines(without).rows if row[1] == "transform")
    assert time[4] == "n/a", "no search for 5 was measured"


def test_the_sentence_names_every_result(tmp_path: Path) -> None:
    text = said(copies, placement().write(tmp_path))
    assert text.startswith(
        "**In 10-NN accuracy on test digits, copying the position of the nearest training digit is, compared with "
        "`transform`, better with openTSNE; equivalent with UMAP; worse with Autoencoder.** "
        "The copy less `transform`: openTSNE +0.020"
    )
    assert "(0.900 by `transform`); UMAP +0.004" in text
    assert "3 seeds, 500 test digits (mnist-5k)." in text
    assert text.endswith("has the lowest accuracy of 7 baselines with openTSNE, UMAP and Autoencoder.")


@pytest.mark.parametrize(("own", "said_of"), [(0.95, "worse"), (0.91, "inconclusive"), (0.8, "better")])
def test_the_sentence_turns_with_the_numbers(tmp_path: Path, own: float, said_of: str) -> None:
    spread = [own - 0.03, own, own + 0.04] if said_of == "inconclusive" else around(own)
    made = placement().only("umap").with_values(umap={f"placement:own:{FITTED}": spread})
    assert f"compared with `transform`, {said_of} with UMAP.**" in said(copies, made.write(tmp_path))


def test_the_mean_is_called_the_weakest_only_where_it_is(tmp_path: Path) -> None:
    made = placement().with_values(umap={f"placement:mean of 25:{FITTED}": around(0.6)}).only("umap")
    assert "lowest accuracy" not in said(copies, made.write(tmp_path))


def test_without_a_transform_there_is_no_finding(tmp_path: Path) -> None:
    assert copies(placement().only("nearest-1").write(tmp_path)) is None
