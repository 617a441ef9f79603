"""A table in a notebook and as text."""

from __future__ import annotations

from html.parser import HTMLParser

from bench.analysis.quantities import QUANTITIES
from bench.output.tables.model import Cell, Row, Table
from bench.output.tables.notebook import NotebookTable
from bench.store.values import Kind

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)>'


class Tags(HTMLParser):
    """What a browser would find in a page: its tags, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def table(label: str = "PCA", note: str = "A note.") -> Table:
    columns = (QUANTITIES["knn_accuracy_k10"], QUANTITIES["fit_s"])
    cells = (Cell("0.926", "[0.925, 0.927]", 0.926, 0.925, 0.927, best=True, notes=(0,)), Cell("n/a", "(timeout)"))
    rows = (Row("pca", label, Kind.METHOD, cells), Row("noise", "Noise", Kind.CONTROL, (cells[1], cells[1])))
    return Table("headline", "Quality and cost", columns, rows, (note,), caption="Of what.")


def test_a_notebook_shows_every_number_with_its_interval_and_note() -> None:
    html = NotebookTable(table())._repr_html_()
    assert "<td><b>0.926</b>ᵃ<br><small>[0.925, 0.927]</small></td>" in html
    assert "<td>n/a<br><small>(timeout)</small></td>" in html
    assert "controls (floor):" in html and "<li>ᵃ A note.</li>" in html and "Of what." in html
    assert Tags(html).names.count("tr") == 4


def test_nothing_in_a_table_becomes_a_tag() -> None:
    html = NotebookTable(table(HOSTILE, HOSTILE))._repr_html_()
    found = Tags(html)
    assert not {"script", "img"} & set(found.names)
    assert found.text.count(HOSTILE) == 2


def test_as_text_it_has_all_columns_or_those_of_the_short_one() -> None:
    whole = table()
    short = whole.pieces(1)[0]
    assert "*0.926" in repr(NotebookTable(whole)) and "fit" in repr(NotebookTable(whole))
    assert "*0.926" in repr(NotebookTable(whole, short)) and "fit" not in repr(NotebookTable(whole, short))
    assert "fit" in NotebookTable(whole, short)._repr_html_()


def test_many_columns_are_pieces_of_text_no_wider_than_a_line() -> None:
    columns = tuple(QUANTITIES.values())[:8]
    wide = Table("t", "All", columns, (Row("pca", "PCA", Kind.METHOD, tuple(Cell(str(i)) for i in range(8))),))
    lines = repr(NotebookTable(wide)).split("\n")
    assert max(map(len, lines)) <= 100
    assert sum(line.startswith("PCA") for line in lines) == 2
