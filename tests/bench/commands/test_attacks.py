from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from bench import cli
from bench.commands import attacks
from bench.metrics.attacks import ATTACKS


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two features stand for a t-SNE, and few points for all."""
    monkeypatch.setattr(attacks, "_tsne", lambda X, **params: X[:, 300:302] if X.shape[1] > 300 else X[:, :2])


@pytest.mark.whole
def test_every_score_is_attacked_and_the_page_says_so(quick: None, tmp_path: Path) -> None:
    names: list[str] = []
    table, page = attacks.write(tmp_path / "attacks", names.append, n=200)
    found = pd.read_csv(table)
    assert set(found["attack"]) == {"honest", *ATTACKS} and len(names) > len(ATTACKS)
    assert found["fooled"].isin([True, False]).any()
    text = page.read_text(encoding="utf-8")
    assert "200 images of `mnist-5k`" in text and all(f"| {attack} |" in text for attack in ATTACKS)


def test_noise_has_random_labels_and_no_test_points(quick: None) -> None:
    made = attacks.material(200)
    assert made.noise.n == 200 and not len(made.noise.dataset.X_test)
    assert len(np.unique(made.noise.dataset.y)) == len(np.unique(made.y)) == 10


def test_the_command_says_where_it_wrote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attacks, "write", lambda folder, progress: [folder / "attacks.csv"])
    said = CliRunner().invoke(cli.app, ["attacks", "--out", str(tmp_path)])
    assert said.exit_code == 0 and "attacks.csv" in said.output
