"""The cells of many plain lines at once, by Arrow: it divides the lines, and this module says which it may divide."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from recli.data.formats.text.rows import Syntax
from recli.data.formats.text.spaces import single_spaces
from recli.data.formats.text.streams import BOM, MAX_LINE_BYTES

if TYPE_CHECKING:
    import pyarrow

    Columns = dict[int, pyarrow.Array]

_QUOTE = b'"'
_TAB = b"\t"


def plain_cells(
    block: bytes, syntax: Syntax, fields: int, *, wanted: Collection[int], differing: int | None, encoding: str
) -> "Columns | None":
    """Divide whole lines into cells; ``None`` where a line is not plain, which says nothing against it.

    Plain are lines of text with as many cells as there must be, none too long, and quotes, if any, around whole cells
    with none in them. Then a separator always separates, and a line's end ends a row. A blank line is one of blank
    cells, as Arrow sees it: whoever needs an id finds none there.

    Args:
        block: the lines.
        syntax: what divides them.
        fields: cells of each line.
        wanted: places of the columns that are read.
        differing: the place of the one whose cells mostly differ, as times do.
        encoding: of the block.

    Returns:
        Place → that column, (n,) Arrow text: all of it where cells differ, else a dictionary of each spelling once.
    """
    text = _plain_text(block, syntax, encoding)
    if text is None:
        return None
    quoted = syntax.quoted and _QUOTE in text
    # A stray quote in a column that nobody reads may take in the separators after it: then all are looked at.
    columns = _divided(text, syntax, fields, range(fields) if quoted else sorted(wanted), differing)
    return _unquoted(columns) if columns is not None and quoted else columns


def _plain_text(block: bytes, syntax: Syntax, encoding: str) -> bytes | None:
    """Return a block in UTF-8 with one sign between cells and one at the end of a line."""
    if _has_long_line(block):
        return None
    text = block.replace(b"\r\n", b"\n") if b"\r" in block else block
    if b"\r" in text or b"\0" in text:
        return None
    if not text.isascii():
        try:
            text = text.decode(encoding).encode()
        except UnicodeDecodeError:
            return None
        if text.startswith(BOM):  # Arrow would drop it; of a file it is dropped once, and is part of an id elsewhere
            return None
    if syntax.runs:
        return single_spaces(text)
    if len(syntax.separator) == 1:
        return text
    # A colon at a cell's edge leaves open where :: divides.
    separator = syntax.separator.encode()
    return None if _TAB in text or separator + separator[:1] in text else text.replace(separator, _TAB)


def _has_long_line(block: bytes) -> bool:
    """Tell whether a line may be too long: then it covers a stretch of half that length."""
    step = MAX_LINE_BYTES // 2
    return any(block.find(b"\n", start, start + step) < 0 for start in range(0, len(block) - step, step))


def _divided(
    text: bytes, syntax: Syntax, fields: int, places: Collection[int], differing: int | None
) -> "Columns | None":
    import pyarrow as pa
    from pyarrow import csv

    names = [str(place) for place in range(fields)]
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {str(place): pa.string() if place == differing else coded for place in places}
    try:
        table = csv.read_csv(
            pa.BufferReader(text),
            csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
            csv.ParseOptions(
                delimiter=syntax.separator if len(syntax.separator) == 1 else "\t",
                quote_char=False,
                escape_char=False,
                ignore_empty_lines=False,
            ),
            csv.ConvertOptions(column_types=kinds, include_columns=list(kinds), null_values=[]),
        )
    except pa.ArrowInvalid:
        return None
    return {int(name): table.column(name).combine_chunks() for name in kinds}


def _unquoted(columns: "Columns") -> "Columns | None":
    """Take quotes off cells that are quoted whole; ``None`` where there is another quote."""
    import pyarrow as pa
    from pyarrow import compute

    found = {}
    for place, column in columns.items():
        coded = pa.types.is_dictionary(column.type)
        texts = column.dictionary if coded else column
        whole = compute.and_(compute.starts_with(texts, '"'), compute.ends_with(texts, '"'))
        whole = compute.and_(whole, compute.greater(compute.binary_length(texts), 1))
        n_quotes = compute.count_substring(texts, '"')
        if not compute.all(compute.equal(n_quotes, compute.if_else(whole, 2, 0))).as_py():
            return None
        texts = compute.utf8_trim(texts, '"')
        found[place] = pa.DictionaryArray.from_arrays(column.indices, texts) if coded else texts
    return found
