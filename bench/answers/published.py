"""Whether the numbers here are those that others published: the study `replication`."""

from __future__ import annotations

import pandas as pd

from bench.answers.answer import Answer, Told
from bench.answers.stored import Stored
from bench.replication.comparison import CLOSE, TIGHT
from bench.replication.published import MEASURES


def agreement(stored: Stored) -> Told:
    """Tell how far each method's measures are from the published ones."""
    cells = stored.frame("replication")
    count = cells["verdict"].value_counts()
    furthest = max(cells.to_dict("records"), key=lambda cell: abs(cell["difference"]))
    sentence = (
        f"Of {len(cells)} cells {count.get('close', 0)} agree within {CLOSE:g} (PCA's within {TIGHT:g}, errors within "
        f"a tenth of that); of the others an experiment explains {count.get('explained', 0)} and "
        f"{count.get('not explained', 0)} stay unexplained. The one that differs most is "
        f"{MEASURES[furthest['measure']]} of {stored.label(furthest['variant'])}, by {furthest['difference']:+.4f}. "
        "Differences are ours minus the published number; each larger one is taken apart on the page."
    )
    measures = [key for key in MEASURES if key in set(cells["measure"])]
    rows = tuple(
        (f"{stored.label(str(variant))} ({of['method'].iloc[0]})", *(_difference(of, key) for key in measures))
        for variant, of in cells.groupby("variant", sort=False)
    )
    return Told((sentence,), ("ours (theirs)", *(MEASURES[key] for key in measures)), rows)


def _difference(cells: pd.DataFrame, measure: str) -> str:
    found = cells[cells["measure"] == measure]["difference"]
    return f"{round(found.iloc[0], 4) + 0.0:+.4f}" if len(found) else ""  # no minus before nothing


ANSWERS = (Answer(18, "Are these the numbers that others published?", "replication", "replication.md", agreement),)
