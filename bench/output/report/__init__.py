"""The report: one HTML file that needs no network and no server, made from the results."""

from bench.output.report.build import Report, build

__all__ = ["Report", "build"]
