"""Text cells of files that a spreadsheet may open."""

from recli.core.text import visible

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def text_cell(text: str, *, raw: bool = False) -> str:
    """Return text as a cell that nothing obeys.

    Controls are spelled out, and what a spreadsheet would run as a formula gets an apostrophe in front
    (https://owasp.org/www-community/attacks/CSV_Injection).

    Args:
        text: from outside, like a title or an id.
        raw: leave the apostrophe away, for a reader that is no spreadsheet.
    """
    guard = "'" if not raw and text.startswith(_FORMULA_STARTS) else ""
    return guard + visible(text)
