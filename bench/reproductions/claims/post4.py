"""Measure of the claim of post 4: what limits its network."""

from __future__ import annotations

from collections.abc import Mapping

from bench.reproductions.claims.catalogue import Measured
from bench.reproductions.claims.pictures import Dots
from bench.reproductions.claims.roles import ACCURACY, Posts, greatest, listed, minus, over
from bench.store.values import Values

ARMS = {
    "5 epochs": "post 4, short",
    "50 epochs": "post 4",
    "wider": "post 4, wide",
    "linear head": "post 4 fixed, short",
}
LONG = {"linear head, 50 epochs": "post 4 fixed, long"}


def limits(posts: Posts) -> Measured:
    """Give post 4 more time, more width, or a correct head."""
    has_long = posts.find("post 4 fixed, long") != posts.find("post 4 fixed, short")
    arms = ARMS | LONG if has_long else ARMS
    means, samples = posts.each(arms, "error"), posts.each(arms, "error_through_draws")
    text = "error removed by training or width, minus that removed by the head"
    return Measured(
        {
            f"{text}: through means": _gain_compared_with_the_head(means),
            f"{text}: through samples": _gain_compared_with_the_head(samples),
            **listed("squared error a pixel through means", means),
            **listed("squared error a pixel through samples", samples),
            **listed("active units of ten", posts.each(arms, "vae_active_units")),
            **listed("test 10-NN accuracy", posts.each(arms, ACCURACY)),
        },
        Dots(
            "test squared error a pixel",
            {
                f"{name}, {way}": errors[name]
                for name in arms
                for way, errors in (("means", means), ("samples", samples))
            },
        ),
    )


def _gain_compared_with_the_head(error: Mapping[str, Values]) -> Values:
    """Return what share of the error of 5 epochs time or width removes, minus the share that the head removes."""
    left = {name: over(error[name], error["5 epochs"]) for name in ARMS}
    gain = {name: minus(Values(dict.fromkeys(found.by_run, 1.0)), found) for name, found in left.items()}
    return minus(greatest(gain["50 epochs"], gain["wider"]), gain["linear head"])


MEASURES = {"limits": limits}
