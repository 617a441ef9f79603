"""Classes that were left out of the fitted points: where their held-out points land."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from bench.figures import style, values
from bench.figures.embeddings import dimensions, frame, places, scatter
from bench.reading import Judged, Reading

FITTED = "0.8"


def draw(reading: Reading) -> Figure | None:
    """Draw the held-out points of a class beside the fitted points of all others, a row for each class left out."""
    variants = [variant for variant in reading.variants if _leaves_out(reading, variant)]
    if not variants or reading.dataset.y_test is None:
        return None
    methods = list(dict.fromkeys(_method(reading, variant) for variant in variants))
    classes = [name for name in reading.dataset.classes if name in {_leaves_out(reading, v) for v in variants}]
    figure = Figure(figsize=(style.WIDTH, len(classes) * (style.WIDTH / len(methods) + 0.3)), layout="constrained")
    axes = figure.subplots(len(classes), len(methods), squeeze=False)
    for ax in axes.ravel():
        style.blank(ax, "not in the study")
    for variant in variants:
        row, column = classes.index(_leaves_out(reading, variant)), methods.index(_method(reading, variant))
        _show(axes[row, column], reading, variant)
    for ax, method in zip(axes[0], methods, strict=True):
        ax.set_title(style.wrapped(method))
    for ax, name in zip(axes[:, 0], classes, strict=True):
        ax.set_ylabel(f"without {name}")
    style.note(figure, dimensions(reading))
    return figure


def _leaves_out(reading: Reading, variant: str) -> str:
    """Return the class that a variant was not fitted on, if its embeddings are scored at all; else nothing."""
    spec = reading.study.variants[variant]
    return spec.without if spec.scores else ""


def _method(reading: Reading, variant: str) -> str:
    """Return a variant's label without the class that it leaves out, which its label ends with."""
    label = reading.label(variant).removesuffix(_leaves_out(reading, variant)).strip()
    return label.removesuffix("without").strip()


def _show(ax: Axes, reading: Reading, variant: str) -> None:
    ax.clear()
    shown = reading.shown(variant)
    arrays = reading.arrays(shown) if shown else {}
    if shown is None or "test" not in arrays:
        style.blank(ax, "places no new points" if shown else values.why_not(reading, variant))
        return
    data, name = reading.dataset, _leaves_out(reading, variant)
    label = data.classes.index(name)
    assert data.y_test is not None
    window = frame(places(arrays["fit"]))
    x, y = window.clip(places(arrays["fit"]))[0].T
    ax.scatter(x, y, s=0.8, c=FITTED, linewidths=0, rasterized=True)
    scatter(ax, window, arrays["test"][data.y_test == label], to_hex(style.palette(len(data.classes))[label]))
    ax.set_frame_on(True)
    ax.set_xlabel(_in_words(shown), fontsize=7)


def _in_words(item: Judged) -> str:
    """Return what the class is mostly taken for, and how well it can be told from others."""
    taken = {v.part: v.value for v in item.values if v.score == "unseen_taken_for" and v.value is not None}
    area = item.score("unseen_auc", "test")
    if not taken or area is None:
        return ""
    most = max(taken, key=lambda part: taken[part])
    return f"{taken[most]:.0%} taken for {most}; area {area:.2f}"
