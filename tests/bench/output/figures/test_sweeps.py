"""Figures of sweeps: what is drawn is what the values say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.analysis.quantities import QUANTITIES
from bench.output import figures
from bench.output.figures import sweeps
from bench.store.results import Results
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker

STUDY = Study(
    name="s",
    dataset="clouds",
    variants={
        "umap": Variant(reducer="umap", params={"min_dist": 0.1}, each={"min_dist": [0.0, 0.5]}),
        "tsne": Variant(reducer="tsne", params={"init": "pca"}, each={"init": ["random"]}),
    },
).resolved()


def make(path: Path, study: Study = STUDY) -> Results:
    def scores(base: float, test: float | str) -> dict[str, list[float] | list[float | str]]:
        return {
            "silhouette": [base, base + 0.1, base + 0.3],
            "r_nx_auc": [0.9 - base, 0.8 - base, 0.7 - base],
            "knn_accuracy_k10_test": [test] * 3,
        }

    values = {
        "umap": scores(0.2, 0.9),
        "umap-min_dist-0.0": scores(0.4, 0.8),
        "umap-min_dist-0.5": scores(0.1, 0.95),
        "tsne": scores(0.3, "n/a (transductive)"),
        "tsne-init-random": scores(0.25, "n/a (transductive)"),
    }
    return maker.write(path, {**values, "pixels": {"silhouette": 0.05}}, study)  # type: ignore[dict-item]


@pytest.fixture
def made(tmp_path: Path) -> Results:
    return make(tmp_path)


def test_a_column_a_sweep_and_a_row_a_score_that_any_has(made: Results) -> None:
    figure = sweeps.draw(made)
    assert figure is not None
    axes = np.array(figure.axes).reshape(3, 2)
    assert [ax.get_title() for ax in axes[0]] == ["UMAP\nmin_dist", "t-SNE\ninit"]
    titles = [" ".join(ax.get_ylabel().split()) for ax in axes[:, 0]]
    assert titles == [QUANTITIES[key].title for key in ("knn_accuracy_k10_test", "r_nx_auc", "silhouette")]
    assert [text.get_text() for text in axes[2, 0].get_xticklabels()] == ["0", "0.1", "0.5"]
    assert [text.get_text() for text in axes[0, 1].texts] == ["n/a"]


def test_lines_join_the_means_and_every_seed_is_a_dot(made: Results) -> None:
    figure = sweeps.draw(made)
    assert figure is not None
    ax = figure.axes[4]
    means = next(line for line in ax.lines if line.get_gid() == "means")
    assert means.get_ydata() == pytest.approx(np.array([1.6, 1.0, 0.7]) / 3)
    (dots,) = (line for line in ax.lines if line.get_marker() == "o")
    assert sorted(dots.get_ydata()) == pytest.approx([0.1, 0.2, 0.2, 0.3, 0.4, 0.4, 0.5, 0.5, 0.7])


def test_what_the_pixels_give_is_drawn_if_they_have_the_score(made: Results) -> None:
    figure = sweeps.draw(made)
    assert figure is not None
    dashes = [[line.get_ydata()[0] for line in ax.lines if line.get_gid() == "pixels"] for ax in figure.axes]
    assert dashes == [[], [], [], [], [0.05], [0.05]]


def test_the_dial_is_a_path_through_the_means_with_a_ring_at_the_default(made: Results) -> None:
    figure = sweeps.dial(made)
    assert figure is not None
    (ax,) = figure.axes
    (path,) = (line for line in ax.lines if line.get_gid() == "path")
    assert path.get_xdata() == pytest.approx([0.4, 0.6, 0.7])
    assert path.get_ydata() == pytest.approx(np.array([1.6, 1.0, 0.7]) / 3)
    (ring,) = (line for line in ax.lines if line.get_gid() == "default")
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == pytest.approx((0.6, 1 / 3))
    assert [text.get_text() for text in ax.texts] == ["UMAP", "min_dist 0", "min_dist 0.5"]


def test_a_title_names_what_is_varied(made: Results, results: Results) -> None:
    drawing = next(one for one in figures.DRAWINGS if one.name == "sweeps")
    assert drawing.title(made) == "How scores change with min_dist, init"
    assert sweeps.named(results) == ""


def test_without_a_sweep_nothing_is_drawn(results: Results) -> None:
    assert sweeps.draw(results) is None
    assert sweeps.dial(results) is None


def test_sweeps_show_variants_that_no_other_figure_has_room_for(tmp_path: Path) -> None:
    few = make(tmp_path, STUDY.model_copy(update={"figures": ("umap",)}))
    assert few.pictured.variants == ("umap",)
    figure = next(one for one in figures.DRAWINGS if one.name == "sweeps").draw(few)
    assert figure is not None
    assert [len(ax.get_xticks()) for ax in figure.axes[:2]] == [3, 2]
