"""What embeddings keep: neighbours, distances, test points, and classes left out of training."""

from __future__ import annotations

from itertools import combinations

from bench.analysis.comparisons import Ranking, compare, ranking
from bench.analysis.quantities import QUANTITIES
from bench.analysis.summary import interval_of
from bench.metrics.metric import column_name
from bench.metrics.registry import METRICS
from bench.output.faq.numbers import bounds, by_reducer, cell, cells, change, listed, spread
from bench.output.faq.page import Answer
from bench.store.results import Results

SIZES = (5, 15, 30, 100)
NEIGHBOURS = ("knn_recall", "trustworthiness")
DISTANCES = {
    "shepard_spearman": "the distance between two points",
    "centroid_spearman": "the distance between two classes",
    "density_correlation": "how densely points lie",
}
"""Correlations of an embedding with the data, and what each is about."""
ACCURACY = "knn_accuracy_k10"
TEST_ACCURACY, BASELINE_ACCURACY = "knn_accuracy_k10_test", "placement_knn_accuracy_k10_test"
NEGLIGIBLE = 1e-3
"""Root-mean-square radii; a smaller displacement is a difference of last digits."""
CHANCE = 0.5
AREA, BY_ERROR, IN_PIXELS = "unseen_auc_test", "unseen_auc_reconstruction_test", "unseen_auc_pixels_test"
MARGIN = QUANTITIES[AREA].margin or 0.0


def neighbours(results: Results) -> Answer:
    """Return which methods are best at which size of the neighbourhood, and which change their order."""
    rankings = {score: [ranking(results, column_name(score, "train", k)) for k in SIZES] for score in NEIGHBOURS}
    rows = [
        (str(k), *(_best(results, of_size) for of_size in of_sizes))
        for k, *of_sizes in zip(SIZES, *rankings.values(), strict=True)
    ]
    scores = []
    for score, of_score in rankings.items():
        always = [variant for variant in of_score[0].best if all(variant in one.best for one in of_score)]
        near, far = _better(results, of_score[0]), _better(results, of_score[-1])
        crossing = [tuple(map(results.label, pair)) for pair in near if pair[::-1] in far]
        scores.append({"name": METRICS[score].label, "always": always, "crossing": crossing})
    header = ("k", *(f"best {METRICS[score].label}" for score in NEIGHBOURS))
    return Answer(header, rows, {"scores": scores, "ends": (SIZES[0], SIZES[-1])})


def _best(results: Results, one: Ranking) -> str:
    if not one.best:
        return "n/a"
    first, *equal = one.best
    also = f"; equivalent: {listed(map(results.label, equal))}" if equal else ""
    return f"{results.label(first)} {cell(results, first, one.quantity.key)}{also}"


def _better(results: Results, one: Ranking) -> list[tuple[str, str]]:
    """Return the pairs of which one method is better, that one first."""
    order = list(one.means)
    pairs = combinations([variant for variant in results.methods if variant in order], 2)
    return [(min(p, key=order.index), max(p, key=order.index)) for p in pairs if one.between(*p).differs]


def distances(results: Results) -> Answer:
    """Return how far distances and densities in each embedding agree with those in the data."""
    shown = [variant for variant in results.variants if any(len(results.values(variant, key)) for key in DISTANCES)]
    correlations = []
    for key, name in DISTANCES.items():
        found = {v: one for v in results.methods if (one := interval_of(results, v, key)) is not None}
        ordered = sorted(found, key=lambda v: -found[v].mean)
        reach = {variant: bounds(results, variant, key) for variant in found}
        none = [variant for variant, (low, high) in reach.items() if low <= 0 <= high]
        correlations.append({"of": name, "ends": [ordered[0], ordered[-1]] if ordered else [], "none": none})
    header = ("method", *(QUANTITIES[key].title for key in DISTANCES))
    return Answer(header, cells(results, shown, DISTANCES), {"correlations": correlations})


