"""Made-up studies, one of each kind that questions are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bench.output.faq.page import said_by
from bench.output.faq.quality import DISTANCES, NEIGHBOURS, SIZES
from bench.output.findings import NEEDS
from bench.store.records import Outcome, Status
from bench.store.results import Results
from bench.store.store import Store
from bench.studies.study import Study, Variant
from tests.bench import results_maker
from tests.bench.results_maker import failed

FITTED, ACCURACY = "knn_accuracy_k10", "knn_accuracy_k10_test"
Columns = dict[str, Any]
LARGE = {"hidden_layer_sizes": [9, 9]}


def around(value: float) -> list[float]:
    """Return values over three seeds with this median."""
    return [value - 0.001, value, value + 0.0015]


@dataclass(frozen=True)
class MadeUp:
    """A study with its values by variant or reference, other columns of its runs, and other tables."""

    name: str
    variants: Mapping[str, Variant]
    values: Mapping[str, Columns]
    runs: Mapping[str, Columns] = field(default_factory=dict)
    outcomes: Mapping[str, list[Outcome]] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def with_values(self, **changes: Columns) -> MadeUp:
        """Return the study with some values of some variants replaced, whose hyphens are written as underscores."""
        values = {name: dict(of) for name, of in self.values.items()}
        for name, columns in changes.items():
            values.setdefault(name.replace("__", "-"), {}).update(columns)
        return replace(self, values=values)

    def only(self, *names: str) -> MadeUp:
        """Return the study with the values of some variants and references."""
        return replace(self, values={name: self.values[name] for name in names})

    def write(self, root: Path, rename: Callable[[str], str] = str) -> Results:
        """Write the results, with every variant renamed."""
        names = {name: rename(name) for name in self.variants}
        variants = {
            names[name]: spec.model_copy(update={"of": names.get(spec.of, "")}) for name, spec in self.variants.items()
        }
        study = Study(name=self.name, title=self.name, dataset="mnist-5k", timeout="2m", variants=variants)
        values, runs = ({names.get(k, k): v for k, v in of.items()} for of in (self.values, self.runs))
        outcomes = {names[name]: ended for name, ended in self.outcomes.items()}
        results = results_maker.write(root / self.name, values, study, runs=runs, outcomes=outcomes)
        for name, table in self.tables.items():
            columns = [column for column in ("variant", "first", "second") if column in table]
            table.replace({column: names for column in columns}).to_csv(results.folder / f"{name}.csv", index=False)
        return results


@dataclass(frozen=True)
class OverDatasets:
    """A study over several datasets, with what was made up on each; of the last one there are no results."""

    name: str
    members: Mapping[str, MadeUp]
    hypotheses: tuple[tuple[str, list[str], list[str], str], ...]
    """Text, better, than and by of each."""

    @property
    def variants(self) -> Mapping[str, Variant]:
        return next(iter(self.members.values())).variants

    def write(self, root: Path, rename: Callable[[str], str] = str) -> Results:
        """Write the results on each dataset, and the study above them, with every variant renamed."""
        for dataset, made in self.members.items():
            replace(made, name=dataset).write(root / self.name, rename)
        names = {name: rename(name) for name in self.variants}
        stated = [
            {
                "text": text,
                "better": [names.get(v, v) for v in better],
                "than": [names.get(v, v) for v in than],
                "by": by,
            }
            for text, better, than, by in self.hypotheses
        ]
        fields = {"name": self.name, "title": self.name, "datasets": [*self.members, "absent"], "hypotheses": stated}
        variants = {names[name]: variant for name, variant in self.variants.items()}
        study = Study.model_validate(fields | {"variants": variants}).resolved()
        Store(root / self.name).write("study.toml", study.to_toml())
        return Results(root / self.name)


def said(function: Callable[[Results], Any], results: Results) -> str:
    """Return what a question or finding says, with its table, on one line."""
    found = function(results)
    if found is None:
        return ""
    facts = found if isinstance(found, Mapping) else {**found.facts, "table": found.to_markdown()}
    return " ".join(said_by(function, results, facts).split())


def _variant(reducer: str, label: str = "", **fields: Any) -> Variant:
    return Variant(reducer=reducer, label=label, **fields)


def full() -> MadeUp:
    """Return methods with and without `transform`, more epochs of a network, and a control."""
    variants = {
        "pca": _variant("pca"),
        "tsne": _variant("tsne"),
        "opentsne": _variant("opentsne"),
        "umap": _variant("umap", "UMAP (seeded)"),
        "umap-parallel": _variant("umap", "UMAP (parallel)", seeded=False),
        "vae": _variant("vae"),
        "vae-long": _variant("vae", "VAE (100 epochs)", params={"n_epochs": 100}, of="vae", axis="n_epochs"),
        "random_projection": _variant("random_projection"),
    }
    levels = (0.40, 0.95, 0.94, 0.92, 0.91, 0.60, 0.70, 0.1)
    times = (0.1, 30.0, 20.0, 9.0, 4.5, 6.0, 30.0, 0.01)
    quantities = [
        *(key for key in NEEDS.values() if key not in ("fit_s", "peak_mib")),
        *(f"{score}_k{k}" for score in NEIGHBOURS for k in SIZES),
        *DISTANCES,
        *(f"{prefix}{score}_test" for prefix in ("", "placement_") for score in (FITTED, "trustworthiness_k5")),
        *(f"{size}_{score}_test" for size in ("few", "alone") for score in ("displacement", "knn_recall_k15")),
        "silhouette",
    ]
    values: dict[str, Columns] = {}
    for name, level, fit_s in zip(variants, levels, times, strict=True):
        without_transform = name == "tsne"
        values[name] = {
            "fit_s": [fit_s, fit_s * 1.01, fit_s * 1.02],
            "peak_mib": [300.0 + fit_s, 301.0 + fit_s, 302.0 + fit_s],
            "import_s": [2.0] * 3,
            "cold_start_s": [27.0] * 3,
            "knn_jaccard_k15": level,
            "procrustes_residual": 1 - level,
        } | {key: around(level) for key in quantities if not (without_transform and key.endswith("_test"))}
    values["pixels"] = {ACCURACY: 0.96}
    return MadeUp("full", variants, values, tables=_over_points())


def _over_points() -> dict[str, pd.DataFrame]:
    """Return tables over test points, which leave the first two open."""
    means = {"opentsne": 0.94, "umap": 0.92, "pca": 0.40}
    accuracies = [{"variant": name, "kind": "method", "n_points": 1_000, "mean": mean} for name, mean in means.items()]
    accuracies.append({"variant": "random_projection", "kind": "control", "n_points": 1_000, "mean": 0.99})
    pairs = [
        ("pca", "opentsne", -0.54),
        ("pca", "umap", -0.52),
        ("opentsne", "umap", 0.02),
    ]
    comparisons = [
        {"first": first, "second": second, "difference": size}
        | {"over_points_low": size - 0.01, "over_points_high": size + 0.02}
        for first, second, size in pairs
    ]
    return {"test_accuracy": pd.DataFrame(accuracies), "test_comparisons": pd.DataFrame(comparisons)}


def _each(name: str, reducer: str, parameter: str, default: Any, *others: Any) -> dict[str, Variant]:
    label = {"opentsne": "openTSNE", "tsne": "t-SNE", "umap": "UMAP", "vae": "VAE", "pca": "PCA"}[reducer]
    varied = {
        f"{name}-{parameter}-{value}": _variant(
            reducer, f"{label}, {parameter} {value}", params={parameter: value}, of=name, axis=parameter
        )
        for value in others
    }
    return {name: _variant(reducer, label, params={parameter: default})} | varied


def sensitivity() -> MadeUp:
    """Return three parameters of three methods; the second setting of each has the higher silhouette."""
    variants = (
        _each("opentsne", "opentsne", "exaggeration", 1, 4, 8)
        | _each("umap", "umap", "min_dist", 0.1, 0.0)
        | _each("vae", "vae", "beta", 1, 3)
    )
    levels = {"opentsne-exaggeration-8": (0.95, 0.3, 0.4), "umap-min_dist-0.0": (0.8, 0.6, 0.5), "vae": (0.9, 0.5, 0.6)}
    scores = (ACCURACY, "r_nx_auc", "silhouette")
    values = {name: dict(zip(scores, map(around, levels.get(name, (0.9, 0.5, 0.2))), strict=True)) for name in variants}
    return MadeUp("sensitivity", variants, values)


def neighbourhoods() -> MadeUp:
    """Return the same with a wide neighbourhood of two methods, which costs one of them accuracy."""
    made, wide = sensitivity(), {"umap": ("n_neighbors", 15, 0.7), "opentsne": ("perplexity", 30, 0.9)}
    variants, values = dict(made.variants), dict(made.values)
    for base, (parameter, default, level) in wide.items():
        of = variants[base]
        variants[base] = of.model_copy(update={"params": of.params | {parameter: default}})
        changed = {"label": f"{of.label}, {parameter} 100", "params": of.params | {parameter: 100}}
        variants[f"{base}-wide"] = of.model_copy(update={**changed, "of": base, "axis": parameter})
        values[f"{base}-wide"] = dict(
            zip((ACCURACY, "r_nx_auc", "silhouette"), map(around, (level, 0.4, 0.1)), strict=True)
        )
    return replace(made, variants=variants, values=values)


def of_two_layouts() -> MadeUp:
    """Return the study `full` with ten seeds of a method whose silhouettes fall into two groups, and a reference."""
    groups = [0.020, 0.021, 0.022, 0.0201, 0.0211, 0.0221, 0.110, 0.111, 0.112, 0.1101]
    return full().with_values(umap={"silhouette": groups}, pca__50={ACCURACY: 0.97})


def initialisation() -> MadeUp:
    """Return two methods with two starts each; only t-SNE's arrangement depends on the start."""
    variants = _each("tsne", "tsne", "init", "pca", "random") | _each("umap", "umap", "init", "spectral", "random")
    same = {key: around(0.5) for key in ("shepard_spearman", "triplet_accuracy", "r_nx_auc", FITTED)}
    values = {name: same | {"centroid_spearman": around(0.8), "procrustes_residual": 0.1} for name in variants}
    values["tsne-init-random"] = same | {"centroid_spearman": around(0.6), "procrustes_residual": 0.65}
    return MadeUp("initialisation", variants, values)


