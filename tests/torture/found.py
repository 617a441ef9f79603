"""What a case of the torture found, and what it is made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Found:
    """One case: what was done to the program, what it did, and what of that is not as expected."""

    kind: str
    family: str
    name: str
    fault: str
    expected: str
    got: str = ""
    kept: str = ""
    problem: str = ""
    """What is not as expected; empty if all is."""

    def to_json(self) -> str:
        """Return the case as a line."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, line: str) -> Found:
        """Return the case that a line holds."""
        return cls(**json.loads(line))
