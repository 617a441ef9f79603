"""Whether results folders belong together: of the same data and protocol, made by the same code and libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import reducers
from bench.errors import StoreError
from bench.store.elsewhere import has_runs
from bench.store.protocol import OF_STUDY
from bench.store.records import Environment
from bench.store.results import Results
from bench.store.store import Store
from bench.studies.variant import Variant

FIELDS = (*(name for name in OF_STUDY if name != "seeds"), "search")
"""Fields of a study that must be the same; of more seeds the first ones are the same, too."""
OF_VARIANT = tuple(name for name in Variant.model_fields if name not in ("reducer", "label", "series"))
"""Fields of a variant that must be the same, besides the name of its reducer; the others are what it is called."""
OF_SCORES = ("numba", "numpy", "scikit-learn", "scipy")
"""Libraries that scores are computed with."""


def check(first: Results, other: Results) -> None:
    """Check that the runs of two folders can stand in one table; StoreError if not, with all that differs."""
    if found := list(_differences(first, other)):
        raise StoreError(
            f"Got {first.folder} and {other.folder}, which do not belong together: {'; '.join(found)}. Expected the "
            "same study on the same data. Measure one of them again as the other was, or leave it out."
        )


def versions_behind(names: Iterable[str], where: Environment) -> dict[str, str]:
    """Return the versions of the libraries behind some reducers, as far as the reducers are here."""
    found: set[str] = set()
    for name in names:
        with suppress(reducers.ReducerError):
            found |= reducers.requirements(name).keys()
    return {library: where.versions[library] for library in sorted(found) if library in where.versions}


def _differences(first: Results, other: Results) -> Iterator[str]:
    was, now = first.environment, other.environment
    assert was is not None
    assert now is not None
    if was.dataset_fingerprint != now.dataset_fingerprint:
        hashes = f"{was.dataset_fingerprint[:12]} and {now.dataset_fingerprint[:12]}"
        yield f"their data are {was.dataset} and {now.dataset} (hashes {hashes})"
    if was.measurement != now.measurement:
        yield f"they were measured by editions {was.measurement} and {now.measurement}"
    for name in FIELDS:
        a, b = getattr(first.study, name), getattr(other.study, name)
        if a != b:
            yield f"{name} is {a} and {b}"
    anchors = [results.study.anchors for results in (first, other)]
    if anchors[0] != anchors[1] and not all(has_runs(Store(results.folder)) for results in (first, other)):
        yield f"anchors is {anchors[0]} and {anchors[1]}, and scores are computed again only where both have their runs"
    yield from _other("version of the score", was.metrics, now.metrics)
    shared = [name for name in first.study.variants if name in other.study.variants]
    for name in shared:
        a, b = (_facts(results.study.variants[name]) for results in (first, other))
        yield from (f"{field} of {name} is {a[field]} and {b[field]}" for field in a if a[field] != b[field])
    used = {first.study.variants[name].reducer for name in shared}
    code = [{_bare(name): digest for name, digest in where.reducers.items()} for where in (was, now)]
    yield from _other("code of", *code, only={_bare(name) for name in used}, with_values=False)
    libraries = {*versions_behind(used, was), *OF_SCORES}
    yield from _other("version of", was.versions, now.versions, only=libraries)


def _other(
    what: str, was: Mapping[str, object], now: Mapping[str, object], *, only: set[str] | None = None,
    with_values: bool = True,
) -> Iterator[str]:  # fmt: skip
    """Yield what both know and know otherwise."""
    for name in sorted(was.keys() & now.keys() if only is None else was.keys() & now.keys() & only):
        if was[name] != now[name]:
            yield f"the {what} {name} is {f'{was[name]} and {now[name]}' if with_values else 'another one'}"


def _facts(variant: Variant) -> dict[str, object]:
    return {"reducer": _bare(variant.reducer)} | {name: getattr(variant, name) for name in OF_VARIANT}


def _bare(reducer: str) -> str:
    """Return the name of a reducer without the folder of its file, which is nobody else's."""
    return reducer.rpartition("/")[2]
