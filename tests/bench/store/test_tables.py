from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.store.tables import read_csv, to_csv

TEXTS = st.text(st.sampled_from("=+-@'\t\r\n1.5e a,;\"é\x1b"), max_size=6)


@settings(deadline=None)
@given(reasons=st.lists(TEXTS, min_size=1, max_size=5))
@example(reasons=["\n1", "\t-1.5"])
def test_no_text_is_a_formula_and_each_is_read_as_it_was(reasons: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(to_csv(pd.DataFrame({"reason": reasons, "value": -1.5})).encode())
        with path.open(newline="") as file:
            cells = [row[0] for row in csv.reader(file)][1:]
        for cell in cells:
            assert cell[:1] not in {"=", "@", "\t", "\r", "\n"}
            assert cell[:1] not in {"+", "-"} or float(cell) is not None, cell
        read = read_csv(path)
        assert list(read["reason"]) == [reason.replace("\r", "\\x0d").replace("\x1b", "\\x1b") for reason in reasons]
        assert (read["value"] == -1.5).all()


def test_names_of_digits_are_no_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"variant": ["7"], "first": ["007"], "second": ["15"], "shared_neighbours": [0.5]})
    (tmp_path / "table.csv").write_text(to_csv(frame))
    assert read_csv(tmp_path / "table.csv").to_dict("list") == frame.to_dict("list")


def test_numbers_and_usual_texts_are_written_as_ever() -> None:
    frame = pd.DataFrame({"label": ["t-SNE", "PCA"], "shown": ["-0.25", "'quoted'"], "value": [-0.5, None]})
    assert to_csv(frame) == frame.to_csv(index=False)
