import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.text import visible


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Amélie (2001)", "Amélie (2001)"),
        ("[red]Alien[/red]", "[red]Alien[/red]"),
        ("\x1b[31mRed\x1b[0m", r"\x1b[31mRed\x1b[0m"),
        ("a\tb\nc\r", r"a\x09b\x0ac\x0d"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("abc\u202edef", r"abc\u202edef"),
        ("\u2028", r"\u2028"),
        ("七人の侍", "七人の侍"),
        ("", ""),
    ],
)
def test_controls_are_spelled_out_and_letters_left_alone(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs")]
    assert not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in shown)
    assert visible(shown) == shown
