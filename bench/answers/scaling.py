"""How time and memory grow with the number of points."""

from __future__ import annotations

from collections.abc import Iterator

from bench.answers.answer import Answer, Told, listed
from bench.answers.stored import Stored
from bench.scaling import ALL, ALL_DISTANCES, FIT, LARGE, MEMORY, TRANSFORM, Law, Quantity, Series, series
from bench.units import seconds_in_words, three_figures


def _time(stored: Stored) -> Told:
    """Tell the exponents of time, where UMAP changes its algorithm, and who passed the deadline."""
    found = series(stored.runs, stored.study.variants)
    kinds: dict[str, list[str]] = {}
    for one in found:
        if (law := one.law(FIT)) is not None:
            kinds.setdefault(_pace(law), []).append(f"{one.name} {_exponent(law)}")
    sentences = [f"Beyond {LARGE:,} points the time of a fit grows as a power of their number."]
    sentences += [f"{pace}: {listed(names)}." for pace, names in kinds.items()]
    for one in found:
        if _is_umap_as_it_comes(stored, one):
            sentences += _changes(one)
    deadline = seconds_in_words(stored.study.timeout)
    for one in found:
        if len(one.late):
            sentences.append(
                f"{one.name} passed the deadline of {deadline} for a run with {int(one.late['n_fit'].min()):,} points "
                "and was not tried with more."
            )
    rows = [
        (
            one.name,
            _largest(one),
            _exponent(one.law(FIT)),
            _at_all(one, FIT),
            _exponent(one.law(TRANSFORM)),
            _at_all(one, TRANSFORM),
        )
        for one in found
        if len(one.costs(FIT))
    ]
    header = (
        "method",
        "largest fit",
        "exponent, fit",
        f"fit of {ALL:,} (s)",
        "exponent, transform",
        f"transform at {ALL:,} (s)",
    )
    return Told(tuple(sentences), header, tuple(rows))


def _memory(stored: Stored) -> Told:
    """Tell what 1,000 points more take, and what all of MNIST would."""
    found = [
        (one, law)
        for one in series(stored.runs, stored.study.variants)
        if (law := one.law(MEMORY)) is not None and len(one.well)
    ]
    if not found:
        return Told((f"No method has the memory of enough fits of more than {LARGE:,} points.",))
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


def _is_umap_as_it_comes(stored: Stored, one: Series) -> bool:
    variant = stored.study.variants[one.runs["variant"].iloc[0]]
    return variant.reducer == "umap" and not variant.params.get("force_approximation_algorithm")


def _changes(one: Series) -> Iterator[str]:
    """Yield what becomes of UMAP's time at each number of points where it becomes another algorithm."""
    costs = one.costs(FIT)
    for limit, why in (
        (
            ALL_DISTANCES - 1,
            f"below {ALL_DISTANCES:,} rows umap-learn measures all distances, from there on it searches approximate "
            "neighbours",
        ),
        (LARGE, f"up to {LARGE:,} rows it optimises for 500 epochs, with more for 200"),
    ):
        fewer, more = costs[costs.index <= limit], costs[costs.index > limit]
        if len(fewer) and len(more):
            yield (
                f"{one.name} fits {fewer.index[-1]:,} points in {seconds_in_words(float(fewer.iloc[-1]))} and "
                f"{more.index[0]:,} in {seconds_in_words(float(more.iloc[0]))}: {why}."
            )


def _largest(one: Series) -> str:
    costs = one.costs(FIT)
    return f"{costs.index[-1]:,}: {seconds_in_words(float(costs.iloc[-1]))}"


def _exponent(law: Law | None) -> str:
    return f"{law.exponent:.2f} [{law.low:.2f}, {law.high:.2f}]" if law else "n/a"


def _at_all(one: Series, quantity: Quantity) -> str:
    law = one.law(quantity)
    return three_figures(law.at(ALL)) if law else "n/a"


ANSWERS = (
    Answer(17, "How does time grow with the number of points?", "scaling", "figures/scaling.png", _time),
    Answer(14, "How does memory grow with the number of points?", "scaling", "figures/scaling.png", _memory),
)
