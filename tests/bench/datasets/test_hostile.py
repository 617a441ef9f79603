from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.errors import DatasetError
from tests.bench.datasets.hostile import ACCEPTED, FILES, MAX_CPU_S

MAX_WAIT_S = 60


@pytest.fixture(autouse=True)
def _alarm() -> Iterator[None]:
    """End a test that waits for ever."""
    signal.alarm(MAX_WAIT_S)
    yield
    signal.alarm(0)


def test_there_are_a_hundred_files() -> None:
    assert len(FILES) >= 100


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_answered_in_one_sentence(name: str, tmp_path: Path) -> None:
    hostile = FILES[name]
    path = hostile.write(tmp_path)
    started = time.process_time()
    if hostile.says == ACCEPTED:
        assert hostile.holds(hostile.read(path))
    else:
        with pytest.raises(DatasetError) as refused:
            hostile.read(path)
        said = str(refused.value)
        assert hostile.says in said
        assert said.startswith("Got ") and said.isprintable()
        assert len(said) < 1_000 + 2 * len(str(path))
    assert time.process_time() - started < MAX_CPU_S
