"""A study: which variants of which reducers, on which data, how often, within which limits. Read from TOML."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

import tomli_w
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PositiveInt,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

import reducers
from bench.errors import StudyError, unknown
from bench.units import parse_duration, parse_size
from reducers import Source

FOLDER = Path(__file__).parent

Duration = Annotated[float, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]


class Variant(BaseModel):
    """A reducer with its parameters, under a name of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reducer: str = ""
    preset: str = ""
    """Named parameters of a reducer, which `params` add to; see `reducers.presets`. It tells the reducer too."""
    label: str = ""
    seeded: bool = True
    """Whether the reducer is given a seed; UMAP without one uses several threads."""
    n: PositiveInt | None = None
    """Training points, at most; none takes all of the study's."""
    n_each: tuple[PositiveInt, ...] = ()
    """Numbers of training points, for each of which there is a variant of its own."""
    without: str = ""
    """A class that is left out of the training points; it stays among the test points."""
    without_each: tuple[str, ...] = ()
    """Classes, for each of which there is a variant of its own that leaves it out."""
    each: dict[str, tuple[Any, ...]] = {}
    """Values of parameters, for each of which there is a variant of its own, compared with this one."""
    series: str = ""
    """What variants that differ along one axis are called together; `n_each` and `without_each` set it."""
    axis: str = ""
    """What varies along the series, or against `of`: `n`, `without`, `threads`, `reducer` or a parameter."""
    of: str = ""
    """The variant with the default, where this one varies its `axis`; `each` sets it."""
    threads: PositiveInt | None = None
    """Thread budget of its runs; none takes the study's."""
    scores: bool = True
    """Whether its embeddings are scored; of some variants only the reconstructions matter."""
    params: dict[str, Any] = {}

    @property
    def value(self) -> Any:
        """Where the variant is on its axis; None without an axis, or where the parameter has its default."""
        if self.axis in ("n", "without", "threads", "reducer"):
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
            raise ValueError(f"Got reducer {self.reducer!r}, but preset {self.preset!r} is one of {needed!r}.")
        return self


