"""The gallery, `results/GALLERY.md`: pictures in the order in which a teacher would show them, with a few sentences.

This module collects the numbers; the sentences are in `gallery.md.jinja`, a block for each picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.analysis.quantities import QUANTITIES, number
from bench.errors import StoreError
from bench.output.faq.numbers import listed
from bench.output.figures import lessons, settings, values
from bench.output.figures.sweeps import written
from bench.output.markdown import markdown
from bench.store.arrays import array_name
from bench.store.disk import write as write_file
from bench.store.results import Results
from bench.studies.sweeps import Sweep, sweeps
from reducers import HISTORY_COLUMNS

STUDY, FILE = "gallery", "GALLERY.md"
KEPT, SEPARATED, ERROR = "knn_recall_k15", "silhouette", "reconstruction_mse_test"
CORRELATION = "centroid_spearman"
EARLY = 0.1
"""Share of the epochs after which it is said how much of the fall of the error is done."""
Facts = Mapping[str, Any]
"""What a block of the template needs for its sentences."""


@dataclass(frozen=True)
class Picture:
    """A figure of the study, its heading, and what is said of it; it may move."""

    name: str
    heading: str
    facts: Callable[[Results], Facts | None]
    moves: bool = False

    @property
    def file(self) -> str:
        """Where it is in a results folder."""
        return f"figures/{self.name}.{'gif' if self.moves else 'png'}"


def write(results_root: Path) -> Path:
    """Write `GALLERY.md` of a folder of results, and return its path.

    Raises
    ------
    StoreError
        If the study of the gallery has no results.
    """
    results = Results(results_root / STUDY)
    if not results.exists:
        raise StoreError(f"Got no results in {results.folder}, but expected some: `make bench STUDY={STUDY}`.")
    path = results_root / FILE
    write_file(path, page(results).encode())
    return path


def page(results: Results) -> str:
    """Return the gallery as Markdown; pictures that the study lacks are left out."""
    template = markdown(Path(__file__).with_name("gallery.md.jinja"), label=results.label, listed=listed)

    def block(name: str, facts: Facts) -> str:
        return "".join(template.blocks[name](template.new_context(dict(facts))))

    shown = []
    for picture in PICTURES:
        facts = picture.facts(results) if (results.folder / picture.file).is_file() else None
        if facts is not None:
            shown.append((picture, " ".join(block(picture.name.replace("-", "_"), facts).split())))
    return block("page", {"shown": shown, "study": STUDY, "about": values.footer(results)}).strip() + "\n"


def _sweep(results: Results, parameter: str) -> Sweep | None:
    return next((one for one in sweeps(results.study) if one.parameter == parameter), None)


def _score(results: Results, variant: str, key: str) -> str:
    """Return a score of the run that is shown as text."""
    value = values.shown_score(results, variant, key)
    return "n/a" if value is None else number(QUANTITIES[key], value)


def _settings(results: Results, parameter: str) -> Facts | None:
    """Return what is said of the embeddings by the setting of a parameter: both ends and the default."""
    sweep = _sweep(results, parameter)
    if sweep is None:
        return None
    done = [setting for setting, variant in sweep.variants.items() if results.ok(variant)]
    said = [
        {
            "setting": written(setting),
            "kept": _score(results, sweep.variants[setting], KEPT),
            "separated": _score(results, sweep.variants[setting], SEPARATED),
        }
        for setting in (done[0], sweep.default, done[-1])
    ]
    return {"label": sweep.label, "low": said[0], "default": said[1], "high": said[2], "n_settings": len(done)}


def _trap(results: Results) -> Facts | None:
    pair, (of_data, _) = lessons.trap(results), results.single("pixels", SEPARATED)
    if pair is None or of_data is None:
        return None
    found = [{"name": v, "kept": _score(results, v, KEPT), "separated": _score(results, v, SEPARATED)} for v in pair]
    return {"a": found[0], "b": found[1], "of_data": number(QUANTITIES[SEPARATED], of_data)}


def _distances(results: Results) -> Facts | None:
    """Return the methods by how well they keep distances between classes, and the pair that the last one moves most."""
    found = {v: values.shown_score(results, v, CORRELATION) for v in values.bases(results) if v in results.methods}
    known = sorted((-value, v) for v, value in found.items() if value is not None)
    data, worst = results.data, known[-1][1] if known else ""
    distances = values.shown_array(results, "class_distances", worst) if worst else None
    if data is None or distances is None or distances.shape[1] != len(data.classes):
        return None
    embedded, original = distances
    i, j = np.unravel_index(np.abs(embedded - original).argmax(), original.shape)
    return {
        "methods": [f"{number(QUANTITIES[CORRELATION], -value)} with {results.label(v)}" for value, v in known],
        "n_pairs": len(data.classes) * (len(data.classes) - 1) // 2,
        "worst": worst,
        "pair": (data.classes[i], data.classes[j]),
        "embedded": f"{embedded[i, j]:.2f}",
        "original": f"{original[i, j]:.2f}",
    }


def _collapse(results: Results) -> Facts | None:
    sweep = _sweep(results, "beta")
    if sweep is None:
        return None
    rows = []
    for setting, variant in sweep.variants.items():
        units = values.shown_score(results, variant, settings.ACTIVE)
        if units is not None:
            rows.append({"beta": written(setting), "units": round(units), "error": _score(results, variant, ERROR)})
    default = next((row for row in rows if row["beta"] == written(sweep.default)), None)
    return {"default": default, "collapsed": [row for row in rows if not row["units"]]} if default else None


def _film(results: Results) -> Facts | None:
    """Return of each network the error of the first and the last epoch, and how much of its fall is done early."""
    said = []
    for variant in values.bases(results):
        run = results.shown(variant)
        course = results.arrays.get(array_name("history", variant, run)) if run else None
        if course is not None and len(course) > 1:
            errors = course[:, HISTORY_COLUMNS.index("reconstruction")]
            early = max(1, round(EARLY * len(errors)))
            share = (errors[0] - errors[early - 1]) / (errors[0] - errors[-1]) if errors[0] != errors[-1] else 0.0
            line = {"first": f"{errors[0]:.1f}", "last": f"{errors[-1]:.1f}", "n": len(errors), "early": early}
            said.append(line | {"name": variant, "share": f"{share:.0%}"})
    return {"networks": said} if said else None


def _line(results: Results) -> Facts | None:
    data, rows = results.data, results.arrays.get("data/line_rows")
    if data is None or rows is None or "test" not in data.labels:
        return None
    ends = [data.classes[label] for label in data.labels["test"][rows]]
    methods = [v for v in values.shown_arrays(results, "line") if v in values.bases(results)]
    return {"methods": [f"{results.label(v)} {_score(results, v, ERROR)}" for v in methods], "ends": ends}


PICTURES = (
    Picture("perplexity", "What perplexity does", lambda results: _settings(results, "perplexity")),
    Picture("n-neighbors", "What n_neighbors does", lambda results: _settings(results, "n_neighbors")),
    Picture("min-dist", "What min_dist does", lambda results: _settings(results, "min_dist")),
    Picture("silhouette-trap", "Why a high silhouette misleads", _trap),
    Picture("class-distances", "What a distance between clusters means", _distances),
    Picture("collapse", "How a VAE collapses", _collapse),
    Picture("film", "How an embedding takes shape", _film, moves=True),
    Picture("interpolations", "What lies between two images", _line),
)
"""The pictures, in their order."""
