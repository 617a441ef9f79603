from __future__ import annotations

import io
from pathlib import Path

from matplotlib.text import Text
from rich.console import Console

from bench import execute, figures
from bench.reading import Reading, read
from bench.records import Status
from bench.store import Store
from bench.study import Study, Variant
from tests.bench import results_maker as maker
from tests.conftest import make_dataset


def reading_of(path: Path, **changes: object) -> Reading:
    """Return a study of a method without b and without c, of one that failed, and of one fitted on all points."""
    dataset, store = make_dataset(80, 30), Store(path)
    variants = {
        name: Variant.model_validate({"reducer": "pca", "label": label, "without": without} | changes)
        for name, label, without in (
            ("one-b", "One without b", "b"),
            ("one-c", "One without c", "c"),
            ("other-c", "Other without c", "c"),
            ("whole", "Whole", ""),
        )
    }
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    for name, variant in variants.items():
        selected = dataset.select(None, variant.without)
        outcome = maker.ill(Status.CRASHED, "lost") if name == "other-c" else None
        maker.keep(store, maker.record(name, 0, selected, outcome, label=variant.label), selected)
    execute._score(store, dataset, Console(file=io.StringIO()))
    return read(store, dataset)


def test_a_column_a_method_and_a_row_a_class(tmp_path: Path) -> None:
    drawn = {drawing.name: figure for drawing, figure in figures.pictures(reading_of(tmp_path))}
    rows = [[ax for ax in drawn["unseen"].axes if ax.get_subplotspec().rowspan.start == row] for row in (0, 1)]
    assert [ax.get_title() for ax in rows[0]] == ["One", "Other"]
    assert [row[0].get_ylabel() for row in rows] == ["without b", "without c"]
    assert "taken for" in rows[0][0].get_xlabel() and "area" in rows[0][0].get_xlabel()
    written = [" ".join(text.get_text() for text in row[1].findobj(Text)) for row in rows]
    assert "not in the study" in written[0]
    assert "crashed: lost" in written[1]
    fitted, held_out = rows[0][0].collections
    data = make_dataset(80, 30)
    assert len(fitted.get_offsets()) == (data.y != 1).sum()
    assert len(held_out.get_offsets()) == (data.y_test == 1).sum()


def test_what_is_not_scored_is_not_drawn(tmp_path: Path) -> None:
    assert "unseen" not in {drawing.name for drawing, _ in figures.pictures(reading_of(tmp_path, scores=False))}
