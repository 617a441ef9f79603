"""How a file of one's own is read: which column holds labels, what is left out, how columns are scaled."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

Scale = Literal["auto", "standard", "minmax", "none"]
Missing = Literal["refuse", "drop", "mean"]


class DataOptions(BaseModel):
    """What a study says of its file of points; in TOML the table `[data]`, on the command line an option each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = ""
    """The column of labels; empty finds it by its name."""
    drop: tuple[str, ...] = ()
    """Columns that are left out."""
    keep: tuple[str, ...] = ()
    """Columns that are features though they look like an id or are named as labels are."""
    scale: Scale = "auto"
    """What happens to columns before one shift and one factor bring all of them to [0, 1].

    `standard` divides each by its standard deviation, `minmax` brings each to [0, 1] by itself, `none` keeps their
    proportions. `auto` is `standard` if the widest column spreads more than ten times as far as half of the columns
    do, and `none` otherwise and for images and .h5ad, whose columns share a unit. All rows tell how columns spread,
    those that will be test points among them.
    """
    missing: Missing = "refuse"
    """What happens to rows with missing values: they are refused, left out, or filled with the column's mean, which is
    that of all rows."""
    image: str = ""
    """Height and width in pixels if a row is an image, as `28x28`."""

    @field_validator("image")
    @classmethod
    def _is_a_size(cls, image: str) -> str:
        if image and not re.fullmatch(r"[1-9]\d{0,3}x[1-9]\d{0,3}", image):
            raise ValueError(f"Got image {image[:40]!r}, but expected height and width in pixels, such as 28x28.")
        return image

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """Height and width in pixels.

        >>> DataOptions(image="28x20").image_shape
        (28, 20)
        """
        height, _, width = self.image.partition("x")
        return (int(height), int(width)) if self.image else None
