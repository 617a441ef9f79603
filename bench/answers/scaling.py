"""How time and memory grow with the number of points."""

from __future__ import annotations

from bench.answers.answer import Answer, Told, listed
from bench.answers.stored import Stored
from bench.scaling import ALL, FIT, LARGE, MEMORY, TRANSFORM, Law, Quantity, Series, series
from bench.units import seconds_in_words, three_figures


def _time(stored: Stored) -> Told:
    """Tell the exponents of time, where UMAP changes its algorithm, and who passed the deadline."""
    found = series(stored.runs, stored.study.variants)
    kinds: dict[str, list[str]] = {}
    for one in found:
        if (law := one.law(FIT)) is not None:
            kinds.setdefault(_pace(law), []).append(f"{one.name} {_exponent(law)}")
    sentences = [f"From {LARGE:,} points on, the time of a fit grows as a power of their number."]
    sentences += [f"{pace}: {listed(names)}." for pace, names in kinds.items()]
    sentences += [_change(one) for one in found if _changes_its_algorithm(stored, one)]
    deadline = seconds_in_words(stored.study.timeout)
    for one in found:
        if len(one.late):
            sentences.append(
                f"{one.name} passed the deadline of {deadline} with {int(one.late['n_fit'].min()):,} points and was "
                "not tried with more."
            )
    rows = [
        (one.name, _exponent(one.law(FIT)), _at_all(one, FIT), _exponent(one.law(TRANSFORM)), _at_all(one, TRANSFORM))
        for one in found
        if one.law(FIT) is not None
    ]
    header = ("method", "exponent, fit", f"fit of {ALL:,} (s)", "exponent, transform", f"transform at {ALL:,} (s)")
    return Told(tuple(sentences), header, tuple(rows))


def _memory(stored: Stored) -> Told:
    """Tell what 1,000 points more take, and what all of MNIST would."""
    found = [
        (one, law)
        for one in series(stored.runs, stored.study.variants)
        if (law := one.law(MEMORY)) is not None and len(one.well)
    ]
    if not found:
        return Told((f"No method has the memory of enough fits of {LARGE:,} points and more.",))
    found.sort(key=lambda pair: pair[1].at(ALL))
    (least, low), (most, high) = found[0], found[-1]
    sentences = (
        "Beyond what a process holds before the fit, libraries and data among it, "
        f"{least.name} takes {three_figures(low.per_1000)} MiB for every 1,000 points more and {most.name} "
        f"{three_figures(high.per_1000)} MiB; all {ALL:,} would take {three_figures(low.at(ALL))} and "
        f"{three_figures(high.at(ALL))} MiB.",
        f"The data themselves, {ALL:,} images of 784 pixels in single precision, take {ALL * 784 * 4 / 2**20:.0f} MiB.",
    )
    header = ("method", "MiB per 1,000 points", "exponent", f"all {ALL:,} (MiB)", "process at its peak (MiB)", "with")
    return Told(sentences, header, tuple(_memory_row(one, law) for one, law in found))


def _memory_row(one: Series, law: Law) -> tuple[str, ...]:
    largest = one.well[one.well["n_fit"] == one.well["n_fit"].max()]
    peak = f"{float(largest['peak_mib'].median()):,.0f}"
    points = f"{int(largest['n_fit'].iloc[0]):,} points"
    return (one.name, three_figures(law.per_1000), _exponent(law), three_figures(law.at(ALL)), peak, points)


def _pace(law: Law) -> str:
    if law.low > 1:
        return "More than in proportion to the points"
    if law.high < 1:
        return "Less than in proportion to the points"
    return "Not to be told from in proportion to the points"


def _changes_its_algorithm(stored: Stored, one: Series) -> bool:
    """Return whether this is UMAP as it comes, fitted on both sides of `LARGE` points."""
    variant = stored.study.variants[one.runs["variant"].iloc[0]]
    if variant.reducer != "umap" or variant.params.get("force_approximation_algorithm"):
        return False
    n = one.costs(FIT).index
    return bool((n < LARGE).any() and (n >= LARGE).any())


def _change(one: Series) -> str:
    costs = one.costs(FIT)
    below, above = int(costs.index[costs.index < LARGE].max()), int(costs.index[costs.index >= LARGE].min())
    ratio = float(costs[below] / costs[above])
    faster = f"{ratio:.1f} times as long with fewer points" if ratio > 1 else "less with fewer points"
    return (
        f"{one.name} fits {below:,} points in {seconds_in_words(float(costs[below]))} and {above:,} in "
        f"{seconds_in_words(float(costs[above]))}, {faster}: below {LARGE:,} rows umap-learn measures all distances, "
        "from there on it searches approximate neighbours."
    )


def _exponent(law: Law | None) -> str:
    return f"{law.exponent:.2f} [{law.low:.2f}, {law.high:.2f}]" if law else "n/a"


def _at_all(one: Series, quantity: Quantity) -> str:
    law = one.law(quantity)
    return three_figures(law.at(ALL)) if law else "n/a"


ANSWERS = (
    Answer(17, "How does time grow with the number of points?", "scaling", "figures/scaling.png", _time),
    Answer(14, "How does memory grow with the number of points?", "scaling", "figures/scaling.png", _memory),
)
