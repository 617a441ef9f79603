"""The file itself: what is in it, what it may load, what it leaves out to keep to its size."""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.datasets import Dataset
from bench.errors import StoreError
from bench.output.colours import class_colours
from bench.output.figures import CAPTIONS
from bench.output.report import Report, charts, markup, payload
from bench.output.report.build import FIGURES
from bench.output.report.payload import maps
from bench.output.tables.model import Cell, Row, Table
from bench.store.arrays import FILE
from bench.store.results import Results
from bench.store.values import Kind
from tests.bench.output.report.conftest import (
    HOSTILE,
    N_TEST,
    N,
    make_images,
    make_report,
    make_results,
    make_table,
)
from tests.bench.output.vision import APART, smallest_distance


class Page(HTMLParser):
    """Scripts, styles, attributes and text of a page, as a browser would read them."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.scripts: dict[str, str] = {}
        self.style = self.text = ""
        self.attributes: list[tuple[str, str]] = []
        self.inside: tuple[str, str] | None = None
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]
        self.inside = (tag, dict(attrs).get("id") or "") if tag in ("script", "style") else None

    def handle_endtag(self, tag: str) -> None:
        self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is None:
            self.text += data
        elif self.inside[0] == "style":
            self.style += data
        else:
            assert self.inside[1] not in self.scripts, "two scripts of one name, or one that ended early"
            self.scripts[self.inside[1]] = data

    @property
    def meta(self) -> dict:
        return json.loads(self.scripts["meta"])

    def block(self, name: str, kind: str) -> np.ndarray:
        return np.frombuffer(b64decode(self.scripts[name]), kind)


@pytest.fixture(scope="module")
def parsed(report: Report) -> Page:
    return Page(report.html)


def test_nothing_is_loaded_from_anywhere(parsed: Page) -> None:
    for name, value in parsed.attributes:
        if name in ("src", "href", "action", "data", "poster", "srcset"):
            assert value.startswith(("#", "data:")), (name, value)
    assert "url(" not in parsed.style and "@import" not in parsed.style


def test_the_policy_names_exactly_this_script_and_this_style(parsed: Page) -> None:
    policy = next(value for name, value in parsed.attributes if value.startswith("default-src 'none'"))
    for text, kind in ((parsed.scripts[""], "script"), (parsed.style, "style")):
        assert f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}';" in policy
    assert "unsafe" not in policy
    # What the policy refuses would only fail silently.
    assert not [value for name, value in parsed.attributes if name == "style" or name.startswith("on")]


def test_hostile_names_are_text(parsed: Page, report: Report) -> None:
    assert report.html.count(b"document.title = &#39;ran&#39;") >= 8
    assert f"said {HOSTILE}" in parsed.text
    assert f"found {HOSTILE}" in parsed.text
    assert f"timeout: took too long {HOSTILE}" in parsed.text
    assert parsed.meta["variants"][3]["label"] == HOSTILE
    assert b"<script>document.title" not in report.html


def test_blocks_are_the_quantised_embeddings(parsed: Page, results: Results) -> None:
    for panel, variant in enumerate(results.variants):
        for run, found in enumerate(maps(results, variant)):
            if found is not None:
                for split, positions in found.splits.items():
                    drawn = parsed.block(f"xy-{panel}-{run}-{split}", "<u2").reshape(2, -1)
                    assert np.array_equal(drawn, positions) and drawn.shape[1] == {"train": N, "test": N_TEST}[split]
    assert "xy-0-1-train" in parsed.scripts and "xy-1-1-train" not in parsed.scripts
    assert "xy-1-0-train" in parsed.scripts and "xy-1-0-test" not in parsed.scripts
    assert "xy-2-0-train" not in parsed.scripts
    assert "timeout: took too long" in parsed.meta["variants"][2]["runs"][0]["reason"]
    assert parsed.meta["variants"][1]["runs"][1]["reason"] == "only one run was successful"


def test_a_panel_says_the_seed_and_the_score_of_the_points_it_shows(parsed: Page, results: Results) -> None:
    for panel, variant in ((0, "good"), (1, "stays")):
        said, run = parsed.meta["variants"][panel]["runs"][0], results.shown(variant)
        assert run is not None and said["seed"] == run[1]
        for split, quantity in (("train", "knn_accuracy_k10"), ("test", "knn_accuracy_k10_test")):
            score = results.values(variant, quantity).by_run.get(run)
            assert said["scores"][split] == ("" if score is None else f"10-NN accuracy {score:.3f}")
    assert said["scores"]["test"] == ""


def test_images_are_keyed_by_item(parsed: Page, dataset: Dataset) -> None:
    for split, X in (("train", dataset.X), ("test", dataset.X_test)):
        sheet = Image.open(io.BytesIO(b64decode(parsed.scripts[f"sprite-{split}"]))).convert("L")
        across = sheet.width // 8
        for item in (0, 17, len(X) - 1):
            corner = (item % across * 8, item // across * 8)
            tile = np.asarray(sheet.crop((*corner, corner[0] + 8, corner[1] + 8)), float) / 255
            assert np.abs(tile - X[item].reshape(8, 8)).max() < 1 / 255


def test_neighbours_are_the_nearest_in_all_features(parsed: Page, dataset: Dataset) -> None:
    X, X_test = np.rint(dataset.X * 15), np.rint(dataset.X_test * 15)
    for split, queries in (("train", X), ("test", X_test)):
        near = parsed.block(f"near-{split}", "<u2").reshape(-1, 10)
        distances = ((queries[:5, None] - X) ** 2).sum(axis=2)
        if split == "train":
            np.fill_diagonal(distances, np.inf)
        assert np.array_equal(near[:5], np.argsort(distances, axis=1, kind="stable")[:, :10])
        assert near.shape == (len(queries), 10)


def test_local_scores_share_one_scale(parsed: Page) -> None:
    assert parsed.meta["scales"] == {"trustworthiness": 0.5, "continuity": pytest.approx(0.8)}
    for key in ("0-0", "0-1", "1-0", "3-0"):
        values = parsed.block(f"trustworthiness-{key}", "u1")
        assert (values[: N // 2] == 0).all() and (values[N // 2 :] == 255).all()
    assert "trustworthiness-2-0" not in parsed.scripts


def test_local_scores_are_those_whose_mean_is_the_score(tmp_path: Path, dataset: Dataset) -> None:
    results = make_results(tmp_path, dataset)
    page = Page(make_report(results, dataset).html)
    for panel, variant in ((0, "good"), (1, "stays"), (3, "bad")):
        low, run = page.meta["scales"]["trustworthiness"], results.shown(variant)
        assert run is not None
        values = page.block(f"trustworthiness-{panel}-0", "u1") / 255 * (1 - low) + low
        # What lies below the scale is drawn at its end.
        assert values.mean() == pytest.approx(results.values(variant, "trustworthiness_k15").by_run[run], abs=0.01)


def test_without_arrays_there_is_no_report(tmp_path: Path, dataset: Dataset) -> None:
    results = make_results(tmp_path, dataset)
    (results.folder / FILE).unlink()
    with pytest.raises(StoreError, match="expected embeddings"):
        make_report(Results(results.folder), dataset)


def test_images_are_left_out_if_the_data_are_not_at_hand(results: Results) -> None:
    report = make_report(results, None)
    (message,) = report.messages
    assert message.startswith("The images are left out") and message in Page(report.html).text
    assert "sprite-train" not in Page(report.html).scripts and "xy-0-0-train" in Page(report.html).scripts


def test_every_number_of_the_tables_is_there_and_what_is_missing_says_why(report: Report) -> None:
    table = re.search(rb'<table id="table-0".*?</table>', report.html, re.DOTALL)
    assert table is not None
    rows = re.findall(r'<tr class="\w+" data-key="(\w+)">(.*?)</tr>', table[0].decode(), re.DOTALL)
    for row, (key, text) in zip(make_table().rows, rows, strict=True):
        assert key == row.key
        assert re.findall(r'data-value="([^"]+)"', text) == [str(c.value) for c in row.cells if c.value is not None]
        assert re.findall(r'<span class="number">([^<]*)', text) == [cell.text for cell in row.cells]
        assert re.findall(r'<span class="interval">([^<]*)', text) == [c.interval for c in row.cells if c.interval]
    assert "n/a" in rows[2][1] and "(not run)" in rows[2][1]


def test_findings_advice_and_caveats_are_said(parsed: Page) -> None:
    for sentence in ("take this", f"caveat {HOSTILE}", "AMD" if "AMD" in parsed.text else "Processor", "perplexity=30"):
        assert sentence in parsed.text
    assert "python -m bench run results/" in parsed.text and "--reducers good" in parsed.text


def test_a_file_too_large_loses_shades_then_runs_then_images_and_says_so(results: Results, dataset: Dataset) -> None:
    whole = make_report(results, dataset, limit=2_000_000)
    assert whole.messages == ()
    page = Page(whole.html)
    images = sum(len(page.scripts[f"sprite-{split}"]) for split in ("train", "test"))
    blocks = sum(len(text) for name, text in page.scripts.items() if name not in ("", "meta"))
    fewer = make_report(results, dataset, limit=1_000_000 + blocks - 1)
    assert "4 shades" in fewer.messages[0] and len(fewer.messages) == 1
    assert fewer.messages[0] in Page(fewer.html).text
    few = make_report(results, dataset, limit=1_000_000 + blocks - images // 2)
    assert any("one run is shown instead of two" in message for message in few.messages)
    assert Page(few.html).meta["runs"] == [0] and "xy-0-1-train" not in Page(few.html).scripts
    none = make_report(results, dataset, limit=1_000_000 + 12_000)
    assert any("left out" in message for message in none.messages)
    assert "sprite-train" not in Page(none.html).scripts


def test_eleven_methods_of_20000_points_take_less_than_15_megabytes() -> None:
    # Every block but the images has a size of its own; the images are the measured ones of MNIST, 2.61 MB.
    def coded(n_bytes: int) -> int:
        return 4 * -(-n_bytes // 3)

    maps_and_scores = 11 * 2 * (2 * coded(10_000 * 4) + 2 * coded(10_000))
    assert 2_610_000 + maps_and_scores + 2 * coded(10_000 * 22) < 10_000_000


def test_data_without_labels_or_images_have_neither(tmp_path: Path) -> None:
    dataset = make_images(labels=False, images=False)
    page = Page(make_report(make_results(tmp_path, dataset), dataset).html)
    assert page.meta["classes"] == [] and page.meta["tile"] is None
    assert "labels-train" not in page.scripts and "sprite-train" not in page.scripts


def test_two_reports_of_one_study_are_the_same_bytes(results: Results, dataset: Dataset) -> None:
    assert make_report(results, dataset).html == make_report(Results(results.folder), dataset).html


def contrast(colour: str, ground: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(one: str) -> float:
        parts = np.array([int(one[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("n_classes", [1, 3, 10, 11, 47, 100])
def test_colours_stand_out_from_both_grounds_and_from_each_other(n_classes: int) -> None:
    pairs = class_colours(n_classes)
    style = (Path(payload.__file__).parent / "page.css").read_text()
    light, dark = re.search(r"--paper: light-dark\((#\w+), (#\w+)\)", style).groups()  # type: ignore[union-attr]
    assert len(set(pairs)) == n_classes
    assert min(contrast(one, light) for one, _ in pairs) >= 3
    assert min(contrast(two, dark) for _, two in pairs) >= 3


def test_class_names_stand_on_the_points_where_colours_do_not_suffice() -> None:
    # Of more than ten classes some colours are closer; so names are shown from the start, see test_page.py.
    assert smallest_distance([pair[0] for pair in class_colours(20)], "deuteranopia") < APART
    script = (Path(payload.__file__).parent / "data.js").read_text()
    assert re.search(r"const usual = \{[^}]*names: true", script)


def test_large_images_become_small_tiles() -> None:
    X = np.linspace(0, 1, 3 * 100 * 60).reshape(3, -1).astype(np.float32)
    assert payload.tile_shape((100, 60)) == (25, 15)
    sheet = Image.open(io.BytesIO(payload.sprite(X, (100, 60), 16))).convert("L")
    assert sheet.size == (2 * 15, 2 * 25)
    mean = X[0].reshape(25, 4, 15, 4).mean(axis=(1, 3))
    assert np.abs(np.asarray(sheet, float)[:25, :15] / 255 - mean).max() <= 0.5 / 15 + 1e-3


def test_a_note_and_the_numbers_that_it_concerns_link_to_each_other(report: Report) -> None:
    links = re.findall(r'<a class="to-note" id="([^"]+)" href="#([^"]+)"', report.html.decode())
    assert len(links) == 4, "two numbers with the note in each of the two tables"
    for place, note in links:
        (found,) = re.findall(rf'<li id="{note}".*?href="#([^"]+)"', report.html.decode(), re.DOTALL)
        assert found in {other for other, to in links if to == note}
        assert place.rpartition("-")[2] == note.rpartition("-")[2] == "a"
    assert markup.pointers(make_table()) == {0: "3-1"}
    ids = re.findall(r' id="([^"]+)"', report.html.decode())
    assert len(ids) == len(set(ids))


def test_a_wide_table_is_shown_in_pieces_with_the_notes_of_each() -> None:
    columns = tuple(Quantity(f"c{i}", f"c{i}", "f") for i in range(20))
    cells = tuple(Cell(f"{i}", "", i, notes=(1,) if i == 19 else (0,) if i in (2, 9) else ()) for i in range(20))
    whole = Table("t", "t", columns, (Row("a", "a", Kind.METHOD, cells),), ("first", "second", "of all"))
    pieces = markup.pieces(whole)
    assert [len(piece.table.columns) for piece in pieces] == [8, 8, 4]
    assert [piece.notes for piece in pieces] == [
        (("a", "first", "0-3"), ("", "of all", "")),
        (("a", "first", "0-2"),),
        (("b", "second", "0-4"),),
    ]


def test_every_table_has_a_name(report: Report) -> None:
    tables = re.findall(r"<table[^>]*>", report.html.decode())
    assert len(tables) > 4
    for table in tables:
        assert "aria-label" in table
        (named,) = re.findall(r'aria-labelledby="([^"]+)"', table) or [""]
        assert not named or f'id="{named}"' in report.html.decode()


def test_three_findings_stand_first_and_the_others_below_the_tables(results: Results, dataset: Dataset) -> None:
    text = make_report(results, dataset, findings=[f"finding {i}" for i in range(5)]).html.decode()
    order = [text.index(one) for one in ("finding 0", "finding 2", 'id="panels"', 'id="table-0"', "finding 3")]
    assert order == sorted(order)


def test_figures_that_are_there_are_shown_with_their_captions(tmp_path: Path, dataset: Dataset) -> None:
    results = make_results(tmp_path, dataset)
    assert "r-nx" in FIGURES and '<img src="' not in make_report(results, dataset).html.decode()
    (results.folder / "figures").mkdir()
    (results.folder / "figures" / "r-nx.png").write_bytes(b"drawn")
    text = make_report(results, dataset).html.decode()
    assert f'src="data:image/png;base64,{b64encode(b"drawn").decode()}" alt="{CAPTIONS["r-nx"]["title"]}. ' in text


def test_scores_stand_against_time_where_their_numbers_say(results: Results) -> None:
    drawn, methods = charts.against_time(results)
    assert [method.label for method in methods] == ["GOOD", "STAYS", HOSTILE]
    assert len({(method.colour, method.marker) for method in methods}) == 3
    for chart in drawn:
        times = [results.values(name, "fit_s").array.mean() for name in ("good", "stays", "bad")]
        across = [dot.x for dot in chart.dots]
        assert [across[i] for i in np.argsort(times)] == sorted(across) and len(set(across)) > 1
        assert all(charts.LEFT <= dot.x <= charts.WIDTH and 0 <= dot.y <= charts.HEIGHT for dot in chart.dots)
        assert chart.x_ticks and chart.y_ticks and chart.front.startswith("M")
    assert all(
        method.said.startswith("fit ") and QUANTITIES["knn_accuracy_k10"].title in method.said for method in methods
    )


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8), st.booleans())
def test_axes_keep_the_order_of_values(values: list[float], logarithmic: bool) -> None:
    axis = charts.Axis.of(values, 10, 300, logarithmic)
    places = [axis.at(value) for value in sorted(values)]
    assert places == sorted(places) and all(10 <= place <= 300 for place in places)
    assert all(10 <= place <= 300 for place, _ in axis.ticks)


@given(st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=8, unique=True))
def test_bars_keep_the_order_of_values_on_one_axis(values: list[float]) -> None:
    assume(max(values) > 1.001 * min(values))
    drawn, _ = markup.bars([Cell("", "", value, value * 0.9, value * 1.1) for value in values], values[0] > 1)
    middles = np.array([bar.middle for bar in drawn if bar])
    # Values one bit apart may share a position; none may change positions.
    assert np.all(np.diff(middles[np.argsort(values)]) >= 0) and np.ptp(middles) > 0
    assert all(bar and 0 <= bar.low <= bar.middle <= bar.high <= 100 for bar in drawn)


def test_only_quantities_without_an_upper_end_have_a_logarithmic_axis() -> None:
    cells = (Cell("", "", 0.001), Cell("", "", 0.9))
    columns = (Quantity("a", "a", "f", unit="share"), Quantity("b", "b", "f", unit="s"))
    rows = tuple(Row(str(place), "", Kind.METHOD, (cell, cell)) for place, cell in enumerate(cells))
    assert markup.shown(Table("t", "t", columns, rows)).logarithmic == ("b",)


def test_an_interval_longer_than_the_axis_is_marked() -> None:
    cells = [Cell("", "", 1.0, 0.9, 1.1), Cell("", "", 2.0, -50.0, 50.0)]
    assert [bar.cut for bar in markup.bars(cells, False)[0] if bar] == [False, True]
    assert markup.bars(cells[:1], False) == ([None], False)
