"""Manifests, and other things than the files they list."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import Case
from .arrays import saved
from .forging import Copies, Record, forge

_DOT = Path("models") / "dot"
Change = Callable[[Record], object]


def _put(*keys: str, value: Any) -> Change:
    """Return what sets a value deep in a record."""

    def change(record: Record) -> None:
        for key in keys[:-1]:
            record = record[key]
        record[keys[-1]] = value

    return change


def _file(name: str, **entry: Any) -> Change:
    """Return what lists one more file."""
    return _put("files", name, value={"bytes": 6, "sha256": "0" * 64, "arrays": {}} | entry)


def _records() -> Iterator[tuple[str, Change, str]]:
    """Yield name, what is done to the record, and the words of the error."""
    for path in ("../../../../outside/secret", "/etc/passwd", "a/../../b", "..", "..\\..\\b", "C:/b", "a\0b", "a\nb"):
        yield f"the path {path!r}", _file(path), "not the name of a file"
    yield "a path of a megabyte", _file("/" * (1 << 20)), "not the name of a file"
    yield "its own name", _file("manifest.json"), "not the name of a file"
    yield "names that differ in case", _file("METRICS.json"), "differ only in case"
    yield "2^80 bytes", _put("files", "items.csv", "bytes", value=2**80), "bytes, not"
    yield "negative bytes", _put("files", "items.csv", "bytes", value=-1), "no natural number"
    yield "true for bytes", _put("files", "items.csv", "bytes", value=True), "bytes is no int"
    yield "a newer format", _put("format", value=99), "its format is 99"
    yield "another version", _put("version", value=2), "of another artifact"
    yield "a name that leads out", _put("name", value="../dot"), "of another artifact"
    yield "a list for the files", _put("files", value=[]), "files is no dict"


def _runs() -> Iterator[tuple[str, Change, str]]:
    """Yield the same of what the manifest says of the model, which is read where the model is needed."""
    unknown, no_run = "describes no known model", "describes no training run"
    yield "10^12 users", _put("dataset", "users", value=10**12), r"not int32 \(1000000000000,\)"
    yield "a vector of 10^9 numbers", _put("parameters", "embedding_size", value=10**9), r"\(None, 1000000000\)"
    yield "code for a parameter", _put("parameters", "embedding_size", value="__import__('os')"), unknown
    yield "an unknown parameter", _put("parameters", "loader", value="pickle"), unknown
    yield "a list for the parameters", _put("parameters", value=[1]), no_run
    yield "a scale upside down", _put("dataset", "scale", "high", value=-1e308), no_run
    yield "no dataset", _put("dataset", value=None), no_run


def _texts() -> Iterator[tuple[str, Callable[[bytes], bytes], str]]:
    """Yield the same of the text."""
    deep = b"[" * 1_000_000 + b"]" * 1_000_000
    yield "a million brackets", lambda text: text.replace(b'"fit": ', b'"deep": ' + deep + b', "fit": '), "no manifest"
    yield (
        "an integer of a million digits",
        lambda text: text.replace(b'"seed": 0', b'"seed": ' + b"9" * 10**6),
        ("no manifest"),
    )
    yield "NaN", lambda text: text.replace(b'"seed": 0', b'"seed": NaN', 1), "NaN is not JSON"
    yield "a number beyond all", lambda text: text.replace(b'"seed": 0', b'"seed": 1e999', 1), "1e999 is not JSON"
    yield "a key twice", lambda text: b'{"files": {}, ' + text[1:], "a key twice"
    yield "not UTF-8", lambda text: text + b"\xff", "no manifest"
    yield "UTF-16", lambda text: text.decode().encode("utf-16"), "no manifest"
    yield "no bytes", lambda text: b"", "no manifest"
    yield "20 MiB of blanks", lambda text: text + b" " * (20 << 20), "is larger than"


def _stand_ins(outside: Path) -> Iterator[tuple[str, Callable[[Path], object], str]]:
    """Yield what may stand in place of a file of a version."""

    def instead(name: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
        def act(version: Path) -> None:
            path = version / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            make(path)

        return act

    def endless(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(1 << 40)  # sparse: takes no disk

    for name in ("manifest.json", "SHA256SUMS", "item_vectors.npy", "items.csv"):
        yield (
            f"a link for {name}",
            instead(name, lambda path: path.symlink_to(outside / "secret")),
            "is a symbolic link",
        )
        yield f"a pipe for {name}", instead(name, lambda path: os.mkfifo(path)), "is not a file"
        yield f"a folder for {name}", instead(name, Path.mkdir), "is not a file|is missing|no version"
        yield f"a terabyte for {name}", instead(name, endless), "is larger than|bytes, not"
    yield "a link to /dev/zero", instead("items.csv", lambda path: path.symlink_to("/dev/zero")), "is a symbolic link"
    yield (
        "a link for the version",
        lambda version: (
            version.rename(version.parent / "real"),
            version.symlink_to("real"),
        ),
        "is a symbolic link",
    )


def _odds(outside: Path) -> Iterator[tuple[str, Callable[[Path], object], str]]:
    """Yield what else may stand in a store."""

    def alias(content: str) -> Callable[[Path], object]:
        def act(root: Path) -> None:
            (root / _DOT / "aliases").mkdir(exist_ok=True)
            (root / _DOT / "aliases" / "best").write_text(content)

        return act

    yield "an alias that leads out", alias("../../../outside"), "names no version"
    yield "an alias of a million digits", alias("9" * 10**6), "names no version"
    yield "an alias of no version", alias("0000"), "names no version"
    yield (
        "an alias that is a link",
        lambda root: (
            alias("0001")(root),
            (root / _DOT / "aliases" / "best").unlink(),
            (root / _DOT / "aliases" / "best").symlink_to(outside / "secret"),
        ),
        "is a symbolic link",
    )
    yield (
        "FORMAT of a newer store",
        lambda root: (root / "FORMAT").write_text("2\n"),
        "has format 2, and this recli reads",
    )
    yield (
        "FORMAT of a million digits",
        lambda root: (root / "FORMAT").write_text("9" * 10**6),
        ("holds no format number"),
    )
    yield "a pipe for FORMAT", lambda root: ((root / "FORMAT").unlink(), os.mkfifo(root / "FORMAT")), "is not a file"


def _inner() -> Iterator[tuple[str, str, bytes, str]]:
    """Yield files of a version that are text."""
    header = b'"item_id","title","year","release_date","genres","url","ratings","mean_rating"\n'
    yield (
        "items.csv",
        "a cell of a megabyte",
        header + b'1,"' + b"x" * (1 << 20) + b'",1990,"","","",1,1\n',
        "malformed",
    )
    yield "items.csv", "an open quote", header + b'1,"', "malformed"
    yield "items.csv", "NUL bytes", header + b"\0" * 99, "malformed"
    yield "items.csv", "a year of 10^5000", header + b"1,x," + b"9" * 5_000 + b",,,,1,1\n", "malformed"
    yield "items.csv", "one id twice", header + b"1,x,,,,,1,1\n" * 40, "."
    yield "items.csv", "no header", b"", "malformed"


def _ratings() -> Iterator[tuple[str, NDArray[Any], str]]:
    """Yield column of a dataset, what it holds, and the words of the error."""
    yield "user_nums", np.full(1132, 2**31 - 1, np.int32), "outside 0"
    yield "item_nums", np.full(1132, -1, np.int32), "outside 0"
    yield "values", np.full(1132, np.inf, np.float32), "no finite number"
    yield "values", np.zeros(3, np.float32), "malformed"
    yield "timestamps", np.zeros(1132, np.float32), "malformed"


def manifest_cases(copies: Copies, outside: Path) -> Iterator[Case]:
    """Forge the artifacts, and yield the commands that meet them."""

    def meets(name: str, root: Path, words: str, *argv: str) -> Case:
        return Case(name, (*(argv or ("similar", "--id", "1", "--model", "dot:1")), "--artifacts", str(root)), words)

    for name, change, words in _records():
        forge((root := copies.store()) / _DOT / "0001", change=change)
        yield meets(f"manifest: {name}", root, words)
    for name, change, words in _runs():
        forge((root := copies.store()) / _DOT / "0001", change=change)
        yield meets(f"manifest: {name}", root, words, "predict", "--user", "1", "--item", "1", "--model", "dot:1")
    for name, rewrite, words in _texts():
        forge((root := copies.store()) / _DOT / "0001", rewrite=rewrite)
        yield meets(f"manifest: {name}", root, words)
    for name, put, words in _stand_ins(outside):
        put((root := copies.store()) / _DOT / "0001")
        yield meets(f"store: {name}", root, words)
    for name, put, words in _odds(outside):
        put(root := copies.store())
        yield meets(f"store: {name}", root, words, "similar", "--id", "1", "--model", "dot@best")
    for file, name, content, words in _inner():
        forge((root := copies.store()) / _DOT / "0001", {file: content})
        yield meets(f"{file}: {name}", root, words)
    for column, numbers, words in _ratings():
        name, entry = f"ratings/{column}.npy", [str(numbers.dtype), [len(numbers)]]
        forge((root := copies.store()) / "datasets" / "tiny", {name: saved(numbers)}, {name: {"": entry}})
        yield meets(f"{name}: {words}", root, words, "stats", "tiny")
