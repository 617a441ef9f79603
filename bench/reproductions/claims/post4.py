"""Measure of the claim of post 4: what limits its network."""

from __future__ import annotations

import pandas as pd

from bench.reproductions.claims.pictures import Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, Posts, listed


def limits(posts: Posts) -> Measured:
    """Give post 4 more time, more width, or a correct head."""
    arms = {
        "5 epochs": "post 4, short",
        "50 epochs": "post 4",
        "wider": "post 4, wide",
        "linear head": "post 4 fixed, short",
    }
    if posts.find("post 4 fixed, long") != posts.find("post 4 fixed, short"):
        arms["linear head, 50 epochs"] = "post 4 fixed, long"
    means, samples = posts.each(arms, "error"), posts.each(arms, "error_through_draws")
    text = "error removed by training or width, minus that removed by the head"
    quantities = {
        f"{text}: through means": _gain_compared_with_the_head(means),
        f"{text}: through samples": _gain_compared_with_the_head(samples),
        **listed("squared error a pixel through means", means),
        **listed("squared error a pixel through samples", samples),
        **listed("active units of ten", posts.each(arms, "vae_active_units")),
        **listed("test 10-NN accuracy", posts.each(arms, ACCURACY)),
    }
    shown = [means.add_suffix(", means"), samples.add_suffix(", samples")]
    order = [f"{name}, {way}" for name in arms for way in ("means", "samples")]
    return quantities, Dots("test squared error a pixel", pd.concat(shown, axis=1)[order])


def _gain_compared_with_the_head(error: pd.DataFrame) -> pd.Series:
    """Return what share of the error of 5 epochs time or width removes, minus the share that the head removes."""
    gain = 1 - error.div(error["5 epochs"], axis=0)
    return gain[["50 epochs", "wider"]].max(axis=1, skipna=False) - gain["linear head"]
