"""The page of answers, `results/README.md`: findings, then question by question what the stored results say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.answers.answer import Answer, Told
from bench.answers.stored import Stored
from bench.tables.markdown import escaped

HEAD = """# What the studies found

Every sentence and number on this page is made by `make findings` from the tables that stand beside it, so that it
cannot disagree with them. Numbers are medians over seeds with 95 % intervals in brackets, unless another is said.
"""

LIMITS = """## Limits

- One dataset of digits, MNIST; a method may rank otherwise on other data. Friedman's and Nemenyi's tests rank methods
  across datasets and are not computed: one dataset has no ranks to average, and seeds are not datasets.
- Every method as its library comes. A method that was tuned would do better; which one would gain most is not known
  from here, except for what the study `sensitivity` turns.
- Two cores of one machine. Ratios of times carry over better than times.
- Intervals over seeds say what another seed would have given, those over held-out points what other digits would have;
  neither speaks for the other.
"""


def page(results: Path, findings: Sequence[str], answers: Sequence[Answer]) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    results : Path
        Folder with a folder of results for each study.
    findings : sequence of str
        What stands at the head.
    """
    told = [(answer, Stored(results / answer.study)) for answer in sorted(answers, key=lambda answer: answer.number)]
    sections = [_section(answer, answer.tell(stored)) for answer, stored in told if stored.exists]
    missing = [f"- {answer.question} (`{answer.command}`)" for answer, stored in told if not stored.exists]
    head = [f"## Findings\n\n{numbered(findings)}"] if findings else []
    rest = ["## Not run yet\n\n" + "\n".join(missing)] if missing else []
    return "\n\n".join(part.strip() for part in (HEAD, *head, *sections, *rest, LIMITS)) + "\n"


def numbered(findings: Sequence[str]) -> str:
    """Return findings as a numbered list."""
    return "\n".join(f"{place}. {one}" for place, one in enumerate(findings, start=1))


def _section(answer: Answer, told: Told) -> str:
    """Return a question with its answer."""
    where = f"[`{answer.study}/{answer.shown}`]({answer.study}/{answer.shown}), `{answer.command}`"
    parts = [f"## {answer.number}. {answer.question}", *told.sentences[:1]]
    if told.header:
        parts.append(_table(told))
    return "\n\n".join([*parts, *told.sentences[1:], f"Shown in {where}."])


def _table(told: Told) -> str:
    lines = [told.header, (":--", *["--:"] * (len(told.header) - 1)), *told.rows]
    return "\n".join("| " + " | ".join(map(escaped, line)) + " |" for line in lines)