def dimensions() -> MadeUp:
    """Return methods in few and in many dimensions, and the pixels."""
    variants = (
        _each("pca", "pca", "n_components", 2, 30)
        | _each("umap", "umap", "n_components", 2, 5)
        | _each("vae", "vae", "n_components", 2, 5)
    )

    def scores(accuracy: float, ari: list[float]) -> Columns:
        return {ACCURACY: [accuracy] * 3, "kmeans_ari": ari}

    values = {
        "pca": scores(0.4, [0.2] * 3),
        "pca-n_components-30": scores(0.945, [0.31] * 3),
        "umap": scores(0.9, [0.6, 0.61, 0.62]),
        "umap-n_components-5": scores(0.99, [0.1, 0.3, 0.5]),
        "vae": scores(0.6, around(0.1)),
        "vae-n_components-5": scores(0.6, around(0.1)),
        "pixels": {ACCURACY: 0.94, "kmeans_ari": 0.3},
    }
    return MadeUp("dimensions", variants, values)


def pca_first() -> MadeUp:
    """Return two methods alone and after PCA; t-SNE takes half the time and keeps fewer neighbours."""
    variants = {
        "tsne": _variant("tsne"),
        "tsne-pca": _variant("tsne", "t-SNE after PCA", of="tsne", axis="reducer"),
        "umap": _variant("umap"),
        "umap-pca": _variant("umap", "UMAP after PCA", of="umap", axis="reducer"),
    }

    def columns(seconds: float, kept: float) -> Columns:
        scores = {FITTED: around(0.9), "r_nx_auc": around(kept), "silhouette": around(0.2)}
        return scores | {"fit_s": [seconds, seconds * 1.01, seconds * 0.99]}

    values = {
        "tsne": columns(10, 0.5),
        "tsne-pca": columns(5, 0.4),
        "umap": columns(3, 0.5),
        "umap-pca": columns(3, 0.5),
    }
    return MadeUp("pca-first", variants, values)


