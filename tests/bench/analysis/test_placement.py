from __future__ import annotations

from pathlib import Path

from bench.analysis.comparisons import Decision
from bench.analysis.placement import BASELINES, NEAREST, QUANTITY_OF, placements
from bench.metrics.placement_measures import OWN
from tests.bench.output.faq.made_up import FITTED, placement


def test_baselines_are_compared_with_transform_all_at_once(tmp_path: Path) -> None:
    found = {one.variant: one for one in placements(placement().write(tmp_path), FITTED)}
    assert list(found) == ["opentsne", "umap", "autoencoder"], "a search is no method"
    for one in found.values():
        assert list(one.compared) == list(BASELINES) and list(one.values) == [OWN, *BASELINES]
        assert {pair.n_pairs for pair in one.compared.values()} == {3 * len(BASELINES)}
    decisions = {variant: one.compared[NEAREST].decision for variant, one in found.items()}
    assert decisions == {"opentsne": Decision.BETTER, "umap": Decision.EQUIVALENT, "autoencoder": Decision.WORSE}


def test_every_baseline_is_measured() -> None:
    """The names here are those of the measure."""
    import numpy as np

    from bench.metrics import ReferenceSpace
    from bench.metrics.measure import Subject
    from bench.metrics.measures import MEASURES
    from tests.bench.metrics.data import dataset, tied_points

    data = dataset(tied_points(60), np.arange(60) % 3, tied_points(20, seed=1), y_test=np.arange(20) % 3)
    parts = MEASURES["placement"].compute(
        Subject(ReferenceSpace(data), {"train": data.X[:, :2], "test": data.X_test[:, :2]})
    )
    assert {part.partition(":")[0] for part in parts} == {OWN, *BASELINES}
    assert {part.partition(":")[2] for part in parts} == QUANTITY_OF.keys() - {"transform_s"}


def test_a_search_that_failed_gives_no_time(tmp_path: Path) -> None:
    results = placement().only("opentsne", "nearest-1").write(tmp_path)
    [one] = placements(results, "transform_s")
    assert one.compared[NEAREST].decision is Decision.BETTER
    assert one.compared["mean of 5"].decision is Decision.NOT_COMPARED
