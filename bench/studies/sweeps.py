"""Sweeps: the variants of a study in which one parameter of a reducer is varied and all else stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.studies.study import Study


@dataclass(frozen=True)
class Sweep:
    """One parameter of the reducer called `label`, with its settings."""

    label: str
    parameter: str
    base: str
    """The variant with the default."""
    default: Any
    """The setting that all other sweeps of the reducer leave it at."""
    variants: Mapping[Any, str]
    """The variant of each setting, numbers in ascending order; others in the study's, the default first.

    Lists, tables and truth values are settings as text."""

    @property
    def title(self) -> str:
        """Reducer and parameter."""
        return f"{self.label}, {self.parameter}"

    @property
    def others(self) -> tuple[Any, ...]:
        """The settings apart from the default."""
        return tuple(value for value in self.variants if value != self.default)

    @property
    def is_numeric(self) -> bool:
        """Whether the settings are numbers."""
        return _all_numbers(self.variants)


def _all_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(value, int | float) for value in values)


def sweeps(study: Study) -> list[Sweep]:
    """Return the sweeps of a resolved study, in its order."""
    found = []
    for base, spec in study.variants.items():
        for parameter, default in spec.params.items():
            others = {name: v for name, v in study.variants.items() if (v.of, v.axis) == (base, parameter)}
            varied = {_setting(other.value): name for name, other in others.items()}
            if varied:
                setting = _setting(default)
                variants = {setting: base, **varied}
                ordered = sorted(variants) if _all_numbers(variants) else list(variants)
                found.append(Sweep(spec.label, parameter, base, setting, {value: variants[value] for value in ordered}))
    return found


def _setting(value: Any) -> Any:
    """Return a number or a text as it is, anything else as text: True is not 1, and lists are no keys."""
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else str(value)