def threads() -> MadeUp:
    """Return methods on one thread and on two, with pairs of runs that are equal, rounded and different."""
    labels = {"pca": "PCA", "tsne": "t-SNE", "vae": "VAE"}
    variants = {
        f"{reducer}-{name}": _variant(reducer, f"{label}, {name}", threads=n)
        for reducer, label in labels.items()
        for name, n in (("one", 1), ("two", 2), ("again", 2))
    }
    costs = {"import_s": [2.0, 2.0, 2.0], "cold_start_s": [30.0, 30.0, 30.0]}
    fits = {"pca": (0.2, 0.2), "tsne": (4.0, 3.0), "vae": (2.0, 4.0)}
    values = {
        name: costs | {"fit_s": [fit_s, fit_s * 1.001, fit_s * 0.998]}
        for reducer, (one, two) in fits.items()
        for name, fit_s in ((f"{reducer}-one", one), (f"{reducer}-two", two), (f"{reducer}-again", two))
    }
    values["vae-two"]["transform_s"] = [1.0, 1.0, 1.0]
    runs = {name: {"repeatable": [True, "", ""]} for name in variants}
    return MadeUp("threads", variants, values, runs, tables={"reproducibility": reproducibility()})


def reproducibility(**changes: Mapping[str, object]) -> pd.DataFrame:
    """Return pairs of runs of three methods; `changes` are by method, difference and split: `pca_threads_test`."""
    same = {"bit_equal": True, "largest_displacement": 0.0, "aligned_displacement": 1e-16, "shared_neighbours": 1.0}
    rounded = same | {"bit_equal": False, "largest_displacement": 1e-7}
    moved = {"bit_equal": False, "largest_displacement": 2.0, "aligned_displacement": 0.5, "shared_neighbours": 0.7}
    known: dict[str, Mapping[str, object]] = {"tsne_threads_train": moved, "vae_threads_train": rounded}
    known |= {"tsne_seed_train": moved} | changes
    rows: list[dict[str, object]] = [
        {"reducer": reducer, "differs": differs, "first_seed": 0, "second_seed": int(differs == "seed") + seed}
        | {"first": f"{reducer}-one", "second": f"{reducer}-two", "split": split}
        | dict(known.get(f"{reducer}_{differs}_{split}", same))
        for reducer in ("pca", "tsne", "vae")
        for differs in ("process", "threads", "seed")
        for split in ("train", "test")
        for seed in range(2)
    ]
    return pd.DataFrame(rows)


