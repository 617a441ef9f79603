from __future__ import annotations

from pathlib import Path

import pandas as pd

from bench.output.faq.networks import architectures
from bench.store.results import Results
from bench.studies.study import Study, Variant
from tests.bench import results_maker as maker
from tests.bench.output.faq.made_up import said

ACCURACY = "knn_accuracy_k10_test"


def written(folder: Path, met: dict[str, list[bool | None]]) -> Results:
    """Return a study of variants whose trainings converged or not; accuracy and error grow in their order."""
    variants = {name: Variant(reducer="autoencoder", label=name.upper()) for name in met}
    study = Study(name="networks", title="networks", dataset="mnist-5k", variants=variants)
    values = {
        name: {ACCURACY: [0.7 + place / 10] * len(of), "error": [0.04] * len(of)}
        for place, (name, of) in enumerate(met.items())
    }
    outcomes = {
        name: [maker.successful(3.0, converged=one, n_iter=one and 40 + seed) for seed, one in enumerate(of)]
        for name, of in met.items()
    }
    return maker.write(folder, values, study, outcomes=outcomes)


def test_networks_are_shown_with_their_convergence(tmp_path: Path) -> None:
    results = written(tmp_path, {"small": [True, True], "large": [True, True], "pca": [None, None]})
    small, large = architectures(results).rows
    assert small[0] == "SMALL" and small[2].startswith("0.700") and small[4].startswith("0.0400")
    assert large[-3:-1] == ("40 [34, 47]", "2 of 2")
    text = said(architectures, results)
    assert "LARGE has the highest mean accuracy on test digits. 4 of 4 trainings converged." in text


def test_what_seeds_leave_open_is_said(tmp_path: Path) -> None:
    results = written(tmp_path, {name: [True] * 3 for name in ("small", "same", "unsure")})
    scores = pd.read_csv(results.folder / "scores.csv")
    changed = {"same": [0.899, 0.9, 0.901], "small": [0.9, 0.901, 0.902], "unsure": [0.7, 0.9, 1.0]}
    for name, values in changed.items():
        scores.loc[(scores["variant"] == name) & (scores["split"] == "test"), "value"] = values
    scores.to_csv(results.folder / "scores.csv", index=False)
    text = said(architectures, Results(results.folder))
    assert "SMALL has the highest mean accuracy on test digits. Equivalent: SAME. The seeds leave open: UNSURE." in text
    once = written(tmp_path / "once", {"small": [True], "large": [True]})
    assert said(architectures, once).startswith("2 of 2 trainings converged.")


def test_without_networks_it_says_so(tmp_path: Path) -> None:
    text = said(architectures, written(tmp_path, {"pca": [None, None]}))
    assert text.startswith("No network was trained.")
