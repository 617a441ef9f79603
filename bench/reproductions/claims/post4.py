"""Measures of the claims around post 4: what makes its digits wrong."""

from __future__ import annotations

from bench.reproductions.claims.pictures import Dots, Measured
from bench.reproductions.claims.roles import ACCURACY, Posts, listed

SHOWN = "as written"


def limits(posts: Posts) -> Measured:
    """Give post 4 more training, or a larger network."""
    return _changed(
        posts,
        {"longer": "post 4, longer", "larger": "post 4, larger"},
        {
            "wrong digits, longer training over as shown": ("wrong_digits", "longer"),
            "wrong digits, larger network over as shown": ("wrong_digits", "larger"),
            "squared error through samples, longer training over as shown": ("error_through_draws", "longer"),
            "squared error through samples, larger network over as shown": ("error_through_draws", "larger"),
        },
    )


def head(posts: Posts) -> Measured:
    """Give post 4 linear heads."""
    return _changed(
        posts,
        {"linear head": "post 4 fixed"},
        {
            "wrong digits, linear head over as written": ("wrong_digits", "linear head"),
            "squared error through samples, linear head over as written": ("error_through_draws", "linear head"),
            "squared error through means, linear head over as written": ("error", "linear head"),
        },
    )


def _changed(posts: Posts, others: dict[str, str], ratios: dict[str, tuple[str, str]]) -> Measured:
    """Compare arms with the program as it is shown, by quantity and arm of each ratio."""
    arms = {SHOWN: "post 4"} | others
    values = {key: posts.each(arms, key) for key in ("wrong_digits", "error_through_draws", "error")}
    quantities = {text: values[key][arm] / values[key][SHOWN] for text, (key, arm) in ratios.items()}
    quantities |= listed("wrong digits", values["wrong_digits"])
    quantities |= listed("squared error a pixel through samples", values["error_through_draws"])
    quantities |= listed("active units of ten", posts.each(arms, "vae_active_units"))
    quantities |= listed("test 10-NN accuracy", posts.each(arms, ACCURACY))
    return quantities, Dots("share of wrong digits", values["wrong_digits"])
