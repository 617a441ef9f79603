"""A study: which variants of which reducers, on which data, how often, within which limits. Read from TOML."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    ValidationInfo,
    field_validator,
)

import reducers
from bench.datasets.options import DataOptions
from bench.errors import StudyError, unknown
from bench.studies import document
from bench.studies.amounts import Duration, Size, written
from bench.studies.naming import checked_file_name, checked_key, cut, key_of
from bench.studies.over_datasets import Hypothesis, checked_datasets, folder_of
from bench.studies.search import AXIS, Search
from bench.studies.variant import Count, Text, Threads, Variant, check_parameters, names_of
from reducers import Source

__all__ = ["Study", "Variant", "names", "read"]

FOLDER = Path(__file__).parent
MIN_ANCHORS = 100
"""Of fewer anchors the error is hardly known."""


class Study(BaseModel):
    """What is to be measured. Durations are in seconds, sizes in bytes; in TOML they read `10m` and `8GiB`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, AfterValidator(checked_file_name)] = ""
    title: Text = ""
    dataset: Text = ""
    data: DataOptions = DataOptions()
    """How the dataset is read if it is a file."""
    datasets: Annotated[tuple[Text, ...], Field(validate_default=True)] = ()
    """Several datasets instead of one: all variants run on each of them, with the same settings."""
    hypotheses: tuple[Hypothesis, ...] = ()
    """Of a study over several datasets: what is counted over them, stated before it is run."""
    n: Count | None = None
    """Training points, at most; none takes the dataset's own number."""
    fit_on: Count | None = None
    """Training points, at most, as `n`; `n` is the word of the command line and replaces it."""
    map: Literal["", "all"] = ""
    """`all`: every point that is not fitted is a test point, and is transformed; else those of the dataset are."""
    seeds: Count = 3
    samples: Count = 1
    """Disjoint samples of the training data, each of which every variant is fitted on with every seed."""
    measures: tuple[str, ...] = ()
    """Quantities that this study computes of each run, in addition to its scores; see `bench.metrics.measures`."""
    anchors: Annotated[int, Field(strict=True, ge=MIN_ANCHORS)] | None = None
    """Points that are compared with all others for the scores; none compares all, and of very many points some."""
    timeout: Duration = 600.0
    memory: Size = 8 * 2**30
    threads: Threads | None = None
    """Thread budget of every run; none takes all cores."""
    order_seed: Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)] = 0
    """Seed of the order in which the runs of a round take place."""
    rounds: StrictBool = True
    """Whether each seed is a round of all variants. Otherwise one variant follows another, so that few processes exist
    at a time."""
    repeat: StrictBool = True
    """Whether the first seed of every variant is fitted again, by `fit_transform`, and the embeddings compared."""
    every_reducer: StrictBool = False
    """Whether reducers that no variant names are included with their defaults, save those with `by_default = False`."""
    search: Search | None = None
    """How long configurations are searched for, for each variant that states a space; they are compared by the test
    points, which therefore must be those of no test."""
    variants: dict[str, Variant] = {}
    figures: tuple[str, ...] = ()
    """Variants that figures show side by side, at most about a dozen; none names all."""

    @field_validator("variants")
    @classmethod
    def _names_are_keys(cls, variants: dict[str, Variant]) -> dict[str, Variant]:
        return {checked_key(name): variant for name, variant in variants.items()}

    @field_validator("datasets")
    @classmethod
    def _are_one_or_several(cls, names: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        if not {"dataset", "data"} <= others.data.keys():
            return names  # one of them is refused already
        return checked_datasets(names, others.data["dataset"], has_options=others.data["data"] != DataOptions())

    @field_validator("map")
    @classmethod
    def _maps_what_is_not_fitted(cls, which: str, others: ValidationInfo) -> str:
        if which and not any(others.data.get(name, True) for name in ("n", "fit_on")):
            raise ValueError(f"Got map = {which!r} without fit_on, but expected how many points are fitted.")
        return which

    @field_validator("hypotheses")
    @classmethod
    def _are_of_several(cls, stated: tuple[Hypothesis, ...], others: ValidationInfo) -> tuple[Hypothesis, ...]:
        if stated and not others.data.get("datasets", True):
            raise ValueError("Got hypotheses with one dataset, but expected datasets: they are counted over several.")
        return stated

    @field_validator("figures")
    @classmethod
    def _figures_are_of_variants(cls, figures: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        known, n = others.data.get("variants", {}), others.data.get("n") or inf
        for name in figures:
            if name not in known and not others.data.get("every_reducer"):
                raise ValueError(unknown("variant", name, known))
            if name in known and ((known[name].n or inf) < n or known[name].n_each or known[name].without):
                raise ValueError(
                    f"Got variant {name!r}, but figures show variants that are fitted on all training points."
                )
        return figures

    @field_validator("search")
    @classmethod
    def _searches_in_order(cls, search: Search | None, others: ValidationInfo) -> Search | None:
        if search and others.data.get("rounds"):
            raise ValueError("Got a search with rounds, but expected rounds = false: its budget is spent in order.")
        return search

    @property
    def n_fitted(self) -> int | None:
        """Training points, at most; None takes the dataset's own number."""
        return self.n or self.fit_on

    @property
    def n_runs(self) -> int:
        """How many runs a resolved study has."""
        return len(self.variants) * self.samples * self.seeds * (len(self.datasets) or 1)

    @property
    def folders(self) -> dict[str, str]:
        """The name of the folder in which the results on each of several datasets are, by dataset."""
        return {dataset: folder_of(dataset) for dataset in self.datasets}

    def on(self, dataset: str) -> Study:
        """Return the study on one dataset alone, as an ordinary one."""
        name = key_of(*filter(None, (self.name, folder_of(dataset)))) if dataset else self.name
        one = {"name": name, "title": "", "dataset": dataset, "datasets": (), "hypotheses": ()}
        return self.model_copy(update=one)

    def searched_with(self, name: str) -> list[str]:
        """Return all configurations of the search that a variant belongs to, in their order; without one only it."""
        variant = self.variants[name]
        base = variant.of if variant.axis == AXIS else name
        return [key for key, one in self.variants.items() if key == base or (one.of, one.axis) == (base, AXIS)]

    def resolved(self) -> Study:
        """Return the study with a variant for every reducer that is included, each with its label.

        Raises StudyError if a variant names a reducer, a parameter or a variant that does not exist, or if two variants
        would share a key.
        """
        known, source_of, known_to = reducers.sources(), cache(reducers.source), cache(reducers.parameters)
        variants = dict(self.variants)
        if self.every_reducer:
            taken = {variant.with_preset().reducer for variant in variants.values()}
            asked = {name for name, source in known.items() if source.by_default}
            variants |= {name: Variant(reducer=name) for name in sorted(asked - taken - variants.keys())}
        if not variants:
            raise StudyError("Got a study without variants, but expected at least one, or every_reducer = true.")
        resolved: dict[str, Variant] = {}
        origins: dict[str, str] = {}
        for name, variant in variants.items():
            if variant.search and not self.search:
                raise StudyError(f"Got a search of variant {name!r}, but expected a table [search] in the study, too.")
            n_configurations = self.search.configurations if self.search else 0
            for key, origin, one in variant.labelled(source_of, known).spread(name, n_configurations):
                if key in resolved:
                    raise StudyError(
                        f"Got two variants with the key {key!r}, {origins[key]} and {origin}, but expected a key for "
                        "each. Rename or remove one."
                    )
                check_parameters(key, one, known_to(one.reducer))
                resolved[key], origins[key] = one, origin
        for name in (*self.figures, *(one.of for one in resolved.values() if one.of)):
            if name not in resolved:
                raise StudyError(unknown("variant", name, resolved))
        return self.model_copy(update={"variants": resolved})

    def with_changes(self, changes: dict[str, Any]) -> Study:
        """Return the study with some fields replaced; StudyError if a value is refused, as in a file."""
        try:
            return Study.model_validate(self._as_in_a_file() | changes)
        except ValidationError as error:
            raise StudyError(document.sentence(error.errors()[0])) from error

    def with_reducers(self, specs: list[str]) -> Study:
        """Return the study with a variant more for every reducer file `FILE.py:Class`.

        Its key is the name of the file, or where something else has it, that with the class, or both with a hash.

        Raises StudyError if one names no class of a file.
        """
        found: dict[str, tuple[Source, Variant]] = {}
        for spec in specs:
            if ":" not in spec:
                reducers.source(spec)  # of an unknown name it says how a reducer can be named
                raise StudyError(f"Got --reducer {cut(spec)}, but expected FILE.py:Class. --reducers takes names.")
            source = reducers.source(spec)
            found[source.identity] = source, _variant_of(spec).labelled(reducers.source, ())
        options = {
            where: [key_of(source.name, *more) for more in ((), (source.class_name,), (source.class_name, where))]
            for where, (source, _) in found.items()
        }
        keys = Counter([*self.variants, *(key for of_one in options.values() for key in of_one)])
        labels = Counter(variant.label for variant in (*self.variants.values(), *(one for _, one in found.values())))
        more = {}
        for where, (_, variant) in found.items():
            key = next(key for key in options[where] if keys[key] == 1)
            label = variant.label if labels[variant.label] == 1 else f"{variant.label} ({key})"
            more[key] = variant.model_copy(update={"label": label})
        return self.model_copy(update={"variants": self.variants | more})

    def only(self, names: list[str]) -> Study:
        """Return the study with the named variants; a reducer's name stands for all its variants, or for its defaults.

        A file of one's own is named without its ending, or by its class. StudyError if a name is nothing of that.
        """
        known = reducers.sources()
        chosen: dict[str, Variant] = {}
        for name in names:
            matching = {key: variant for key, variant in self.variants.items() if name in names_of(key, variant)}
            if not matching and name not in known:
                raise StudyError(f"{unknown('reducer', name, {*self.variants, *known})} {reducers.hint(name)}")
            chosen |= matching or {name: Variant(reducer=name).labelled(reducers.source, known)}
        return self.model_copy(update={"variants": chosen, "every_reducer": False})

    def including(self, other: Study) -> Study:
        """Return the study with the variants of another one added."""
        return self.model_copy(update={"variants": self.variants | other.variants})

    def to_toml(self) -> str:
        """Return the study as the text of a file that `read` understands."""
        return tomli_w.dumps(self._as_in_a_file())

    def _as_in_a_file(self) -> dict[str, Any]:
        fields = self.model_dump(exclude_none=True) | {"data": self.data.model_dump(exclude_defaults=True)}
        for name in ("dataset", "data", "datasets", "hypotheses", "map"):
            if not fields[name]:
                del fields[name]
        if self.search:
            fields["search"]["budget"] = f"{written(self.search.budget)}s"
        return fields | {"timeout": f"{written(self.timeout)}s", "memory": f"{written(self.memory / 2**20)}MiB"}


def names() -> list[str]:
    """Return the names of the studies that come with the project."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Study:
    """Read a study by its name, or from a TOML file of one's own.

    Raises StudyError if there is none, or its file has an unknown key or a wrong value, with the line it stands in.
    """
    own = name.endswith(".toml")
    path = Path(name) if own else FOLDER / f"{name}.toml"
    if not (_is_file(path) if own else name in names()):
        raise StudyError(
            f"Got study file {cut(name)}, but there is no such file."
            if own
            else f"{unknown('study', name, names())} A study file of your own ends in .toml."
        )
    text = document.text_of(path)
    tables = document.tables_of(text, path)
    try:
        return Study.model_validate({"name": path.stem} | tables)
    except ValidationError as error:
        keys = {"study": Study.model_fields, "data": DataOptions.model_fields, "variant": Variant.model_fields}
        keys |= {"search": Search.model_fields, "hypothesis": Hypothesis.model_fields}
        raise StudyError(document.explain(error.errors(), text, path, keys)) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _variant_of(spec: str) -> Variant:
    try:
        return Variant(reducer=spec)
    except ValidationError as error:
        raise StudyError(document.sentence(error.errors()[0])) from error
