"""Small results folders as they are committed, made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench import study
from bench.answers import Stored
from bench.comparisons import frame, standing
from bench.samples import Sample
from bench.study import Study
from bench.tables.columns import COLUMNS
from bench.tables.frames import COSTS

Columns = Mapping[str, Sequence[float]]
"""Values by seed of each column, named as in `summary.csv`."""


def stored(folder: Path, columns: Mapping[str, Columns], chosen: Study | None = None) -> Stored:
    """Write a results folder with the given values of each variant, and return it.

    Parameters
    ----------
    columns : mapping
        By variant. A score has its value for each seed, one over seeds (`procrustes_residual`) or of a reference
        such as `pixels` a single one.
    chosen : Study or None
        The study; without one each variant is the reducer that its name begins with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = chosen or study.read("full")
    (folder / "study.toml").write_text(chosen.resolved().to_toml())
    methods = [variant for variant in columns if variant in chosen.resolved().variants]
    _runs(methods, columns, chosen).to_csv(folder / "runs.csv", index=False)
    _scores(methods, columns).to_csv(folder / "scores.csv", index=False)
    _comparisons(methods, columns).to_csv(folder / "comparisons.csv", index=False)
    return Stored(folder)


def _runs(methods: Sequence[str], columns: Mapping[str, Columns], chosen: Study) -> pd.DataFrame:
    rows = []
    for variant in methods:
        costs = {name: values for name, values in columns[variant].items() if name in COSTS}
        seeds = max(len(values) for values in columns[variant].values())
        for seed in range(seeds):
            row = {"variant": variant, "label": chosen.resolved().variants[variant].label, "seed": seed, "status": "ok"}
            row |= {name: values[seed] if seed < len(values) else None for name, values in costs.items()}
            rows.append(
                {name: None for name in COSTS}
                | {"n_fit": 1_000, "n_test": 1_000, "reason": "", "repeatable": True}
                | row
            )
    return pd.DataFrame(rows)


def _scores(methods: Sequence[str], columns: Mapping[str, Columns]) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for variant, of_variant in columns.items():
        for name, values in of_variant.items():
            if name in COSTS:
                continue
            split = "test" if name.endswith("_test") else "fit"
            score, _, k = name.removesuffix("_test").rpartition("_k")
            score, size = (score, int(k)) if score and k.isdigit() else (name.removesuffix("_test"), None)
            for seed, value in enumerate(values):
                alone = len(values) == 1 or variant not in methods
                row = {"variant": variant, "seed": None if alone else seed, "split": split, "score": score, "k": size}
                rows.append(row | {"part": "", "value": value, "reason": ""})
    return pd.DataFrame(rows).astype({"seed": "Int64", "k": "Int64"})


def _comparisons(methods: Sequence[str], columns: Mapping[str, Columns]) -> pd.DataFrame:
    names = dict.fromkeys(name for variant in methods for name in columns[variant] if name in COLUMNS)
    return frame(
        standing(
            COLUMNS[name],
            {
                variant: Sample(dict(enumerate(columns[variant][name])), seeded=True)
                for variant in methods
                if name in columns[variant]
            },
        )
        for name in names
    )
