from __future__ import annotations

from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from bench.texts import LIMIT, plain


@given(text=st.text(st.characters()), limit=st.integers(40, 60))
def test_a_text_becomes_harmless_and_stays_as_it_is_then(text: str, limit: int) -> None:
    made = plain(text * 5, limit)
    assert len(made) <= limit
    assert not [one for one in made if category(one) in ("Cc", "Cs") and one not in "\n\t"]
    made.encode()
    assert plain(made, limit) == made


def test_what_is_harmless_stays() -> None:
    for text in ("", "ValueError: é ≥ 3 😀", "two\nlines\tand a tab", "x" * LIMIT):
        assert plain(text) == text


def test_a_long_text_says_how_much_is_left_out() -> None:
    made = plain("a" * 10_000_000)
    assert len(made) <= LIMIT
    assert made.endswith("a... (9,998,032 characters more)")
