"""Zips and folders for ``recli fetch --from``, written byte by byte, as no library would."""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import Case

PLAIN = {b"ml-100k/u.data": b"1\t1\t5\t0\n" * 100, b"ml-100k/u.item": b"1|A|\n" * 20, b"ml-100k/u.user": b"1|2|M|x|y\n"}
ZEROS = bytes(31 << 20)
_ITEM = b"ml-100k/u.item"


@dataclass(frozen=True)
class Member:
    """An entry, in which every field may lie."""

    name: bytes
    content: bytes = b""
    packed: bytes | None = None
    """What stands in the file instead of the content, compressed."""
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    mode: int = 0
    size: int | None = None
    """What the entry says it has of bytes."""
    offset: int | None = None
    """Where the entry says it begins."""

    @cached_property
    def body(self) -> bytes:
        """What stands in the file."""
        return deflated(self.content) if self.packed is None else self.packed

    @cached_property
    def facts(self) -> tuple[int, int, int]:
        """CRC, compressed size, size."""
        size = len(self.content) if self.size is None else self.size
        return zlib.crc32(self.content), len(self.body), size

    def local(self) -> bytes:
        """Return the header that stands before the body."""
        fields = (20, self.flags, self.method, 0, 33, *self.facts, len(self.name), 0)
        return struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + self.name

    def central(self, offset: int) -> bytes:
        """Return the entry of the directory."""
        place = offset if self.offset is None else self.offset
        fields = (0x314, 20, self.flags, self.method, 0, 33, *self.facts, len(self.name), 0, 0, 0, 0)
        return struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields, self.mode << 16, place) + self.name


def deflated(content: bytes) -> bytes:
    """Return bytes as a raw deflate stream."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def zipped(members: Sequence[Member], *, directory_size: int | None = None, count: int | None = None) -> bytes:
    """Return a zip; the last record may lie about the size of the directory and the number of entries."""
    body, entries = bytearray(), bytearray()
    for member in members:
        entries += member.central(len(body))
        body += member.local() + member.body
    size, n = len(entries) if directory_size is None else directory_size, len(members) if count is None else count
    return bytes(body + entries) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, n, n, size, len(body), 0)


def with_plain(*members: Member) -> bytes:
    """Return a zip of members, and of plain ones in place of those that the members do not replace."""
    names = {member.name for member in members}
    return zipped([*members, *(Member(name, content) for name, content in PLAIN.items() if name not in names)])


def renamed(prefix: bytes) -> bytes:
    """Return the plain zip with other paths."""
    return zipped([Member(name.replace(b"ml-100k/", prefix), content) for name, content in PLAIN.items()])


def overlapping() -> bytes:
    """Return two members of which the first quotes the header of the second, and shares its bytes.

    David Fifield, "A better zip bomb", WOOT 2019.
    """
    kernel = b"".join(b"%d|A|\n" % n for n in range(1_000))
    inner, user = Member(_ITEM, kernel), Member(b"ml-100k/u.user", b"1|")
    header = inner.local()
    stored = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF)
    outer = Member(b"ml-100k/u.data", header + kernel, packed=stored + header + inner.body)
    begin, end = len(outer.local()) + len(stored), len(outer.local()) + len(outer.body)
    entries = outer.central(0) + inner.central(begin) + user.central(end)
    body = outer.local() + outer.body + user.local() + user.body
    return body + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(entries), len(body), 0)


def nested(levels: int) -> bytes:
    """Return zips in zips around zeros: 42.zip has five levels of sixteen each."""
    content = zipped([Member(b"0.dll", ZEROS)])
    for level in range(levels):
        content = zipped([Member(b"%d.zip" % n, content) for n in range(16 if level < 2 else 2)])
    return content


def solid() -> bytes:
    """Return a zip whose members are compressed by LZMA, whose header can ask for a dictionary of 4 GiB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        for name, member in PLAIN.items():
            archive.writestr(name.decode(), member)
    return content.getvalue()


