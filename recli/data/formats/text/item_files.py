"""Files that describe items: ``u.item``, ``movies.dat``, and tables of ids, titles, years and genres."""

import re
from collections.abc import Sequence

from recli.core.dataset import NO_YEAR
from recli.core.errors import NotFoundError
from recli.data.build import ItemRow
from recli.data.fetching.grouplens import GENRES
from recli.data.formats.accounting import Rejected, quoted
from recli.data.formats.columns import ITEM_ROLES, find_column, is_header
from recli.data.formats.layouts import Layout, Parse
from recli.data.formats.text.rows import BARS, COLONS
from recli.data.formats.text.sniffing import Beginning
from recli.data.formats.values import BLANKS, parse_id

_YEAR = re.compile(r"([0-9]{4})(?:\.0)?")  # pandas writes 1995.0 where another year is not known
_TITLE_YEAR = re.compile(r".*\(([0-9]{4})(?:[-–][0-9]{0,4})?\)\s*")
_DATE = re.compile(r"[0-9]{1,2}-[A-Z][a-z]{2}-([0-9]{4})")
_NO_YEARS = {"", "0", "0.0", "NA", "NULL", "null", "nan", "NaN", r"\N"}
_NO_GENRES = {"", "(no genres listed)", "NA", "NULL", r"\N"}
_GENRE_MARKS = ("|", ";", ",")
_RECBOLE_LIST = ":token_seq"
"""Ends the name of a column whose words are divided by blanks."""
_LINK = re.compile(r"https?://.*|")
_FLAGS_FROM = 5
"""Place of the first genre flag in a line of ``u.item``."""
_HEADER_FIX = "sed -i '1i id,title,year,genres' items.csv"
_U_ITEM = ("movie id", "title", "release date", "video release date", "IMDb URL", *GENRES)


def item_layout(name: str, beginning: Beginning) -> Layout[ItemRow]:
    """Tell what a file's lines are by how it begins.

    Raises:
        NotFoundError: its columns cannot be told apart.
    """
    cells, n = beginning.cells, len(beginning.cells)
    if beginning.syntax is BARS and n >= _FLAGS_FROM + len(GENRES) and set(cells[-len(GENRES) :]) <= {"0", "1"}:
        columns = {"id": "1", "title": "2", "year": "3", "genres": f"6-{len(_U_ITEM)}"}
        return Layout(_U_ITEM, columns, _parse_u_item, grouplens=True, title=1)
    if beginning.keyed or is_header(cells, ITEM_ROLES, least=1):
        return _item_table(name, beginning)
    if beginning.syntax is COLONS and n >= 3:
        return Layout(
            ("1", "2", "3"),
            {"id": "1", "title": "2", "year": None, "genres": "3"},
            _item_parser(("1", "2", "3"), 0, 1, None, 2, "|", []),
            grouplens=True,
            title=1,
        )
    return _items_by_place(name, beginning)


def _item_table(name: str, beginning: Beginning) -> Layout[ItemRow]:
    where, cells = f"{name}:{beginning.line}", beginning.cells
    found = {role: find_column(where, cells, role, names, lambda _: None) for role, names in ITEM_ROLES.items()}
    if found["id"] is None:
        raise NotFoundError(f"{where}: no column of item ids is named as usual", candidates=cells[:12], fix=_HEADER_FIX)
    names = tuple(cells if beginning.keyed else map(str.strip, cells))
    columns = {role: None if place is None else names[place] for role, place in found.items()}
    genres = columns["genres"]
    mark = " " if genres is not None and genres.endswith(_RECBOLE_LIST) else None
    odd: list[str] = []
    parse = _item_parser(names, found["id"], found["title"], found["year"], found["genres"], mark, odd)
    return Layout(names, columns, parse, header=True, odd_years=odd)


def _items_by_place(name: str, beginning: Beginning) -> Layout[ItemRow]:
    """Take id, title, then a year, genres, or both."""
    cells, n = beginning.cells, len(beginning.cells)
    if n > 4:
        raise NotFoundError(f"{name}:{beginning.line}: no header says which of {n} columns is which", fix=_HEADER_FIX)
    has_year = n == 4 or (n == 3 and _YEAR.fullmatch(cells[2].strip(BLANKS)) is not None)
    year = 2 if has_year else None
    genres = n - 1 if n > 2 + has_year else None
    names = tuple(str(place) for place in range(1, n + 1))
    columns = {role: None if at is None else names[at] for role, at in (("year", year), ("genres", genres))}
    odd: list[str] = []
    parse = _item_parser(names, 0, 1, year, genres, None, odd)
    return Layout(names, {"id": "1", "title": "2", **columns}, parse, odd_years=odd)


def _item_parser(
    names: Sequence[str],
    id_: int,
    title: int | None,
    year: int | None,
    genres: int | None,
    mark: str | None,
    odd: list[str],
) -> Parse[ItemRow]:
    def parse(cells: list[str]) -> ItemRow:
        item_id = parse_id(cells[id_], names[id_])
        named = item_id if title is None else cells[title].strip(BLANKS)
        if not named:
            raise Rejected("blank", "a blank cell", names[title or 0])
        return ItemRow(
            item_id,
            title=named,
            year=_title_year(named) if year is None else _year(cells[year].strip(BLANKS), odd),
            genres=() if genres is None else _genres(cells[genres], mark),
        )

    return parse


def _year(text: str, odd: list[str]) -> int:
    """Return a year, or none where a cell is odd: it says something beside, and must not cost the title."""
    if text in _NO_YEARS:
        return NO_YEAR
    match = _YEAR.fullmatch(text)
    if match is None:
        odd.append(text)
        return NO_YEAR
    return int(match[1])


def _title_year(title: str) -> int:
    match = _TITLE_YEAR.fullmatch(title)
    return int(match[1]) if match else NO_YEAR


def _genres(cell: str, mark: str | None) -> tuple[str, ...]:
    """Divide genres by the first of the usual signs that is there."""
    text = cell.strip(BLANKS)
    if text in _NO_GENRES:
        return ()
    sign = mark or next((sign for sign in _GENRE_MARKS if sign in text), "|")
    return tuple(dict.fromkeys(genre.strip(BLANKS) for genre in text.split(sign) if genre.strip(BLANKS)))


def _parse_u_item(cells: list[str]) -> ItemRow:
    item_id, title, date, _, link = cells[:_FLAGS_FROM]
    flags = cells[_FLAGS_FROM:]
    if not title.strip(BLANKS):
        raise Rejected("blank", "a blank cell", "title")
    dated = _DATE.fullmatch(date)
    if date and not dated:
        raise Rejected("time", f"{quoted(date)} is no date such as 01-Jan-1995", "release date")
    if not _LINK.fullmatch(link):
        raise Rejected("fields", f"{quoted(link)} is no link: is a field missing, or one too many?", "IMDb URL")
    for genre, flag in zip(GENRES, flags, strict=True):
        if flag not in ("0", "1"):
            raise Rejected("number", f"{quoted(flag)} is neither 0 nor 1", genre)
    return ItemRow(
        parse_id(item_id, "movie id"),
        title=title,
        year=int(dated[1]) if dated else NO_YEAR,
        release_date=date,
        genres=tuple(genre for genre, flag in zip(GENRES, flags, strict=True) if flag == "1"),
        url=link,
    )
