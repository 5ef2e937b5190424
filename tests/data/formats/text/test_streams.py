import gzip
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from recli.core.errors import InputDataError, NotFoundError
from recli.data.formats.text import streams
from recli.data.formats.text.streams import MAX_LINE_BYTES, Source, open_source


def blocks(content: bytes, name: str = "r.csv") -> list[bytes]:
    return list(Source(name, io.BytesIO(content)).blocks())


def test_blocks_are_whole_lines_and_together_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BLOCK_BYTES", 7)
    found = blocks(b"ab\ncd\nefghijklm\n\nno")
    assert b"".join(found) == b"ab\ncd\nefghijklm\n\nno\n"
    assert all(block.endswith(b"\n") for block in found)


def test_a_line_that_never_ends_is_cut_and_stays_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BLOCK_BYTES", MAX_LINE_BYTES)
    (long, rest) = b"".join(blocks(b"x" * 10 * MAX_LINE_BYTES + b"\n1,2\n")).splitlines()
    assert MAX_LINE_BYTES < len(long) <= 3 * MAX_LINE_BYTES
    assert rest == b"1,2"


def test_a_file_without_an_end_of_line_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BLOCK_BYTES", 1 << 20)
    monkeypatch.setattr(streams, "_ENDLESS", 3 << 20)
    with Path("/dev/zero").open("rb") as file, pytest.raises(InputDataError, match="zeros: 3 MiB without an end"):
        list(Source("zeros", file).blocks())


def zstd(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_what_packs_is_known_by_its_first_bytes_and_hashed_as_it_lies_there(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(b"1,2,3\n")
    source = Source("ratings.csv", io.BytesIO(packed))
    assert list(source.blocks()) == [b"1,2,3\n"]
    assert source.sha256 == hashlib.sha256(packed).hexdigest()


def test_frames_of_zstd_follow_each_other_and_others_are_skipped() -> None:
    skipped = b"\x50\x2a\x4d\x18\x04\0\0\0size"  # as pzstd writes before each frame
    assert b"".join(blocks(skipped + zstd(b"1,2,3\n") + skipped + zstd(b"4,5,1\n"))) == b"1,2,3\n4,5,1\n"


def test_damage_of_what_packs_is_told_with_the_command_that_looks_for_it() -> None:
    for pack, fix in ((gzip.compress, "gzip -t 'my r.csv'"), (zstd, "zstd -t 'my r.csv'")):
        with pytest.raises(InputDataError, match=r"my r\.csv is a damaged") as told:
            blocks(pack(b"1,2,3\n" * 99)[:-6], "my r.csv")
        assert told.value.fix == fix


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_bomb_is_given_up(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_INFLATED", 1 << 20)
    with pytest.raises(InputDataError, match="inflates to more than 200 times its size"):
        blocks(pack(b"1,2,3\n" * (1 << 20)))


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert blocks(b"\xef\xbb\xbfuser\n") == [b"user\n"]


def test_who_waits_is_told_how_far_a_file_is_read_and_when_all_of_it_was(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(b"1,2,3\n" * 500_000)
    told: list[tuple[int, int | None]] = []
    with open_source(tmp_path / "r.csv", lambda done, total: told.append((done, total))) as source:
        blocks = source.blocks()
        next(blocks)
        assert 0 < told[-1][0] <= told[-1][1] == 3_000_000
        assert list(blocks) == []
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (3_000_000, 3_000_000)


def test_of_a_pipe_the_size_is_known_at_its_end() -> None:
    told: list[tuple[int, int | None]] = []
    source = Source("stdin", io.BytesIO(b"1,2,3\n"), lambda done, total: told.append((done, total)))
    assert list(source.blocks()) == [b"1,2,3\n"]
    assert (told[0], told[-1]) == ((6, None), (6, 6))


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"), open_source(tmp_path / "none.csv"):
        pass
    with pytest.raises(InputDataError, match="directory"), open_source(tmp_path):
        pass
