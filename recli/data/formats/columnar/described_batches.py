"""Items and users that are described by tables of Arrow's batches."""

from collections.abc import Callable, Sequence

from recli.core.errors import InputDataError
from recli.data.build import ItemRow, UserRow
from recli.data.formats.accounting import Accounting, Rejected
from recli.data.formats.columnar.arrow_columns import require_type
from recli.data.formats.columnar.batches import Batches, check_text, rows_of_batches
from recli.data.formats.layouts import Layout, Row
from recli.data.formats.text.described import Described, once, with_item_ids, with_user_ids
from recli.data.formats.text.item_files import item_layout
from recli.data.formats.text.rows import Syntax
from recli.data.formats.text.sniffing import Beginning
from recli.data.formats.text.user_files import user_layout

_MOST_CHARS = 256 << 20


def items_of_batches(table: Batches) -> Described[ItemRow]:
    """Read a table of ids, titles, years and genres, found by their names.

    Raises:
        NotFoundError: columns cannot be told apart.
        InputDataError: a column's type cannot be what it is for.
    """
    return with_item_ids(_read(table, item_layout, lambda layout: [name for name in layout.columns.values() if name]))


def users_of_batches(table: Batches) -> Described[UserRow]:
    """Read a table of ids and whatever else; as ``items_of_batches``."""
    return with_user_ids(_read(table, user_layout, lambda layout: layout.names))


def _read(
    table: Batches,
    layout_of: Callable[[str, Beginning], Layout[Row]],
    wanted: Callable[[Layout[Row]], Sequence[str]],
) -> Described[Row]:
    syntax = Syntax(table.format, ",", quoted=False)
    layout = layout_of(table.name, Beginning(syntax, 1, 0, list(table.names), 0, 0, keyed=True))
    places = [place for place, name in enumerate(layout.names) if name in wanted(layout)]
    _require_types(table, layout)
    account, rows, parse, size = Accounting(), list[Row](), once(layout), 0
    cells = [""] * len(layout.names)
    for number, found in enumerate(rows_of_batches(table, places), start=1):
        size += sum(map(len, found))
        if size > _MOST_CHARS:
            raise InputDataError(f"{table.name} holds more than {_MOST_CHARS:,} characters: is it a table of ratings?")
        try:
            for place, cell in zip(places, found, strict=True):
                check_text(cell, layout.names[place])
                cells[place] = cell
            rows.append(parse(list(cells)))
        except Rejected as why:
            account.reject(number, why)
        else:
            account.accept()
    if not account.lines:
        raise InputDataError(f"{table.name}: there are no rows")
    return Described(rows, table.count(account, layout.columns), layout.odd_years)


def _require_types(table: Batches, layout: Layout[Row]) -> None:
    import pyarrow.types as of

    for role in ("id", "title", "year"):
        name = layout.columns.get(role)
        if name is None:
            continue
        kind = table.types[layout.names.index(name)]
        if role == "id":
            require_type(role, name, kind, table.name)
        elif of.is_nested(kind):
            raise InputDataError(f"{table.name}: column {name} is of type {str(kind)[:60]}: {role}s are single values")
