"""The cells of a rating: ids, stars and times, each in its strict spelling."""

import math
import re
from datetime import UTC, datetime

from recli.core.ratings import RatingScale
from recli.data.build import LARGEST_RATING
from recli.data.formats.accounting import Rejected, quoted
from recli.data.formats.times import LATEST_TIME

MAX_ID_CHARS = 128
"""Ids are kept in arrays whose every place is as wide as the longest."""
BLANKS = " \t"
"""Around a cell they mean nothing."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_WORDS = {"nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity"}
_MOST_DIGITS = 20
"""Of a number that int() may read: a million digits would take it minutes."""
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


def parse_id(cell: str, column: str) -> str:
    """Return an id as it is written, without blanks around it.

    Raises:
        Rejected: it is blank, too long, or more than a line.
    """
    text = cell.strip(BLANKS)
    if not text:
        raise Rejected("blank", "a blank cell", column)
    if len(text) > MAX_ID_CHARS:
        raise Rejected("id", f"longer than {MAX_ID_CHARS} characters", column)
    if "\n" in text:
        raise Rejected("id", f"{quoted(text)} is more than a line", column)
    return text


def parse_stars(cell: str, column: str, scale: RatingScale | None) -> float:
    """Return a rating.

    Raises:
        Rejected: it is no finite number, or outside the scale.
    """
    value = _number(cell, column)
    if abs(value) > LARGEST_RATING:
        raise Rejected("scale", f"{quoted(cell)} is further from 0 than {LARGEST_RATING:g}", column)
    if scale and not scale.low <= value <= scale.high:
        raise Rejected("scale", f"{value:g} is outside {scale.low:g} to {scale.high:g}", column)
    return value


def parse_time(cell: str, column: str) -> int:
    """Return a time since 1970.

    A number in any unit, as it is but for its fraction; or the seconds of a date in ISO 8601, in UTC by default.
    A blank cell is 0, as where a file has no times.

    Raises:
        Rejected: it is neither.
    """
    text = cell.strip(BLANKS)
    if not text:
        return 0
    if _NUMBER.fullmatch(text) or text.casefold() in _WORDS:
        value = int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else _number(cell, column)
        if abs(value) > LATEST_TIME:
            raise Rejected("time", f"{quoted(text)} is no time in any unit", column)
        return math.floor(value)
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Rejected("time", f"{quoted(text)} is no time", column) from None
    return math.floor((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _number(cell: str, column: str) -> float:
    text = cell.strip(BLANKS)
    if not text:
        raise Rejected("blank", "a blank cell", column)
    if _NUMBER.fullmatch(text) is None:
        if text.casefold() in _WORDS:
            raise Rejected("not finite", f"{quoted(text)} is no finite number", column)
        hint = ": write 4.5, not 4,5" if _DECIMAL_COMMA.fullmatch(text) else ""
        raise Rejected("number", f"{quoted(text)} is no number{hint}", column)
    value = float(text)
    if math.isinf(value):
        raise Rejected("not finite", f"{quoted(text)} is no finite number", column)
    return value
