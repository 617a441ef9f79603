"""Scores: what an embedding is judged by. A score is one function and one record in the table `SCORES`."""

from __future__ import annotations

from bench.scores.case import Case, Original
from bench.scores.table import SCORES, Score, Value, evaluate, reference_values

__all__ = ["SCORES", "Case", "Original", "Score", "Value", "evaluate", "reference_values"]
