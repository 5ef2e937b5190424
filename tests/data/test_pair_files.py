import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.errors import InputDataError, NotFoundError
from recli.data.pair_files import parse_pairs, read_pairs


def pairs(content: bytes, separator: str | None = None) -> list[tuple[int, str, str]]:
    return [tuple(pair) for pair in parse_pairs(io.BytesIO(content), "p.csv", separator)]


@pytest.mark.parametrize(
    "content",
    [
        b"user_id,item_id\n1,2\n3,x y\n",
        b"USER,Item\r\n1,2\r\n3,x y",
        b"\xef\xbb\xbfuserId,movieId\n1,2\n3,x y\n\n\n",
        b"user_id\titem_id\n1\t2\n3\tx y\n",
        b"user;item\n1;2\n3;x y\n",
        b"rating,movieId,userId\n5,2,1\n4,x y,3\n",
        b'User ID,Item-ID\n 1 , 2\n3,"x y"\n',
        b"memberId,productId\n1,2\n3,x y\n",
    ],
    ids=repr,
)
def test_a_header_finds_the_columns_and_lines_count_from_one(content: bytes) -> None:
    assert pairs(content) == [(2, "1", "2"), (3, "3", "x y")]


def test_without_a_header_the_first_two_columns_are_taken() -> None:
    assert pairs(b"196\t242\t3\t881250949\n186\t302\t3\t891717742\n") == [(1, "196", "242"), (2, "186", "302")]


def test_the_name_of_the_file_tells_the_separator_where_the_first_line_has_it() -> None:
    assert pairs(b"a\tb,c\n", ",") == [(1, "a\tb", "c")]
    assert pairs(b"a\tb,c\n") == [(1, "a", "b,c")]
    assert pairs(b"a\tb\n", ",") == [(1, "a", "b")]


def test_a_title_in_a_tsv_may_begin_with_a_quotation_mark() -> None:
    assert pairs(b'user_id\titem_id\ttitle\n1\t2\t"Quoted" Affair\n') == [(2, "1", "2")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "p.csv:1: the file is empty"),
        (b"\n\n", "p.csv:1: the file is empty"),
        (b"user_id,item_id\n", "p.csv:1: a header, and no pair"),
        (b"user_id,rating\n1,2\n", "p.csv:1: no column of item ids in the header user_id, rating"),
        (b"title,movieId\n1,2\n", "p.csv:1: no column of user ids in the header title, movieId"),
        (b"1\n2\n", "p.csv:1: one column, '1'"),
        (b"1,2\n3\n", "p.csv:2: 1 field instead of 2"),
        (b"1,2\n3,4,5\n", "p.csv:2: 3 fields instead of 2"),
        (b"1,2\n\n3,4\n", "p.csv:2: the line is blank"),
        (b"1,2\n,4\n", "p.csv:2: the user id is empty"),
        (b"1,2\n3, \n", "p.csv:2: the item id is empty"),
        (b'1,2\n3,"4\n5,6\n', "p.csv:2: no CSV"),
        (b"1,2\n3,caf\xe9\n", r"p.csv:2: not UTF-8 \(byte 0xe9\)"),
        (b"PK\x03\x04\0\0", "p.csv:1: a binary file"),
        (b"1,2\n3,\0\n", "p.csv:2: a binary file"),
        (b"1" * 70_000, "p.csv:1: the line is longer"),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_what_is_no_file_of_pairs_is_refused_with_its_line(content: bytes, message: str) -> None:
    with pytest.raises(InputDataError, match=f"^{message}"):
        pairs(content)


def test_latin_1_is_named_with_the_command_that_converts_it() -> None:
    with pytest.raises(InputDataError, match="latin-1") as refusal:
        pairs(b"1,caf\xe9\n")
    assert refusal.value.fix == "iconv -f latin1 -t utf-8 p.csv > utf8.csv"


def test_a_directory_and_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputDataError, match="is a directory"):
        list(read_pairs(tmp_path))
    with pytest.raises(NotFoundError, match="no such file"):
        list(read_pairs(tmp_path / "none.csv"))


ids = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)


@given(st.lists(st.tuples(ids, ids), min_size=1), st.sampled_from([",", ";"]))
def test_whatever_ids_are_written_come_back(rows: list[tuple[str, str]], separator: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows([("user_id", "item_id"), *rows])
    expected = [(line, *row) for line, row in enumerate(rows, start=2)]
    assert pairs(text.getvalue().encode(), separator) == expected


@given(st.one_of(st.binary(max_size=60), st.text('ab1,;\t"\n\r ', max_size=60).map(str.encode)))
def test_any_bytes_are_pairs_or_a_refusal_with_a_line(content: bytes) -> None:
    try:
        found = pairs(content)
    except InputDataError as refusal:
        assert refusal.message.startswith("p.csv:")
    else:
        lines = [line for line, *_ in found]
        assert lines == sorted(set(lines))
        assert lines[-1] <= content.count(b"\n") + content.count(b"\r") + 1
        assert all(user and item for _, user, item in found)
