"""Versions as files for other programs. recli never reads them back."""

import io
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR
from recli.core.errors import UsageError, require, require_one_of
from recli.core.results.upkeep import Exported
from recli.data.arrow_arrays import numbers, texts, vectors
from recli.data.exports.exported import Column, Table, id_array
from recli.data.exports.table_files import encoded
from recli.data.files import users_from_csv
from recli.models.stars import StarsModel
from recli.operations.artifacts import (
    ITEM_VECTORS,
    USER_VECTORS,
    USERS,
    WEIGHTS,
    load_predictor,
    open_items,
    open_version,
    read_vectors,
)
from recli.operations.files import check_destination, directory, write_together
from recli.store import Artifact, Store

FOLDER_FORMATS = ("csv", "parquet")
"""Of vectors in a directory."""
Cells = Sequence[str | int | float | None]


class WriteRows(Protocol):
    """Makes lines of rows, in which no text does anything to a spreadsheet or terminal."""

    def __call__(self, rows: Iterable[Cells], separator: str, /) -> str:
        """Return the lines."""


def export_model(
    store: Store, write_rows: WriteRows, *, ref: str, out: Path, form: str | None = None, force: bool = False
) -> Exported:
    """Write a version for other programs.

    Args:
        store: holds it.
        write_rows: makes the lines of CSV and TSV.
        ref: the version.
        out: ``.npz`` for all that was learned; ``.keras`` for the network; ``.tsv`` for the Embedding Projector, with
            ``NAME.metadata.tsv`` beside it; ``.parquet`` for the items' vectors, with ``NAME.users.parquet`` beside it
            where users have some; without an ending a directory, for the vectors.
        form: of the vectors in a directory, ``csv`` or ``parquet``; ``None`` for CSV.
        force: whether to replace files that are there.

    Raises:
        UsageError: no such format, a file is there already, or the version has nothing to write in it.
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
        StorageError: no file can be written there.
    """
    suffix = _suffix(ref, out, form)
    writers: Mapping[str, Callable[[Artifact], dict[Path, bytes]]] = {
        ".npz": lambda artifact: {out: _npz(artifact)},
        ".keras": lambda artifact: {out: _keras(artifact)},
        ".tsv": lambda artifact: _projector(artifact, out, write_rows),
        ".parquet": lambda artifact: _parquet(artifact, out, out.with_name(f"{out.stem}.users{out.suffix}")),
        "": lambda artifact: _folder(artifact, out, form, write_rows),
    }
    check_destination(out if suffix or not out.is_dir() else out / f"item_vectors.{form or 'csv'}")
    artifact = open_version(store, ref)
    files = writers[suffix](artifact)
    for path in files:
        command = [
            "recli",
            "models",
            "export",
            ref,
            "--out",
            str(out),
            *(["--format", form] if form else []),
            "--force",
        ]
        free = force or not path.is_file()
        require(free, f"{path} is there already: replace it, or choose another --out", fix=shlex.join(command))
    with nullcontext() if suffix else directory(out):
        write_together({path: (content,) for path, content in files.items()})
    return Exported(artifact.ref, tuple(files), _remarks(artifact) if suffix == ".keras" else ())


def _suffix(ref: str, out: Path, form: str | None) -> str:
    """Return the ending that says what is to be written."""
    if form is not None:
        require_one_of("--format", form, FOLDER_FORMATS)
    suffix = "" if out.is_dir() else out.suffix.lower()
    known = (".npz", ".keras", ".tsv", ".parquet", "")
    require(
        suffix in known,
        f"--out {out}: recli exports .npz, .keras, .tsv and .parquet files, and vectors to a directory",
        fix=f"recli models export {ref} --out {ref.partition(':')[0]}.npz",
    )  # fmt: skip
    require(
        not suffix or form is None or suffix == f".{form}", f"--format {form} is for directories, and {out} is a file",
        fix=shlex.join(["recli", "models", "export", ref, "--out", str(out)]),
    )  # fmt: skip
    return suffix


def _npz(artifact: Artifact) -> bytes:
    """Return all that was learned, and the vectors, as numpy and everything that reads its files takes them."""
    arrays = dict(artifact.read_arrays(WEIGHTS))
    for name in (ITEM_VECTORS, USER_VECTORS):
        if name in artifact.manifest.files:
            arrays.setdefault(name.removesuffix(".npy"), artifact.read_array(name))
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _folder(artifact: Artifact, folder: Path, form: str | None, write_rows: WriteRows) -> dict[Path, bytes]:
    if form == "parquet":
        return _parquet(artifact, folder / "item_vectors.parquet", folder / "user_vectors.parquet")
    return _tables(artifact, folder, write_rows)


