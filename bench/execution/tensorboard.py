"""Monitoring of a training while it runs: each epoch of a neural reducer becomes an event for TensorBoard."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from math import isfinite
from typing import Any

from bench.errors import StudyError


def require() -> None:
    """Raise StudyError if TensorBoard is not installed."""
    if importlib.util.find_spec("tensorboard") is None:
        raise StudyError(
            "Got --monitor, but TensorBoard is not installed. Install it with: pip install '.[monitor]'; then "
            "`tensorboard --logdir results` shows every training while it runs."
        )


@contextmanager
def watched(reducer: Any, folder: str) -> Iterator[None]:
    """Write the numbers of each epoch into a folder; nothing without one, or where a reducer takes no `callback`."""
    if not folder or "callback" not in reducer.get_params():
        yield
        return
    from torch.utils.tensorboard import SummaryWriter

    writer: Any = SummaryWriter(folder)

    def ended(epoch: Any) -> None:
        for name, value in asdict(epoch).items():
            if name != "epoch" and isfinite(value):
                writer.add_scalar(name, value, epoch.epoch)
        writer.flush()

    reducer.set_params(callback=ended)
    try:
        yield
    finally:
        writer.close()
