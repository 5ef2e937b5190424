"""What was probably meant: the one way in which recli guesses at a name that it does not know."""

from collections.abc import Iterable

_APART = 0.2
"""A name that is so much less alike than the best one was not meant."""


def near(text: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the names that are spelled like a text, best first; case does not matter.

    Likeness is difflib's ratio (Ratcliff and Obershelp); names of the same letters come first, since letters change
    places more easily than they turn into others.
    """
    import difflib

    by_word: dict[str, list[str]] = {}
    for name in names:
        by_word.setdefault(name.casefold(), []).append(name)
    word = text.casefold()

    def likeness(other: str) -> float:
        return difflib.SequenceMatcher(a=other, b=word).ratio()

    found = difflib.get_close_matches(word, by_word, n=2 * most)
    found.sort(key=lambda other: sorted(other) != sorted(word))
    kept = [other for other in found if likeness(other) >= likeness(found[0]) - _APART]
    return [name for other in kept for name in by_word[other]][:most]
