"""Execution: a study is run in workers of its own, measured, scored and stored."""
