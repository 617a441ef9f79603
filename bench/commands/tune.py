"""Tuning: the same search for every method, and the study that tests what it selected.

A search never sees test images. What it selects is a study file. That is kept before the study is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

import reducers
from bench.analysis.selection import ACCURACY, RECALL, SearchResult, searches
from bench.errors import StudyError
from bench.output.faq.tuning import settings
from bench.store.disk import digest_of
from bench.store.results import Results
from bench.studies import document
from bench.studies.naming import cut, key_of
from bench.studies.study import FOLDER, Study, Variant, read
from bench.units import counted, seconds_as_text

SEARCH, TESTED = "tuning", "tuned"
"""Names of the two studies."""
TEST_DATA, TEST_SEEDS = "mnist", 10
MADE_FROM = ("study.toml", "runs.csv", "measures.csv")
"""Files that a selection is made from."""
EXAMPLE = 'search_space = {"n_neighbors": {"low": 5, "high": 100, "log": True}, "metric": ["cosine", "euclidean"]}'


def study_of(name: str) -> Study:
    """Return the study that searches for configurations of one reducer.

    The space is that of the study `tuning`, or else the one that the class states as `search_space`.

    Raises StudyError if neither states one, or a parameter has no two values.
    """
    study = read(SEARCH)
    source = reducers.source(name)
    variants = {key: one for key, one in study.variants.items() if one.reducer == name and one.search}
    if not variants:
        space = dict(reducers.get(name).search_space)
        if not space:
            raise StudyError(
                f"Got reducer {cut(name)}, but nothing to search. State it in its class, for instance: {EXAMPLE}"
            )
        try:
            variants = {key_of(source.name): Variant(reducer=name, search=space, scores=False)}
        except ValidationError as error:
            raise StudyError(document.sentence(error.errors()[0])) from error
    changes = {"name": f"{SEARCH}-{next(iter(variants))}", "title": "", "variants": variants, "figures": ()}
    return study.model_copy(update=changes)


def select(folder: Path) -> tuple[list[str], Path]:
    """Write the study that tests what the search in a folder selected; return that as text, and the study's path."""
    results = Results(folder)
    return list(_selected(results)), write(results)


def _selected(results: Results) -> Iterator[str]:
    """Yield what each search selected and what it took, a line each."""
    for search in searches(results):
        label = results.label(search.base)
        failed = f", {len(search.failed)} of them failed" if search.failed else ""
        tried = f"{len(search.tried)} of {counted(len(search.asked), 'configuration')}"
        took = "were not timed" if isnan(search.seconds) else f"took {seconds_as_text(search.seconds)}"
        yield f"{label}: {tried} tried{failed}; fit and transform {took}"
        for criterion in search.criteria:
            if (best := search.best(criterion)) is None:
                yield f"    by {criterion}: none has a value"
                continue
            was, now = (search.value(one, criterion) for one in (search.base, best))
            yield f"    by {criterion}: {settings(search, best)}; {now:.3f}, default {was:.3f}"


def write(results: Results) -> Path:
    """Write the study that tests the selected configurations beside the defaults, and return its path.

    That of the study of all methods is one of the project's studies. Any other lies beside its results folder.
    """
    name = results.study.name.replace(SEARCH, TESTED, 1)
    path = (FOLDER if name == TESTED else results.folder.parent) / f"{name}.toml"
    path.write_text(study_file(results, name), encoding="utf-8")
    return path


def study_file(results: Results, name: str) -> str:
    """Return the text of the study that tests the selected configurations of a search.

    It names the digest of each file that they were selected from. Raises StoreError if one is damaged.
    """
    searched, tested = results.study, [dict(_variants(search)) for search in searches(results)]
    study: dict[str, Any] = {
        "name": name,
        "title": f"Defaults and tuned configurations on test images of MNIST, {TEST_SEEDS} seeds",
        "dataset": TEST_DATA,
        "seeds": TEST_SEEDS,
        "timeout": f"{2 * searched.timeout:g}s",  # what took less in the search must not fail here
        "repeat": False,
        "measures": list(searched.measures),
        "figures": [list(of_method)[-1] for of_method in tested],  # as tuned; defaults are seen in other studies
        "variants": {name: variant for of_method in tested for name, variant in of_method.items()},
    }
    lines = [f"# Written by `python -m bench tune` from {searched.name!r}, which saw no test image."]
    lines += [f"# {digest_of(results.folder / file)}  {file}" for file in MADE_FROM]
    return "\n".join([*lines, "", tomli_w.dumps(study)])


def _variants(search: SearchResult) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the default of a method, and what was selected by each criterion if it is another configuration."""
    study, base = search.results.study, search.base
    spec = study.variants[base]
    common = {"reducer": spec.reducer, "scores": False} | ({} if spec.seeded else {"seeded": False})
    yield base, {**common, "label": spec.label, "params": spec.params}
    best = {criterion: search.best(criterion) for criterion in search.criteria}
    agree = best.get(RECALL) == best.get(ACCURACY)
    for criterion, one in best.items():
        if one not in (None, base) and not (agree and criterion == ACCURACY):
            label = f"{spec.label}, tuned" + ("" if agree else f" by {criterion}")
            params = study.variants[str(one)].params
            yield key_of(base, "tuned" if agree else criterion), common | {"label": label, "of": base, "params": params}
