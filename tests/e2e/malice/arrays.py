"""Arrays in a version of ``dot``, which ``similar`` maps, and of ``bias``, which ``predict`` loads."""

import io
import os
import pickle  # noqa: TID251  # to be refused
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import Case
from .forging import Copies, forge
from .zips import Member, zipped

_NPY, _NPZ = "item_vectors.npy", "weights.npz"
SHAPE = (40, 8)
BIASES = {"mean": (1,), "user_biases": (60,), "item_biases": (40,)}


class Canary:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def saved(array: NDArray[Any], version: tuple[int, int] | None = None) -> bytes:
    """Return an array as NumPy writes it."""
    content = io.BytesIO()
    np.lib.format.write_array(content, array, version, allow_pickle=True)
    return content.getvalue()


def headed(header: str, body: bytes = bytes(4 * 320), version: int = 1, length: int | None = None) -> bytes:
    """Return a ``.npy`` file with a header written by hand, whose length may be a lie."""
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    size = len(text) if length is None else length
    return b"\x93NUMPY" + bytes([version, 0]) + size.to_bytes(2 if version == 1 else 4, "little") + text + body


def plain(descr: str = "<f4", shape: str = "(40, 8)", fortran: bool = False) -> str:
    """Return a header."""
    return f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def _vectors(outside: Path) -> Iterator[tuple[str, bytes, Any, str]]:
    """Yield name, file, what the manifest says of it (dtype and shape), and the words of the error."""
    vectors, honest, foreign = np.ones(SHAPE, np.float32), ["float32", [*SHAPE]], "is no .npy file of plain"
    objects = np.array([Canary(outside / "canary")], dtype=object)
    for dtype in ("object", "|O", "float32"):
        yield f"objects, declared as {dtype}", saved(objects), [dtype, [1]], foreign
    yield "a bare pickle", pickle.dumps(Canary(outside / "canary")), honest, foreign
    yield "a pickle with a plain header", headed(plain(), pickle.dumps(objects)), honest, "does not fit"
    yield "a billion floats", headed(plain(shape="(1000000000,)")), ["float32", [10**9]], "does not fit"
    yield "2^80 floats", headed(plain(shape=f"({2**80},)")), ["float32", [2**80]], "does not fit"
    yield (
        "floats that wrap to none",
        headed(plain(shape=f"({2**32}, {2**32})")),
        ["float32", [2**32] * 2],
        ("does not fit"),
    )
    yield (
        "a thousand dimensions",
        headed(plain(shape="(" + "1, " * 1_000 + ")")),
        ["float32", [1] * 1_000],
        "does not fit",
    )
    yield "Fortran order", saved(np.asfortranarray(vectors)), honest, foreign
    yield "big-endian numbers", saved(vectors.astype(">f4")), honest, "holds >f4"
    yield "big-endian numbers, declared", saved(vectors.astype(">f4")), [">f4", [*SHAPE]], "is >f4"
    yield "records", saved(np.zeros(2, [("a", "f4"), ("b", "O")])), honest, foreign
    yield "items of no bytes", headed(plain("|S0", "(9999999999,)"), b""), ["|S0", [9_999_999_999]], "."
    yield "items of a megabyte", headed(plain("|S999999", "(1,)"), bytes(999_999)), ["|S999999", [1]], "S999999"
    yield "a negative length", headed(plain(shape="(-1, 8)")), honest, foreign
    yield "a negative length, declared", headed(plain(shape="(-1, 8)")), ["float32", [-1, 8]], "no natural number"
    yield "a header longer than the file", headed(plain(), length=65_000), honest, foreign
    yield "version 2 with 4 GiB of header", headed(plain(), version=2, length=0xFFFFFFF0), honest, foreign
    yield "version 3", saved(vectors, (3, 0)), honest, foreign
    yield "code for a header", headed(f"__import__('os').mkdir({str(outside / 'canary')!r})"), honest, foreign
    yield "a header a million deep", headed("[" * 60_000), honest, foreign
    yield "no bytes", b"", honest, foreign
    yield "text for numbers", saved(np.full(SHAPE, "x")), ["<U1", [*SHAPE]], "U1"
    yield "numbers that are none", saved(np.full(SHAPE, np.nan, np.float32)), honest, "no finite number"
    yield "numbers whose products are none", saved(np.full(SHAPE, 1e30, np.float32)), honest, "no training makes"
    yield "too few rows", saved(vectors[:7]), ["float32", [7, 8]], r"\(7, 8\)"