def unseen() -> MadeUp:
    """Return two methods without a 0 and without a 4."""
    variants = {
        f"{reducer}-{digit}": _variant(
            reducer, f"{label}, without {digit}", without=digit, series=f"{label} without", axis="without"
        )
        for reducer, label in (("pca", "PCA"), ("umap", "UMAP"))
        for digit in "04"
    }
    areas = {"pca-0": [0.6] * 3, "pca-4": [0.4] * 3, "umap-0": [0.2, 0.5, 0.9], "umap-4": [0.7, 0.71, 0.72]}
    values: dict[str, Columns] = {
        name: {
            "unseen_auc_test": of,
            "unseen_auc_pixels_test": [0.9] * 3,
            "unseen_auc_reconstruction_test": [0.8] * 3,
            "unseen_taken_for_k10_test:7": [0.25] * 3,
            "unseen_taken_for_k10_test:9": [0.75] * 3,
        }
        for name, of in areas.items()
    }
    del values["umap-0"]["unseen_auc_reconstruction_test"]
    return MadeUp("unseen", variants, values)


def scaling() -> MadeUp:
    """Return costs of methods by number of points: PCA ran thrice, t-SNE and openTSNE are late, UMAP has two ways."""
    sizes = (1_000, 4_000, 10_000, 14_000, 28_000, 56_000)
    seconds = {
        "PCA": (0.1, 0.4, 1.0, 1.4, 2.83, 5.6),
        "PCA, one thread": (0.2, 0.8, 2.0, 2.8, 5.66),
        "t-SNE": (1.0, 16.0, 25.0, 100.0, 400.0, 400.0),
        "openTSNE": (1.0, 5.0, 20.0, 30.0, 60.0, 400.0),
        "UMAP": (1.0, 16.0, 9.0, 8.0, 16.1, 32.0),
        "UMAP (approximate)": (0.5, 2.0, 9.0, 8.0, 16.1, 32.0),
    }
    mib = {"PCA": 0.001, "PCA, one thread": 0.002, "t-SNE": 0.02, "openTSNE": 0.015}
    reducer = {"PCA": "pca", "PCA, one thread": "pca", "t-SNE": "tsne", "openTSNE": "opentsne"}
    variants: dict[str, Variant] = {}
    values: dict[str, Columns] = {}
    runs: dict[str, Columns] = {}
    outcomes: dict[str, list[Outcome]] = {}
    for series, of_series in seconds.items():
        params = {"force_approximation_algorithm": True} if series == "UMAP (approximate)" else {}
        threads = {"PCA": 2, "PCA, one thread": 1}.get(series)
        for n, fit_s in zip(sizes, of_series, strict=False):
            name, label, place = f"v{len(variants)}", f"{series}, {n}", {"n": n, "series": series, "axis": "n"}
            variants[name] = _variant(reducer.get(series, "umap"), label, params=params, threads=threads, **place)
            runs[name], values[name] = {"n_train": n}, {}
            if fit_s < 120:
                memory = {"peak_mib": [150 + mib.get(series, 0.01) * n], "baseline_mib": [150.0]}
                of_runs = [fit_s / 1.1, fit_s, fit_s * 1.1] if threads else [fit_s]
                values[name] = {"fit_s": of_runs} | (memory if not threads else {k: 3 * v for k, v in memory.items()})
                if "UMAP" in series or series == "openTSNE":
                    values[name]["transform_s"] = [1.0]
            else:
                outcomes[name] = [failed(Status.TIMEOUT, "took longer than the limit of 2 min 00 s")]
    return MadeUp("scaling", variants, values, runs, outcomes)


