from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.output.figures import DRAWINGS, training
from bench.store.records import Outcome
from bench.store.results import Results
from tests.bench import results_maker as maker

LONG, SHORT = 40, 3
DRAWING = next(one for one in DRAWINGS if one.name == "training")


def course(n_epochs: int, validated: bool, kl: float) -> np.ndarray:
    epochs = np.arange(1, n_epochs + 1, dtype=np.float32)
    validation = 12 / epochs + 0.01 * epochs**2 if validated else np.full(n_epochs, np.nan)
    return np.column_stack([epochs, 10 / epochs, 9 / epochs, np.full(n_epochs, kl), epochs, validation, epochs])


def written(folder: Path, *, validated: bool = True, converged: bool | None = True) -> Results:
    """Return a study of a long training with validation, a short one without, and a method that is not trained."""
    courses = {"long": course(LONG, validated, 0.0), "short": course(SHORT, False, 2.0)}
    arrays = {f"history/{name}/0-{seed}": one for name, one in courses.items() for seed in range(2)}
    outcomes: dict[str, list[Outcome]] = {
        "long": [maker.successful(1.0, n_iter=LONG - seed, converged=converged) for seed in range(2)],
        "short": [maker.successful(1.0, n_iter=SHORT, converged=False)] * 2,
        "pca": [maker.successful(1.0)] * 2,
    }
    return maker.write(folder, {name: {} for name in outcomes}, outcomes=outcomes, arrays=arrays)


def test_each_network_has_a_panel_with_all_its_seeds(tmp_path: Path) -> None:
    figure = training.curves(written(tmp_path))
    assert figure is not None
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["LONG\n40 epochs (mean)\n2 of 2 converged", "SHORT\n3 epochs\n0 of 2 converged", "SHORT"]
    long, short, kl = figure.axes
    for ax, n_epochs, kinds in ((long, LONG, {"loss": 2, "validation": 2, "best": 2}), (short, SHORT, {"loss": 2})):
        drawn = [line.get_gid() for line in ax.lines]
        assert {kind: drawn.count(kind) for kind in drawn} == kinds
        assert ax.lines[0].get_xdata()[-1] == n_epochs
        low, high = ax.get_xlim()
        assert high - low < 1.2 * n_epochs, "a short training is squeezed by a long one"
    assert [line.get_gid() for line in kl.lines] == ["kl", "kl"]
    best = next(line for line in long.lines if line.get_gid() == "best")
    assert best.get_xdata()[0] == np.argmin(course(LONG, True, 0.0)[:, 5]) + 1


@pytest.mark.parametrize("validated", [True, False])
def test_the_caption_explains_the_lines_that_there_are(tmp_path: Path, validated: bool) -> None:
    results = written(tmp_path, validated=validated)
    figure = training.curves(results)
    assert figure is not None
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["training", "held back"][: 1 + validated]
    assert ("dashed" in DRAWING.note(results)) is validated


def test_results_that_tell_nothing_of_convergence_are_drawn(tmp_path: Path) -> None:
    figure = training.curves(written(tmp_path, converged=None))
    assert figure is not None
    assert figure.axes[0].get_title() == "LONG"


def test_without_networks_there_is_no_figure(tmp_path: Path) -> None:
    assert training.curves(maker.write(tmp_path, {"pca": {}})) is None