def npz(arrays: Mapping[str, NDArray[Any]], method: int = zipfile.ZIP_STORED, copies: int = 1) -> bytes:
    """Return a ``.npz``, perhaps with every member more than once."""
    members = [
        Member(f"{name}.npy".encode(), raw := saved(array), raw, zipfile.ZIP_STORED) for name, array in arrays.items()
    ]
    if method == zipfile.ZIP_DEFLATED:
        members = [Member(member.name, member.content) for member in members]
    return zipped([member for member in members for _ in range(copies)])


def _weights(outside: Path) -> Iterator[tuple[str, bytes, Any, str]]:
    """Yield the same of a ``.npz``."""
    good = {name: np.zeros(shape, np.float32) for name, shape in BIASES.items()}
    honest: dict[str, Any] = {name: ["float32", [*shape]] for name, shape in BIASES.items()}
    objects = np.array([Canary(outside / "canary")], dtype=object)
    yield "an extra array", npz({**good, "more": good["mean"]}), honest, "other arrays"
    yield "every array twice", npz(good, copies=2), honest, "other arrays"
    yield "an array too few", npz({"mean": good["mean"]}), honest, "other arrays"
    yield "names that lead out", npz({f"../../{name}": array for name, array in good.items()}), honest, "other arrays"
    yield (
        "names that lead out, declared",
        npz({f"../{name}": array for name, array in good.items()}),
        {f"../{name}": entry for name, entry in honest.items()},
        "missing",
    )
    yield "objects", npz({**good, "mean": objects}), {**honest, "mean": ["object", [1]]}, "is no .npy file of plain"
    yield "a bare pickle", pickle.dumps(Canary(outside / "canary")), honest, "is not the .npz"
    bomb = {**good, "mean": np.zeros(64 << 20, np.uint8)}
    yield "a bomb", npz(bomb, zipfile.ZIP_DEFLATED), {**honest, "mean": ["uint8", [64 << 20]]}, "compressed"
    liar = [Member(f"{name}.npy".encode(), saved(array), size=2**31) for name, array in good.items()]
    yield "2 GiB by their entries", zipped(liar), honest, "compressed|overlapping"
    raw = saved(good["mean"])
    one = [Member(f"{name}.npy".encode(), raw, raw, zipfile.ZIP_STORED, offset=0) for name in good]
    yield "one body for all arrays", zipped(one), honest, "is not the .npz"
    many = [Member(f"{name}.npy".encode(), raw, raw, zipfile.ZIP_STORED, mode=0o120777) for name in good]
    yield "links", zipped(many), honest, "is not the .npz"
    yield (
        "a password",
        zipped([Member(b"mean.npy", raw, raw, zipfile.ZIP_STORED, flags=1)]),
        {"mean": honest["mean"]},
        "is not the .npz",
    )
    yield "no member", zipped([]), honest, "other arrays"
    yield "60,000 members", zipped([Member(b"%d" % n) for n in range(60_000)]), honest, "other arrays"


def array_cases(copies: Copies, outside: Path) -> Iterator[Case]:
    """Forge the versions, and yield the commands that meet them."""
    for name, content, declared, words in _vectors(outside):
        root = copies.store()
        forge(root / "models" / "dot" / "0001", {_NPY: content}, {_NPY: {"": declared}})
        yield Case(f".npy: {name}", ("similar", "--id", "1", "--model", "dot:1", "--artifacts", str(root)), words)
    for name, content, declared, words in _weights(outside):
        root = copies.store()
        forge(root / "models" / "bias" / "0001", {_NPZ: content}, {_NPZ: declared})
        argv = ("predict", "--user", "1", "--item", "1", "--model", "bias:1", "--artifacts", str(root))
        yield Case(f".npz: {name}", argv, words)
