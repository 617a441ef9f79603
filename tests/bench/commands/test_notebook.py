from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import bench
from bench.errors import StoreError, StudyError
from tests.bench import results_maker as maker


def test_a_figure_is_drawn_from_the_tables(tmp_path: Path) -> None:
    maker.write(tmp_path, {name: {"silhouette": [0.1, 0.2], "fit_s": [1.0, 2.0]} for name in ("a", "b")})
    results = bench.load_results(tmp_path)
    figure = results.plot("costs")
    assert "Time and memory" in {text.get_text() for text in figure.findobj(plt.Text)}
    with pytest.raises(StudyError, match="Did you mean 'costs'"):
        results.plot("cost")
    with pytest.raises(StoreError, match="has nothing for it"):
        results.plot("training")
