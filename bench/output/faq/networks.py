"""What networks gain from their architecture: the studies `networks` and `convolutional`."""

from __future__ import annotations

from bench.analysis.comparisons import ranking
from bench.output.faq.numbers import cell
from bench.output.faq.page import Answer
from bench.store.results import Results

TRAIN, TEST = "knn_accuracy_k10", "knn_accuracy_k10_test"
HEADER = (
    "network",
    "10-NN accuracy, training",
    "test",
    "MSE a pixel, training",
    "test",
    "epochs",
    "converged",
    "fit, s",
)


def architectures(results: Results) -> Answer:
    """Return scores, errors and costs of each network that was trained until it converges."""
    networks = [variant for variant in results.variants if _told(results, variant)]
    rows = []
    for variant in networks:
        runs = results.ok_runs(variant)
        errors = (cell(results, variant, measure, 4) for measure in ("training_error", "error"))
        epochs = cell(results, variant, "n_iter", 0)
        met = f"{_converged(results, variant):.0f} of {len(runs)}"
        fit, accuracies = cell(results, variant, "fit_s", 1), (cell(results, variant, key) for key in (TRAIN, TEST))
        rows.append((results.label(variant), *accuracies, *errors, epochs, met, fit))
    accuracy = ranking(results, TEST, networks)
    n_runs = sum(len(results.ok_runs(variant)) for variant in networks)
    facts = {
        "best": list(accuracy.means)[:1],
        "equivalent": accuracy.best[1:],
        "open": accuracy.open,
        "shares": (sum(_converged(results, variant) for variant in networks), n_runs),
    }
    return Answer(HEADER, rows, facts)


def _told(results: Results, variant: str) -> bool:
    """Return whether the runs of a variant say if they converged."""
    runs = results.ok_runs(variant)
    return "converged" in runs and bool(runs["converged"].notna().any())


def _converged(results: Results, variant: str) -> int:
    return int(results.ok_runs(variant)["converged"].dropna().astype(bool).sum())
