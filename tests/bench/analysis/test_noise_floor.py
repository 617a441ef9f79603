from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.analysis.noise_floor import Floor, floors, twins
from bench.studies.study import Study, Variant, read
from tests.bench import results_maker as maker


def _floors(folder: Path, a: list[float], b: list[float]) -> list[Floor]:
    results = maker.write(folder, {"a": {"silhouette": a}, "b": {"silhouette": b}})
    return floors(results, "a", "b")


def test_twins_differ_in_their_names_only() -> None:
    variants = {
        "a": Variant(reducer="pca", label="A"),
        "b": Variant(reducer="pca", label="B"),
        "c": Variant(reducer="pca", params={"svd_solver": "full"}),
        "d": Variant(reducer="umap", seeded=False),
    }
    assert twins(Study(dataset="digits", variants=variants)) == [("a", "b")]
    assert twins(read("noise").resolved()) == [("autoencoder-a", "autoencoder-b")]
    assert twins(read("default").resolved()) == []


def test_one_in_twenty_twins_differs_by_more_than_the_noise_and_others_do(tmp_path: Path) -> None:
    rng = np.random.RandomState(0)
    a, b = rng.standard_normal((2, 6, 1_000))
    [floor] = _floors(tmp_path / "0", a[:, 0].tolist(), b[:, 0].tolist())
    scale = floor.resolvable / np.sqrt(a[:, 0].var(ddof=1) + b[:, 0].var(ddof=1))
    resolvable = scale * np.sqrt(a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1))
    apart = np.mean(np.abs(a.mean(axis=0) - b.mean(axis=0)) > resolvable)
    assert 0.025 <= apart <= 0.08, "one in twenty was expected"
    [far] = _floors(tmp_path / "far", [1.0, 1.1, 0.9], [2.0, 2.1, 1.9])
    assert far.is_exceeded
    assert far.resolvable < 0.3


def test_what_was_measured_once_has_no_floor(tmp_path: Path) -> None:
    assert _floors(tmp_path / "once", [1.0], [1.0, 2.0]) == []
    assert _floors(tmp_path / "one", [1.0, 2.0], []) == []


def test_only_repeated_costs_have_a_floor(tmp_path: Path) -> None:
    costs = {name: [1.0, 1.1] for name in ("fit_s", "fit_cores", "cold_start_s")}
    results = maker.write(tmp_path, {"a": costs, "b": costs})
    assert [floor.quantity for floor in floors(results, "a", "b")] == ["fit_s"]
