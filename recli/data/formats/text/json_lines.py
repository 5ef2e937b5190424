"""JSON lines: one object a line, whose keys name its cells. Numbers are taken as they are spelled, like other cells."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from recli.core.errors import InputDataError
from recli.data.formats.accounting import Rejected, quoted
from recli.data.formats.text.rows import Syntax, decoded
from recli.data.formats.text.streams import MAX_LINE_BYTES

JSON_LINES = Syntax("JSON lines", ",", quoted=False)
SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
_LOOKED_AT = 100
"""Lines whose keys are the columns: some keys are left out where there is nothing to say."""
_LIST = re.compile(rb"\s*\[\s*[{\[\]]")
_LIST_FIX = "jq -c '.[]' RATINGS > lines.jsonl"
_MOST_BYTES_A_CHARACTER = 4
_NO_CELL = re.compile("[\0\r\ud800-\udfff]")
"""What JSON can spell in a string, and other files cannot have in a cell."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        again = next(key for key in keys if keys.count(key) > 1)
        raise Rejected("json", f"the key {quoted(again)} comes twice")
    return made


# str: an integer of a million digits, which int() would take minutes for, is a cell like others.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=float, object_pairs_hook=_object)


def is_json(block: bytes, suffix: str) -> bool:
    """Tell whether a file is JSON, by its ending or its first line that is not blank."""
    first = block.lstrip(b" \t\r\n").split(b"\n", 1)[0]
    if suffix in SUFFIXES or _LIST.match(block):
        return True
    try:
        return first.startswith(b"{") and bool(parse_object(first.decode()))
    except (Rejected, UnicodeDecodeError):
        return False


def columns_of(block: bytes, name: str, line: int, encoding: str) -> list[str]:
    """Return the keys of a file's first lines, in their order.

    Args:
        block: the file's first lines, of which the first is not blank.
        name: of the file.
        line: number of the first line.
        encoding: of the file.

    Raises:
        InputDataError: none of them is an object, or the file is one list.
    """
    if _LIST.match(block):
        raise InputDataError(f"{name}:{line}: a JSON list, not one object a line", fix=_LIST_FIX)
    keys: dict[str, None] = {}
    first_problem = ""
    for content in islice(filter(bytes.strip, block.split(b"\n")), _LOOKED_AT):
        try:
            keys.update(dict.fromkeys(parse_object(decoded(content, encoding))))
        except Rejected as why:
            first_problem = first_problem or why.problem
    if not keys:
        raise InputDataError(f"{name}:{line}: {first_problem or 'an object without keys'}")
    return list(keys)


def parse_object(line: str) -> dict[str, Any]:
    """Parse a line: numbers become the text that spells them, NaN and infinities floats.

    Raises:
        Rejected: it is no object, or a key comes twice in one.
    """
    try:
        found = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        raise Rejected("json", f"no JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise Rejected("json", "lists or objects within each other, too deep to be read") from None
    if not isinstance(found, dict):
        raise Rejected("json", f"no JSON object, but {_KINDS.get(type(found), 'a number or text')}")
    return found


_KINDS = {list: "a list", dict: "an object", bool: "true or false", type(None): "null"}


@dataclass(frozen=True)
class Keyed:
    """Divides an object into cells."""

    names: Sequence[str]
    """Keys, in the order of the cells."""
    ids: Collection[str]
    """Keys of ids: true and NaN are none."""
    needed: Collection[str]
    """Keys that each object must have."""
    single: Collection[str]
    """Keys whose values cannot be lists or objects; a list of texts elsewhere is divided by ``|``."""

    def __call__(self, line: str) -> list[str]:
        """Return the cells of a line, blank where a key is not there.

        Raises:
            Rejected: it is no object, lacks a key, or a value is nothing that a cell can be.
        """
        found = parse_object(line)
        for key in self.needed:
            if key not in found:
                raise Rejected("fields", "the key is not there", key)
        return [self._cell(key, found.get(key)) for key in self.names]

    def _cell(self, key: str, value: Any) -> str:
        if isinstance(value, dict | list) and key in self.single:
            raise Rejected("json", f"{_KINDS[type(value)]} instead of a single value", key)
        if isinstance(value, bool | float) and key in self.ids:
            raise Rejected("id", f"{as_text(value)} is no id", key)
        text = as_text(value)
        odd = _NO_CELL.search(text)
        if odd:
            raise Rejected("json", _ODD.get(odd[0], "half of a surrogate pair, which is no character"), key)
        return text


_ODD = {"\0": "a NUL", "\r": "a carriage return"}


def as_text(value: Any) -> str:
    """Return a value as a cell: a list of texts is divided by ``|``, other nested ones stay JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join([*value, ""] if len(value) == 1 else value)  # a sign that says: a comma divides nothing here
    return json.dumps(value, ensure_ascii=False, default=str)


def text_columns(block: bytes, keys: Sequence[str]) -> list[list[str]] | None:
    """Read columns of whole lines at once; ``None`` where a line is not plain, which says nothing against it.

    Plain are objects that have all keys, with text or numbers under them.
    """
    block = block.replace(b"\r\n", b"\n")
    if b"\r" in block or b"\0" in block:
        return None
    try:
        lines = block.decode().split("\n")[:-1]
        read = list(map(_DECODER.raw_decode, lines))
        columns = [[found[key] for found, _ in read] for key in keys]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, Rejected):
        return None
    lengths = list(map(len, lines))
    if not lines or max(lengths) * _MOST_BYTES_A_CHARACTER > MAX_LINE_BYTES or [end for _, end in read] != lengths:
        return None
    texts = all(set(map(type, column)) == {str} and not _NO_CELL.search("".join(column)) for column in columns)
    return columns if texts else None