def umap_rows() -> MadeUp:
    """Return UMAP's two searches: all distances take four times as long and keep as much."""
    variants = {
        "umap": _variant("umap", "UMAP (as it comes)"),
        "forced": _variant("umap", "UMAP (approximate)", params={"force_approximation_algorithm": True}),
    }
    values: dict[str, Columns] = {
        name: {"fit_s": [s, s * 1.01, s * 1.02], "transform_s": [s / 5] * 3, FITTED: around(0.9), "r_nx_auc": around(r)}
        for name, s, r in (("umap", 16.0, 0.5), ("forced", 4.0, 0.47))
    }
    return MadeUp("umap-rows", variants, values)


def time_to_quality() -> MadeUp:
    """Return three methods asked for fewer iterations: UMAP loses accuracy, t-SNE neighbours, the VAE varies."""
    variants = (
        _each("tsne", "tsne", "max_iter", 1000, 250)
        | _each("umap", "umap", "n_epochs", 500, 50, 150)
        | _each("vae", "vae", "n_epochs", 100, 10)
    )
    at = {
        "tsne": (10.0, around(0.9), around(0.5)),
        "tsne-max_iter-250": (4.0, around(0.9), around(0.4)),
        "umap": (5.0, around(0.9), around(0.5)),
        "umap-n_epochs-50": (2.5, around(0.8), around(0.5)),
        "umap-n_epochs-150": (3.0, around(0.9), around(0.5)),
        "vae": (8.0, around(0.7), around(0.3)),
        "vae-n_epochs-10": (1.0, [0.6, 0.69, 0.79], around(0.35)),
    }
    values: dict[str, Columns] = {
        name: {"fit_s": [seconds, seconds * 1.01, seconds * 1.02], FITTED: accuracy, "r_nx_auc": kept}
        for name, (seconds, accuracy, kept) in at.items()
    }
    return MadeUp("time-to-quality", variants, values)


