"""Whether the numbers here are those that others published: the study `replication`."""

from __future__ import annotations

import pandas as pd

from bench.answers.answer import Answer, Told
from bench.answers.stored import Stored
from bench.replication.published import MEASURES


def agreement(stored: Stored) -> Told:
    """Tell how far each method's measures are from the published ones."""
    cells = stored.frame("replication")
    furthest = max(cells.to_dict("records"), key=lambda cell: abs(cell["difference"]))
    sentence = (
        f"Of {len(cells)} cells the one that differs most is {MEASURES[furthest['measure']]} of "
        f"{stored.label(furthest['variant'])}, by {furthest['difference']:+.4f}. Ours minus the published number; "
        "what explains the larger differences, and what does not, stands on the page."
    )
    measures = [key for key in MEASURES if key in set(cells["measure"])]
    rows = tuple(
        (f"{stored.label(str(variant))} ({of['method'].iloc[0]})", *(_difference(of, key) for key in measures))
        for variant, of in cells.groupby("variant", sort=False)
    )
    return Told((sentence,), ("ours (theirs)", *(MEASURES[key] for key in measures)), rows)


def _difference(cells: pd.DataFrame, measure: str) -> str:
    found = cells[cells["measure"] == measure]["difference"]
    return f"{found.iloc[0]:+.4f}" if len(found) else ""


ANSWERS = (Answer(18, "Are these the numbers that others published?", "replication", "replication.md", agreement),)
