"""Whether an embedding comes again: with the same seed elsewhere, and with another seed."""

from __future__ import annotations

import pandas as pd

import reducers
from bench.answers.answer import Answer, Told, in_words, listed
from bench.answers.stored import Stored
from bench.statistics import interval
from bench.tables.build import CONTROL_REDUCERS

ROUNDING = 1e-4
"""Root-mean-square radii; points that move less lie where they lay, whatever their last bits."""
ELSEWHERE = {"process": "in another process", "threads": "on two threads instead of one"}


def same_seed(stored: Stored) -> Told:
    """Tell what a seed fixes: within a process, in another one, on other threads."""
    pairs = stored.frame("sameness").drop_duplicates(["reducer", "differs", "first_seed", "second_seed", "split"])
    fitted = pairs[pairs["split"] == "fit"]
    methods = list(dict.fromkeys(pairs["reducer"]))
    in_process = {method: _repeatable(stored, method) for method in methods}
    within = [_name(method) for method in methods if in_process[method]]
    sentences = [f"Fitted twice in one process with the same seed, these give the same bits: {_all(within, methods)}."]
    sentences += [_elsewhere(fitted, methods, differs) for differs in ELSEWHERE]
    sentences += _of_held_out(pairs, methods)
    sentences.append(
        "In the table a number is how far the median point moves, in root-mean-square radii, once the two embeddings "
        "are laid over each other as well as may be (embeddings with nothing in common: about 1.2), and in parentheses "
        "the share of its 15 nearest neighbours that stay."
    )
    rows = tuple(
        (
            _name(method),
            "the same bits" if in_process[method] else "differs",
            *(_cell(fitted, method, differs) for differs in (*ELSEWHERE, "seed")),
        )
        for method in methods
    )
    header = ("method", "same process", "another process", "two threads instead of one", "another seed")
    return Told(tuple(sentences), header, rows)


def other_seeds(stored: Stored) -> Told:
    """Tell how much of an embedding another seed changes."""
    columns = ("knn_jaccard_k15", "procrustes_residual")
    found = {variant: [stored.sample(variant, column).get(-1) for column in columns] for variant in stored.variants}
    known = {variant: (a, b) for variant, (a, b) in found.items() if a is not None and b is not None}
    # Positions drawn by chance are what two seeds are worth that have nothing in common.
    methods = {variant: values for variant, values in known.items() if not _is_control(stored, variant)}
    steady, moody = (choose(methods, key=lambda v: methods[v][0]) for choose in (max, min))
    torn = max(methods, key=lambda v: methods[v][1])
    sentences = (
        f"Two seeds' embeddings have most neighbours in common with {stored.label(steady)} (Jaccard index of 15 "
        f"neighbours {methods[steady][0]:.3f}) and fewest with {stored.label(moody)} ({methods[moody][0]:.3f}); laid "
        f"over each other they differ most with {stored.label(torn)}, by {methods[torn][1]:.3f} of their variance.",
        "Each is a mean over all pairs of seeds and has no interval. A large residual beside many common neighbours "
        "says that islands change places and stay what they are.",
    )
    header = ("method", "seeds", "kNN Jaccard, k = 15 (1: the same)", "Procrustes residual (0: the same)")
    rows = tuple(
        (stored.label(variant), str(_n_runs(stored, variant)), f"{jaccard:.3f}", f"{residual:.3f}")
        for variant, (jaccard, residual) in known.items()
    )
    return Told(sentences, header, rows)


def _name(method: str) -> str:
    """Return what a reducer is called, whatever its variants are."""
    return reducers.source(method).label


def _repeatable(stored: Stored, method: str) -> bool:
    of_method = [variant for variant, spec in stored.study.variants.items() if spec.reducer == method]
    tried = stored.runs[stored.runs["variant"].isin(of_method)]["repeatable"].dropna()
    return len(tried) > 0 and bool((tried.astype(str) == "True").all())


def _elsewhere(fitted: pd.DataFrame, methods: list[str], differs: str) -> str:
    pairs = {method: fitted[(fitted["reducer"] == method) & (fitted["differs"] == differs)] for method in methods}
    equal = [_name(method) for method, rows in pairs.items() if len(rows) and rows["bit_equal"].all()]
    rounded = [method for method, rows in pairs.items() if not rows["bit_equal"].all() and _is_rounding(rows)]
    others = [method for method, rows in pairs.items() if not rows["bit_equal"].all() and method not in rounded]
    where = ELSEWHERE[differs]
    parts = [f"{where.capitalize()} the same seed gives the same bits with {_all(equal, methods)}"]
    if rounded:
        parts.append(f"no more than rounding differs with {listed([_name(method) for method in rounded])}")
    if others:
        moved = [
            f"{_name(method)} by {_moved(pairs[method])} (another seed: {_moved(_rows(fitted, method, 'seed'))})"
            for method in others
        ]
        parts.append(f"points move, in radii after the best alignment, with {listed(moved)}")
    return "; ".join(parts) + "."


def _of_held_out(pairs: pd.DataFrame, methods: list[str]) -> list[str]:
    """Return a sentence on held-out points where they move though their own fitted points do not."""
    moved = []
    for method in methods:
        for differs in ELSEWHERE:
            rows = _rows(pairs, method, differs)
            same = rows.groupby("split")["bit_equal"].all()
            if same.get("fit", False) and not same.get("test", True):
                largest = rows[rows["split"] == "test"]["largest_displacement"].max()
                moved.append(f"{_name(method)} {ELSEWHERE[differs]} (by at most {largest:.1g} radii)")
    return [f"Held-out points differ, though fitted ones do not, with {listed(moved)}."] if moved else []


def _rows(pairs: pd.DataFrame, method: str, differs: str) -> pd.DataFrame:
    return pairs[(pairs["reducer"] == method) & (pairs["differs"] == differs)]


def _is_rounding(rows: pd.DataFrame) -> bool:
    return bool((rows["largest_displacement"] < ROUNDING).all())


def _moved(rows: pd.DataFrame) -> str:
    return in_words(interval(rows["aligned_displacement"], lowest=0), 2)


def _cell(fitted: pd.DataFrame, method: str, differs: str) -> str:
    rows = _rows(fitted, method, differs)
    if rows.empty:
        return "n/a"
    if rows["bit_equal"].all():
        return "the same bits"
    if _is_rounding(rows):
        return "rounding"
    return f"{_moved(rows)} ({rows['shared_neighbours'].median():.0%})"


def _all(names: list[str], methods: list[str]) -> str:
    """Return which of the methods they are."""
    if not names:
        return "none of them"
    return listed(names) if len(names) < len(methods) else f"all of {listed(names)}"


def _is_control(stored: Stored, variant: str) -> bool:
    return stored.study.variants[variant].reducer in CONTROL_REDUCERS


def _n_runs(stored: Stored, variant: str) -> int:
    runs = stored.runs
    return int(((runs["variant"] == variant) & (runs["status"] == "ok")).sum())


ANSWERS = (
    Answer(
        5,
        "Does the same seed give the same embedding: in the same process, in a new one, on one thread and on two?",
        "threads",
        "sameness.csv",
        same_seed,
    ),
    Answer(6, "How much of an embedding changes with the seed?", "full", "figures/stability.png", other_seeds),
)
