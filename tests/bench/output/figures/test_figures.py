"""All figures: titles, captions, failures, files and what stays if only tables are there."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from bench.datasets import Dataset
from bench.output import figures
from bench.output.colours import palette
from bench.output.figures import Drawing, style, values
from bench.store.arrays import FILE
from bench.store.records import Status
from bench.store.results import Results
from tests.bench import results_maker as maker
from tests.bench.output.figures.conftest import drawn as drawn_of
from tests.bench.output.figures.conftest import finished, single
from tests.conftest import make_dataset

NEED_MORE = {"ranks", "stability", "seed-overlays", "reconstructions", "latent-grids", "training"}
NEED_MORE |= {"prior-samples", "interpolations", "film", "scaling", "unseen"}
"""Figures that a study of one method, one seed and no images has nothing for."""
ELSEWHERE = {"three-dimensions", "sweeps", "dial", "unseen", "perplexity", "n-neighbors", "min-dist", "collapse"}
ELSEWHERE |= {"silhouette-trap", "time-to-quality", "false-structure"}
"""Figures that the study of these tests has nothing for; others draw them."""
DRAWN = [drawing for drawing in figures.DRAWINGS if drawing.name not in ELSEWHERE]


@pytest.fixture(scope="module")
def pictures(results: Results, growing: Results) -> dict[str, Figure]:
    return drawn_of(results) | drawn_of(growing)


def texts(figure: Figure) -> str:
    """Return all that is written in a figure, with single spaces."""
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text)).split())


def test_names_are_different_and_every_figure_is_drawn(pictures: dict[str, Figure]) -> None:
    assert list(pictures) == [drawing.name for drawing in DRAWN]
    assert all(re.fullmatch(r"[a-z-]+", drawing.name) for drawing in figures.DRAWINGS)
    assert list(figures.CAPTIONS) == [drawing.name for drawing in figures.DRAWINGS]


@pytest.mark.parametrize("drawing", DRAWN, ids=lambda drawing: drawing.name)
def test_title_and_caption_stand_in_the_picture_and_lie_on_nothing(
    drawing: Drawing, pictures: dict[str, Figure]
) -> None:
    figure = pictures[drawing.name]
    with mpl.rc_context(style.RC):
        style.lay_out(figure)
        figure.draw_without_rendering()
    assert figures.CAPTIONS[drawing.name]["title"] in texts(figure)
    said = {"shown": figures.SHOWN, "over": "over seeds", **figures.OF_LABELS}
    assert figures.CAPTIONS[drawing.name]["caption"].format(**said) in texts(figure)
    footer = next(text for text in figure.texts if text.get_gid() == "footer")
    # Below the caption stand as many empty lines as the footer has.
    written = [text.get_window_extent() for text in figure.texts if text is not footer]
    assert len(written) == 2
    of_footer, of_caption = footer.get_window_extent(), written[1]
    n_lines = 1 + figure._supxlabel.get_text().count("\n")  # type: ignore[attr-defined]
    assert of_footer.y0 >= 0 and of_footer.x1 <= figure.bbox.x1
    assert of_footer.y1 < of_caption.y0 + of_caption.height * (1 + footer.get_text().count("\n")) / n_lines + 3
    assert all(box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1 for box in written)
    (sheet,) = figure.subfigs
    others = [ax.get_tightbbox() for ax in figure.axes] + [legend.get_window_extent() for legend in sheet.legends]
    for i, box in enumerate(written):
        for other in [*others, *written[i + 1 :]]:
            assert box.padded(-1).count_overlaps([other]) == 0


@pytest.mark.parametrize(
    "name", ["embeddings", "quality-time", "r-nx", "costs", "class-silhouettes", "local", "confusion", "shepard"]
)
def test_a_method_that_failed_is_there_with_its_reason(name: str, pictures: dict[str, Figure]) -> None:
    assert "GONE" in texts(pictures[name])
    assert "timeout: took longer" in texts(pictures[name])


def test_the_same_figure_is_the_same_bytes_without_a_date(results: Results, pictures: dict[str, Figure]) -> None:
    chosen = ("embeddings", "quality-time", "seed-overlays", "latent-grids")  # points, labels, lines and images
    again = {one.name: drawn for one in figures.DRAWINGS if one.name in chosen and (drawn := one.draw(results))}
    for name in chosen:
        assert figures.render(again[name], "svg") == figures.render(pictures[name], "svg")
    assert figures.render(again["seed-overlays"], "png") == figures.render(pictures["seed-overlays"], "png")
    drawn = figures.render(again["embeddings"], "svg")
    assert b"<dc:date>" not in drawn
    assert b"<!-- GOOD -->" in drawn


def test_pictures_are_white_and_have_few_colours(pictures: dict[str, Figure]) -> None:
    picture = Image.open(io.BytesIO(figures.render(pictures["embeddings"], "png")))
    assert picture.mode == "P"
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert picture.width == round(pictures["embeddings"].get_figwidth() * style.DPI)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("change", "n_components"),
    [
        (lambda data: data, 1),
        (lambda data: data, 3),
        (lambda data: replace(data, y=None, y_test=None, classes=()), 2),
        (lambda data: replace(data, X_test=data.X_test[:0], y_test=data.y_test[:0]), 2),
    ],
    ids=["one dimension", "three dimensions", "no labels", "no test points"],
)
def test_a_study_of_one_method_and_one_seed_is_drawn(
    change: Callable[[Dataset], Dataset], n_components: int, tmp_path: Path
) -> None:
    data = change(make_dataset(40, 12))
    drawn = drawn_of(single(tmp_path, data, n_components))
    of_labels = set() if data.y is not None else {"class-silhouettes", "confusion", "class-distances"}
    clouds = drawn["three-dimensions" if n_components == 3 else "embeddings"]
    assert ("of their class" in texts(clouds)) == (data.y is not None)
    elsewhere = ELSEWHERE - {"three-dimensions"} if n_components == 3 else ELSEWHERE
    assert set(drawn) == {drawing.name for drawing in figures.DRAWINGS} - NEED_MORE - of_labels - elsewhere
    for figure in drawn.values():
        figure.draw_without_rendering()
    assert ("Of more than two dimensions" in texts(drawn["embeddings"])) == (n_components == 3)
    assert ("drawn as a band" in texts(drawn["embeddings"])) == (n_components == 1)


@pytest.mark.whole
def test_thirty_classes_and_a_hostile_label(tmp_path: Path) -> None:
    rng = np.random.RandomState(0)
    data = replace(
        make_dataset(90, 30),
        y=np.arange(90) % 30,
        y_test=rng.randint(30, size=30),
        classes=tuple(f"class {i} $x_{{" for i in range(30)),
    )
    results = single(tmp_path, data, label="a $x_{ <b> " * 3)
    drawn = drawn_of(results)
    assert all(figures.render(figure, "svg") for figure in drawn.values())
    assert len(drawn["embeddings"].subfigs[0].legends[0].get_texts()) == 30
    assert len(set(palette(30))) == 30


def test_a_study_without_a_successful_run_is_reasons_only(tmp_path: Path, dataset: Dataset) -> None:
    lost = [maker.record("gone", 0, dataset, maker.failed(Status.TIMEOUT, "took too long"))]
    results = finished(maker.folder(tmp_path, dataset, lost), dataset)
    drawn = drawn_of(results)
    assert list(drawn) == ["embeddings"]
    assert "timeout: took too long" in texts(drawn["embeddings"])


@pytest.mark.whole
def test_without_arrays_figures_of_runs_are_kept_and_named(tmp_path: Path, results: Results) -> None:
    shutil.copytree(results.folder, tmp_path / "clone", ignore=shutil.ignore_patterns("runs", FILE))
    clone = Results(tmp_path / "clone")
    drawn = drawn_of(clone).keys()
    assert drawn == {"quality-time", "r-nx", "neighbourhoods", "costs", "class-silhouettes", "ranks", "stability"}
    for name in ("embeddings.png", "interpolations.png", "interpolations.gif", "sweeps.png", "shepard.svg"):
        (clone.folder / "figures").mkdir(exist_ok=True)
        (clone.folder / "figures" / name).touch()
    paths, kept, _ = figures.write(clone)
    assert kept == ["embeddings", "interpolations"]
    assert {path.name for path in paths} == {f"{name}.{kind}" for name in drawn for kind in figures.KINDS}
    there = {path.name for path in (clone.folder / "figures").iterdir()}
    assert there - {path.name for path in paths} == {"embeddings.png", "interpolations.png", "interpolations.gif"}


@pytest.mark.whole
def test_with_arrays_every_figure_is_written(tmp_path: Path, results: Results, pictures: dict[str, Figure]) -> None:
    shutil.copytree(results.folder, tmp_path / "clone", ignore=shutil.ignore_patterns("runs"))
    paths, kept, _ = figures.write(Results(tmp_path / "clone"))
    of_results = set(pictures) - {"scaling"}
    assert kept == []
    assert {path.name for path in paths} == {f"{name}.{kind}" for name in of_results for kind in figures.KINDS} | {
        "interpolations.gif",
        "film.gif",
    }


def test_figures_need_the_committed_files_only(tmp_path: Path, results: Results, pictures: dict[str, Figure]) -> None:
    shutil.copytree(results.folder, tmp_path / "clone", ignore=shutil.ignore_patterns("runs", "references"))
    found = drawn_of(Results(tmp_path / "clone"))
    assert found.keys() == pictures.keys() - {"scaling"}
    for name in ("embeddings", "shepard", "interpolations"):
        assert figures.render(found[name], "svg") == figures.render(pictures[name], "svg")


def test_the_footer_names_data_points_seeds_and_study(results: Results, growing: Results, tmp_path: Path) -> None:
    said = values.footer(results).split(" \N{MIDDLE DOT} ")
    assert said == ["clouds: 80 training and 30 test points", "3 seeds (0 to 2)", "study clouds"]
    assert values.footer(growing).startswith("clouds: 1,000 to 40,000 training")
    one = values.footer(single(tmp_path, make_dataset(40, 12)))
    assert "40 training and 12 test points \N{MIDDLE DOT} seed 0 \N{MIDDLE DOT}" in one


def test_direct_labels_keep_their_order_and_their_distance() -> None:
    figure = Figure(figsize=(4, 3))
    ax = figure.subplots()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    heights = {"a": 0.5, "b": 0.51, "c": 0.505, "top": 1.0, "below top": 0.999, "low": 0.0}
    style.label_ends(ax, {name: (1.0, y, "k") for name, y in heights.items()}, height=2.0)
    places = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert sorted(places, key=places.__getitem__) == sorted(heights, key=heights.__getitem__)
    step = style.LABEL_STEP / 2.0
    assert np.diff(sorted(places.values())).min() >= step - 1e-9
    assert min(places.values()) >= 0 and max(places.values()) <= 1 + 1e-9
    assert abs(places["c"] - 0.505) < 1e-6 and places["low"] == 0
