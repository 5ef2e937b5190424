"""Which column is what: by the field's usual names in any case, by place, or as a person says."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from recli.core.errors import NotFoundError, UsageError
from recli.data.delimited import column_key

Names = tuple[frozenset[str], ...]
"""Usual names of a column, those that say it best first."""

USER: Names = (
    frozenset({"userid", "uid", "reviewerid", "customerid", "memberid", "profileid", "accountid", "personid"}),
    frozenset({"user", "username", "reviewer", "customer", "member"}),
)
ITEM: Names = (
    frozenset({"itemid", "iid", "movieid", "filmid", "asin", "parentasin", "productid", "bookid", "isbn", "trackid",
               "songid", "artistid", "albumid", "businessid", "gameid", "animeid", "recipeid", "beerid", "jokeid"}),
    frozenset({"item", "movie", "film", "product", "book", "track", "song", "artist", "game", "anime", "joke"}),
)  # fmt: skip
RATING: Names = (
    frozenset({"rating", "ratings", "score", "stars", "overall", "starrating", "userrating", "bookrating"}),
    frozenset({"value"}),
)  # fmt: skip
TIMESTAMP: Names = (
    frozenset({"timestamp", "unixreviewtime", "unixtime", "ts"}),
    frozenset({"time", "date", "datetime", "createdat", "ratedat"}),
)
TITLE: Names = (frozenset({"title", "name", "movietitle", "booktitle", "itemtitle", "productname"}),)
YEAR: Names = (frozenset({"year", "releaseyear", "yearofpublication", "publicationyear"}),)
GENRES: Names = (frozenset({"genres", "genre"}), frozenset({"categories", "category", "tags", "class"}))
RATING_ROLES = {"user": USER, "item": ITEM, "rating": RATING, "timestamp": TIMESTAMP}
ITEM_ROLES = {"id": (*ITEM, frozenset({"id"})), "title": TITLE, "year": YEAR, "genres": GENRES}
USER_ROLES = {"id": (*USER, frozenset({"id"}))}
_BY_PLACE = tuple(RATING_ROLES)
_NEEDED = 3
ANY_COLUMNS = "user=COLUMN,item=COLUMN,rating=COLUMN"
"""What a command says of columns while nobody knows them."""


class Places(NamedTuple):
    """Where a line has what, from 0."""

    user: int
    item: int
    rating: int
    timestamp: int | None


def parse_columns(text: str) -> dict[str, str]:
    """Read what ``--columns`` was given, ``user=reader,item=isbn,rating=stars``.

    Raises:
        UsageError: it is not of that form.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        role, sign, column = (piece.strip() for piece in part.partition("="))
        if not (sign and column and role in RATING_ROLES) or role in found:
            raise UsageError(
                f"--columns takes user=…, item=…, rating=… and timestamp=…, each once, not {part.strip()!r}",
                fix="recli import ratings.csv --name mine --columns user=COLUMN,item=COLUMN,rating=COLUMN",
            )
        found[role] = column
    return found


def is_header(cells: Sequence[str], roles: Mapping[str, Names], *, least: int) -> bool:
    """Tell whether a first line names columns: two of its cells are usual names, or ``least`` and none is a number."""
    known = set().union(*(tier for names in roles.values() for tier in names))
    n = sum(_key(cell) in known for cell in cells)
    return n > 1 or (n >= least and not any(is_number(cell) for cell in cells))


def find_columns(where: str, cells: Sequence[str], *, header: bool, said: Mapping[str, str], fix: str) -> Places:
    """Find the places of user, item, rating and timestamp.

    Args:
        where: file and line, for messages.
        cells: of the first line.
        header: whether that names the columns; else they stand in this order.
        said: by a person: what → a column's name, or its place from 1.
        fix: a command that says the columns.

    Raises:
        NotFoundError: a column is not there, or more than one could be it; the columns are the candidates.
    """
    if header:
        found = {
            role: _said(where, cells, role, said, fix, header=True)
            if role in said
            else find_column(where, cells, role, names, partial(_saying, fix, cells, said, role))
            for role, names in RATING_ROLES.items()
        }
    elif said:
        found = {role: _said(where, cells, role, said, fix, header=False) for role in RATING_ROLES}
    else:
        found = _by_place(where, cells, fix)
    user, item, rating = (_needed(where, cells, role, found, fix) for role in ("user", "item", "rating"))
    _require_apart(where, found)
    return Places(user, item, rating, found["timestamp"])


