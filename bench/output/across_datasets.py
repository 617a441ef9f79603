"""The page of a study over several datasets, above a folder of results for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from bench.analysis.across_datasets import Count, comparisons_frame, counts
from bench.analysis.comparisons import Decision
from bench.analysis.summary import summary_table
from bench.errors import StoreError
from bench.output.publish import Published
from bench.output.tables import across_datasets as tables
from bench.output.tables import render
from bench.output.tables.model import Table
from bench.store import sums
from bench.store.records import Status
from bench.store.results import Results
from bench.store.store import Store
from bench.store.tables import to_csv

CAVEATS = (
    "Scores of labels are not compared between datasets: they depend on the number of classes, and on how far apart "
    "the unreduced data have them. Gains stand beside them.",
    "Where most classes have at most 10 training points, the accuracy is that of one neighbour.",
    "Every method has the same settings on all datasets, those of the study; nothing is tuned.",
    "The datasets were chosen by hand. They are no random sample, and a count of them is no probability.",
)

OF_SEEDS = "Intervals say what other seeds would have given on the same points, not what other points would have."


def publish(folder: Path, reasons: Mapping[str, str]) -> Published:
    """Write tables and page of a study over several datasets, from their folders.

    Parameters
    ----------
    reasons : mapping
        Why there are no results on a dataset. Of others it stays as it was said before.

    Raises
    ------
    StoreError
        If a file cannot be read or written.
    """
    results, store = Results(folder), Store(folder)
    said = _said(results) | dict(reasons)
    missing = {name: said[name] for name in results.study.datasets if name not in results.datasets}
    found = counts(results)
    first, sentences = headline(results, found), tuple(map(sentence, found))
    every, data = tables.families(results), tables.of_datasets(results, missing)
    caveats = CAVEATS if results.is_resampled else (*CAVEATS, OF_SEEDS)
    page = render.page(results.title, (data, *first), sentences, (), (), every, caveats)
    paths = [
        store.write("summary.md", page),
        store.write("summary.csv", to_csv(_summary(results, missing))),
        store.write("comparisons.csv", to_csv(comparisons_frame(found))),
    ]
    sums.write(folder)
    return Published(results.title, first or (data,), sentences, (), paths)


def headline(results: Results, found: Sequence[Count]) -> tuple[Table, ...]:
    """Return what is shown first: on how many datasets each hypothesis holds, and the ranks of methods."""
    if not results.datasets:
        return ()
    return (*([tables.hypotheses(results, found)] if found else []), tables.mean_ranks(results))


def main_table(results: Results, quantity: str = "") -> Table:
    """Return the table that is shown first or, of a quantity, that of methods by dataset.

    Raises StoreError if there are no results, or no dataset has the quantity.
    """
    found = tables.of_quantity(results, quantity) if quantity else next(iter(headline(results, counts(results))), None)
    if found is None:
        raise StoreError(f"Got {results.folder}, which has no {quantity or 'results'} on any dataset.")
    return found


def sentence(count: Count) -> str:
    """Return on how many datasets a hypothesis holds, and what the others say.

    >>> from bench.studies.over_datasets import Hypothesis
    >>> sentence(Count(Hypothesis(text="A beats B", better=["a"], than=["b"], by="fit_s"), {}))
    'A beats B: holds on 0 of 0 datasets.'
    """
    others = {word: count.on(one) for one, word in tables.OUTCOMES.items() if one is not Decision.BETTER}
    more = "".join(f"; {word} on {', '.join(names)}" for word, names in others.items() if names)
    return f"{count.hypothesis.text}: holds on {len(count.on(Decision.BETTER))} of {count.n} datasets{more}."


def _said(results: Results) -> dict[str, str]:
    """Return why there are no results on datasets, as the last summary says; else that they were not measured."""
    said = dict.fromkeys(results.study.datasets, "not measured yet")
    try:
        frame = results.frame("summary")
    except StoreError:  # there is none yet, or it is damaged and made again
        return said
    rows = frame[frame["variant"] == ""]
    return said | dict(zip(rows["dataset"], rows["reason"], strict=True))


def _summary(results: Results, missing: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows of all datasets; one that is missing has a row with its reason."""
    frames = [summary_table(one.tabled).assign(dataset=name) for name, one in results.datasets.items()]
    rows = [
        {"dataset": name, "variant": "", "status": Status.UNAVAILABLE.value, "reason": why}
        for name, why in missing.items()
    ]
    if rows:
        frames.append(pd.DataFrame(rows, columns=frames[0].columns if frames else None))
    frame = pd.concat([one.astype(object) for one in frames], ignore_index=True)
    return frame[["dataset", *frame.columns.drop("dataset")]]
