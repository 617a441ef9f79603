from __future__ import annotations

import importlib.util
import sys
from math import nan
from pathlib import Path
from types import ModuleType

import pytest

from bench.errors import StudyError
from bench.execution import tensorboard
from reducers import Epoch


class Writer:
    """Stands for TensorBoard's, which need not be installed."""

    written: list[tuple[str, float, int]] = []
    open_in: str | None = None

    def __init__(self, folder: str) -> None:
        Writer.open_in = folder

    def add_scalar(self, name: str, value: float, step: int) -> None:
        Writer.written.append((name, value, step))

    def flush(self) -> None:
        pass

    def close(self) -> None:
        Writer.open_in = None


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> type[Writer]:
    module = ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = Writer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    Writer.written = []
    return Writer


class Trains:
    """A reducer with a callback, or without."""

    def __init__(self, **params: object) -> None:
        self.params = params

    def get_params(self) -> dict[str, object]:
        return self.params

    def set_params(self, **params: object) -> None:
        self.params |= params


def test_without_tensorboard_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"TensorBoard is not installed. Install it with: pip install '.\[monitor\]'"):
        tensorboard.require()


def test_every_epoch_is_written_and_the_writer_closed(writer: type[Writer]) -> None:
    reducer = Trains(callback=None)
    with tensorboard.watched(reducer, "events"):
        assert writer.open_in == "events"
        assert reducer.params["callback"](Epoch(3, 40.0, 38.0, 2.0, 1.0, nan, 0.5)) is None
    assert writer.open_in is None
    assert writer.written == [
        ("loss", 40.0, 3), ("reconstruction", 38.0, 3), ("kl", 2.0, 3), ("beta", 1.0, 3), ("seconds", 0.5, 3)
    ]  # fmt: skip


@pytest.mark.parametrize(("params", "folder"), [({}, "events"), ({"callback": None}, "")])
def test_nothing_is_watched_unasked_or_without_epochs(
    writer: type[Writer], params: dict[str, object], folder: str
) -> None:
    reducer = Trains(**params)
    with tensorboard.watched(reducer, folder):
        pass
    assert reducer.params == params and writer.written == []


def test_events_of_an_earlier_training_are_replaced(writer: type[Writer], tmp_path: Path) -> None:
    (tmp_path / "seed-0").mkdir()
    (tmp_path / "seed-0" / "events.1").touch()
    with tensorboard.watched(Trains(callback=None), str(tmp_path / "seed-0")):
        assert not (tmp_path / "seed-0").exists(), "the writer makes it"
