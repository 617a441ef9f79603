"""Durations and sizes as people write them: `90s`, `10m`, `2h`, `8GiB`."""

from __future__ import annotations

import re

from bench.errors import StudyError

SECONDS = {"s": 1, "m": 60, "h": 3_600}
MAX_SECONDS = 366 * 24 * 3_600
MAX_BYTES = 2**60
BYTES = {"mib": 2**20, "gib": 2**30, "mb": 10**6, "gb": 10**9}


def parse_duration(text: str | float) -> float:
    """Return a positive duration in seconds, at most a year; StudyError if the text is none.

    >>> parse_duration("1h30m")
    5400.0
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smh]?)", str(text).strip().lower())
    rebuilt = "".join(number + unit for number, unit in parts)
    seconds = sum(float(number) * SECONDS[unit or "s"] for number, unit in parts)
    if rebuilt != re.sub(r"\s", "", str(text).lower()) or not 0 < seconds <= MAX_SECONDS:
        raise StudyError(f"Got duration {str(text)[:100]!r}, but expected one like 90s, 10m, 2h or 1h30m.")
    return seconds


def parse_size(text: str | float) -> int:
    """Return a positive size in bytes; StudyError if the text is none.

    >>> parse_size("8GiB") == 8 * 2**30
    True
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mib|gib|mb|gb)", str(text).strip().lower())
    size = float(match[1]) * BYTES[match[2]] if match else 0
    if not 1 <= size <= MAX_BYTES:
        raise StudyError(f"Got size {str(text)[:100]!r}, but expected one like 512MiB or 8GiB.")
    return int(size)


def three_figures(value: float) -> str:
    """Return a number to three figures, its whole part written out.

    >>> [three_figures(value) for value in (0.012345, 9.8765, 1234.5)]
    ['0.0123', '9.88', '1,234']
    """
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def fixed(value: float, digits: int, sign: str = "") -> str:
    """Return a number with so many decimals; a zero has no minus.

    >>> fixed(-0.0004, 3), fixed(-0.0004, 2, "+"), fixed(-0.12, 1)
    ('0.000', '+0.00', '-0.1')
    """
    return f"{round(value, digits) + 0.0:{sign}.{digits}f}"


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return a number of things, one of them in the singular.

    >>> [counted(n, "run") for n in (1, 2_000)], counted(2, "process", "processes")
    (['1 run', '2,000 runs'], '2 processes')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def seconds_as_text(seconds: float) -> str:
    """Return a duration to two figures that matter.

    >>> [seconds_as_text(s) for s in (0.0123, 4.25, 75, 4_000)]
    ['12 ms', '4.2 s', '1 min 15 s', '1 h 06 min']
    """
    if seconds < 0.0995:
        return f"{seconds * 1_000:.2g} ms"
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
