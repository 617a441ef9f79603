"""Sweeps: the variants of a study in which one parameter of a reducer is turned and all else stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.study import Study, fellow


@dataclass(frozen=True)
class Sweep:
    """One parameter with its settings.

    Attributes
    ----------
    label : str
        What the reducer is called.
    default : int, float or str
        The setting that all other sweeps of the reducer leave it at.
    variants : mapping
        The variant of each setting, numbers in ascending order; others in the study's, the default first.
    """

    label: str
    parameter: str
    default: Any
    variants: Mapping[Any, str]

    @property
    def title(self) -> str:
        """Reducer and parameter."""
        return f"{self.label}, {self.parameter}"

    @property
    def base(self) -> str:
        """The variant with the default."""
        return self.variants[self.default]

    @property
    def others(self) -> tuple[Any, ...]:
        """The settings apart from the default."""
        return tuple(value for value in self.variants if value != self.default)

    @property
    def is_numeric(self) -> bool:
        """Whether the settings are numbers."""
        return all(isinstance(value, int | float) for value in self.variants)


def sweeps(study: Study) -> list[Sweep]:
    """Return the sweeps of a resolved study, in its order."""
    found = []
    for name, variant in study.variants.items():
        for parameter, default in variant.params.items():
            values = [default] + [
                other.params[parameter]
                for key, other in study.variants.items()
                if parameter in other.params and key == fellow(name, parameter, other.params[parameter])
            ]
            if len(values) > 1:
                if all(isinstance(value, int | float) for value in values):
                    values.sort()
                variants = {v: name if v == default else fellow(name, parameter, v) for v in values}
                found.append(Sweep(variant.label, parameter, default, variants))
    return found