def replication() -> MadeUp:
    """Return two methods and published numbers."""
    cells = [
        ("PCA", "pca", "1nn", 0.3770, 0.3765, 0.0005, "one run"),
        ("PCA", "pca", "mse", 0.0557, 0.0557, -1e-9, "one run"),
        ("UMAP", "umap", "1nn", 0.9017, 0.9317, -0.03, "explained"),
    ]
    columns = ["method", "variant", "measure", "ours", "theirs", "difference", "verdict"]
    variants = {"pca": _variant("pca"), "umap": _variant("umap", "UMAP (seeded)")}
    tables = {"replication": pd.DataFrame(cells, columns=columns)}
    return MadeUp("replication", variants, {name: {"fit_s": [1.0]} for name in variants}, tables=tables)


RECALL, RECALL_OF_TRAINING = "knn_recall_k15_test", "knn_recall_k15"
TUNED: dict[str, list[Columns]] = {
    "umap": [{}, {"n_neighbors": 40}, {"n_neighbors": 8}],
    "tsne": [{}, {"perplexity": 50}],
    "pca": [{}],
}
"""Configurations of each method that was searched, the default first; the last two of UMAP are selected."""


def tuning() -> MadeUp:
    """Return a search: UMAP has a configuration for each criterion and one not begun, of t-SNE the default is best."""
    variants, values = {}, {}
    for method, configurations in TUNED.items():
        for number, params in enumerate(configurations):
            of = {"of": method, "axis": "search"} if number else {}
            label = LABELS[method] + (f", configuration {number}" if number else "")
            variants[f"{method}-{number}" if number else method] = _variant(method, label, params=params, **of)
    variants["umap-3"] = _variant("umap", "UMAP, configuration 3", params={"n_neighbors": 9}, of="umap", axis="search")
    for name, recall, accuracy in (
        ("umap", 0.20, 0.88),
        ("umap-1", 0.15, 0.95),
        ("umap-2", 0.25, 0.85),
        ("pca", 0.1, 0.4),
    ):
        values[name] = {RECALL: [recall], ACCURACY: [accuracy], "fit_s": [9.0], "transform_s": [1.0]}
    for name, recall in (("tsne", 0.5), ("tsne-1", 0.4)):
        values[name] = {RECALL_OF_TRAINING: [recall], "fit_s": [30.0]}
    return MadeUp("tuning", variants, values)


def tuned() -> MadeUp:
    """Return the test of what `tuning` selected: UMAP gains in accuracy, and less than the margin in recall."""
    variants = {name: _variant(name, LABELS[name]) for name in TUNED}
    for criterion, params in zip(("accuracy", "recall"), TUNED["umap"][1:], strict=True):
        label = f"UMAP, tuned by {criterion}"
        variants[f"umap-{criterion}"] = _variant("umap", label, params=params, of="umap")
    at = {"umap": (0.2, 0.88), "umap-accuracy": (0.15, 0.94), "umap-recall": (0.205, 0.84), "pca": (0.1, 0.4)}
    values: dict[str, Columns] = {v: {RECALL: around(recall), ACCURACY: around(a)} for v, (recall, a) in at.items()}
    return MadeUp("tuned", variants, values | {"tsne": {RECALL_OF_TRAINING: around(0.5)}})


