"""Sweeps: the variants of a study in which one parameter of a reducer is varied and all else stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.studies.study import Study


@dataclass(frozen=True)
class Sweep:
    """One parameter with its settings.

    Attributes
    ----------
    label : str
        What the reducer is called.
    base : str
        The variant with the default.
    default : int, float or str
        The setting that all other sweeps of the reducer leave it at.
    variants : mapping
        The variant of each setting, numbers in ascending order; others in the study's, the default first.
    """

    label: str
    parameter: str
    base: str
    default: Any
    variants: Mapping[Any, str]

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
        return all(isinstance(value, int | float) for value in self.variants)


def sweeps(study: Study) -> list[Sweep]:
    """Return the sweeps of a resolved study, in its order."""
    found = []
    for base, spec in study.variants.items():
        for parameter, default in spec.params.items():
            varied = {v.value: name for name, v in study.variants.items() if (v.of, v.axis) == (base, parameter)}
            if varied:
                variants = {default: base, **varied}
                numeric = all(isinstance(value, int | float) for value in variants)
                ordered = sorted(variants) if numeric else list(variants)
                found.append(Sweep(spec.label, parameter, base, default, {value: variants[value] for value in ordered}))
    return found
