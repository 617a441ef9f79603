"""Figures of points: every point is where its embedding has it, in the colour of its class or score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.spatial import procrustes

from bench.analysis import caveats
from bench.datasets import Dataset
from bench.execution.drawings import keep_drawings
from bench.execution.pictured import alignment
from bench.output.colours import palette
from bench.output.figures import clouds, style
from bench.output.figures.clouds import frame, positions
from bench.output.figures.values import shown_array
from bench.store.export import export
from bench.store.records import Status
from bench.store.results import Results
from bench.store.store import Store
from bench.store.values import DataFacts
from bench.studies.study import Study, Variant
from bench.units import seconds_as_text
from tests.bench import results_maker as maker
from tests.bench.output.figures.conftest import single
from tests.conftest import make_dataset


def order_of(n: int) -> np.ndarray:
    return np.random.RandomState(style.DRAW_SEED).permutation(n)


def test_every_point_is_drawn_once_in_one_order_in_the_colour_of_its_class(results: Results, dataset: Dataset) -> None:
    figure = clouds.embeddings(results)
    assert figure is not None and dataset.y is not None
    train, test = (next(ax for ax in figure.axes if ax.get_ylabel() == name) for name in ("train", "test"))
    Z = shown_array(results, "embedding", "good", "train")
    assert Z is not None
    order = order_of(len(Z))
    assert np.allclose(train.collections[0].get_offsets(), frame(positions(Z)).clip(positions(Z))[0][order])
    assert np.allclose(train.collections[0].get_facecolors()[:, :3], np.array(palette(3))[dataset.y[order]])
    assert len(test.collections[0].get_offsets()) == len(dataset.X_test)
    assert train.get_xlim() == test.get_xlim() and train.get_ylim() == test.get_ylim()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]


def test_the_name_of_each_class_stands_at_the_middle_of_its_points(results: Results, dataset: Dataset) -> None:
    figure = clouds.embeddings(results)
    assert figure is not None and dataset.y is not None
    train = next(ax for ax in figure.axes if ax.get_ylabel() == "train")
    Z = shown_array(results, "embedding", "good", "train")
    assert Z is not None
    expected = {name: np.median(Z[dataset.y == label, :2], axis=0) for label, name in enumerate(dataset.classes)}
    named = {text.get_text(): text.get_position() for text in train.texts if text.get_text() in dataset.classes}
    assert named.keys() == expected.keys()
    for name, position in named.items():
        np.testing.assert_allclose(position, expected[name], rtol=1e-6)


def test_a_class_without_an_island_has_no_name() -> None:
    rng = np.random.RandomState(0)
    y = np.arange(400) % 4
    Z = rng.standard_normal((400, 2)) + np.where(y == 2, 20, 0)[:, None]
    data = DataFacts("clouds", ("a", "b", "c", "d"), None, {"train": y})
    ax = Figure().subplots()
    clouds.name_classes(ax, Z, data, "train")
    assert [text.get_text() for text in ax.texts] == ["c"]


def test_what_is_drawn_is_the_embedding_of_the_shown_run_to_16_bits(results: Results) -> None:
    exact, drawn = results.embedding("good"), shown_array(results, "embedding", "good", "train")
    assert drawn is not None
    assert np.abs(exact - drawn).max() <= np.ptp(exact, axis=0).max() / 2**16


def test_the_title_says_which_seed_is_shown_its_score_and_the_time_of_a_fit(results: Results) -> None:
    figure, run = clouds.embeddings(results), results.shown("good")
    assert figure is not None and run is not None
    score = results.values("good", "knn_accuracy_k10").by_run[run]
    lines = ("GOOD", f"seed {run[1]}", f"10-NN accuracy {score:.3f}", f"fit {seconds_as_text(6 ** (1 / 3))}")
    assert figure.axes[0].get_title() == "\n".join(lines)
    assert "no transform for test points" in [" ".join(t.get_text().split()) for ax in figure.axes for t in ax.texts]


def test_a_time_taken_on_a_busy_machine_is_about(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = caveats.Caveat("Busy.", ("good",), ("fit_s",), caveats.Mark.BUSY)
    monkeypatch.setattr(caveats, "caveats", lambda _: [busy])
    figure = clouds.embeddings(results)
    assert figure is not None
    assert figure.axes[0].get_title().endswith(f"\nfit about {seconds_as_text(6 ** (1 / 3))}")


@given(npst.arrays(np.float64, (40, 2), elements=st.floats(-1e6, 1e6)))
def test_what_lies_beyond_the_frame_is_put_on_its_border_and_counted(Z: np.ndarray) -> None:
    window = frame(Z)
    inside, n_beyond = window.clip(Z)
    outside = (np.abs(Z - window.centre) > window.half).any(axis=1)
    assert window.half > 0
    assert n_beyond == outside.sum()
    assert np.allclose(inside[~outside], Z[~outside])
    assert (np.abs(inside - window.centre) <= window.half * (1 + 1e-9) + 1e-9).all()


def test_one_outlier_does_not_squeeze_the_others() -> None:
    Z = np.random.RandomState(0).standard_normal((3_000, 2))
    Z[7] = 1e5
    assert frame(Z).half < 10
    assert frame(Z).clip(Z)[1] >= 1


def test_one_dimension_is_a_narrow_band() -> None:
    Z = np.linspace(0, 10, 50)[:, None]
    drawn = positions(Z)
    assert np.array_equal(drawn[:, 0], Z[:, 0])
    assert 0 < np.ptp(drawn[:, 1]) <= 3.0
    assert np.array_equal(positions(np.c_[Z, Z, Z])[:, 1], Z[:, 0])


def test_points_are_coloured_by_their_own_terms_of_the_scores(results: Results) -> None:
    figure, run = clouds.local(results), results.shown("good")
    of_points = shown_array(results, "local", "good")
    assert figure is not None and of_points is not None and run is not None
    for name, values in zip(("trustworthiness", "continuity"), of_points.T, strict=True):
        ax = next(ax for ax in figure.axes if ax.get_ylabel() == name)
        assert np.allclose(ax.collections[0].get_array(), values[order_of(len(values))])
        assert ax.collections[0].get_clim() == (0.5, 1)
        score = results.values("good", f"{name}_k15").by_run[run]
        assert values.mean() == pytest.approx(score, abs=1e-4)
        assert ax.get_xlabel() == f"mean {score:.3f}"


@pytest.mark.parametrize("n_components", [1, 2, 3])
def test_the_residual_of_aligned_embeddings_is_that_of_procrustes(n_components: int) -> None:
    rng = np.random.RandomState(0)
    a, b = rng.standard_normal((2, 50, n_components))
    rotation, shift = alignment(b * 3 + 7, a)
    pair = [Z - Z.mean(axis=0) for Z in (a, (b * 3 + 7) @ rotation + shift)]
    assert clouds.residual(*(Z / np.linalg.norm(Z) for Z in pair)) == pytest.approx(procrustes(a, b)[2])


def test_two_seeds_are_aligned_and_the_score_stands_above(results: Results) -> None:
    figure = clouds.overlays(results)
    assert figure is not None
    score, _ = results.single("stays", "procrustes_residual")
    shown, second = results.shown("stays"), results.second("stays")
    assert shown is not None and second is not None and score is not None
    assert figure.axes[1].get_title() == f"STAYS\nseeds {shown[1]} and {second[1]}\n{score:.1%} of variance differs"
    said = [" ".join(text.get_text().split()) for ax in figure.axes for text in ax.texts]
    assert said[0] == "no two seeds to align" and said[1].startswith("timeout: took longer")
    lines, dots = figure.axes[0].collections
    assert len(lines.get_segments()) == len(dots.get_offsets()) == 80
    assert np.allclose([segment[1] for segment in lines.get_segments()], dots.get_offsets())


def test_three_dimensions_are_drawn_in_three(tmp_path: Path, dataset: Dataset) -> None:
    results = single(tmp_path, dataset, n_components=3)
    figure = clouds.in_three_dimensions(results)
    assert figure is not None and dataset.y is not None
    (ax,) = figure.axes
    (cloud,) = ax.collections
    drawn, order = np.column_stack(cloud._offsets3d), order_of(len(dataset.X))  # type: ignore[attr-defined]
    np.testing.assert_allclose(drawn, results.embedding("only")[order], atol=1e-4)
    np.testing.assert_allclose(cloud._facecolors[:, :3], np.array(palette(3))[dataset.y[order]])


def test_two_dimensions_are_not(results: Results) -> None:
    assert clouds.in_three_dimensions(results) is None


def without(path: Path, **changes: object) -> Results:
    """Return a study of a method without b and without c, of one that failed, and of one that has all classes."""
    dataset, store = make_dataset(80, 30), Store(path)
    variants = {
        name: Variant.model_validate({"reducer": "pca", "label": name, "series": series, "without": left_out} | changes)
        for name, series, left_out in (
            ("one-b", "One", "b"),
            ("one-c", "One", "c"),
            ("other-c", "Other", "c"),
            ("whole", "", ""),
        )
    }
    store.write("study.toml", Study(name="s", dataset="clouds", variants=variants).to_toml())
    for name, variant in variants.items():
        selected = dataset.select(None, variant.without)
        outcome = maker.failed(Status.CRASHED, "lost") if name == "other-c" else None
        maker.keep(store, maker.record(name, 0, selected, outcome, label=variant.label), selected)
    export(store)
    keep_drawings(store, dataset, lambda _: None)
    return Results(path)


def test_a_column_a_method_and_a_row_a_class(tmp_path: Path) -> None:
    figure, data = clouds.unseen(without(tmp_path)), make_dataset(80, 30)
    assert figure is not None and data.y is not None and data.y_test is not None
    rows = [[ax for ax in figure.axes if ax.get_subplotspec().rowspan.start == row] for row in (0, 1)]
    assert [ax.get_title() for ax in rows[0]] == ["One", "Other"]
    assert [row[0].get_ylabel() for row in rows] == ["without b", "without c"]
    written = [" ".join(text.get_text() for text in row[1].findobj(Text)) for row in rows]
    assert "not in the study" in written[0]
    assert "crashed: lost" in written[1]
    train, test = rows[0][0].collections
    assert len(train.get_offsets()) == (data.y != 1).sum()
    assert len(test.get_offsets()) == (data.y_test == 1).sum()


def test_below_a_panel_stands_what_the_class_is_taken_for(tmp_path: Path) -> None:
    scores = {"unseen_taken_for_k10_test:a": [0.2], "unseen_taken_for_k10_test:c": [0.8], "unseen_auc_test": [0.75]}
    study = maker.study_of(variants={"one-b": Variant(reducer="pca", label="one-b", series="One", without="b")})
    labels = np.array([0, 1, 1, 2])
    of_data = {"data/name": np.array("clouds"), "data/classes": np.array(["a", "b", "c"]), "data/labels/test": labels}
    Z = np.random.RandomState(0).rand(4, 2)
    results = maker.write(
        tmp_path,
        {"one-b": scores},
        study,
        positions={f"embedding/one-b/0-0/{split}": Z for split in ("train", "test")},
        arrays=of_data | {"data/image_shape": np.array([], np.uint16)},
    )
    figure = clouds.unseen(results)
    assert figure is not None
    assert figure.axes[0].get_xlabel() == "seed 0: 80% taken for c; area 0.75"


def test_what_is_not_scored_is_not_drawn(tmp_path: Path) -> None:
    assert clouds.unseen(without(tmp_path, scores=False)) is None
