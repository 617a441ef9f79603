"""Monitoring of a training while it runs: each epoch of a neural reducer becomes an event for TensorBoard."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from math import isfinite
from typing import Any

from bench.errors import StudyError


def is_installed() -> bool:
    """Return whether TensorBoard is installed."""
    return importlib.util.find_spec("tensorboard") is not None


def require() -> None:
    """Raise StudyError if TensorBoard is not installed."""
    if not is_installed():
        raise StudyError(
            "Got --monitor, but TensorBoard is not installed. Install it with: pip install '.[monitor]'; then "
            "`tensorboard --logdir results` shows every training while it runs."
        )


@contextmanager
def watched(reducer: Any, folder: str) -> Iterator[list[str]]:
    """Write the numbers of each epoch into a folder; nothing without one, or where a reducer takes no `callback`.

    Events that cannot be written cost no fit: the context's value is a list that has a note on them at the end.
    """
    notes: list[str] = []
    if not folder or "callback" not in reducer.get_params():
        yield notes
        return
    from torch.utils.tensorboard import SummaryWriter

    shutil.rmtree(folder, ignore_errors=True)  # of a run that is repeated: two trainings would lie over each other
    try:
        writer: Any = SummaryWriter(folder)
    except OSError as error:
        notes.append(f"its training was not monitored: {error}")
        yield notes
        return

    def ended(epoch: Any) -> None:
        if notes:
            return
        try:
            for name, value in asdict(epoch).items():
                if name != "epoch" and isfinite(value):
                    writer.add_scalar(name, value, epoch.epoch)
            writer.flush()
        except OSError as error:
            notes.append(f"its training was not monitored to its end: {error}")

    reducer.set_params(callback=ended)
    try:
        yield notes
    finally:
        with suppress(OSError):
            writer.close()