def _zips(outside: Path) -> Iterator[tuple[str, bytes, str]]:
    data, canary = PLAIN[b"ml-100k/u.data"], os.fsencode(outside / "canary")
    lacks = r"has no u\.data, u\.item, u\.user"
    not_official = r"u\.data in .* is not GroupLens' file"
    yield "paths with ..", renamed(b"../../"), lacks
    yield "paths through the folder with ..", renamed(b"ml-100k/../ml-100k/"), lacks
    yield "absolute paths", renamed(os.fsencode(outside) + b"/"), lacks
    yield "backslashes", renamed(b"..\\..\\"), lacks
    yield "a drive letter", renamed(b"C:/"), lacks
    yield "a slash before the folder", renamed(b"/ml-100k/"), lacks
    yield (
        "a stray member that leads out",
        with_plain(Member(b"../../canary", b"sung"), Member(canary, b"sung")),
        (not_official),
    )
    yield "a link", with_plain(Member(_ITEM, b"/etc/passwd", mode=stat.S_IFLNK | 0o777)), "is a link"
    yield (
        "a link to a folder, and a member through it",
        with_plain(Member(b"ml-100k", os.fsencode(outside), mode=stat.S_IFLNK | 0o777)),
        not_official,
    )
    yield "a pipe", with_plain(Member(_ITEM, mode=stat.S_IFIFO | 0o644)), "is a link or another special"
    yield "a device", with_plain(Member(_ITEM, mode=stat.S_IFCHR | 0o644)), "is a link or another special"
    yield "one name twice", zipped([Member(_ITEM, b"1|B|\n"), *(Member(*pair) for pair in PLAIN.items())]), "twice"
    yield "two names for one member", with_plain(Member(b"u.data", data)), "twice"
    yield "names that differ in case", with_plain(Member(b"ML-100K/U.DATA", b"x")), not_official
    yield "names in the wrong case only", renamed(b"ML-100K/"), lacks
    yield "a name with NUL", with_plain(Member(b"ml-100k/u.data\0.exe", b"x")), "twice"
    yield "a name with a line break", with_plain(Member(b"ml-100k/u.data\nrecli: done", b"x")), not_official
    yield "overlapping members", overlapping(), "overlap"
    yield (
        "one body for all members",
        zipped([Member(name, data, offset=0) for name in PLAIN]),
        "overlap|is damaged, or no zip",
    )
    yield "zips in zips", nested(3), lacks
    yield "a bomb", with_plain(Member(_ITEM, ZEROS)), "would inflate from"
    yield "a bomb of no stated size", with_plain(Member(_ITEM, ZEROS, size=500)), "is damaged"
    yield "4 GiB by their entry", with_plain(Member(_ITEM, b"x", size=0xFFFFFFFE)), "would inflate from"
    yield "ZIP64 without its field", with_plain(Member(_ITEM, b"x", size=0xFFFFFFFF)), "would inflate|is damaged"
    yield "60,000 entries", zipped([*(Member(b"%d" % n) for n in range(60_000))]), "entries"
    yield (
        "a directory of a wrong size",
        zipped([Member(*pair) for pair in PLAIN.items()], directory_size=7),
        ("damaged|has no"),
    )
    yield "a directory longer than the zip", zipped([], directory_size=0xFFFFFFF0), "is damaged, or no zip"
    yield "entries beyond the zip", with_plain(Member(_ITEM, b"x", offset=0x7FFFFFF0)), "is damaged|overlap"
    yield "a password", with_plain(Member(_ITEM, b"x" * 20, flags=1)), "encrypted"
    yield "an unknown method", with_plain(Member(_ITEM, b"x", method=99)), "compressed by method 99"
    yield "LZMA", solid(), "compressed by method 14"
    yield "a folder of a file's name", with_plain(Member(b"ml-100k/u.item/", b"")), not_official
    yield "a stream that ends early", with_plain(Member(_ITEM, b"x" * 99, packed=b"\x4b")), "is damaged"
    yield "a page", b"<html><script>alert(1)</script></html>", "no zip at all"


def zip_cases(folder: Path, outside: Path) -> Iterator[Case]:
    """Write the zips, and yield the commands that meet them."""
    for number, (name, content, words) in enumerate(_zips(outside)):
        path = folder / f"{number}.zip"
        path.write_bytes(content)
        yield Case(f"zip: {name}", ("fetch", "--from", str(path)), words)
    yield from _paths(folder)


def _paths(folder: Path) -> Iterator[Case]:
    """Yield what stands where a zip or a folder should be."""
    with (huge := folder / "huge.zip").open("wb") as file:
        file.truncate(1 << 40)  # sparse: takes no disk
    os.mkfifo(pipe := folder / "pipe.zip")
    for name, path in (("a file of a terabyte", huge), ("a pipe", pipe), ("/dev/zero", Path("/dev/zero"))):
        yield Case(f"path: {name}", ("fetch", "--from", str(path)), "no regular file|bytes long")
    for name, target in (("a pipe", pipe), ("a link to a device", Path("/dev/zero")), ("a link to a terabyte", huge)):
        place = folder / f"with {name}"
        place.mkdir()
        for member, content in PLAIN.items():
            (place / member.decode().rpartition("/")[2]).write_bytes(content)
        (place / "u.item").unlink()
        (place / "u.item").symlink_to(target)
        yield Case(f"folder: {name}", ("fetch", "--from", str(place)), "no regular file|bytes long")
