from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from bench import doubts, figures
from bench.figures import embeddings, local, style
from bench.figures.embeddings import frame, places
from bench.reading import Reading
from bench.scores.local import local_scores
from bench.units import seconds_in_words


def test_every_point_is_drawn_once_in_one_order_in_the_colour_of_its_class(reading: Reading) -> None:
    figure = embeddings.draw(reading)
    assert figure is not None
    data, shown = reading.dataset, reading.shown("good")
    assert shown is not None
    order = np.random.RandomState(style.DRAW_SEED).permutation(len(data.X))
    fitted, held_out = (next(ax for ax in figure.axes if ax.get_ylabel() == name) for name in ("fitted", "held out"))
    Z = reading.arrays(shown)["fit"]
    half = frame(places(Z))
    assert np.allclose(fitted.collections[0].get_offsets(), half.clip(places(Z))[0][order])
    colours = np.array(figures.palette(3))[data.y[order]]
    assert np.allclose(fitted.collections[0].get_facecolors()[:, :3], colours)
    assert len(held_out.collections[0].get_offsets()) == len(data.X_test)
    assert fitted.get_xlim() == held_out.get_xlim() and fitted.get_ylim() == held_out.get_ylim()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]


def test_the_title_of_a_run_without_scores_has_none(reading: Reading) -> None:
    unscored = replace(reading, judged=tuple(replace(item, values=[]) for item in reading.judged))
    figure = embeddings.draw(unscored)
    assert figure is not None
    assert figure.axes[0].get_title().startswith("GOOD\nseed ") and "nan" not in figure.axes[0].get_title()


def test_the_title_says_which_seed_has_the_median_score_and_how_long_a_fit_takes(reading: Reading) -> None:
    figure = embeddings.draw(reading)
    assert figure is not None
    shown = reading.shown("good")
    assert shown is not None
    score = shown.score("knn_accuracy", k=10)
    fits = [item.record.outcome.fit.wall_s for item in reading.well("good") if item.record.outcome.fit]
    lines = ("GOOD", f"seed {shown.record.seed} of 3", f"10-NN accuracy {score:.3f}")
    assert figure.axes[0].get_title() == "\n".join((*lines, f"fit about {seconds_in_words(float(np.median(fits)))}"))
    said = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert "places no new points" in said


def test_a_time_that_nothing_speaks_against_is_said_without_about(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "of_times", lambda _: [])
    figure = embeddings.draw(reading)
    assert figure is not None
    assert figure.axes[0].get_title().endswith("\nfit 2.0 s")


@given(npst.arrays(np.float64, (40, 2), elements=st.floats(-1e6, 1e6)))
def test_what_lies_beyond_the_frame_is_put_on_its_border_and_counted(Z: np.ndarray) -> None:
    window = frame(Z)
    inside, n_beyond = window.clip(Z)
    outside = (np.abs(Z - window.centre) > window.half).any(axis=1)
    assert window.half > 0
    assert n_beyond == outside.sum()
    assert np.allclose(inside[~outside], Z[~outside])
    assert (np.abs(inside - window.centre) <= window.half * (1 + 1e-9) + 1e-9).all()


def test_one_outlier_does_not_squeeze_the_others() -> None:
    Z = np.random.RandomState(0).standard_normal((3_000, 2))
    Z[7] = 1e5
    assert frame(Z).half < 10
    assert frame(Z).clip(Z)[1] >= 1


def test_one_dimension_is_a_narrow_band() -> None:
    Z = np.linspace(0, 10, 50)[:, None]
    drawn = places(Z)
    assert np.array_equal(drawn[:, 0], Z[:, 0])
    assert 0 < np.ptp(drawn[:, 1]) <= 3.0
    assert np.array_equal(places(np.c_[Z, Z, Z])[:, 1], Z[:, 0])


def test_points_are_coloured_by_their_own_terms_of_the_scores(reading: Reading) -> None:
    figure = local.draw(reading)
    assert figure is not None
    expected = local_scores(reading.cases["good"], local.K)
    order = np.random.RandomState(style.DRAW_SEED).permutation(len(reading.dataset.X))
    for name in ("trustworthiness", "continuity"):
        ax = next(ax for ax in figure.axes if ax.get_ylabel() == name)
        values = getattr(expected, name)
        assert np.allclose(ax.collections[0].get_array(), values[order])
        assert ax.collections[0].get_clim() == (0.5, 1)
        shown = reading.shown("good")
        assert shown is not None
        assert values.mean() == pytest.approx(shown.score(name, k=local.K))
