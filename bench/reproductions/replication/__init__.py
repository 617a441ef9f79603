"""Replication: the one published table of MNIST in two dimensions with autoencoders in it, compared with our numbers.

`published.toml` holds their numbers and says which of our variants each is compared with.
"""

from __future__ import annotations

from bench.reproductions.replication.page import PAGE, write

__all__ = ["PAGE", "write"]
