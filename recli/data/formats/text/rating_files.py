"""Reads a file of ratings, whatever its syntax, block by block."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from recli.core.errors import InputDataError
from recli.core.ratings import RatingScale
from recli.core.results.importing import FileCount
from recli.data.build import RatingColumns
from recli.data.formats.accounting import Accounting
from recli.data.formats.columns import RATING_ROLES, find_columns, is_header
from recli.data.formats.text.json_lines import Keyed
from recli.data.formats.text.rating_blocks import RatingBlock, RatingLayout, careful_block, plain_block
from recli.data.formats.text.sniffing import Beginning, begin
from recli.data.formats.text.streams import Progress, Source, open_source
from recli.data.formats.times import in_seconds
from recli.data.growing import Growing
from recli.data.ids import IdColumn

_SMALL_BYTES = 32 << 10
"""A block that is not plain is divided into pieces a little longer than this, which are looked at again."""
_WORKERS = 2
"""Threads that parse, and one reads and hashes: more would wait for that one."""


_Tried = tuple[bytes, RatingBlock | None, bool]
"""A block, its ratings where it is plain, and whether it is the last."""


@dataclass(frozen=True, eq=False)
class RatingFile:
    """What a file of ratings holds."""

    ratings: RatingColumns
    """In the file's order, repeats included."""
    count: FileCount
    time_units: Mapping[str, int]
    """``seconds``, ``milliseconds``, … → rows whose times were in it; they are in seconds here."""


@dataclass(frozen=True)
class Wanted:
    """How a person wants a file to be read."""

    columns: Mapping[str, str]
    """``user``, ``item``, ``rating``, ``timestamp`` → a column's name or its place from 1; empty to guess."""
    scale: RatingScale | None
    """Ratings outside are rejected."""
    encoding: str
    columns_fix: str
    """A command that says the columns."""


def read_ratings(
    path: Path, wanted: Wanted, tell: Callable[[Mapping[str, str | None]], None], progress: Progress | None = None
) -> RatingFile:
    """Read a file of ratings; lines that cannot be taken are counted, not raised.

    Args:
        path: of the file; ``-`` is standard input.
        wanted: how to read it.
        tell: is told which columns are read, before they are.
        progress: is told how many bytes were read.

    Raises:
        NotFoundError: there is no such file, or columns cannot be told apart.
        InputDataError: the file is empty, ends behind its header, or is no text.
    """
    with open_source(path, progress) as source:
        return ratings_of(source, wanted, tell)


def ratings_of(
    source: Source, wanted: Wanted, tell: Callable[[Mapping[str, str | None]], None] = lambda _: None
) -> RatingFile:
    """Read a source of ratings; all else is as in ``read_ratings``."""
    account = Accounting()
    blocks = source.blocks()
    first = next(blocks, b"")
    beginning = begin(first, source.name, wanted.encoding, spaces=True)
    layout = _layout(source.name, beginning, wanted)
    tell(layout.columns())
    account.blank_lines = beginning.blank_lines
    data = chain([first[beginning.end if layout.header else beginning.start :]], blocks)
    ratings, units = with_seconds(join_blocks(_parts(data, beginning.line + layout.header, layout, account)))
    if not account.lines:
        raise InputDataError(f"{source.name}:{beginning.line}: the file ends behind its header")
    return RatingFile(ratings, _count(source, layout, account), units)


def _layout(name: str, beginning: Beginning, wanted: Wanted) -> RatingLayout:
    cells = beginning.cells
    said = any(name in map(str.strip, cells) and not name.isdigit() for name in wanted.columns.values())
    named = beginning.keyed or said or is_header(cells, RATING_ROLES, least=0)
    places = find_columns(f"{name}:{beginning.line}", cells, header=named, said=wanted.columns, fix=wanted.columns_fix)
    found = [cells[place] for place in places if place is not None]
    needed = [cells[place] for place in (places.user, places.item, places.rating)]
    return RatingLayout(
        syntax=beginning.syntax,
        header=named and not beginning.keyed,
        names=tuple(cell.strip() if named else str(place) for place, cell in enumerate(cells, 1)),
        places=places,
        encoding=wanted.encoding,
        scale=wanted.scale,
        divide=Keyed(cells, ids=found[:2], needed=needed, single=found) if beginning.keyed else None,
    )


def _parts(blocks: Iterator[bytes], line: int, layout: RatingLayout, account: Accounting) -> Iterator[RatingBlock]:
    """Yield the ratings of each block; a row that a block begins and does not end goes on in the next."""
    rest = b""
    ahead = _read_ahead(blocks, lambda block: plain_block(block, layout))
    for block, part, last in _in_pieces(ahead, layout):
        if rest or part is None:
            part, used, rest = careful_block(rest + block, line, layout, account, last=last)
        else:
            used = len(part.values)
            account.accept(used)
        line += used
        yield part


def _in_pieces(read: Iterator[_Tried], layout: RatingLayout) -> Iterator[_Tried]:
    """Divide blocks that are not plain into small ones, and try those, so that an odd line slows few others."""
    for block, part, last in read:
        if part is not None:
            yield block, part, last
            continue
        *pieces, end = _divided(block)
        for piece in pieces:
            yield piece, plain_block(piece, layout), False
        yield end, plain_block(end, layout), last


def _read_ahead(blocks: Iterator[bytes], parse: Callable[[bytes], RatingBlock | None]) -> Iterator[_Tried]:
    """Try blocks, and yield them in order; the next ones are parsed meanwhile."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        ahead = deque[tuple[bytes, Future[RatingBlock | None]]]()
        for block in filter(None, blocks):  # a header alone leaves nothing of its block
            ahead.append((block, pool.submit(parse, block)))
            if len(ahead) > _WORKERS + 1:
                first, parsed = ahead.popleft()
                yield first, parsed.result(), False
        while ahead:
            first, parsed = ahead.popleft()
            yield first, parsed.result(), not ahead


def _divided(block: bytes) -> list[bytes]:
    """Divide lines into small blocks, so that an odd one slows few others."""
    ends = [0]
    while ends[-1] < len(block):
        ends.append(block.find(b"\n", ends[-1] + _SMALL_BYTES) + 1 or len(block))
    return [block[start:end] for start, end in pairwise(ends)]


def join_blocks(blocks: Iterable[RatingBlock]) -> RatingColumns:
    """Join ratings that come block by block, in little more memory than they take."""
    users, items, values, timestamps = IdColumn(), IdColumn(), Growing(np.float32), Growing(np.int64)
    for block in blocks:
        users.add(block.user_ids)
        items.add(block.item_ids)
        values.extend(block.values)
        timestamps.extend(block.timestamps)
    return RatingColumns(users.whole(), items.whole(), values.whole(), timestamps.whole())


def with_seconds(ratings: RatingColumns) -> tuple[RatingColumns, Mapping[str, int]]:
    """Return ratings with their times in seconds, and the units in which they were."""
    times, units = in_seconds(ratings.timestamps)
    return replace(ratings, timestamps=times), units


def _count(source: Source, layout: RatingLayout, account: Accounting) -> FileCount:
    return account.count(
        source.name,
        layout.syntax.name,
        layout.encoding,
        header=layout.header,
        columns=layout.columns(),
        sha256=source.sha256,
    )
