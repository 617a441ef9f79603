"""Colours stay apart with every colour vision, and a reducer has one colour everywhere."""

from __future__ import annotations

import numpy as np
import pytest

import reducers
from bench.output import colours
from bench.output.colours import METHODS, class_colours
from tests.bench.output.vision import APART, VISIONS, seen, smallest_distance


def test_distances_are_those_of_cie_lab() -> None:
    known = seen(["#000000", "#ffffff", "#ff0000"], "normal")
    assert known == pytest.approx(np.array([[0, 0, 0], [100, 0, 0], [53.24, 80.09, 67.2]]), abs=0.1)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", [0, 1])
def test_ten_classes_are_told_apart_with_any_colour_vision(vision: str, theme: int) -> None:
    assert smallest_distance([pair[theme] for pair in class_colours(10)], vision) > APART


@pytest.mark.parametrize("vision", VISIONS)
def test_all_bundled_reducers_are_told_apart_with_any_colour_vision(vision: str) -> None:
    main = [METHODS[name] for name in ("pca", "tsne", "umap", "vae", "opentsne", "autoencoder")]
    assert smallest_distance(main, vision) > 20
    assert smallest_distance(list(METHODS.values()), vision) > 15


def test_methods_look_different_from_each_other_and_from_classes() -> None:
    names = ("pca", "tsne", "opentsne", "umap", "vae", "FILE.py:Mine")
    for kinds in (names, names[:3] * 4, [str(i) for i in range(20)]):
        n, looks = len(kinds), colours.looks({str(i): reducer for i, reducer in enumerate(kinds)})
        assert len({(look.colour, look.marker, str(look.stroke)) for look in looks.values()}) == n
    assert not {light for light, _ in class_colours(10)} & set(METHODS.values())


def test_every_bundled_reducer_has_one_colour_in_all_studies() -> None:
    bundled = {path.stem for path in reducers.FOLDER.glob("[a-z]*.py")} - reducers.NO_REDUCERS
    alone = {name: colours.looks({"a": name})["a"].colour for name in sorted(bundled)}
    together = colours.looks({"mine": "FILE.py:Mine"} | {name: name for name in sorted(bundled, reverse=True)})
    assert all(together[name].colour == colour for name, colour in alone.items())
    own = [colour for name, colour in alone.items() if not name.endswith(colours.AFTER_PCA)]
    assert len({*own, together["mine"].colour}) == len(own) + 1
    assert alone["umap_after_pca"] == alone["umap"]
