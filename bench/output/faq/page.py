"""The page of answers, `results/README.md`: findings, then question by question what the results say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from bench.analysis.comparisons import Comparison, Decision
from bench.errors import StoreError
from bench.output.faq.numbers import change, listed
from bench.output.markdown import markdown
from bench.output.tables.render import escaped
from bench.store.results import Results
from bench.studies.study import names

Facts = Mapping[str, Any]
"""What a template needs for its sentences."""
CURRENT = {"runs": {"sample", "n_train"}, "scores": {"sample"}}
"""Columns that tables of older versions lack."""


@dataclass(frozen=True)
class Answer:
    """A small table, and what the sentences need besides."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    facts: Facts = field(default_factory=dict)

    def to_markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [self.header, (":--", *["--:"] * (len(self.header) - 1)), *self.rows]
        return "\n".join("| " + " | ".join(map(escaped, line)) + " |" for line in lines)


@dataclass(frozen=True)
class Question:
    """A question, the study that answers it, and the file of its results in which the answer is seen."""

    text: str
    study: str
    shown: str
    answer: Callable[[Results], Answer]


def read(results_root: Path, studies: Iterable[str]) -> dict[str, Results]:
    """Return the results of those studies that have been run.

    Raises
    ------
    StoreError
        If tables were written by an older version.
    """
    every = {study: Results(results_root / study) for study in studies}
    found = {study: results for study, results in every.items() if results.exists or results.datasets}
    for study, results in found.items():
        for one, (name, columns) in product(results.datasets.values() or [results], CURRENT.items()):
            if missing := columns - set(one.frame(name).columns):
                raise StoreError(
                    f"Got {one.folder / name}.csv of an older version, without {' and '.join(sorted(missing))}; "
                    f"`make bench STUDY={study}` measures the study again."
                )
    return found


def page(studies: Mapping[str, Results], findings: Sequence[str], questions: Sequence[Question]) -> str:
    """Return the page as Markdown; questions whose study has no results are listed at its end."""
    numbered = list(enumerate(questions, start=1))
    answered = [(number, one, _answer(one, studies[one.study])) for number, one in numbered if one.study in studies]
    # A study that another one writes, as `tuning` does `tuned`, is none before that.
    missing = [one for one in questions if one.study not in studies and one.study in names()]
    template = markdown(Path(__file__).with_name("page.md.jinja"))
    return template.render(findings=findings, answered=answered, missing=missing, studies=studies).strip() + "\n"


def stated(
    studies: Mapping[str, Results], findings: Iterable[tuple[str, Callable[[Results], Facts | None]]]
) -> list[str]:
    """Return the findings of those studies that have results, each as one line with the command behind it."""
    return [
        f"{' '.join(said_by(function, studies[study], facts).split())} (`make bench STUDY={study}`)"
        for study, function in findings
        if study in studies and (facts := function(studies[study])) is not None
    ]


def lead(finding: str) -> str:
    """Return the sentence of a finding that stands alone.

    >>> lead("**It is so.** The evidence.")
    'It is so.'
    """
    return finding.removeprefix("**").partition("**")[0]


def said_by(function: Callable[..., Any], results: Results, facts: Facts) -> str:
    """Return the block with the name of a function, of the template with the name of its module.

    In templates variants have the filter `label`, and comparisons `change` and `compared`, which adds label and result.
    `over` says over what means and intervals are, `units` what their values are of: seeds, or samples of the data.
    """

    def compared(one: Comparison, digits: int = 3) -> str:
        result = "" if one.differs or one.decision is Decision.NO_MARGIN else f", {one.decision}"
        return f"{results.label(one.first)} ({change(one, digits)}{result})"

    name = f"{function.__module__.rpartition('.')[2]}.md.jinja"
    path = Path(__file__).with_name(name)
    template = markdown(path, label=results.label, compared=compared, change=change, listed=listed)
    of_study = {"over": results.over, "units": results.units}
    return "".join(template.blocks[function.__name__](template.new_context(of_study | dict(facts))))


def _answer(question: Question, results: Results) -> str:
    """Return an answer; its paragraphs become one line each, since templates break lines where conditions begin."""
    answer = question.answer(results)
    text = said_by(question.answer, results, {**answer.facts, "table": answer.to_markdown()})
    paragraphs = [one.strip() for one in text.split("\n\n")]
    return "\n\n".join(one if one.startswith("|") else " ".join(one.split()) for one in paragraphs if one)