class Study(BaseModel):
    """What is to be measured. Durations are in seconds, sizes in bytes; in TOML they read `10m` and `8GiB`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    title: str = ""
    dataset: str
    n: PositiveInt | None = None
    """Training points, at most; none takes the dataset's own number."""
    seeds: PositiveInt = 3
    samples: PositiveInt = 1
    """Disjoint samples of the training data, each of which every variant is fitted on with every seed."""
    measures: tuple[str, ...] = ()
    """Quantities that this study computes of each run, in addition to its scores; see `bench.metrics.measures`."""
    timeout: Duration = 600.0
    memory: Size = 8 * 2**30
    threads: PositiveInt | None = None
    """Thread budget of every run; none takes all cores."""
    order_seed: int = 0
    """Seed of the order in which the runs of a round take place."""
    rounds: bool = True
    """Whether each seed is a round of all variants. Otherwise one variant follows another, so that few processes exist
    at a time."""
    repeat: bool = True
    """Whether the first seed of every variant is fitted again, by `fit_transform`, and the embeddings compared."""
    every_reducer: bool = False
    """Whether reducers that no variant names are included with their defaults, save those with `by_default = False`."""
    variants: dict[str, Variant] = {}
    figures: tuple[str, ...] = ()
    """Variants that figures show side by side, at most about a dozen; none names all."""

    @field_validator("variants")
    @classmethod
    def _names_fit_into_paths(cls, variants: dict[str, Variant]) -> dict[str, Variant]:
        for name in variants:
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
                raise ValueError(f"Got variant name {name!r}, but expected letters, digits, '.', '_' and '-' only.")
        return variants

    @field_validator("figures")
    @classmethod
    def _figures_are_of_variants(cls, figures: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        known = others.data.get("variants", {})
        for name in figures:
            if name not in known and not others.data.get("every_reducer"):
                raise ValueError(unknown("variant", name, known))
            if name in known and (known[name].n or known[name].n_each or known[name].without):
                raise ValueError(
                    f"Got variant {name!r}, but figures show variants that are fitted on all training points."
                )
        return figures

    def resolved(self) -> Study:
        """Return the study with a variant for every reducer that is included, each with its label.

        Raises StudyError if a variant names a reducer that does not exist.
        """
        known = reducers.sources()
        variants = dict(self.variants)
        if self.every_reducer:
            taken = {_with_preset(variant).reducer for variant in variants.values()}
            asked = {name for name, source in known.items() if source.by_default}
            variants |= {name: Variant(reducer=name) for name in sorted(asked - taken - variants.keys())}
        if not variants:
            raise StudyError("Got a study without variants, but expected at least one, or every_reducer = true.")
        resolved: dict[str, Variant] = {}
        for name, variant in variants.items():
            resolved |= _spread(name, _labelled(variant, known))
        return self.model_copy(update={"variants": resolved})

    def with_changes(self, changes: dict[str, Any]) -> Study:
        """Return the study with some fields replaced; StudyError if a value is refused, as in a file."""
        try:
            return Study.model_validate(self._as_in_a_file() | changes)
        except ValidationError as error:
            problem = error.errors()[0]
            raise StudyError(f"Got {problem['loc'][0]}={problem['input']!r}, but: {problem['msg']}.") from error

    def with_reducers(self, specs: list[str]) -> Study:
        """Return the study with a variant more for every reducer file `FILE.py:Class`."""
        known = reducers.sources()
        more = {reducers.source(spec).name: _labelled(Variant(reducer=spec), known) for spec in specs}
        return self.model_copy(update={"variants": self.variants | more})

    def including(self, other: Study) -> Study:
        """Return the study with the variants of another one added."""
        return self.model_copy(update={"variants": self.variants | other.variants})

    def only(self, names: list[str]) -> Study:
        """Return the study with the named variants; a reducer's name stands for all its variants, or for its defaults.

        Raises StudyError if a name is neither.
        """
        known = reducers.sources()
        chosen: dict[str, Variant] = {}
        for name in names:
            matching = {key: variant for key, variant in self.variants.items() if name in (key, variant.reducer)}
            if not matching and name not in known:
                raise StudyError(unknown("reducer", name, {*self.variants, *known}))
            chosen |= matching or {name: _labelled(Variant(reducer=name), known)}
        return self.model_copy(update={"variants": chosen, "every_reducer": False})

    def to_toml(self) -> str:
        """Return the study as the text of a file that `read` understands."""
        return tomli_w.dumps(self._as_in_a_file())

    def _as_in_a_file(self) -> dict[str, Any]:
        fields = self.model_dump(exclude_none=True)
        return fields | {"timeout": f"{self.timeout:g}s", "memory": f"{self.memory / 2**20:g}MiB"}


def names() -> list[str]:
    """Return the names of the studies that come with the project."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Study:
    """Read a study by its name, or from a TOML file of one's own.

    Raises StudyError if there is none, or its file has an unknown key or a wrong value, with the line it stands in.
    """
    own = name.endswith(".toml")
    path = Path(name) if own else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise StudyError(
            f"Got study file {name!r}, but there is no such file."
            if own
            else f"{unknown('study', name, names())} A study file of your own ends in .toml."
        )
    text = path.read_text(encoding="utf-8")
    try:
        return Study.model_validate({"name": path.stem} | tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"Got {path}, which is no TOML: {error}.") from error
    except ValidationError as error:
        raise StudyError("\n".join(_explain(dict(problem), text, path) for problem in error.errors())) from error


def _labelled(variant: Variant, known: dict[str, Source]) -> Variant:
    variant = _with_preset(variant)
    if variant.reducer not in known and ":" not in variant.reducer:
        raise StudyError(unknown("reducer", variant.reducer, known))
    return variant.model_copy(update={"label": variant.label or reducers.source(variant.reducer).label})


def _with_preset(variant: Variant) -> Variant:
    """Return the variant with its reducer and all parameters that its preset gives, as a file would hold them."""
    if not variant.preset:
        return variant
    preset = reducers.preset(variant.preset)
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in preset.params.items()}
    return variant.model_copy(update={"reducer": preset.reducer, "params": given | variant.params})


def _spread(name: str, variant: Variant) -> dict[str, Variant]:
    """Return the variants that one stands for.

    These are itself and those with another value of one parameter; or one for each class that it leaves out in turn; or
    one for each number of training points.
    """
    single = variant.model_copy(update={"without_each": (), "n_each": (), "each": {}})

    def other(label: str, **changes: Any) -> Variant:
        return single.model_copy(update={"label": f"{variant.label}{label}"} | changes)

    spread = {}
    for left_out in variant.without_each:
        spread[f"{name}-{left_out}"] = other(f" {left_out}", without=left_out, series=variant.label, axis="without")
    for n in variant.n_each:
        spread[f"{name}-{n}"] = other(f", n = {n:,}", n=n, series=variant.label, axis="n")
    if spread:
        return spread
    spread[name] = single
    for parameter, values in variant.each.items():
        for value in values:
            params = variant.params | {parameter: value}
            varied = other(f", {parameter} {value}", params=params, of=name, axis=parameter)
            spread[f"{name}-{parameter}-{value}"] = varied
    return spread


def _explain(problem: dict[str, Any], text: str, path: Path) -> str:
    """Return one validation problem with its line and, for an unknown key, the nearest known one."""
    *parents, key = [str(part) for part in problem["loc"]]
    where = f"{path.name}, line {_line_of(text, [*parents, key])}"
    if problem["type"] == "extra_forbidden":
        model = Variant if parents[:1] == ["variants"] else Study
        return f"{where}: {unknown('key', key, model.model_fields)}"
    if problem["type"] == "missing":
        return f"{path.name}: Got no {'.'.join([*parents, key])}, but expected one."
    if problem["type"] == "value_error" and str(problem["ctx"]["error"]).startswith("Got "):
        return f"{where}: {problem['ctx']['error']}"
    return f"{where}: Got {key} = {problem['input']!r}, but expected another value: {problem['msg']}."


def _line_of(text: str, names: list[str]) -> int:
    """Return the line of a key under the tables that it stands in, from the outermost on."""
    lines = text.splitlines()
    found = 0
    for name in names:
        pattern = re.compile(rf"^\s*(\[.*\b{re.escape(name)}\b.*\]|[\"']?{re.escape(name)}[\"']?\s*=)")
        found = next((place for place in range(found, len(lines)) if pattern.match(lines[place])), found)
    return found + 1