def _parquet(artifact: Artifact, items_path: Path, users_path: Path) -> dict[Path, bytes]:
    """Return ids, titles and years, and the vectors as lists of one length: what vector stores and DuckDB take."""
    _require_vectors(artifact, "Parquet")
    items, _ = open_items(artifact)
    about: dict[str, Column] = {
        "item_id": lambda rows: id_array(items.vocabulary, rows),
        "title": lambda rows: texts(items.titles[rows]),
        "year": lambda rows: numbers(items.years[rows], items.years[rows] == NO_YEAR),
    }
    files = {items_path: _vector_file(about, read_vectors(artifact, len(items)))}
    if USER_VECTORS in artifact.manifest.files:
        users = users_from_csv(artifact.read_bytes(USERS)).vocabulary
        ids: dict[str, Column] = {"user_id": lambda rows: id_array(users, rows)}
        files[users_path] = _vector_file(ids, artifact.read_array(USER_VECTORS))
    return files


def _vector_file(about: Mapping[str, Column], values: NDArray[np.float32]) -> bytes:
    columns = {**about, "vector": lambda rows: vectors(values[rows])}
    return b"".join(encoded(Table("vectors", columns, len(values)), "parquet"))


def _tables(artifact: Artifact, folder: Path, write_rows: WriteRows) -> dict[Path, bytes]:
    _require_vectors(artifact, "CSV")
    items, _ = open_items(artifact)
    described = [(items.vocabulary.id(num), items.titles[num], items.year(num)) for num in range(len(items))]
    values = read_vectors(artifact, len(items))
    files = {folder / "item_vectors.csv": _csv(("item_id", "title", "year"), described, values, write_rows)}
    if USER_VECTORS in artifact.manifest.files:
        users = users_from_csv(artifact.read_bytes(USERS)).vocabulary
        ids = [(users.id(num),) for num in range(len(users))]
        files[folder / "user_vectors.csv"] = _csv(("user_id",), ids, artifact.read_array(USER_VECTORS), write_rows)
    return files


def _csv(columns: Cells, described: Sequence[Cells], values: NDArray[np.float32], write_rows: WriteRows) -> bytes:
    header = (*columns, *(f"v{number}" for number in range(values.shape[1])))
    lines = write_rows(described, ",").splitlines()  # breaks inside of texts are spelled out
    rows = (f"{line},{vector}\n" for line, vector in zip(lines, _joined(values, ","), strict=True))
    return "".join([write_rows([header], ","), *rows]).encode()


def _joined(values: NDArray[np.float32], separator: str) -> list[str]:
    """Return a text for each vector, of numbers in as many digits as give the same bits when they are read."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n, d = values.shape
    digits = pc.cast(numbers(values.reshape(-1)), pa.string())
    lists = pa.ListArray.from_arrays(numbers(np.arange(n + 1, dtype=np.int32) * d), digits)
    joined: list[str] = pc.binary_join(lists, texts([separator])[0]).to_pylist()
    return joined


def _projector(artifact: Artifact, out: Path, write_rows: WriteRows) -> dict[Path, bytes]:
    """Return the two files of the Embedding Projector: vectors without a header, and what the points are."""
    _require_vectors(artifact, "the Embedding Projector")
    items, _ = open_items(artifact)
    header = ("item_id", "title", "year", "ratings", "genres")
    rows = [
        (items.vocabulary.id(num), items.titles[num], items.year(num), int(items.n_ratings[num]), "|".join(own))
        for num, own in enumerate(items.genres)
    ]
    lines = "".join(f"{vector}\n" for vector in _joined(read_vectors(artifact, len(items)), "\t"))
    metadata = out.with_name(f"{out.stem}.metadata{out.suffix}")
    return {out: lines.encode(), metadata: write_rows([header, *rows], "\t").encode()}


def _require_vectors(artifact: Artifact, what: str) -> None:
    name = artifact.manifest.name
    require(
        ITEM_VECTORS in artifact.manifest.files, f"{artifact.ref} has no vectors to write for {what}",
        fix=f"recli models export {artifact.ref} --out {name}.npz",
    )  # fmt: skip


def _keras(artifact: Artifact) -> bytes:
    from recli.models import backend

    model = load_predictor(artifact).model
    if not isinstance(model, StarsModel):
        raise UsageError(
            f"{artifact.ref} is no Keras network: dot, deep and hybrid are",
            fix=f"recli models export {artifact.ref} --out {artifact.manifest.name}.npz",
        )
    backend.start()
    from recli.models.keras_files import keras_bytes

    return keras_bytes(model)


def _remarks(artifact: Artifact) -> tuple[str, ...]:
    """Say what the network takes and gives."""
    inputs = "its inputs are rows: the position in users.csv or items.csv of the version, plus 1; row 0 is the unknown"
    ordinal = artifact.manifest.about.get("parameters", {}).get("loss") == "ordinal"
    output = "its output is a score: the levels and cut points that make stars of it are in the .npz export"
    return (inputs, output) if ordinal else (inputs,)
