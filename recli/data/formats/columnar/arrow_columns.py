"""Columns of Arrow as those of ratings: ids, stars and seconds, and which rows have none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import InputDataError
from recli.core.ratings import RatingScale
from recli.data.arrow_arrays import numbers
from recli.data.build import LARGEST_RATING
from recli.data.formats.accounting import Rejected
from recli.data.formats.times import LATEST_TIME, YEAR_10000
from recli.data.formats.values import parse_id, parse_stars, parse_time
from recli.data.ids import Ids, parse_ids

if TYPE_CHECKING:
    import pyarrow as pa

_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY = 86_400
_BLANK = ("blank", "a blank cell")


@dataclass(frozen=True, eq=False)
class Column:
    """A column of n rows."""

    values: NDArray[Any]
    """(n,), anything where a row is bad."""
    bad: NDArray[np.bool_]
    """(n,)"""
    explain: Callable[[int], Rejected]
    """Says why a row is bad."""
    distinct: NDArray[Any] | None = None
    """(m,) what its values are taken from, where each spelling was parsed once,"""
    places: NDArray[np.int64] | None = None
    """(n,) and where each stands in that."""

    def ids(self, good: NDArray[np.bool_]) -> Ids:
        """Return the ids of good rows: integers where all of them are."""
        if self.distinct is None or self.places is None:
            return self.values[good]
        used, places = _used(self.places[good], len(self.distinct))
        return parse_ids(self.distinct[used].tolist())[places]


def require_type(role: str, name: str, kind: "pa.DataType", where: str) -> None:
    """Refuse a column whose type cannot be what it is for.

    Raises:
        InputDataError: so it is.
    """
    import pyarrow.types as of

    value = kind.value_type if of.is_dictionary(kind) else kind
    text = of.is_string(value) or of.is_large_string(value) or of.is_string_view(value)
    number = of.is_integer(value) or of.is_floating(value)
    fits, expected = {
        "rating": (text or number or of.is_decimal(value), "numbers"),
        "timestamp": (text or number or of.is_timestamp(value) or of.is_date(value), "times, dates or seconds"),
    }.get(role, (text or of.is_integer(value), "integers or text"))
    if not fits and not of.is_null(value):
        what = {"id": "ids", "user": "user ids", "item": "item ids"}.get(role, f"{role}s")
        raise InputDataError(f"{where}: column {name} is of type {str(kind)[:60]}: {what} are {expected}")


def require_codes(column: "pa.Array") -> None:
    """Refuse a dictionary's codes that stand for nothing: of a damaged file, Arrow does not look at them.

    Raises:
        ArrowInvalid: there are such.
    """
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return
    codes = _filled(column.indices)[~_missing(column.indices)]
    if len(codes) and not 0 <= int(codes.min()) <= int(codes.max()) < len(column.dictionary):
        raise pa.ArrowInvalid("a code that is not in its dictionary")


def id_column(column: "pa.Array", name: str) -> Column:
    """Return ids, int64 or text."""
    import pyarrow.types as of

    column = _decoded_numbers(column)
    if of.is_integer(column.type):
        missing = _missing(column)
        if of.is_uint64(column.type):  # may be beyond int64, and then is text anyway
            column = column.cast("string")
        else:
            return Column(_filled(column).astype(np.int64), missing, lambda _: Rejected(*_BLANK, name))
    return _from_text(column, name, lambda text: parse_id(text, name), np.str_)


def star_column(column: "pa.Array", name: str, scale: RatingScale | None) -> Column:
    """Return stars, float64."""
    import pyarrow.types as of

    column = _decoded_numbers(column)
    if not (of.is_integer(column.type) or of.is_floating(column.type) or of.is_decimal(column.type)):
        return _from_text(column, name, lambda text: parse_stars(text, name, scale), np.float64)
    missing = _missing(column)
    if of.is_decimal(column.type) or of.is_float16(column.type):
        column = column.cast("float64")
    raw = _filled(column)
    values = raw.astype(np.float64)
    bad = missing | ~(np.abs(values) <= LARGEST_RATING)
    if scale is not None:
        low, high = np.array([scale.low, scale.high], raw.dtype if raw.dtype.kind == "f" else np.float64)
        bad |= ~((raw >= low) & (raw <= high))

    def explain(row: int) -> Rejected:
        # As numpy spells it: the 0.1 of 32 bits is 0.1, not 0.10000000149.
        return Rejected(*_BLANK, name) if missing[row] else _why(lambda: parse_stars(str(raw[row]), name, scale))

    return Column(values, bad, explain)


def time_column(column: "pa.Array", name: str) -> Column:
    """Return whole seconds since 1970, int64, or in what unit the column's numbers are; 0 where there is no time."""
    import pyarrow.types as of

    column = _decoded_numbers(column)
    missing = _missing(column)
    if of.is_integer(column.type) or of.is_floating(column.type):
        raw = _filled(column.cast("float64") if of.is_float16(column.type) else column)
        bad = ~missing & ~((raw >= -LATEST_TIME) & (raw <= LATEST_TIME))
        told = np.where(bad | missing, 0, raw)
        whole = np.floor(told) if raw.dtype.kind == "f" else told  # of integers beyond 2**53 floor() makes others
        return Column(whole.astype(np.int64), bad, lambda row: _why(lambda: parse_time(str(raw[row]), name)))
    if not (of.is_timestamp(column.type) or of.is_date(column.type)):
        return _from_text(column, name, lambda text: parse_time(text, name), np.int64, missing=0)
    seconds = np.where(missing, 0, _seconds(column))
    bad = (seconds >= YEAR_10000) | (seconds <= -YEAR_10000)
    return Column(seconds, bad, lambda _: Rejected("time", "after the year 9999, or as long before", name))


