"""One table in every format: terminal, Markdown and LaTeX."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from bench.analysis.quantities import QUANTITIES, Quantity
from bench.output.tables.model import Cell, Row, Table
from bench.output.tables.render import to_latex, to_markdown
from bench.output.tables.terminal import TerminalTable
from bench.store.values import Kind

HOSTILE = 'a|b [red]c[/red] <script>alert(1)</script> & 100 % _x_ $y$ #z ~ ^ {w} \\input "q" *s*'
ODD = Quantity("odd", "Davies-Bouldin, & 5 %", "labels", "ratio", "lower", 'mean "ing".', "weak <ness>.")


def _table(label: str = HOSTILE) -> Table:
    return Table(
        key="t",
        title="Quality & more",
        columns=(QUANTITIES["knn_accuracy_k10"], QUANTITIES["fit_s"], ODD),
        rows=(
            Row("a", "A", Kind.METHOD, (Cell("0.926", "[0.922, 0.929]", 0.926, 0.922, 0.929, True, (0, 2)), *_rest())),
            Row("b", label, Kind.METHOD, (Cell("n/a", "(transductive)"), *_rest()), (1,)),
            Row("c", "noise", Kind.CONTROL, (Cell("-0.100", "[-0.200, 0.000]", -0.1, -0.2, 0.0), *_rest())),
            Row("d", "pixels", Kind.REFERENCE, (Cell("0.932", "", 0.932), *_rest())),
        ),
        notes=("first note", f"second {label}", "third note", "of the whole table"),
        caption="How to read 95 % of it.",
    )


def _rest() -> tuple[Cell, Cell]:
    return Cell("1.23", "[1.00, 1.50]", 1.23, 1.0, 1.5), Cell("7.1", "", 7.1)


def _shown(table: Table, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(TerminalTable(table))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= width
    return str(text)


def test_the_terminal_shows_all_of_it() -> None:
    text = _shown(_table("B"), 100)
    assert "…" not in text
    assert "*0.926ᵃᶜ" in text
    assert "[0.922, 0.929]" in text and "(transductive)" in text
    assert "10-NN accuracy" in text and "(share)" in text and "(s)" in text
    assert re.search(r"^Bᵇ ", text, re.MULTILINE)
    assert "ᵇ second B" in text and "\nof the whole table" in text
    assert text.index("controls (floor):") < text.index("noise") < text.index("references:") < text.index("pixels")
    assert "[red]c[/red]" in " ".join(_shown(_table(), 100).split())


def test_a_narrow_terminal_leaves_out_intervals_and_says_so() -> None:
    text = _shown(_table("B"), 42)
    assert "[0.922, 0.929]" not in text
    assert "*0.926ᵃᶜ" in text
    assert "they need a wider terminal" in " ".join(text.split())


def test_markdown_is_one_grid_with_marks_and_notes() -> None:
    text = to_markdown([_table()])
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5}
    assert lines[0] == "| method | 10-NN accuracy ↑ (share) | fit ↓ (s) | Davies-Bouldin, & 5 % ↓ (ratio) |"
    assert lines[2].startswith("| A | **0.926**ᵃᶜ [0.922, 0.929] | 1.23 [1.00, 1.50] |")
    assert "a\\|b [red]c[/red] &lt;script>" in lines[3]
    assert "n/a (transductive)" in lines[3]
    assert "- ᵃ first note\n" in text and "\n- of the whole table" in text
    assert text.startswith("**Quality & more**\n\nHow to read 95 % of it.\n\n| method |")
    assert "\n| *references:* |  |  |  |\n| pixels | 0.932 | 1.23 [1.00, 1.50] | 7.1 |\n\n- ᵃ" in text


def test_a_wide_table_comes_in_pieces_in_markdown() -> None:
    columns = tuple(QUANTITIES.values())[:8]
    row = Row("a", "A", Kind.METHOD, tuple(Cell(str(i), notes=(0,)) for i in range(8)))
    text = to_markdown([Table("t", "T", columns, (row,), ("note",))])
    assert text.count("| A |") == 2
    assert text.count("- ᵃ note") == 1


def test_latex_is_balanced_and_escaped() -> None:
    text = to_latex([_table()])
    body = re.sub(r"\\[\\{}%&$#_]", "", re.sub(r"(?m)^%.*$", "", text))
    assert body.count("{") == body.count("}")
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 1
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert rule in text
    assert r"\textbf{0.926}\textsuperscript{a,c}" in text
    assert r"{[}$-$0.200, 0.000{]}" in text
    assert r"\\*" in text and r" & \tiny {[}0.922, 0.929{]} & " in text
    assert r"\textsuperscript{a} first note\par" in text and "How to read 95 \\% of it.\\par\n" in text
    assert r"$\downarrow$" in text and "(ratio)" in text
    assert r"\textbackslash{}input" in text and r"100 \% \_x\_ \$y\$ \#z" in text
    rows = [line for line in text.splitlines() if line.endswith((r"\\", r"\\*")) and "multicolumn" not in line]
    assert {len(re.findall(r"(?<!\\)&", line)) for line in rows} == {3}


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(tmp_path: Path) -> None:
    if not subprocess.run(["kpsewhich", "booktabs.sty"], capture_output=True, check=False).stdout:
        pytest.skip("LaTeX has no booktabs")
    document = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{booktabs}\begin{document}"
    (tmp_path / "t.tex").write_text(document + to_latex([_table(), _table("B")]) + r"\end{document}", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2_000:]
    assert (tmp_path / "t.pdf").is_file()


def test_a_wide_table_comes_in_pieces_in_latex_each_with_its_notes() -> None:
    columns = tuple(QUANTITIES.values())[:7]
    row = Row("a", "A", Kind.METHOD, tuple(Cell(str(i), notes=(i // 5,)) for i in range(7)))
    table = Table("t", "T", columns, (row,), ("one", "two", "third"), "Caption.")
    first, second, _ = to_latex([table]).split(r"\end{table}")
    assert r"\caption{T, part 1}" in first and r"\label{tab:t-2}" in second
    assert "Caption." in first and "Caption." not in second
    assert [note in first for note in ("one", "two", "third")] == [True, False, True]
    assert [note in second for note in ("one", "two", "third")] == [False, True, False]
