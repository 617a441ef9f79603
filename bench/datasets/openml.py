"""Any dataset of openml.org, by its name or its number, as `openml:iris` or `openml:61`.

scikit-learn's `fetch_openml` downloads it, compares its MD5 sum with the published one and keeps it in the user's
cache. It is then read as a file of one's own is: a fifth of its rows are test points, and `--label`, `--drop`,
`--scale` and `--missing` do what they do for a file. The licence is the one that its page at openml.org states.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.datasets import originals
from bench.datasets.base import Dataset
from bench.datasets.guard import BYTES_PER_VALUE, check_columns, check_memory, shown
from bench.datasets.options import DataOptions
from bench.datasets.points import Points
from bench.errors import DatasetError

if TYPE_CHECKING:
    from sklearn.utils import Bunch

PREFIX = "openml:"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.,()+-]{0,127}")
"""What a dataset may be called: it becomes a part of an address and of a path."""
LISTS = "openml/openml.org/api/v1/json/data"
"""Where within the cache scikit-learn keeps what openml.org says of a dataset."""


def load(name: str, n: int | None, options: DataOptions, *, unlimited: bool = False) -> Dataset:
    """Return a dataset of openml.org, `openml:NAME` or `openml:ID`, with `n` training points at most.

    Of several versions with one name the oldest active one is taken; a number names one of them.

    Raises DatasetError if there is none, it cannot be downloaded, or its values or labels are unsuitable.
    """
    from bench.datasets import files

    found, cautions = _fetched(_wanted(name))
    details = found.details
    points = _points(Path(f"{PREFIX}{details['name']}"), found, options, unlimited=unlimited)
    licence = shown(details.get("licence") or "not stated", 60)
    origin = f"number {details['id']}, version {details['version']} at openml.org, licence {licence}"
    points = replace(points, notes=(origin, *points.notes, *cautions))
    return files.of_points(points.path.name, points, n, options)


def missing(name: str) -> str:
    """Return what must be downloaded first, as text; nothing if what openml.org says of it is in the cache."""
    wanted = _wanted(name).lower()
    lists = originals.cache(LISTS)
    at_hand = lists / f"{wanted}.gz" if wanted.isdigit() else lists / "list" / "data_name" / wanted
    return "" if at_hand.exists() else f"{name} from openml.org, which is downloaded into {originals.cache('openml')}"


def _wanted(name: str) -> str:
    wanted = name.removeprefix(PREFIX)
    if not NAME.fullmatch(wanted):
        raise DatasetError(
            f"Got {shown(name, 100)}, but expected {PREFIX} and the name or the number of a dataset at "
            "https://www.openml.org/search?type=data, such as openml:iris or openml:61."
        )
    return wanted


def _fetched(wanted: str) -> tuple[Bunch, Sequence[str]]:
    """Return what openml.org has under a name or a number, and what scikit-learn warns of."""
    from sklearn.datasets import fetch_openml

    which = {"data_id": int(wanted)} if wanted.isdigit() else {"name": wanted}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = fetch_openml(**which, data_home=originals.cache())
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise DatasetError(
                f"Got {PREFIX}{wanted}, which could not be loaded ({shown(error, 300)}). Look for it at "
                "https://www.openml.org/search?type=data, or take a file of your own."
            ) from error
    said = [str(warning.message).partition("\n")[0] for warning in caught if warning.category is UserWarning]
    return found, [shown(text, 200) for text in said if "network" not in text]


def _points(path: Path, found: Bunch, options: DataOptions, *, unlimited: bool) -> Points:
    """Return a table as points: its default target, or the column that is asked for, as labels."""
    import pandas as pd

    from bench.datasets.frames import Frame

    check_columns(path, len(found.feature_names), unlimited=unlimited)
    check_memory(path, found.data.shape[0] * len(found.feature_names) * BYTES_PER_VALUE)
    targets = list(found.target_names)
    if found.frame is None:  # a sparse table
        frame = pd.DataFrame(np.asarray(found.data.toarray()), columns=found.feature_names)
        if len(targets) == 1:
            frame[targets[0]] = found.target
    else:
        frame = found.frame
    if not options.label and len(targets) == 1 and targets[0] not in options.keep:
        options = options.model_copy(update={"label": targets[0]})
    header = [str(name) for name in frame.columns]
    return Frame(path, frame.set_axis(range(frame.shape[1]), axis=1), header).points(options)
