"""Files that describe users: ``u.user``, ``users.dat``, and tables with a header."""

from collections.abc import Sequence

from recli.core.errors import InputDataError, NotFoundError
from recli.data.build import UserRow
from recli.data.fetching.grouplens import USER_COLUMNS
from recli.data.formats.columns import USER_ROLES, find_column, is_header
from recli.data.formats.layouts import Layout, Parse
from recli.data.formats.text.rows import BARS, COLONS
from recli.data.formats.text.sniffing import Beginning
from recli.data.formats.values import BLANKS, parse_id

_COLON_USERS = ("gender", "age", "occupation", "zip_code")
"""Of ``users.dat``, behind the id (README of MovieLens 1M)."""
_USER_ID = "user_id"
_FIX = "sed -i '1i user_id,age' users.csv"


def user_layout(name: str, beginning: Beginning) -> Layout[UserRow]:
    """Tell what a file's lines are by how it begins.

    Raises:
        NotFoundError: its columns cannot be told apart.
        InputDataError: its header gives two columns one name.
    """
    cells = beginning.cells
    if beginning.keyed or is_header(cells, USER_ROLES, least=1):
        return _user_table(name, beginning)
    known = {BARS: USER_COLUMNS, COLONS: _COLON_USERS}.get(beginning.syntax)
    if known is None or len(cells) != 1 + len(known):
        raise NotFoundError(f"{name}:{beginning.line}: no header names the columns", fix=_FIX)
    names = (_USER_ID, *known)
    return Layout(names, {"id": "1", "metadata": ", ".join(known)}, _user_parser(names, 0), grouplens=True)


def _user_table(name: str, beginning: Beginning) -> Layout[UserRow]:
    cells = beginning.cells
    where, names = f"{name}:{beginning.line}", tuple(cells if beginning.keyed else map(str.strip, cells))
    place = find_column(where, names, "id", USER_ROLES["id"], lambda _: None)
    if place is None:
        raise NotFoundError(f"{where}: no column of user ids is named as usual", candidates=names[:12], fix=_FIX)
    others = [column for at, column in enumerate(names) if at != place]
    if len(set(others)) < len(others) or not all(others) or _USER_ID in others:
        raise InputDataError(f"{where}: each column needs a name of its own: {', '.join(names)[:80]}")
    return Layout(
        names, {"id": names[place], "metadata": ", ".join(others) or None}, _user_parser(names, place), header=True
    )


def _user_parser(names: Sequence[str], place: int) -> Parse[UserRow]:
    def parse(cells: list[str]) -> UserRow:
        told = {
            name: cell.strip(BLANKS) for at, (name, cell) in enumerate(zip(names, cells, strict=True)) if at != place
        }
        return UserRow(parse_id(cells[place], names[place]), told)

    return parse
