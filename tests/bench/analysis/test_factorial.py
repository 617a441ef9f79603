from __future__ import annotations

import pytest

from bench.analysis.comparisons import Decision
from bench.analysis.factorial import effects
from bench.analysis.quantities import QUANTITIES
from bench.store.values import Values

ACCURACY = QUANTITIES["knn_accuracy_k10"]


def _cells(**means: float) -> dict[tuple[int, int], Values]:
    """Return cells over four seeds, whose noise differs from cell to cell."""
    return {
        (int(name[1]), int(name[2])): Values(
            {(0, seed): mean + 0.001 * ((seed * (place + 2)) % 5) for seed in range(4)}
        )
        for place, (name, mean) in enumerate(means.items())
    }


def test_main_effects_sum_to_the_difference_of_the_corners() -> None:
    cells = _cells(c00=0.9, c10=0.8, c01=0.6, c11=0.3)
    found = effects(ACCURACY, cells)
    corners = cells[1, 1].array.mean() - cells[0, 0].array.mean()
    assert found.first.change + found.second.change == pytest.approx(corners)
    assert found.first.change == pytest.approx(-0.2, abs=0.005)
    assert found.second.change == pytest.approx(-0.4, abs=0.005)
    assert found.interaction.change == pytest.approx(-0.2, abs=0.005)
    assert {one.decision for one in (found.first, found.second, found.interaction)} == {Decision.WORSE}


def test_intervals_hold_for_all_three_effects_over_the_seeds_that_every_cell_has() -> None:
    cells = _cells(c00=0.9, c10=0.8, c01=0.6, c11=0.5)
    del cells[1, 0].by_run[0, 3]
    found = effects(ACCURACY, cells)
    assert [(one.n, one.n_pairs) for one in (found.first, found.second, found.interaction)] == [(3, 3)] * 3
    assert found.interaction.decision in (Decision.EQUIVALENT, Decision.INCONCLUSIVE)
