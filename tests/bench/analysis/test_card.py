from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from bench.analysis.card import CHANGES, Card, Change, Line, cards, table
from bench.store.machines import DIFFERS, FOLDER
from bench.store.records import Status
from tests.bench.output.faq.made_up import STAYS, around
from tests.bench.output.faq.made_up import cards as made_up
from tests.bench.results_maker import failed


def test_a_card_has_every_change_in_its_order(tmp_path: Path) -> None:
    found = cards(made_up().write(tmp_path))
    assert [card.variant for card in found] == ["pca", "tsne", "umap"]
    for card in found:
        assert list(card.lines) == [change.key for change in CHANGES]
        for change, stays in STAYS[card.variant].items():
            line = card.lines[change]
            assert line.values[0] == stays and len(line.values) == (2 if change == "seed" else 3)
            assert line.same_bits is (stays == 1)
        assert card.lines["clusters"].values == (STAYS[card.variant]["seed"],) * 2


def test_what_depends_on_the_batch_is_that_of_the_scores(tmp_path: Path) -> None:
    lines = {card.variant: card.lines for card in cards(made_up().write(tmp_path))}
    for key in ("alone", "few", "refit"):
        assert lines["umap"][key].values == tuple(around(0.6))
    assert lines["tsne"]["alone"] == Line(CHANGES[5], reason="n/a (transductive)")


@pytest.mark.parametrize(
    ("values", "stays", "moves"),
    [
        ((1.0, 1.0, 1.0), True, False),
        ((0.995, 0.996, 0.997), True, False),
        ((0.97, 0.972, 0.971), False, True),
        ((0.98, 1.0, 0.99), False, False),
        ((0.5,), False, False),
        ((), False, False),
    ],
)
def test_an_interval_decides_by_the_margin(values: tuple[float, ...], stays: bool, moves: bool) -> None:
    line = Line(Change("process", "", ""), values)
    assert (line.stays, line.moves) == (stays, moves)


def test_the_same_bits_stay_with_one_seed_too() -> None:
    assert Line(Change("process", "", ""), (1.0,), same_bits=True).stays


def test_changes_as_large_as_another_seed(tmp_path: Path) -> None:
    found = {card.variant: [line.change.key for line in card.as_a_seed] for card in cards(made_up().write(tmp_path))}
    assert found == {"pca": [], "tsne": ["threads"], "umap": ["permuted", "doubled"]}


@pytest.mark.parametrize(
    ("stays", "is_as_a_seed", "is_open"),
    [
        ((0.755, 0.745, 0.758), False, True),
        ((0.3, 0.31, 0.32), True, False),
        ((0.97, 0.971, 0.972), False, False),
        ((1.0, 1.0, 1.0), False, False),
    ],
)
def test_an_interval_of_the_difference_decides_what_is_as_large_as_another_seed(
    stays: tuple[float, ...], is_as_a_seed: bool, is_open: bool
) -> None:
    seed, order = Line(CHANGES[0], (0.745, 0.755)), Line(CHANGES[1], stays)
    card = Card("umap", "UMAP", {"seed": seed, "permuted": order})
    assert (order in card.as_a_seed, order in card.open) == (is_as_a_seed, is_open)


def test_a_method_that_failed_has_the_reason(tmp_path: Path) -> None:
    made = made_up()
    late = {name: [failed(Status.TIMEOUT, "took too long")] * 3 for name in made.variants if name.startswith("umap")}
    made = made.with_values(**{name.replace("-", "__"): {} for name in late})
    results = type(made)(**{**vars(made), "outcomes": late}).write(tmp_path)
    lines = {card.variant: card.lines for card in cards(results)}
    assert {line.reason for line in lines["umap"].values()} == {"took too long"}
    assert lines["pca"]["seed"].values


def test_what_was_not_compared_has_a_reason(tmp_path: Path) -> None:
    results = made_up().write(tmp_path)
    pairs = pd.read_csv(results.folder / "reproducibility.csv")
    pairs = pairs[(pairs["differs"] != "threads")].assign(cluster_ari=None)
    pairs.to_csv(results.folder / "reproducibility.csv", index=False)
    lines = cards(results)[0].lines
    assert lines["threads"].reason == "n/a (no two runs to compare)" and lines["clusters"].reason == "n/a (no clusters)"
    (results.folder / "reproducibility.csv").unlink()
    assert cards(results)[0].lines["seed"].reason == "n/a (no two runs to compare)"


def test_the_table_has_a_row_a_method_and_change(tmp_path: Path) -> None:
    found = table(cards(made_up().write(tmp_path)))
    assert len(found) == 3 * len(CHANGES)
    row = found[(found["variant"] == "umap") & (found["change"] == "permuted")].iloc[0]
    assert (row["lowest"], row["highest"], row["n"]) == (0.74, 0.742, 3) and row["value"] == pytest.approx(0.741)
    assert row["same_bits"] is False


def test_a_study_that_runs_nothing_again_has_no_card(tmp_path: Path) -> None:
    from tests.bench.output.faq.made_up import threads

    assert cards(threads().write(tmp_path)) == ()


def test_a_folder_of_several_machines_has_one_more_line(tmp_path: Path) -> None:
    made = made_up()
    pairs = made.tables["reproducibility"]
    again = pairs[pairs["differs"] == "process"].assign(differs=f"{DIFFERS}y", shared_neighbours=0.7, bit_equal=False)
    tables = {"reproducibility": pd.concat([pairs, again.assign(second=again["first"])])}
    results = replace(made, tables=tables).write(tmp_path)
    assert "machine" not in cards(results)[0].lines, "nothing was repeated"
    (results.folder / FOLDER / "y").mkdir(parents=True)
    (results.folder / FOLDER / "y" / "study.toml").write_text("")
    found = {card.variant: card for card in cards(type(results)(results.folder))}
    assert list(found["pca"].lines)[-2:] == ["machine", "clusters"]
    line = found["umap"].lines["machine"]
    assert (line.values, line.same_bits) == ((0.7,) * 3, False)
    assert "machine" in [one.change.key for one in found["umap"].as_a_seed], "it keeps no more than another seed"
    assert found["umap"].lines["process"].values == (1.0, 1.0, 1.0)
