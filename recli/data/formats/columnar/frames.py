"""Tables in memory: pandas' frames, Arrow's, whatever speaks Arrow, and mappings of columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from recli.core.errors import InputDataError, UsageError
from recli.data.formats.columnar.batches import ROWS, Batches

if TYPE_CHECKING:
    import pyarrow as pa


def frame_batches(frame: Any, name: str) -> Batches:
    """Look at a table in memory; its columns are converted when they are read, and only those.

    Args:
        frame: a pandas ``DataFrame``, a pyarrow ``Table``, anything with ``__arrow_c_stream__``, or a mapping of names
            to columns of equal length: lists, arrays, series.
        name: what messages call it.

    Raises:
        UsageError: it is none of those.
        InputDataError: a column holds what no column can, or the columns differ in length.
    """
    names, columns = _columns(frame, name)
    converted: dict[int, pa.ChunkedArray] = {}

    def column(place: int) -> "pa.ChunkedArray":
        if place not in converted:
            converted[place] = _as_arrow(columns[place], f"{name}: column {names[place]}")
        return converted[place]

    def read(places: Sequence[int]) -> Iterator[list["pa.Array"]]:
        yield from _batches([column(place) for place in places], name)

    return Batches(name, "frame", names, _Types(column, len(names)), read, lambda: "")


class _Types(Sequence[Any]):
    """Types of columns, which are converted to be asked."""

    def __init__(self, column: Any, n: int) -> None:
        self._column, self._n = column, n

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, place: Any) -> Any:
        return self._column(place).type


def _columns(frame: Any, name: str) -> tuple[list[str], Sequence[Any]]:
    import pyarrow as pa

    if isinstance(frame, pa.Table | pa.RecordBatch):
        return list(frame.schema.names), list(frame.columns)
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):  # pandas', which recli need not import for that
        return [str(column) for column in frame.columns], [frame.iloc[:, at] for at in range(len(frame.columns))]
    if isinstance(frame, Mapping):
        return [str(key) for key in frame], list(frame.values())
    if hasattr(frame, "__arrow_c_stream__"):
        return _columns(pa.table(frame), name)
    raise UsageError(f"{name} is no frame, no table and no mapping of columns, but of type {type(frame).__name__}")


def _as_arrow(column: Any, where: str) -> "pa.ChunkedArray":
    import pyarrow as pa

    try:
        array = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        told = (str(error).splitlines() or ["?"])[0][:120]
        raise InputDataError(f"{where} holds what a column cannot: {told}") from error
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _batches(columns: Sequence["pa.ChunkedArray"], name: str) -> Iterator[list["pa.Array"]]:
    import pyarrow as pa

    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise InputDataError(f"{name}: columns of {' and '.join(map(str, sorted(lengths)))} rows")
    table = pa.Table.from_arrays(list(columns), [str(place) for place in range(len(columns))])
    for batch in table.to_batches(max_chunksize=ROWS):
        yield list(batch.columns)
