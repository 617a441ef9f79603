"""The report: one HTML file that needs no network and no server, made of a reading and of what was said of it."""

from bench.report.build import build

__all__ = ["build"]
