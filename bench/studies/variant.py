"""A variant: a reducer with its parameters, and the others that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    field_validator,
    model_validator,
)

import reducers
from bench.datasets.base import DOUBLED, PERMUTED
from bench.errors import StudyError, unknown
from bench.studies.naming import as_label, checked_label, checked_text, checked_value, checked_values, cut, key_of
from bench.studies.search import AXIS, checked_space, configurations
from reducers import Source

Count = Annotated[int, Field(strict=True, ge=1, le=10**12)]
Threads = Annotated[int, Field(strict=True, ge=1, le=1024)]
Text = Annotated[str, AfterValidator(checked_text)]
Label = Annotated[str, AfterValidator(checked_label)]
Parameters = BeforeValidator(checked_values)

OWN_AXES = ("n", "without", "threads", "reducer")
"""Axes that are no parameters."""
AGAIN = "again"
"""Axis of variants that should give the embedding of another one."""
CHANGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "process": ("in another process", {}),
    "threads": ("on two threads", {"threads": 2}),
    PERMUTED: ("rows in another order", {"rows": PERMUTED}),
    DOUBLED: ("a tenth of the rows doubled", {"rows": DOUBLED}),
}
"""What changes where a variant is run `again`: a label, and fields."""


class Variant(BaseModel):
    """A reducer with its parameters, under a name of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reducer: Text = ""
    preset: str = ""
    """Named parameters of a reducer, which `params` add to; see `reducers.presets`. It tells the reducer too."""
    label: Label = ""
    seeded: StrictBool = True
    """Whether the reducer is given a seed; UMAP without one uses several threads."""
    n: Count | None = None
    """Training points, at most; none takes all of the study's."""
    n_each: tuple[Count, ...] = ()
    """Numbers of training points, for each of which there is a variant of its own."""
    without: Text = ""
    """A class that is left out of the training points; it stays among the test points."""
    without_each: tuple[Text, ...] = ()
    """Classes, for each of which there is a variant of its own that leaves it out."""
    rows: Literal["", "permuted", "doubled"] = ""
    """What is done to the rows of its training points; see `bench.datasets.base.order_of_rows`."""
    again: tuple[Literal["process", "threads", "permuted", "doubled"], ...] = ()
    """Changes that should change nothing, for each of which there is a variant of its own, compared with this one."""
    each: Annotated[dict[str, tuple[Any, ...]], Parameters] = {}
    """Values of parameters, for each of which there is a variant of its own, compared with this one."""
    search: Annotated[dict[str, Any] | None, BeforeValidator(checked_space)] = None
    """A space of parameters: there is a variant for each configuration that is tried, and this one is the first."""
    series: Label = ""
    """What variants that differ along one axis are called together; `n_each` and `without_each` set it."""
    axis: Text = ""
    """What varies along the series, or against `of`: `n`, `without`, `threads`, `reducer`, a parameter, or `search`."""
    of: str = ""
    """The variant with the default, where this one varies its `axis`; `each` sets it."""
    threads: Threads | None = None
    """Thread budget of its runs; none takes the study's."""
    scores: StrictBool = True
    """Whether its embeddings are scored; of some variants only the reconstructions matter."""
    params: Annotated[dict[str, Any], Parameters] = {}

    @property
    def value(self) -> Any:
        """Where the variant is on its axis; None without an axis, or where the parameter has its default."""
        if self.axis in OWN_AXES and not (self.of and self.axis in self.params):
            return getattr(self, self.axis)
        return self.params.get(self.axis)

    @field_validator("preset")
    @classmethod
    def _preset_exists(cls, preset: str) -> str:
        if preset and preset not in reducers.presets():
            raise ValueError(unknown("preset", preset, reducers.presets()))
        return preset

    @model_validator(mode="after")
    def _names_one_reducer(self) -> Self:
        if not self.reducer and not self.preset:
            raise ValueError("Got neither a reducer nor a preset, but expected one.")
        if self.reducer and self.preset and self.reducer != (needed := reducers.preset(self.preset).reducer):
            raise ValueError(f"Got reducer {cut(self.reducer)}, but preset {self.preset!r} is one of {needed!r}.")
        return self

    @model_validator(mode="after")
    def _varies_one_thing(self) -> Self:
        asked = [name for name in ("n_each", "without_each", "again", "each", "search") if getattr(self, name)]
        if len(asked) > 1:
            raise ValueError(f"Got {' and '.join(asked)} of one variant, but expected one of them. Make two variants.")
        return self

    def with_preset(self) -> Variant:
        """Return the variant with its reducer and all parameters that its preset gives, as a file would hold them."""
        if not self.preset:
            return self
        preset = reducers.preset(self.preset)
        return self.model_copy(
            update={"reducer": preset.reducer, "params": checked_value(dict(preset.params)) | self.params}
        )

    def labelled(self, source_of: Callable[[str], Source], known: Collection[str]) -> Variant:
        """Return the variant with its preset and a label; StudyError if the reducer or a parameter does not exist."""
        variant = self.with_preset()
        if ":" not in variant.reducer and variant.reducer not in known:
            raise StudyError(f"{unknown('reducer', variant.reducer, known)} {reducers.hint(variant.reducer)}")
        source = source_of(variant.reducer)
        if variant.label:
            return variant
        try:
            return variant.model_copy(update={"label": checked_label(source.label)})
        except ValueError as error:
            raise StudyError(f"{error} Change the label of the reducer in {source.file.name}.") from error

    def spread(self, name: str, n_configurations: int = 0) -> Iterator[tuple[str, str, Variant]]:
        """Yield key, origin and variant of all that one stands for.

        These are itself and those with another value of one parameter, or the other configurations of its search, or
        itself again; or one for each class that it leaves out in turn; or one for each number of training points.
        """
        single = self.model_copy(update={"without_each": (), "n_each": (), "again": (), "each": {}, "search": None})

        def other(label: str, **changes: Any) -> Variant:
            return single.model_copy(update={"label": f"{self.label}{label}"} | changes)

        for left_out in self.without_each:
            changed = other(f" {as_label(left_out)}", without=left_out, series=self.label, axis="without")
            yield key_of(name, left_out), f"{name!r} without {left_out!r}", changed
        for n in self.n_each:
            yield key_of(name, n), f"{name!r} with n = {n}", other(f", n = {n:,}", n=n, series=self.label, axis="n")
        if self.without_each or self.n_each:
            return
        yield name, repr(name), single
        for change in self.again:
            label, fields = CHANGES[change]
            changed = other(f", {label}", scores=False, of=name, axis=AGAIN, **fields)
            yield key_of(name, change), f"{name!r} {label}", changed
        for parameter, values in self.each.items():
            for value in values:
                label = f", {as_label(parameter)} {as_label(value)}"
                changed = other(label, params=self.params | {parameter: value}, of=name, axis=parameter)
                yield key_of(name, parameter, value), f"{name!r} with {parameter} = {cut(value)}", changed
        others = configurations(self.search, n_configurations - 1) if self.search else []
        for number, params in enumerate(others, start=1):
            changed = other(f", configuration {number}", params=self.params | params, of=name, axis=AXIS)
            yield key_of(name, number), f"configuration {number} of {name!r}", changed


def names_of(key: str, variant: Variant) -> tuple[str, ...]:
    """Return what a variant is called by: its key, its reducer, or the file or the class of that."""
    file, _, class_name = variant.reducer.rpartition(":")
    return key, variant.reducer, Path(file).stem if file.endswith(".py") else key, class_name if file else key


def check_parameters(key: str, variant: Variant, known: Collection[str] | None) -> None:
    """Raise StudyError if a parameter does not exist, as far as the text of the reducer tells."""
    for name in variant.params:
        if known is not None and name not in known:
            raise StudyError(f"In variant {key!r}: {unknown(f'parameter of {variant.reducer}', name, known)}")