def objectives() -> MadeUp:
    """Return a 2 x 2 in which the encoder costs 0.10 with either loss, and the reconstruction 0.20."""
    labels = {"umap": "UMAP", "parametric_umap": "Parametric UMAP", "auto_decoder": "Auto-decoder"}
    labels["autoencoder"] = "Autoencoder"
    variants = {name.replace("_", "-"): _variant(name, label) for name, label in labels.items()}
    variants["umap-spectral"] = _variant("umap", "UMAP, init spectral", of="umap", axis="init")
    levels = dict(zip(variants, (0.9, 0.8, 0.7, 0.6, 0.91), strict=True))
    values = {name: {FITTED: around(level), "r_nx_auc": around(level / 2)} for name, level in levels.items()}
    for name in ("parametric-umap", "autoencoder"):
        values[name][ACCURACY] = around(levels[name] - 0.05)
    return MadeUp("objectives", variants, values)


def networks(name: str = "networks") -> MadeUp:
    """Return a VAE and one of larger layers, which is better by 0.10 in accuracy and takes five times as long."""
    variants = {
        "vae": _variant("vae"),
        "vae-large": _variant("vae", "VAE 9-9", params=LARGE, of="vae", axis="hidden_layer_sizes"),
    }
    values: dict[str, Columns] = {
        "vae": {FITTED: around(0.65), ACCURACY: around(0.60), "fit_s": [6.0, 6.1, 6.2]},
        "vae-large": {FITTED: around(0.75), ACCURACY: around(0.70), "fit_s": [30.0, 30.1, 30.2]},
    }
    outcomes = {v: [results_maker.successful(6.0, converged=True, n_iter=40 + i) for i in range(3)] for v in variants}
    return MadeUp(name, variants, values, outcomes=outcomes)


def convolutional() -> MadeUp:
    return networks("convolutional")


def datasets() -> OverDatasets:
    """Return three methods on three datasets; t-SNE is ahead of UMAP on one, behind on one, and open on one."""
    variants = {name: _variant(name, LABELS[name]) for name in ("tsne", "umap", "pca")}

    def on(tsne: list[float], umap: list[float]) -> MadeUp:
        values = {"tsne": tsne, "umap": umap, "pca": around(0.1)}
        of = {name: {RECALL_OF_TRAINING: kept, FITTED: kept, "fit_s": [1.0, 1.1, 1.2]} for name, kept in values.items()}
        return MadeUp("", variants, of | {"pixels": {FITTED: 0.8}, "pca-50": {FITTED: 0.7}})

    members = {
        "digits": on(around(0.5), around(0.4)),
        "letters": on(around(0.4), around(0.5)),
        "cells": on([0.3, 0.4, 0.5], around(0.4)),
    }
    stated = (
        ("Maps keep more neighbours than PCA", ["tsne", "umap"], ["pca"], RECALL_OF_TRAINING),
        ("t-SNE keeps more neighbours than UMAP", ["tsne"], ["umap"], RECALL_OF_TRAINING),
        ("Components classify better than any map", ["pca-50"], ["tsne", "umap"], FITTED),
    )
    return OverDatasets("datasets", members, stated)


LABELS = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}


def placement() -> MadeUp:
    """Return methods that a copy of the nearest point is better than, equivalent to and worse than, and the search."""
    variants = {name: _variant(name) for name in ("opentsne", "umap", "autoencoder")}
    gains = {"opentsne": 0.02, "umap": 0.004, "autoencoder": -0.05}
    searches = {f"nearest-{k}": k for k in (1, 5, 25)}
    variants |= {
        name: _variant("neighbour_placement", f"Nearest {k}", params={"n_neighbors": k}) for name, k in searches.items()
    }
    seconds = {"opentsne": 3.4, "umap": 2.0, "autoencoder": 0.04} | dict.fromkeys(searches, 2.0)
    values: dict[str, Columns] = {v: {"transform_s": [s, s * 1.01, s * 0.99]} for v, s in seconds.items()}
    for name, gain in gains.items():
        at = {"own": 0.9, "copy of 1": 0.9 + gain} | {
            f"{how} of {k}": 0.8 for how in ("median", "copy") for k in (5, 25)
        }
        at |= {"mean of 5": 0.7, "mean of 25": 0.75}
        for score in (FITTED, "knn_recall_k15", "trustworthiness_k5"):
            values[name] |= {f"placement:{of}:{score}": around(level) for of, level in at.items()}
    return MadeUp("placement", variants, values)


