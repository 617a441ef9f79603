"""Replication: the one published table of MNIST in two dimensions with autoencoders in it, beside our own numbers.

`write(store, reading)` writes `replication.csv` and `replication.md`, and nothing of another study than `replication`.
"""

from __future__ import annotations

from bench.replication.page import write

__all__ = ["write"]
