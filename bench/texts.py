"""Texts that come from reducers or data: made harmless before they reach a log, a table or a terminal."""

from __future__ import annotations

import re

LIMIT = 2_000
"""Most characters that are kept of a text."""
_NOT_PLAIN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and newline, and halves of surrogate pairs, which no file can hold."""


def plain(text: str, limit: int = LIMIT) -> str:
    r"""Return a text with control characters and lone surrogates escaped, and of at most `limit` characters.

    Applied twice it changes nothing more.

    >>> plain("red: \x1b[31m, half: \ud83d")
    'red: \\x1b[31m, half: \\ud83d'
    >>> plain("x" * 100, limit=40)
    'xxxxxxxxxxxxxxx... (85 characters more)'
    """
    # Escaping makes a text longer, never shorter: what is far beyond the limit need not be looked at.
    beyond = max(len(text) - 2 * limit, 0)
    text = _NOT_PLAIN.sub(_escaped, text[: len(text) - beyond])
    beyond += len(text)
    if beyond <= limit:
        return text
    kept = limit - len(f"... ({beyond:,} characters more)")
    return f"{text[:kept]}... ({beyond - kept:,} characters more)"


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
