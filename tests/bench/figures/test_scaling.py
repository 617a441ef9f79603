from __future__ import annotations

import numpy as np
import pytest

from bench.figures import pictures, scaling
from bench.reading import Reading
from bench.scaling import ALL


def test_costs_are_where_they_were_measured_and_the_late_stand_on_the_deadline(growing: Reading) -> None:
    figure = scaling.draw(growing)
    assert figure is not None
    fit, transform, memory = figure.axes
    lines = {line.get_gid(): line for line in fit.lines}
    assert np.allclose(lines["FAST"].get_xydata(), [(n, n / 1_000) for n in (1_000, 10_000, 14_000, 20_000, 40_000)])
    assert lines["SLOW"].get_xdata().tolist() == [1_000, 10_000, 14_000]
    assert np.allclose(lines["late SLOW"].get_xydata(), [(20_000, 60), (40_000, 60)])
    assert set(lines["deadline"].get_ydata()) == {60}
    assert "late FAST" not in lines and "SLOW" not in {line.get_gid() for line in transform.lines}
    assert [line.get_gid() for line in memory.lines].count("deadline") == 0
    end = lines["law"].get_xydata()[-1]
    assert end == pytest.approx((ALL, ALL / 1_000))
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert said == ["FAST: 1.00, 0.00, 0.00", "SLOW: n/a, n/a, n/a"]


def test_no_other_figure_is_drawn_of_what_grows(growing: Reading, reading: Reading) -> None:
    assert [drawing.name for drawing, _ in pictures(growing)] == ["scaling"]
    assert scaling.draw(reading) is None
