"""Findings: what a practitioner would not have known, in ten sentences at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import reducers
from bench.answers.answer import in_words, listed
from bench.answers.compared import ALIKE, change_in_words, compared
from bench.answers.repeatability import ROUNDING
from bench.answers.stored import Pair, Stored
from bench.statistics import interval

MOST = 10
ACCURACY = "knn_accuracy_k10_test"
RANDOM_STARTS = (
    ("tsne-init-random", "tsne"),
    ("opentsne-initialization-random", "opentsne"),
    ("umap-init-random", "umap"),
)
"""Variants of the study `initialisation`, each beside the one with the default start."""


@dataclass(frozen=True)
class Finding:
    """A sentence with its numbers and intervals, read from the results of a study.

    Attributes
    ----------
    needs : tuple of str
        Variants that it is about; of results without one of them there is nothing to say.
    """

    study: str
    needs: tuple[str, ...]
    tell: Callable[[Stored], str]


def found(results: Path) -> list[str]:
    """Return the findings of the studies that have been run, each with the command that reproduces it."""
    sentences = []
    for finding in FINDINGS:
        stored = Stored(results / finding.study)
        if stored.exists and set(finding.needs) <= set(stored.variants):
            sentences.append(f"{finding.tell(stored)} (`make bench STUDY={finding.study}`)")
    return sentences[:MOST]


def who_keeps_digits_apart(full: Stored) -> str:
    """Tell who has the best accuracy on fitted and on held-out digits, and whether the next can be told apart."""
    on_fitted, on_held_out = (_ahead(full, column) for column in (ACCURACY.removesuffix("_test"), ACCURACY))
    networks = [v for v in _ranked(full, ACCURACY) if _reducer(full, v) in ("autoencoder", "vae")]
    best_network = f"; of networks {_named(full, networks[0], ACCURACY)}" if networks else ""
    return (
        f"**Who keeps digits apart.** In 10-NN accuracy of fitted digits {on_fitted}. Of new digits {on_held_out}"
        f"{best_network}; the pixels themselves {_median(full, 'pixels', ACCURACY):.3f}."
    )


def placement_without_a_model(full: Stored) -> str:
    """Tell how much of held-out placement the mean of pixel-space neighbours' places gives."""
    methods = [v for v in ("opentsne", "umap") if full.sample(v, f"placement_{ACCURACY}")]
    parts = [
        f"{in_words(full.interval(v, f'placement_{ACCURACY}'))} where {full.label(v)}'s own transform reaches "
        f"{in_words(full.interval(v, ACCURACY))}"
        for v in methods
    ]
    return (
        "**Placing new points without a model.** Put at the mean of its 5 nearest fitted digits' places, a new "
        f"digit is classified with accuracy {listed(parts)}."
    )


def first_call(full: Stored) -> str:
    """Tell how far UMAP's first call misleads a timer."""
    cold, fit = _median(full, "umap", "cold_start_s"), _median(full, "umap", "fit_s")
    rival = _median(full, "tsne", "fit_s")
    rank = "behind" if cold + fit > rival else "still before"
    times = {v: in_words(full.interval(v, "fit_s"), 1) for v in ("umap", "tsne")}
    return (
        f"**UMAP's first call is {cold / fit:.1f} times its fit.** Importing aside, it compiles for {cold:.0f} s "
        f"(measured once) and then fits in {times['umap']} s; a timer that starts with a new process ranks it {rank} "
        f"t-SNE ({times['tsne']} s)."
    )


def price_of_a_seed(full: Stored) -> str:
    """Tell what a seed costs UMAP in time, and whether it changes the score."""
    time, score = (full.between("umap", "umap-parallel", column) for column in ("fit_s", ACCURACY))
    same = "is no different" if score is not None and score.told_apart is False else "differs"
    return (
        f"**What a seed costs UMAP.** Seeded it fits {_times(time)} as long as unseeded on two cores; held-out "
        f"accuracy {same}: {_named(full, 'umap', ACCURACY)}, {_named(full, 'umap-parallel', ACCURACY)}."
    )


def longer_training(full: Stored) -> str:
    """Tell what five times the epochs bring the networks."""
    pairs = [(f"{v}-long", v) for v in ("autoencoder", "vae")]
    parts = []
    for one in compared(full, pairs, ACCURACY):
        words = change_in_words(one) if one.told_apart else f"{change_in_words(one)}, {ALIKE}"
        parts.append(f"{full.label(one.second)} {words}")
    short, long = (_median(full, v, "fit_s") for v in ("autoencoder", "autoencoder-long"))
    return (
        f"**Training five times as long changes a network's held-out accuracy** by: {'; '.join(parts)}. Its fit goes "
        f"from {short:.0f} to {long:.0f} s."
    )


def what_silhouette_rewards(sensitivity: Stored) -> str:
    """Tell what becomes of neighbours when exaggeration and min_dist are turned to the highest silhouette."""
    parts = []
    for base, setting in (("opentsne", "exaggeration"), ("umap", "min_dist")):
        variants = [v for v in sensitivity.variants if v.startswith(f"{base}-{setting}-")]
        top = max(variants, key=lambda v: _median(sensitivity, v, "silhouette"))
        silhouette, kept = (compared(sensitivity, [(top, base)], c)[0] for c in ("silhouette", "r_nx_auc"))
        parts.append(
            f"{sensitivity.label(top)} changes silhouette by {change_in_words(silhouette)} and the area under R_NX, "
            f"neighbours kept, by {change_in_words(kept)}"
        )
    return f"**What silhouette rewards.** Against the default, {'; '.join(parts)}."


