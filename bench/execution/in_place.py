"""Files of the user's that a study maps where they lie: their digest is compared before its runs count."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bench.datasets import Dataset
from bench.errors import DatasetError
from bench.store.store import Store
from bench.studies.plan import Run
from bench.units import counted

log = logging.getLogger(__name__)


@contextmanager
def watched(dataset: Dataset, store: Store, runs: Iterable[Run]) -> Iterator[None]:
    """Hold runs of a study; if its data are a file that changed meanwhile, those stored since are removed again.

    At the end the whole content of the file is compared with what the study began with. If the study is interrupted
    instead, what the system tells of the file is, and its content if that has changed.

    Raises DatasetError if the file was changed.
    """
    if dataset.in_place is None:
        yield
        return
    names = {(run.variant, run.sample, run.seed) for run in runs}
    before = {name: store.find(*name) for name in names}
    is_complete = False
    try:
        try:
            yield
            is_complete = True
        finally:
            dataset.in_place.check(whole=is_complete)
    except DatasetError:
        later = [record for name in names if (record := store.find(*name)) and record != before[name]]
        for record in later:
            store.forget(record)
        log.warning("%s removed: the data were changed", counted(len(later), "run"))
        raise
