"""The kinds of attacks: modules with `cases(share)`, `jobs(names)` and `run(names)`, and how long one case takes."""

from __future__ import annotations

from types import ModuleType

from tests.torture import data, faults, flips, kills, soak, studies

KINDS: dict[str, ModuleType] = {module.KIND: module for module in (faults, kills, flips, data, studies, soak)}
"""The kinds by name, in the order in which the page tells of them."""