def what_the_start_decides(initialisation: Stored) -> str:
    """Tell what random positions to begin with change in the global arrangement, and from seed to seed."""
    parts, residuals = [], []
    for one in compared(initialisation, RANDOM_STARTS, "centroid_spearman"):
        doubt = "" if one.told_apart else f" ({ALIKE})"
        parts.append(f"{initialisation.label(one.second)} {change_in_words(one, 2)}{doubt}")
        random, default = (initialisation.sample(v, "procrustes_residual")[-1] for v in (one.first, one.second))
        residuals.append(f"{initialisation.label(one.second)} {random:.2f} instead of {default:.2f}")
    return (
        "**What the start decides.** With random positions to begin with, the layouts of two seeds laid over each "
        f"other differ by, of their variance: {'; '.join(residuals)}. The rank correlation of distances between the "
        f"classes' centres changes by: {'; '.join(parts)}."
    )


def a_digit_never_seen(unseen: Stored) -> str:
    """Tell whether a digit that was never fitted can be told from others in an embedding."""
    variants = [v for v in unseen.variants if unseen.study.variants[v].without == "0"]
    parts = [
        f"{unseen.label(v).split(' without')[0]} {in_words(unseen.interval(v, 'unseen_auc_test'), 2)}" for v in variants
    ]
    pixels = _median(unseen, variants[0], "unseen_auc_pixels_test")
    return (
        "**A digit never fitted.** By the distance to the nearest fitted point a 0 that was left out is told from "
        f"other new digits with an area under the ROC curve of {pixels:.2f} in pixels, and in the embeddings with "
        f"{listed(parts)}; 0.5 is chance."
    )


def the_same_seed_elsewhere(threads: Stored) -> str:
    """Tell which methods give another embedding for the same seed on another number of threads."""
    pairs = threads.frame("sameness")
    fitted = pairs[(pairs["split"] == "fit") & (pairs["differs"] == "threads")]
    moved = fitted[fitted["largest_displacement"] >= ROUNDING].groupby("reducer", sort=False)
    parts = [
        f"{reducers.source(str(name)).label} {in_words(interval(rows['shared_neighbours'], 0, 1), 2)}"
        for name, rows in moved
    ]
    if not parts:
        return "**The same seed gives the same embedding on one thread and on two**, with every method."
    return (
        "**The same seed is another embedding on another number of threads.** From one thread to two the share of its "
        f"15 nearest neighbours that a point keeps is with {listed(parts)}; with every other method nothing moves but "
        "last digits."
    )


def claims_that_survive(seeds: Stored) -> str:
    """Tell how many conclusions of the seed documents survive measuring."""
    verdicts = seeds.frame("claims")["verdict"].value_counts()
    holds, fails = (int(verdicts.get(words, 0)) for words in ("holds", "does not hold"))
    return (
        f"**Of {int(verdicts.sum())} conclusions that five posts draw from pictures of autoencoders, {holds} hold, "
        f"{fails} do not**, and {int(verdicts.sum()) - holds - fails} are not settled by five seeds."
    )


FINDINGS = (
    Finding("full", ("opentsne", "umap"), who_keeps_digits_apart),
    Finding("full", ("opentsne", "umap"), placement_without_a_model),
    Finding("sensitivity", ("opentsne-exaggeration-8", "umap-min_dist-0.0"), what_silhouette_rewards),
    Finding("initialisation", tuple(name for pair in RANDOM_STARTS for name in pair), what_the_start_decides),
    Finding("full", ("umap", "tsne"), first_call),
    Finding("full", ("umap", "umap-parallel"), price_of_a_seed),
    Finding("full", ("autoencoder-long", "vae-long"), longer_training),
    Finding("unseen", ("pca-without-0",), a_digit_never_seen),
    Finding("threads", ("tsne-1", "tsne-2"), the_same_seed_elsewhere),
    Finding("seeds", (), claims_that_survive),
)
"""What is found, the most useful first."""


def _ranked(stored: Stored, column: str) -> list[str]:
    """Return the variants that have a column, the best median first."""
    return sorted((v for v in stored.variants if stored.sample(v, column)), key=lambda v: -_median(stored, v, column))


def _ahead(stored: Stored, column: str) -> str:
    """Return the best variant of a column, and beside it that of the next reducer."""
    leader, *others = _ranked(stored, column)
    second = next(v for v in others if _reducer(stored, v) != _reducer(stored, leader))
    pair = stored.between(leader, second, column)
    apart = "ahead of" if pair is not None and pair.told_apart else "not to be told apart from"
    return f"{_named(stored, leader, column)}, {apart} {_named(stored, second, column)}"


def _reducer(stored: Stored, variant: str) -> str:
    return stored.study.variants[variant].reducer


def _median(stored: Stored, variant: str, column: str) -> float:
    found = stored.interval(variant, column)
    return float("nan") if found is None else found.median


def _named(stored: Stored, variant: str, column: str) -> str:
    return f"{stored.label(variant)} {in_words(stored.interval(variant, column))}"


def _times(pair: Pair | None) -> str:
    if pair is None or pair.change is None:
        return "n/a times"
    return f"{pair.change:.1f} [{pair.low:.1f}, {pair.high:.1f}] times"