STAYS = {
    "pca": {"seed": 1.0, "permuted": 1.0, "doubled": 0.9, "threads": 1.0, "process": 1.0},
    "tsne": {"seed": 0.8, "permuted": 0.995, "doubled": 0.9, "threads": 0.795, "process": 1.0},
    "umap": {"seed": 0.75, "permuted": 0.74, "doubled": 0.73, "threads": 1.0, "process": 1.0},
}
"""Share of neighbours that stays, by method and change; 1 stands for the same bits."""


def cards() -> MadeUp:
    """Return methods that are run again, of which rows in another order change UMAP alone."""
    variants: dict[str, Variant] = {}
    values: dict[str, Columns] = {}
    fields = {
        "permuted": {"rows": "permuted"},
        "doubled": {"rows": "doubled"},
        "threads": {"threads": 2},
        "process": {},
    }
    rows: list[dict[str, object]] = []
    for name, stays in STAYS.items():
        batches = {f"{of}_knn_recall_k15{'' if of == 'refit' else '_test'}": 0.6 for of in ("alone", "few", "refit")}
        kept = {key: ["n/a (transductive)"] * 3 if name == "tsne" else around(at) for key, at in batches.items()}
        variants[name], values[name] = _variant(name, LABELS[name], threads=1), kept
        for change, of_change in fields.items():
            again = f"{LABELS[name]}, {change}"
            variants[f"{name}-{change}"] = _variant(name, again, of=name, axis="again", scores=False, **of_change)
            values[f"{name}-{change}"] = {}
        for change, share in stays.items():
            seeds = [(0, 1), (0, 2)] if change == "seed" else [(seed, seed) for seed in range(3)]
            for place, (first, second) in enumerate(seeds):
                of_pair = {"reducer": name, "differs": change, "sample": 0, "first": name, "first_seed": first}
                of_pair |= {"second": name if change == "seed" else f"{name}-{change}", "second_seed": second}
                same = {"bit_equal": share == 1, "shared_neighbours": share if share == 1 else share + 0.001 * place}
                rows += [of_pair | same | {"split": split, "cluster_ari": share} for split in ("train", "test")]
    return MadeUp("cards", variants, values, tables={"reproducibility": pd.DataFrame(rows)})


def false_structure() -> MadeUp:
    """Return clusters found in noise: always after UMAP, sometimes after t-SNE, never after PCA or in the noise."""
    labels = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP", "random_projection": "Random projection"}
    variants = {reducer: _variant(reducer, label) for reducer, label in labels.items()}
    counts = {"pca": [0.0] * 3, "tsne": [0.0, 2.0, 3.0], "umap": [4.0, 5.0, 6.0], "random_projection": [9.0] * 3}
    nothing = {"hdbscan_clusters_of_data:n_clusters": [0.0] * 3, "kmeans_clusters_of_data:silhouette": [0.02] * 3}
    values: dict[str, Columns] = {
        name: nothing
        | {"hdbscan_clusters:n_clusters": of, "hdbscan_clusters:outside": [0.5] * 3}
        | {"hdbscan_clusters:one_allowed": [max(1.0, of[0])] * 3}
        | {"kmeans_clusters:n_clusters": [3.0] * 3, "kmeans_clusters:silhouette": around(0.35 + 0.01 * place)}
        for place, (name, of) in enumerate(counts.items())
    }
    return MadeUp("false-structure", variants, values)


ALL = (
    *(of_two_layouts, neighbourhoods, initialisation, dimensions, pca_first, threads, unseen, scaling, replication),
    *(umap_rows, time_to_quality, false_structure),
    *(placement, cards, datasets),
    *(networks, convolutional, tuning, tuned, objectives),
)
"""A study of each kind."""
