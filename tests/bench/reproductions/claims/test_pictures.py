"""Pictures of claims stand alone: each has a title, what its marks mean, and where it comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from bench.reproductions.claims.pictures import Curves, Dots, Picture, figure

DOTS = Dots("error", pd.DataFrame({"one": [1.0, 2.0], "other": [3.0, 4.0]}), {"bound": 2.5})
CURVES = Curves("beta", "units", {"deep": {0: pd.Series([2.0, 2.0]), 10: pd.Series([0.0, 1.0])}})


@pytest.mark.parametrize("picture", [DOTS, CURVES])
def test_title_caption_and_footer_stand_in_the_picture(picture: Picture) -> None:
    written = [text.get_text() for text in figure(picture, "What is claimed", "data, seeds, study").findobj(Text)]
    assert {"What is claimed", "data, seeds, study"} <= set(written)
    assert any(text.startswith(picture.caption) for text in written)


def test_bars_stand_at_means() -> None:
    (ax,) = figure(DOTS, "", "").axes
    bars = [line.get_xdata() for line in ax.lines if line.get_marker() == "|"]
    assert np.allclose(bars[0], [1.5, 3.5])
