"""Tables: pure functions of a reading. `frames` are for programs, a `model.Table` is for people."""

from bench.tables.frames import column_name, narrow_table, runs_table, scores_table, summary_table

__all__ = ["column_name", "narrow_table", "runs_table", "scores_table", "summary_table"]
