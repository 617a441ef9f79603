"""Scores: what an embedding is judged by. A score is one function and one record, in the file of its family.

scikit-learn and scipy are imported where they are needed: that takes longer than most scores.
"""

from __future__ import annotations

from bench.scores.case import Case, corank_together
from bench.scores.original import Original
from bench.scores.score import Score, Value
from bench.scores.table import NEED_LABELS, REFERENCES, SCORES, evaluate, evaluate_across, reference_values

__all__ = [
    "NEED_LABELS",
    "REFERENCES",
    "SCORES",
    "Case",
    "Original",
    "Score",
    "Value",
    "corank_together",
    "evaluate",
    "evaluate_across",
    "reference_values",
]
