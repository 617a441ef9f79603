"""Fields of a study that are durations or sizes: seconds and bytes, written as `10m` and `8GiB`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from bench.errors import StudyError
from bench.units import parse_duration, parse_size


def _of_text(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader of durations or sizes whose refusals are those of a field."""

    def read_as_field(value: Any) -> Any:
        try:
            return parse(value)
        except StudyError as error:
            raise ValueError(str(error)) from error

    return read_as_field


Duration = Annotated[float, BeforeValidator(_of_text(parse_duration))]
Size = Annotated[int, BeforeValidator(_of_text(parse_size))]


def written(number: float) -> str:
    """Return a number with all its digits and without an exponent."""
    return format(Decimal(repr(number)).normalize(), "f")
