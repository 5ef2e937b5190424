"""Making text from outside safe to show."""

import re
import unicodedata

_BIDI = {chr(c) for c in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_LINE_BREAKS = {"\u2028", "\u2029"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # full-width ones count in East Asian Excel
_ARTICLES = "the|a|an|el|la|los|las|le|les|l'|il|lo|gli|der|die|das|den|det|o|os|as"
_ARTICLE_LAST = re.compile(rf"(?P<name>[^(]+), (?P<article>{_ARTICLES})(?P<rest> \(.*)?", re.IGNORECASE)


def spoken(title: str) -> str | None:
    """Return a title whose article stands last as one says it: "The Empire Strikes Back (1980)"; else ``None``."""
    match = _ARTICLE_LAST.fullmatch(title)
    if match is None:
        return None
    gap = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{gap}{match['name']}{match['rest'] or ''}"


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run a cell (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return text.startswith(_FORMULA_STARTS)


def visible(text: str) -> str:
    r"""Spell out what a terminal would obey: C0, DEL, C1, bidi controls and line breaks become ``\x1b``, ``\u202e``.

    A title is data. Printed raw it could move the cursor, retitle the window or reverse the line it stands on.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelled(c) if _is_control(c) else c for c in text)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in _BIDI or char in _LINE_BREAKS


def _spelled(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"
