"""The pure part of the page's script, run in node against NumPy."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.path import Path as Outline

from bench.output import report

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


def run(expression: str, **data: Any) -> Any:
    """Return what an expression gives with the pure functions; `data` are its variables."""
    source = (Path(report.__file__).parent / "pure.js").read_text()
    script = (
        f"{source}\nconst plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);\n"
        f"const {{ {', '.join(data)} }} = JSON.parse(require('fs').readFileSync(0));\n"
        f"console.log(JSON.stringify(({expression}), plain));"
    )
    done = subprocess.run([str(NODE), "-e", script], input=json.dumps(data), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture
def rng() -> np.random.RandomState:
    return np.random.RandomState(0)


def test_bytes_are_decoded() -> None:
    assert run("decode(text, Uint16Array)", text="AQACAP//") == [1, 2, 65535]


def test_the_order_is_shuffled_and_always_the_same() -> None:
    first, second = run("[shuffled(1000), shuffled(1000)]")
    assert first == second
    assert sorted(first) == list(range(1000))
    assert abs(np.corrcoef(first, np.arange(1000))[0, 1]) < 0.1


def test_projection_is_undone(rng: np.random.RandomState) -> None:
    places = rng.randint(0, 65536, (2, 50))
    data = {"map": places.ravel().tolist(), "view": {"x": 0.4, "y": 0.6, "k": 3.5}, "side": 300}
    px, py = run("project(map, view, side)", **data)
    assert np.allclose(px, ((places[0] / 65535 - 0.4) * 3.5 + 0.5) * 300)
    back = run("px.map((x, i) => unproject(x, py[i], view, side))", px=px, py=py, **data)
    assert np.allclose(back, places.T, atol=1)


def test_zooming_holds_the_place_under_the_pointer_and_stays_on_the_map() -> None:
    view = {"x": 0.5, "y": 0.5, "k": 2}
    data = {"view": view}
    before = run("unproject(120, 80, view, 300)", **data)
    assert np.allclose(run("unproject(120, 80, zoomed(view, 1.7, 120, 80, 300), 300)", **data), before)
    assert run("zoomed(view, 0.01, 0, 0, 300)", **data) == {"x": 0.5, "y": 0.5, "k": 1}
    assert run("moved(view, 9999, 9999, 300)", **data) == {"x": 0.25, "y": 0.25, "k": 2}


def test_the_nearest_point_is_found(rng: np.random.RandomState) -> None:
    px, py = rng.uniform(0, 300, (2, 200))
    mask = rng.randint(0, 2, 200)
    asked = rng.uniform(0, 300, (100, 2))
    data = {"px": px.tolist(), "py": py.tolist(), "mask": mask.tolist(), "asked": asked.tolist()}
    found = run("asked.map(([x, y]) => nearest(px, py, mask, x, y, 12))", **data)
    for (x, y), point in zip(asked, found, strict=True):
        distances = np.where(mask == 1, np.hypot(px - x, py - y), np.inf)
        assert point == (int(distances.argmin()) if distances.min() <= 12 else -1)


def test_steps_go_in_the_direction_asked(rng: np.random.RandomState) -> None:
    px, py = rng.uniform(0, 300, (2, 100))
    data = {"px": px.tolist(), "py": py.tolist(), "mask": [1] * 100}
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        steps = run("px.map((_, i) => stepTo(px, py, mask, 300, i, dx, dy))", dx=dx, dy=dy, **data)
        for point, step in enumerate(steps):
            ahead, aside = (
                (px - px[point]) * dx + (py - py[point]) * dy,
                np.abs((px - px[point]) * dy + (py - py[point]) * dx),
            )
            cost = np.where((ahead > 0) & (aside <= ahead), ahead + 2 * aside, np.inf)
            assert step == (int(cost.argmin()) if np.isfinite(cost).any() else -1)
    middle = int(np.hypot(px - 150, py - 150).argmin())
    assert run("stepTo(px, py, mask, 300, -1, 1, 0)", **data) == middle


def test_box_and_lasso_select_what_numpy_selects(rng: np.random.RandomState) -> None:
    places = rng.randint(0, 65536, (2, 2_000))
    mask = rng.randint(0, 2, 2_000)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    star = np.column_stack([np.cos(angles), np.sin(angles)]) * rng.uniform(8_000, 30_000, (9, 1)) + 32_000.5
    data = {"map": places.ravel().tolist(), "mask": mask.tolist()}
    box = run("select(map, mask, [50000, 9000, 20000, 40000])", **data)
    inside = (places[0] >= 20_000) & (places[0] <= 50_000) & (places[1] >= 9_000) & (places[1] <= 40_000)
    assert np.array_equal(box, (inside & (mask == 1)).astype(int))
    lasso = run("select(map, mask, outline)", outline=star.ravel().tolist(), **data)
    assert np.array_equal(lasso, (Outline(star).contains_points(places.T) & (mask == 1)).astype(int))
    assert 0 < sum(lasso) < sum(mask)


def test_names_stand_at_the_median_of_each_class(rng: np.random.RandomState) -> None:
    places, labels = rng.randint(0, 65536, (2, 99)), rng.randint(0, 3, 99)
    mask = (labels != 1).astype(int)
    found = run("centres(map, labels, mask)", map=places.ravel().tolist(), labels=labels.tolist(), mask=mask.tolist())
    assert sorted(label for label, _, _ in found) == [0, 2]
    for label, x, y in found:
        members = np.sort(places[:, labels == label], axis=1)
        assert [x, y] == members[:, members.shape[1] // 2].tolist()


def test_names_that_would_overlap_are_moved_apart_and_no_further(rng: np.random.RandomState) -> None:
    boxes = [[100, 100, 40, 12], [104, 101, 10, 12], [300, 300, 20, 12]]
    moved = np.array(run("apart(boxes)", boxes=boxes))
    assert moved[2].tolist() == boxes[2] and np.abs(moved - boxes).max() < 12
    assert abs(moved[0, 1] - moved[1, 1]) >= 12
    crowd = np.column_stack([rng.uniform(100, 140, (10, 2)), np.full((10, 2), 12)])
    moved = np.array(run("apart(boxes)", boxes=crowd.tolist()))
    over = 12 - np.abs(moved[:, None, :2] - moved[:, :2]).max(axis=2)[np.triu_indices(10, 1)]
    assert over.max() < 2


def test_ramps_go_from_stop_to_stop() -> None:
    stops = [[0, 0, 0], [100, 50, 0], [200, 200, 200]]
    assert run("[0, 0.25, 0.5, 1].map((share) => ramp(stops, share))", stops=stops) == [
        [0, 0, 0],
        [50, 25, 0],
        [100, 50, 0],
        [200, 200, 200],
    ]


def test_classes_are_counted_most_first() -> None:
    assert run("count([1, 0, 1, 1, 1], [2, 2, 0, 0, 1])") == [[0, 2], [1, 1], [2, 1]]


def test_missing_comes_last_in_both_directions() -> None:
    up, down = run("[1, -1].map((way) => [3, null, 1, NaN, 2].sort((a, b) => compare(a, b, way)))")
    assert up[:3] == [1, 2, 3] and down[:3] == [3, 2, 1]
    assert run("['b10', '', 'b9', 'A'].sort((a, b) => compare(a, b, 1))") == ["A", "b9", "b10", ""]


USUAL = {"run": 0, "split": "train", "near": False, "pin": -1, "off": [], "views": [], "selection": []}


def test_the_address_says_only_what_differs_and_is_read_back() -> None:
    state = USUAL | {
        "run": 3,
        "near": True,
        "off": [1, 7],
        "views": [2, 0.25, 0.123456, 4.5],
        "selection": [0, 3, 1, 2, 3, 4],
    }
    said = run("toAddress(state, usual)", state=state, usual=USUAL)
    assert said == "run=3&near=true&off=1~7&views=2~0.25~0.12346~4.5&selection=0~3~1~2~3~4"
    assert run("fromAddress(said, usual)", said=said, usual=USUAL) == state | {"views": [2, 0.25, 0.12346, 4.5]}
    assert run("toAddress(usual, usual)", usual=USUAL) == ""


@pytest.mark.parametrize("said", ["", "run=x&off=a~b&views=~&nonsense=1&pin=1.5", "run=&off=&__proto__=1", "%%%"])
def test_an_address_that_says_nonsense_is_as_usual(said: str) -> None:
    assert run("fromAddress(said, usual)", said=said, usual=USUAL) == USUAL
