"""Reads files that describe items and users: GroupLens' own, and tables of any separator."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic

from recli.core.errors import InputDataError
from recli.core.results.importing import FileCount
from recli.data.build import ItemRow, UserRow
from recli.data.formats.accounting import Accounting, Rejected, quoted
from recli.data.formats.layouts import Layout, Parse, Row
from recli.data.formats.text.item_files import item_layout
from recli.data.formats.text.json_lines import Keyed
from recli.data.formats.text.rows import Table, walk
from recli.data.formats.text.sniffing import Beginning, begin
from recli.data.formats.text.streams import Source, open_source
from recli.data.formats.text.user_files import user_layout
from recli.data.ids import parse_ids

_MOST_BYTES = 256 << 20


@dataclass(frozen=True)
class Described(Generic[Row]):
    """What a file describes."""

    rows: list[Row]
    """In its order; their ids are integers where all of them are, else text."""
    count: FileCount
    odd_years: Sequence[str] = ()
    """Cells that should be a year and are none: their items have no year."""


def read_items(path: Path, encoding: str | None) -> Described[ItemRow]:
    """Read ``u.item``, ``movies.dat``, or a table of ids, titles, years and genres, with or without a header.

    Args:
        path: of the file.
        encoding: ``None`` for UTF-8, or latin-1 where GroupLens' layout is not UTF-8.

    Raises:
        NotFoundError: there is no such file, or its columns cannot be told apart.
        InputDataError: it is empty or no text.
    """
    with open_source(path) as source:
        return described_items(source, encoding)


def described_items(source: Source, encoding: str | None) -> Described[ItemRow]:
    """Read a source of items; all else is as in ``read_items``."""
    return with_item_ids(_read(source, encoding, item_layout))


def with_item_ids(read: Described[ItemRow]) -> Described[ItemRow]:
    """Make the ids integers where all of them are."""
    ids = parse_ids([str(row.item_id) for row in read.rows]).tolist()
    return replace(read, rows=[replace(row, item_id=id_) for row, id_ in zip(read.rows, ids, strict=True)])


def read_users(path: Path, encoding: str | None) -> Described[UserRow]:
    """Read ``u.user``, ``users.dat``, or a table with a header: an id and whatever else; as ``read_items``."""
    with open_source(path) as source:
        return described_users(source, encoding)


def described_users(source: Source, encoding: str | None) -> Described[UserRow]:
    """Read a source of users; all else is as in ``read_items``."""
    return with_user_ids(_read(source, encoding, user_layout))


def with_user_ids(read: Described[UserRow]) -> Described[UserRow]:
    """Make the ids integers where all of them are."""
    ids = parse_ids([str(row.user_id) for row in read.rows]).tolist()
    return replace(read, rows=[replace(row, user_id=id_) for row, id_ in zip(read.rows, ids, strict=True)])


def _read(source: Source, encoding: str | None, layout_of: Callable[[str, Beginning], Layout[Row]]) -> Described[Row]:
    content = _whole(source.blocks(), source.name)
    likely = encoding or ("utf-8" if _is_utf8(content) else "latin-1")
    beginning = begin(content, source.name, likely)
    layout = layout_of(source.name, beginning)
    # latin-1 reads any bytes: of other files, the lines that are no UTF-8 say so one by one.
    chosen = likely if layout.grouplens else encoding or "utf-8"
    account = Accounting(blank_lines=beginning.blank_lines)
    table = Table(beginning.syntax, len(layout.names), chosen, once(layout), layout.title, _divide(layout, beginning))
    header = layout.header and not beginning.keyed
    data = content[beginning.end if header else beginning.start :]
    walked = walk(data, beginning.line + header, table, account)
    count = account.count(
        source.name,
        beginning.syntax.name,
        chosen,
        header=header,
        columns=layout.columns,
        sha256=source.sha256,
    )
    return Described(walked.rows, count, layout.odd_years)


def _divide(layout: Layout[Row], beginning: Beginning) -> Keyed | None:
    """Return what divides JSON objects: all but their id may be left out, and genres may be a list."""
    if not beginning.keyed:
        return None
    single = {role: layout.columns.get(role) for role in ("id", "title", "year")}
    ids = [name for name in (single["id"],) if name is not None]
    return Keyed(beginning.cells, ids=ids, needed=ids, single=[name for name in single.values() if name is not None])


def _whole(blocks: Iterable[bytes], name: str) -> bytes:
    parts, size = [], 0
    for block in blocks:
        size += len(block)
        if size > _MOST_BYTES:
            raise InputDataError(f"{name} is longer than {_MOST_BYTES:,} bytes: is it a file of ratings?")
        parts.append(block)
    return b"".join(parts)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def once(layout: Layout[Row]) -> Parse[Row]:
    """Reject an id that comes again."""
    seen: set[str] = set()
    name = layout.columns["id"] or ""

    def parse(cells: list[str]) -> Row:
        row = layout.parse(cells)
        id_ = str(row.item_id if isinstance(row, ItemRow) else row.user_id)
        if id_ in seen:
            raise Rejected("again", f"{quoted(id_)} is described by an earlier line", name)
        seen.add(id_)
        return row

    return parse