def _seconds(column: "pa.Array") -> NDArray[np.int64]:
    """Return the seconds of timestamps and dates, anything where there is none."""
    import pyarrow.types as of

    if of.is_date32(column.type):
        return _filled(column.cast("int32")).astype(np.int64) * _DAY
    units: NDArray[np.int64] = _filled(column.cast("int64"))
    return units // _UNITS["ms" if of.is_date64(column.type) else column.type.unit]


def _from_text(
    column: "pa.Array", name: str, parse: Callable[[str], Any], dtype: type[Any], *, missing: Any = None
) -> Column:
    """Parse each spelling once; where there is none the value is ``missing``, or the row is bad."""
    import pyarrow as pa

    if pa.types.is_string_view(column.type):
        column = column.cast("large_string")
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = np.where(_missing(coded.indices), -1, _filled(coded.indices).astype(np.int64))
    used, places = _used(codes + 1, len(coded.dictionary) + 1)
    used -= 1  # of a row without a value the code is -1
    spellings = coded.dictionary.take(numbers(np.maximum(used, 0))) if len(coded.dictionary) else pa.nulls(len(used))
    values: list[Any] = []
    why: dict[int, Rejected] = {}
    for place, (code, spelled) in enumerate(zip(used.tolist(), _bytes(spellings), strict=True)):
        try:
            text = None if code < 0 else spelled
            values.append(missing if text is None and missing is not None else parse(_decoded(text, name)))
        except Rejected as reason:
            values.append(dtype())
            why[place] = reason
    bad = np.zeros(len(used), bool)
    bad[list(why)] = True
    distinct = np.array(values, dtype)
    return Column(distinct[places], bad[places], lambda row: why[int(places[row])], distinct, places)


def _used(codes: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of n codes there are, ascending, and the place of each row's among them."""
    there = np.zeros(n, bool)
    there[codes] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[codes]


def _bytes(texts: "pa.Array") -> list[bytes | None]:
    """Return texts as they are stored: a file may say that they are UTF-8 where they are not."""
    return texts.cast("large_string").cast("large_binary").to_pylist()


def _decoded(text: bytes | None, name: str) -> str:
    if text is None:
        raise Rejected(*_BLANK, name)
    if b"\0" in text:
        raise Rejected("nul", "a NUL", name)
    if b"\r" in text:
        raise Rejected("line end", "a carriage return", name)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise Rejected("encoding", f"byte 0x{text[error.start]:02x} is not UTF-8", name) from None


def _why(parse: Callable[[], object]) -> Rejected:
    try:
        parse()
    except Rejected as why:
        return why
    return Rejected("scale", "outside the scale")


def _decoded_numbers(column: "pa.Array") -> "pa.Array":
    """Return a column of numbers or times without its dictionary: text alone is worth one."""
    import pyarrow.types as of

    if of.is_null(column.type):
        return column.cast("string")
    kind = column.type.value_type if of.is_dictionary(column.type) else None
    text = kind is None or of.is_string(kind) or of.is_large_string(kind) or of.is_string_view(kind)
    return column if text else column.dictionary_decode()


# Arrow's own to_numpy, array and fill_null import pandas, which takes longer than reading a million rows.


def _missing(column: "pa.Array") -> NDArray[np.bool_]:
    return np.from_dlpack(column.is_null().cast("uint8")).view(np.bool_)


def _filled(column: "pa.Array") -> NDArray[Any]:
    """Return numbers, anything where there is none."""
    import pyarrow as pa

    _, content = column.buffers()
    return np.from_dlpack(pa.Array.from_buffers(column.type, len(column), [None, content], offset=column.offset))
