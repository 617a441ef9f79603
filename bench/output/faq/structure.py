"""Whether embeddings show clusters where the data have none: the study `false-structure`."""

from __future__ import annotations

from collections.abc import Mapping

from bench.analysis.false_structure import Found, found, found_in_data
from bench.output.faq.numbers import spread
from bench.output.faq.page import Answer, Facts
from bench.store.results import Results

HEADER = (
    "embedding by",
    "HDBSCAN: clusters",
    "share in none",
    "clusters, one allowed",
    "best k-means: clusters",
    "its silhouette",
)


def noise(results: Results) -> Answer:
    """Return the clusters that are found in each embedding of pure noise, and in the noise itself."""
    every, of_data = found(results), found_in_data(results)
    rows = [[results.label(variant), *_cells(one)] for variant, one in every.items()]
    rows += [["(no reduction)", *_cells(of_data)]] if of_data.n_runs else []
    return Answer(HEADER, rows, _facts(results, every, of_data))


def clusters_of_noise(results: Results) -> Facts | None:
    """Return in how many methods' embeddings of pure noise there are always clusters, and what the noise itself has."""
    every, of_data = found(results), found_in_data(results)
    return _facts(results, every, of_data) if every and of_data.n_runs else None


def _facts(results: Results, every: Mapping[str, Found], of_data: Found) -> Facts:
    methods = {variant: one for variant, one in every.items() if variant in results.methods}
    split = {variant: one for variant, one in methods.items() if one.n_split}
    most = max(split, key=lambda variant: _mean(split[variant]), default=None)
    known = sorted((one.silhouette.mean, variant) for variant, one in methods.items() if one.silhouette)
    return {
        "n_methods": len(methods),
        "always": [variant for variant, one in split.items() if one.n_split == one.n_runs],
        "sometimes": [variant for variant, one in split.items() if one.n_split < one.n_runs],
        "never": [variant for variant in methods if variant not in split],
        "most": most and (most, spread(split[most].clusters, 1), _draws(split[most])),
        "several": [variant for variant, one in methods.items() if one.one_allowed and one.one_allowed.mean > 1],
        "controls": [(v, spread(one.clusters, 1)) for v, one in every.items() if v not in methods],
        "data": (of_data.n_split, of_data.n_runs),
        "silhouettes": [(variant, f"{value:.2f}") for value, variant in (known[0], known[-1])] if known else None,
        "of_data": spread(of_data.silhouette),
    }


def _mean(one: Found) -> float:
    return one.clusters.mean if one.clusters else 0.0


def _draws(one: Found) -> int:
    return one.clusters.n if one.clusters else 0


def _cells(one: Found) -> list[str]:
    digits = {"clusters": 1, "outside": 2, "one_allowed": 1, "k": 1, "silhouette": 3}
    return [spread(getattr(one, name), n) for name, n in digits.items()]