def _saying(fix: str, cells: Sequence[str], said: Mapping[str, str], role: str, place: int) -> str:
    """Return the command with a column named for a role, beside what was said: by its place where no name can be."""
    name = cells[place].strip()
    known = [cell.strip() for cell in cells].count(name) == 1 and not set(name) & set(",='")
    parts = {**said, role: name if known else str(place + 1)}
    told = ",".join(f"{key}={value}" for key, value in parts.items())
    return fix.replace(ANY_COLUMNS, shlex.quote(told))


def find_column(
    where: str, cells: Sequence[str], role: str, names: Names, fix: Callable[[int], str | None]
) -> int | None:
    """Return the place of the column that has one of the names, the best of them first; ``None`` where none has.

    Args:
        where: file and line, for messages.
        cells: the names of the columns.
        role: what the column is, for messages.
        names: its usual ones.
        fix: from the place of a column to the command that takes it.

    Raises:
        NotFoundError: several have equally good ones; they are the candidates.
    """
    places = places_named(cells, names)
    if len(places) > 1:
        listed = _listed([cells[place] for place in places])
        told = f"{where}: more than one column could be the {role}'s"
        raise NotFoundError(told, candidates=listed, fix=fix(places[0]))
    return places[0] if places else None


def places_named(cells: Sequence[str], names: Names) -> list[int]:
    """Return the places of the columns that have one of the best names that any has."""
    keys = [_key(cell) for cell in cells]
    found = ([place for place, key in enumerate(keys) if key in tier] for tier in names)
    return next(filter(None, found), [])


def _said(
    where: str, cells: Sequence[str], role: str, said: Mapping[str, str], fix: str, *, header: bool
) -> int | None:
    if role not in said:
        return None
    name = said[role]
    stripped = [cell.strip() for cell in cells]
    if header and stripped.count(name) == 1:
        return stripped.index(name)
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(cells):
        return int(name) - 1
    keyed = [place for place, cell in enumerate(cells) if header and _key(cell) == _key(name)]
    if len(keyed) == 1 and name not in stripped:
        return keyed[0]
    what = (
        "comes twice: say its place from 1"
        if name in stripped
        else f"is not there (nor a place from 1 to {len(cells)})"
    )
    raise NotFoundError(
        f"{where}: the column {name!r} {what}", candidates=_listed(cells) if header else (), fix=fix
    )  # fmt: skip


def _by_place(where: str, cells: Sequence[str], fix: str) -> dict[str, int | None]:
    n = len(cells)
    if n not in (_NEEDED, len(_BY_PLACE)) or not is_number(cells[2]):
        raise NotFoundError(
            f"{where}: no header says which column is which, and these {n} are not user, item, rating[, timestamp]",
            fix=fix,
        )
    return {role: place if place < n else None for place, role in enumerate(_BY_PLACE)}


def _needed(where: str, cells: Sequence[str], role: str, found: Mapping[str, int | None], fix: str) -> int:
    place = found[role]
    if place is None:
        raise NotFoundError(f"{where}: no column is named as {role}s usually are", candidates=_listed(cells), fix=fix)
    return place


def _require_apart(where: str, found: Mapping[str, int | None]) -> None:
    places = [place for place in found.values() if place is not None]
    if len(set(places)) < len(places):
        raise UsageError(f"{where}: --columns names one column for two things")


def _key(name: str) -> str:
    return column_key(name.partition(":")[0])  # RecBole writes user_id:token


def is_number(text: str) -> bool:
    """Tell whether a cell is a number, NaN and infinity included."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _listed(cells: Sequence[str]) -> list[str]:
    return [cell.strip()[:40] for cell in cells[:12]]
