"""Reading a line as a shell does, and writing words that it takes as they are."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from recli.operations.complete import folded

_PLAIN = re.compile(r"[\w./,+%:@=-]+")
_SPECIAL = re.compile(r"[^\w./,+%-]")


@dataclass
class Word:
    """A word as far as it is typed."""

    raw: str = ""
    """With its quotes."""
    text: str = ""
    """What the shell would make of it."""
    quote: str = ""
    """The quote that is open."""
    kept: int = 0
    """Characters of ``raw`` that bash keeps whatever is chosen: up to a quote, or to what breaks words for readline."""
    kept_text: int = 0
    """The same, of ``text``."""


def split_line(line: str, breaks: str = "") -> list[Word]:
    """Return the words of a line, of which the last is the one at the cursor and may be empty.

    Args:
        line: up to the cursor.
        breaks: bash's ``COMP_WORDBREAKS``.
    """
    words, at = [Word()], 0
    while at < len(line):
        word, char = words[-1], line[at]
        if char in " \t\n" and not word.quote:
            if word.raw:
                words.append(Word())
            at += 1
            continue
        size, text, quote = _step(line[at:], word.quote)
        word.raw += line[at : at + size]
        word.text += text
        opens = bool(quote) and not word.quote
        word.quote = quote
        if opens or (size == 1 and not quote and char in breaks and text):
            word.kept, word.kept_text = len(word.raw), len(word.text)
        at += size
    return words


def _step(rest: str, quote: str) -> tuple[int, str, str]:
    """Return how many characters to take, what they mean, and the quote that is open behind them."""
    char = rest[0]
    if quote:
        escapes = quote == '"' and char == "\\" and rest[1:2] in ('"', "\\", "$", "`")
        return (2, rest[1], quote) if escapes else (1, "", "") if char == quote else (1, char, quote)
    if rest.startswith("$'\\n'"):
        return 5, "\n", ""
    if char == "\\":
        return 2, rest[1:2], ""
    return (1, "", char) if char in "'\"" else (1, char, "")


def bash_words(word: Word, values: Sequence[str]) -> list[str]:
    """Return what bash is to put behind what it keeps of a word, each quoted so that nothing in it does anything."""
    start = folded(word.text[: word.kept_text])
    fitting = [value for value in values if folded(value[: word.kept_text]) == start]
    made = [_quoted(value, word.quote, word.kept_text) for value in fitting]
    common = os.path.commonprefix(made)  # noqa: RUF071 - text, no paths
    if common and not folded(common).startswith(folded(word.raw[word.kept :])):
        made.append("…")  # readline would put what they share in place of what was typed, which is more
    return made


def _quoted(value: str, quote: str, skip: int) -> str:
    rest = value[skip:]
    if quote == "'":
        return rest.replace("'", "'\\''")
    if quote:
        return re.sub(r'(["\\$`])', r"\\\1", rest).replace("!", '"\\!"')
    if _PLAIN.fullmatch(value):
        return rest
    return _SPECIAL.sub(lambda match: "$'\\n'" if match[0] == "\n" else "\\" + match[0], rest)
