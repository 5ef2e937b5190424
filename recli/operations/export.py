"""Versions as files for other programs. recli never reads them back."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import UsageError, require
from recli.core.results.upkeep import Exported
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

Cells = Sequence[str | int | float | None]


class WriteRows(Protocol):
    """Makes lines of rows, in which no text does anything to a spreadsheet or terminal."""

    def __call__(self, rows: Iterable[Cells], separator: str, /) -> str:
        """Return the lines."""


def export_model(store: Store, write_rows: WriteRows, *, ref: str, out: Path) -> Exported:
    """Write a version for other programs.

    Args:
        store: holds it.
        write_rows: makes the lines of CSV and TSV.
        ref: the version.
        out: ``.npz`` for all that was learned; ``.keras`` for the network; ``.tsv`` for the Embedding Projector, with
            ``NAME.metadata.tsv`` beside it; without an ending a directory, for the vectors as CSV.

    Raises:
        UsageError: no such format, or the version has nothing to write in it.
        NotFoundError: there is no such version.
        IntegrityError: it is damaged.
        StorageError: no file can be written there.
    """
    writers: Mapping[str, Callable[[Artifact], dict[Path, bytes]]] = {
        ".npz": lambda artifact: {out: _npz(artifact)},
        ".keras": lambda artifact: {out: _keras(artifact)},
        ".tsv": lambda artifact: _projector(artifact, out, write_rows),
        "": lambda artifact: _tables(artifact, out, write_rows),
    }
    suffix = out.suffix.lower()
    require(
        suffix in writers, f"--out {out}: recli exports .npz, .keras and .tsv files, and CSV to a directory",
        fix=f"recli models export {ref} --out {ref.partition(':')[0]}.npz",
    )  # fmt: skip
    check_destination(out if suffix or not out.is_dir() else out / "item_vectors.csv")
    artifact = open_version(store, ref)
    files = writers[suffix](artifact)
    with nullcontext() if suffix else directory(out):
        write_together({path: (content,) for path, content in files.items()})
    return Exported(artifact.ref, tuple(files), _remarks(artifact) if suffix == ".keras" else ())


def _npz(artifact: Artifact) -> bytes:
    """Return all that was learned, and the vectors, as numpy and everything that reads its files takes them."""
    arrays = dict(artifact.read_arrays(WEIGHTS))
    for name in (ITEM_VECTORS, USER_VECTORS):
        if name in artifact.manifest.files:
            arrays.setdefault(name.removesuffix(".npy"), artifact.read_array(name))
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _tables(artifact: Artifact, folder: Path, write_rows: WriteRows) -> dict[Path, bytes]:
    _require_vectors(artifact, "CSV")
    items, _ = open_items(artifact)
    described = [(items.vocabulary.id(num), items.titles[num], items.year(num)) for num in range(len(items))]
    vectors = read_vectors(artifact, len(items))
    files = {folder / "item_vectors.csv": _csv(("item_id", "title", "year"), described, vectors, write_rows)}
    if USER_VECTORS in artifact.manifest.files:
        users = users_from_csv(artifact.read_bytes(USERS)).vocabulary
        ids = [(users.id(num),) for num in range(len(users))]
        files[folder / "user_vectors.csv"] = _csv(("user_id",), ids, artifact.read_array(USER_VECTORS), write_rows)
    return files


def _csv(columns: Cells, described: Sequence[Cells], vectors: NDArray[np.float32], write_rows: WriteRows) -> bytes:
    header = (*columns, *(f"v{number}" for number in range(1, vectors.shape[1] + 1)))
    lines = write_rows(described, ",").splitlines()  # breaks inside of texts are spelled out
    rows = (f"{line},{_numbers(vector, ',')}\n" for line, vector in zip(lines, vectors, strict=True))
    return "".join([write_rows([header], ","), *rows]).encode()


def _numbers(vector: NDArray[np.float32], separator: str) -> str:
    """Return numbers in as many digits as give the same bits when they are read."""
    return separator.join(map(str, vector))


def _projector(artifact: Artifact, out: Path, write_rows: WriteRows) -> dict[Path, bytes]:
    """Return the two files of the Embedding Projector: vectors without a header, and what the points are."""
    _require_vectors(artifact, "the Embedding Projector")
    items, _ = open_items(artifact)
    header = ("item_id", "title", "year", "ratings", "genres")
    rows = [
        (items.vocabulary.id(num), items.titles[num], items.year(num), int(items.n_ratings[num]), "|".join(own))
        for num, own in enumerate(items.genres)
    ]
    vectors = "".join(_numbers(vector, "\t") + "\n" for vector in read_vectors(artifact, len(items)))
    metadata = out.with_name(f"{out.stem}.metadata{out.suffix}")
    return {out: vectors.encode(), metadata: write_rows([header, *rows], "\t").encode()}


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
