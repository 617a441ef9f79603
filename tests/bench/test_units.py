from __future__ import annotations

import pytest

from bench.errors import StudyError
from bench.units import parse_duration, parse_size, seconds_as_text


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1h30m", 5400), ("0.5s", 0.5), (45, 45), ("45", 45)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "ten", "10 days", "-5s", "0s", "5ss", "m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(StudyError, match="expected one like 90s, 10m, 2h"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "size"), [("512MiB", 512 * 2**20), ("8 GiB", 8 * 2**30), ("1GB", 10**9)])
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "8", "8G", "GiB", "-1GiB", "0MiB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(StudyError, match="expected one like 512MiB or 8GiB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00123, "1.2 ms"),
        (0.0996, "0.1 s"),
        (9.96, "10.0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (3599.7, "1 h 00 min"),
    ],
)
def test_seconds_as_text(seconds: float, text: str) -> None:
    assert seconds_as_text(seconds) == text
