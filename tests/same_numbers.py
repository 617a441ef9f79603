"""Compare the tables of two editions of the results: the same numbers under the same or the new words.

    python -m tests.same_numbers REVISION [STUDY ...]

Every table of every study that REVISION has committed is compared with the one in the working tree. Texts must be
equal but for the words that were replaced, numbers to 1e-12. Columns and tables that only the new edition has are no
difference, nor are these, whose meaning changed when decisions by margins replaced tests:

- `summary.csv`, `headline.csv`: a score is its arithmetic mean with Student's interval instead of its median, a time or
  memory the geometric mean; reasons such as "n/a (transductive)" moved to the column `reasons`. The headline lacks what
  is in the summary alone.
- `comparisons.csv`: `p`, `p_holm` and `result` are gone; `change`, `change_low` and `change_high` mean what they did.
  Pairs of methods with different numbers of dimensions are gone.
- `test_comparisons.csv`: `p`, `p_holm`, `result` and `mcnemar_p_holm` are gone, all others mean what they did.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

RESULTS = Path("results")
TOLERANCE = 1e-12

STUDIES = {"seeds": "posts"}
TABLES = {
    "held_out_accuracy": "test_accuracy",
    "held_out_comparisons": "test_comparisons",
    "sameness": "reproducibility",
}
COLUMNS = {"n_fit": "n_train"}
CHANGED_COLUMNS = {"comparisons": {"verdict": "result"}, "held_out_comparisons": {"verdict": "result"}}
CELLS = {
    ("split", "fit"): "train",
}
"""Whole cells of a column."""
WORDS = (
    (r"\bseed001\b", "post1-vae"),
    (r"\bseed002\b", "post2"),
    (r"\bseed003\b", "post3"),
    (r"\bseed004\b", "post4-vae"),
    (r"-sound\b", "-fixed"),
    (r"\b00([1-4])(?= (as written|with|mended|autoencoder|VAE|wide)|, \d+ epochs)", r"post \1"),
    (r"\bmended\b", "fixed"),
    (r"\bseed systems\b", "posts"),
    (r"\bdrawn codes\b", "sampled codes"),
    (r"\bare rebuilt\b", "are reconstructed"),
    (r"\bstand apart, 7\b", "are separate, 7"),
)
"""Within names of variants, labels and other texts."""
TEXTS_OF_CODE = ("key", "reducer")
"""Columns that name code, which has moved."""
GONE = ("p", "p_holm", "result", "mcnemar_p_holm")
"""Columns of tests, in whose place there are decisions by margins."""
PAIR = ["column", "first", "second"]
OTHER_MEANING = ("summary", "headline")
"""Tables whose numbers are means now: their rows and texts are compared, but for labels and reasons."""


def main() -> None:
    """Print what differs; exit status 1 if anything does."""
    revision, *chosen = sys.argv[1:]
    found = list(differences(revision, chosen))
    print("\n".join(found) or "every number is the same")
    sys.exit(1 if found else 0)


def differences(revision: str, chosen: list[str]) -> Iterator[str]:
    """Yield a line for every table that is missing or differs."""
    listed = _git("ls-tree", "-r", "--name-only", revision, str(RESULTS)).split()
    for path in map(Path, listed):
        study = path.parts[1]
        if path.suffix == ".csv" and len(path.parts) == 3 and (not chosen or study in chosen):
            now = RESULTS / STUDIES.get(study, study) / f"{TABLES.get(path.stem, path.stem)}.csv"
            if not now.is_file():
                yield f"{now}: missing"
                continue
            before = translated(pd.read_csv(io.StringIO(_git("show", f"{revision}:{path}")), dtype=str), path.stem)
            after = pd.read_csv(now, dtype=str)
            if path.stem == "comparisons":
                before = before.merge(after[PAIR], on=PAIR)
            if path.stem in OTHER_MEANING:
                before = before[[name for name in ("variant", "n_runs", "n_ok", "kind", "status") if name in before]]
            yield from (f"{now}: {line}" for line in compared(before.drop(columns=list(GONE), errors="ignore"), after))


def translated(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table of the earlier edition in the words of the new one."""
    table = table.rename(columns=COLUMNS | CHANGED_COLUMNS.get(name, {}))
    for column in table:
        cells = {old: new for (where, old), new in CELLS.items() if where == column}
        table[column] = table[column].replace(cells)
        texts = table[column].notna() & pd.to_numeric(table[column], errors="coerce").isna()
        for old, new in WORDS:
            table.loc[texts, column] = table.loc[texts, column].map(lambda text: re.sub(old, new, text))  # noqa: B023
    return table


def compared(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    """Yield what differs between two tables, read as text."""
    missing = [column for column in before if column not in after]
    if missing:
        yield f"lacks {', '.join(missing)}"
    if len(before) != len(after):
        yield f"has {len(after)} rows instead of {len(before)}"
        return
    for column in [column for column in before if column in after and column not in TEXTS_OF_CODE]:
        old, new = before[column], after[column]
        numbers = [pd.to_numeric(cells, errors="coerce") for cells in (old, new)]
        same = np.isclose(*numbers, rtol=TOLERANCE, atol=TOLERANCE) | (old.fillna("") == new.fillna(""))
        if not same.all():
            row = int(np.flatnonzero(~same)[0])
            yield f"{column} differs in {int((~same).sum())} rows, first in row {row}: {old[row]} became {new[row]}"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
