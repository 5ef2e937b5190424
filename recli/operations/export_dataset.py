"""A dataset as files for other programs. Of CSV and TSV ``recli import`` makes the same dataset again."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from recli.core.dataset import Dataset
from recli.core.errors import UsageError, require, require_one_of
from recli.core.results.export import ExportedTable, ExportResult
from recli.core.text import is_formula
from recli.data.exports.exported import TABLES, Table, has_times, items_table, ratings_table, users_table
from recli.data.exports.table_files import FORMATS, encoded, format_of, is_text
from recli.operations.datasets import open_dataset
from recli.operations.files import check_destination, directory, write_together
from recli.store import Store

STDOUT = Path("-")
_MAKERS: Mapping[str, Callable[[Dataset], Table]] = {
    "ratings": ratings_table, "items": items_table, "users": users_table,
}  # fmt: skip

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Request:
    """What a person wants to be exported, and where to."""

    dataset: str
    out: Path
    """A file, a directory for all tables, or ``-``. What has no ending and is no file is a directory."""
    format: str | None = None
    """One of ``FORMATS``; ``None`` for what the file's ending says, in a directory CSV."""
    table: str | None = None
    """``ratings``, ``items`` or ``users``; ``None`` for the ratings, in a directory all."""
    force: bool = False
    """Whether to replace files that are there."""

    def command(self) -> str:
        """Return the command line of this request."""
        said = {"out": self.out, "format": self.format, "table": self.table}
        words = [word for key, value in said.items() if value is not None for word in (f"--{key}", str(value))]
        return shlex.join(["recli", "export", self.dataset, *words, *(["--force"] if self.force else [])])


def export_dataset(store: Store, request: Request, *, tell: Tell = lambda *_: None) -> ExportResult:
    """Write a dataset's tables, with the ids of its source: all files are whole before the first gets its name.

    Args:
        store: holds it.
        request: what and where to.
        tell: is told the name of a table, how many of its rows are written, and of how many.

    Raises:
        UsageError: no such format or table, a file is there already, or TSV cannot hold a text.
        NotFoundError: there is no such dataset.
        IntegrityError: it is damaged.
        StorageError: no file can be written there.
    """
    in_folder, form = _place(request)
    wanted = TABLES if in_folder and request.table is None else (request.table or TABLES[0],)
    paths = {name: request.out / f"{name}.{form}" if in_folder else request.out for name in wanted}
    for path in paths.values():
        free = request.force or not path.is_file()
        require(free, f"{path} is there already: replace it, or choose another --out",
                fix=replace(request, force=True).command())  # fmt: skip
    check_destination(request.out if not request.out.is_dir() else request.out / f"{wanted[0]}.{form}")
    dataset = open_dataset(store, request.dataset)
    made = [_MAKERS[name](dataset) for name in wanted]
    # A file of ids alone says nothing that the ratings do not, and has one column, which no importer takes for a table.
    kept = [table for table in made if request.table or table.name != "users" or len(table.columns) > 1]
    with directory(request.out) if in_folder else nullcontext(), _csv_instead(request, form):
        write_together({paths[table.name]: _told(table, form, tell) for table in kept})
    written = tuple(_written(table, paths[table.name]) for table in kept)
    remarks = (*_remarks(dataset, made, kept), *_warnings(dataset, kept, form))
    return ExportResult(dataset.name, form, dataset.scale, written, remarks)


def _told(table: Table, form: str, tell: Tell) -> Iterator[bytes]:
    for n_blocks, piece in enumerate(encoded(table, form)):
        yield piece
        tell(table.name, min(n_blocks * table.rows_at_once, table.n_rows), table.n_rows)


def stream_table(store: Store, request: Request, *, terminal: bool = False) -> tuple[Iterator[bytes], tuple[str, ...]]:
    """Return a table of a dataset as pieces of one file, for standard output, and what is not in it.

    Args:
        store: holds the dataset.
        request: what; in the format that it says.
        terminal: whether a terminal shows the pieces: what it would obey is spelled out.

    Raises:
        UsageError: no such format or table, or bytes for a terminal; while it is read, a text that TSV cannot hold.
        NotFoundError: there is no such dataset.
        IntegrityError: it is damaged.
    """
    form = request.format or "tsv"
    _check_choices(request)
    require(
        is_text(form) or not terminal, f"{form} is nothing that a terminal could show",
        fix=replace(request, out=Path(f"{request.dataset}.{form}"), format=None).command(),
    )  # fmt: skip
    dataset = open_dataset(store, request.dataset)
    table = _MAKERS[request.table or TABLES[0]](dataset)
    return _streamed(table, form, request, spelled=terminal), tuple(_remarks(dataset, [table], [table]))


def _streamed(table: Table, form: str, request: Request, *, spelled: bool) -> Iterator[bytes]:
    with _csv_instead(request, form):
        yield from encoded(table, form, spelled=spelled)


def _check_choices(request: Request) -> None:
    if request.format is not None:
        require_one_of("--format", request.format, FORMATS, fix=replace(request, format="csv").command())
    if request.table is not None:
        require_one_of("--table", request.table, TABLES, fix=replace(request, table=None).command())


def _place(request: Request) -> tuple[bool, str]:
    """Tell whether a directory is meant, and which format."""
    _check_choices(request)
    out, ending = request.out, format_of(request.out)
    if out.is_dir() or not (out.suffix or out.exists()):
        return True, request.format or "csv"
    require(
        request.format in (None, ending) or ending is None,
        f"--out {out} ends as {ending} does, and --format says {request.format}",
        fix=replace(request, format=None).command(),
    )
    form = request.format or ending or ("csv" if out.exists() and not out.is_file() else None)
    if form is None:
        endings = ", ".join(f".{known}" for known in FORMATS)
        raise UsageError(f"--out {out} ends as none of {endings}", fix=replace(request, format="csv").command())
    return False, form


@contextmanager
def _csv_instead(request: Request, form: str) -> Iterator[None]:
    """Name the command that exports a text which TSV cannot hold."""
    try:
        yield
    except UsageError as error:
        csv = form.replace("tsv", "csv")
        ended = format_of(request.out) is not None
        out = request.out.with_name(request.out.name[: -len(form)] + csv) if ended else request.out
        error.fix = replace(request, out=out, format=None if ended else csv).command()
        raise


def _remarks(dataset: Dataset, made: list[Table], kept: list[Table]) -> Iterator[str]:
    if any(table.name == "ratings" for table in made) and not has_times(dataset):
        yield f"{dataset.name} has no times: the ratings have no column timestamp"
    if len(kept) < len(made):
        yield "nothing but ids is known of the users: there is no file of them"


def _warnings(dataset: Dataset, tables: list[Table], form: str) -> Iterator[str]:
    """Warn of a spreadsheet, where one could open the files; recli's own CSV has an apostrophe there, data cannot."""
    items, users = dataset.items, dataset.users
    texts: dict[str, Iterable[object]] = {
        "ratings": chain(items.vocabulary.ids, users.vocabulary.ids),
        "items": chain(items.vocabulary.ids, items.titles, items.release_dates, chain.from_iterable(items.genres)),
        "users": chain(users.vocabulary.ids, *users.columns.values()),
    }
    own = chain.from_iterable(texts[table.name] for table in tables)
    if form != "parquet" and any(isinstance(text, str) and is_formula(text) for text in own):
        yield "some texts begin as formulas do, with = + - or @, and a spreadsheet would run them"


def _written(table: Table, path: Path) -> ExportedTable:
    size = path.stat().st_size if path.is_file() else 0
    return ExportedTable(table.name, path, table.n_rows, tuple(table.columns), size)