def transformed(results: Results) -> Answer:
    """Return the scores of test points, and those of a baseline that uses no model: the mean of neighbours."""

    def over_baseline(variant: str, score: str, k: int) -> str:
        # Paired, since both are of one embedding.
        scores = (score, f"placement_{score}")
        columns = [column_name(one, "test", k) for one in scores]
        own, baseline = (results.values(variant, column) for column in columns)
        return change(compare(QUANTITIES[columns[0]], "transform", own, "baseline", baseline))

    methods = [variant for variant in results.methods if results.ok(variant)]
    mapped = [variant for variant in methods if len(results.values(variant, TEST_ACCURACY))]
    shown = cells(results, mapped, (ACCURACY, TEST_ACCURACY, BASELINE_ACCURACY))
    compared = (("knn_accuracy", 10), ("trustworthiness", 5))
    gains = [[over_baseline(variant, score, k) for score, k in compared] for variant in mapped]
    header = (
        "method",
        *(f"10-NN accuracy, {of}" for of in ("training (leave-one-out)", "test", "test, mean of neighbours")),
        *(f"transform less mean of neighbours, {name}" for name in ("accuracy", "trustworthiness k = 5")),
    )
    rows = [row + gain for row, gain in zip(shown, gains, strict=True)]
    return Answer(header, rows, {"transductive": [variant for variant in methods if variant not in mapped]})


def batches(results: Results) -> Answer:
    """Return how far a point moves when fewer points are transformed with it."""

    def stays(variant: str) -> bool:
        moved = [results.values(variant, column_name(f"{batch}_displacement", "test", None)).array for batch in sizes]
        return all(len(of_batch) and of_batch.max() < NEGLIGIBLE for of_batch in moved)

    sizes = {"few": "batch of 100", "alone": "alone"}
    kept = {("displacement", None): "displacement in radii", ("knn_recall", 15): "neighbours kept"}
    methods = [v for v in results.methods if results.ok(v) and len(results.values(v, "alone_displacement_test"))]
    columns = (column_name(f"{batch}_{score}", "test", k) for batch in sizes for score, k in kept)
    rows = cells(results, methods, columns)
    header = ("method", *(f"{name}, {size}" for size in sizes.values() for name in kept.values()))
    still = [variant for variant in methods if stays(variant)]
    return Answer(header, rows, {"still": still, "moved": [v for v in methods if v not in still], "least": NEGLIGIBLE})


def left_out(results: Results) -> Answer:
    """Return where the points of a class that was left out land, and whether they can be told from others."""
    classes = dict.fromkeys(results.variant(variant).without for variant in results.variants)
    by_class = {digit: by_reducer(results, without=digit) for digit in classes if digit}
    methods = list(dict.fromkeys(method for variants in by_class.values() for method in variants))
    rows = [
        [method, *(_landing(results, of.get(method)) for of in by_class.values())]
        + [_area(results, of.get(method), BY_ERROR) for of in by_class.values()]
        for method in methods
    ]
    in_pixels = [_area(results, next(iter(of.values())), IN_PIXELS) for of in by_class.values()]
    rows.append(["the pixels themselves", *in_pixels, *("" for _ in by_class)])
    digits = []
    for (digit, of), pixels in zip(by_class.items(), in_pixels, strict=True):
        reach = {method: bounds(results, variant, AREA) for method, variant in of.items()}
        far = [method for method, (low, _) in reach.items() if low > CHANCE + MARGIN]
        near = [method for method, (_, high) in reach.items() if high < CHANCE - MARGIN]
        digits.append({"digit": digit, "pixels": pixels, "far": far, "near": near})
    columns = [f"without {digit}: {column}" for column in ("on, area", "area by error") for digit in by_class]
    return Answer(["method", *columns], rows, {"digits": digits, "chance": CHANCE, "margin": MARGIN})


def _landing(results: Results, variant: str | None) -> str:
    """Return which class most points of the class left out are taken for, the share of them, and the area."""
    if variant is None:
        return "n/a"
    rows = results.scores[(results.scores["variant"] == variant) & (results.scores["score"] == "unseen_taken_for")]
    shares = rows.groupby("part")["value"].mean()
    taken_for = "n/a" if shares.empty else f"{shares.idxmax()} ({shares.max():.0%})"
    return f"{taken_for}, {_area(results, variant, AREA)}"


def _area(results: Results, variant: str | None, quantity: str) -> str:
    """Return an area with its interval as text; without an interval if no seed changes it."""
    found = None if variant is None else interval_of(results, variant, quantity)
    return f"{found.mean:.2f}" if found and found.low == found.high else spread(found, 2)
