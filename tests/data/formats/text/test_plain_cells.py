"""Which blocks Arrow may divide; that it says what a line-by-line reading says is in ``test_generated_files``."""

import pytest

from recli.data.formats.accounting import Accounting
from recli.data.formats.columns import Places
from recli.data.formats.text.plain_cells import plain_cells
from recli.data.formats.text.rating_blocks import RatingLayout, careful_block, plain_block
from recli.data.formats.text.rows import COLONS, CSV, TSV, Syntax
from recli.data.formats.text.streams import MAX_LINE_BYTES


def cells(block: bytes, syntax: Syntax = CSV, encoding: str = "utf-8") -> list[list[str]] | None:
    columns = plain_cells(block, syntax, 3, wanted=[0, 1, 2], differing=2, encoding=encoding)
    return None if columns is None else [columns[place].to_pylist() for place in range(3)]


@pytest.mark.parametrize(
    ("block", "syntax"),
    [
        (b"a,b,c\nd,e,f\n", CSV), (b"a,b,c\r\nd,e,f\r\n", CSV), (b'"a",b,c\nd,"e","f"\n', CSV),
        (b"a\tb\tc\nd\te\tf\n", TSV), (b"a::b::c\nd::e::f\n", COLONS),
    ],
)  # fmt: skip
def test_plain_lines_are_divided(block: bytes, syntax: Syntax) -> None:
    assert cells(block, syntax) == [["a", "d"], ["b", "e"], ["c", "f"]]


def test_what_is_no_quote_is_kept_and_text_is_read_in_its_encoding() -> None:
    assert cells(b'"a\tNULL\tnan\n', TSV) == [['"a'], ["NULL"], ["nan"]]
    assert cells("é,日,\n".encode()) == [["é"], ["日"], [""]]
    assert cells(b"\xe9,b,c\n", encoding="latin-1") == [["é"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("block", "syntax"),
    [
        (b"a,b\n", CSV), (b"a,b,c,d\n", CSV), (b"a,b,c\r\r\n", CSV), (b"a,b\r,c\n", CSV),
        (b"a,b,c\0\n", CSV), (b"\xe9,b,c\n", CSV), (b'"a,b",c\n', CSV), (b'"a\nb",c,d\n', CSV), (b'a"b,c,d\n', CSV),
        (b'"a""b",c,d\n', CSV), (b'",b,c\n', CSV), (b'"a" ,b,c\n', CSV), (b"a:::b::c\n", COLONS),
        (b"a::b\tb::c\n", COLONS), (b"\xef\xbb\xbfa,b,c\n", CSV), (b"a,b," + b"x" * MAX_LINE_BYTES + b"\n", CSV),
    ],
)  # fmt: skip
def test_lines_that_take_care_are_left_to_the_careful_reader(block: bytes, syntax: Syntax) -> None:
    assert cells(block, syntax) is None


LAYOUT = RatingLayout(CSV, header=False, names=("user", "item", "rating", "time"), places=Places(0, 1, 2, 3))


@pytest.mark.parametrize("time", [b"0x1F", b"0X1", b"9000000000000000001", b"1e300", b"99999999999999999999", b"+"])
def test_times_that_arrow_might_read_and_recli_does_not_are_not_plain(time: bytes) -> None:
    assert plain_block(b"1,2,3,%s\n" % time, LAYOUT) is None


@pytest.mark.parametrize(("time", "read"), [(b"", 0), (b"9007199254740993", 9_007_199_254_740_993)])
def test_a_blank_time_is_none_and_a_long_one_loses_no_digit(time: bytes, read: int) -> None:
    line = b"1,2,3,%s\n" % time
    careful, _, _ = careful_block(line, 1, LAYOUT, Accounting(), last=True)
    plain = plain_block(line, LAYOUT)
    assert plain is not None
    assert plain.timestamps.tolist() == careful.timestamps.tolist() == [read]


@pytest.mark.parametrize("time", [b"978300760", b" 978300760", b"+978300760", b"00978300760", b"978300760.9"])
def test_a_time_is_read_in_any_of_its_spellings(time: bytes) -> None:
    block = plain_block(b"x,2,3,%s\n" % time, LAYOUT)
    assert block is not None
    assert block.timestamps.tolist() == [978300760]


@pytest.mark.parametrize("line", [b"", b",2,3,4", b" ,2,3,4", b"1,2,,4", b"1,2,nan,4", b"%s,2,3,4" % (b"x" * 129)])
def test_blank_ids_and_stars_that_are_none_are_not_plain(line: bytes) -> None:
    assert plain_block(b"1,2,3,4\n" + line + b"\n", LAYOUT) is None
