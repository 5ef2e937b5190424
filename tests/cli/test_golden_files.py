"""Bad files, written by hand: each ends with its exit code, and names the line and the column that are at fault."""

import gzip
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recli.store import Store
from tests.cli.conftest import Recli
from tests.torture import Tally

OK = b"userId,movieId,rating,timestamp\n1,10,4,978300000\n"
ITEMS = b"movieId,title,genres\n10,Good (1990),Drama\n"
U_ITEM = b"10|Good (1990)|01-Jan-1990||http://example.org/10" + b"|0" * 19 + b"\n"
USERS = b"user_id,age\n1,20\n"


@dataclass(frozen=True)
class Bad:
    """A file, and what recli must say of it."""

    name: str
    content: bytes
    line: int
    """0 where no line is at fault."""
    words: str
    code: int = 3
    file: str = "ratings.csv"
    options: tuple[str, ...] = ()
    also: dict[str, bytes] = field(default_factory=dict)
    """Other files."""


def items(name: str, content: bytes, line: int, words: str, file: str = "movies.csv", code: int = 3) -> Bad:
    return Bad(name, OK, line, words, code, options=("--items", file), also={file: content})


def users(name: str, content: bytes, line: int, words: str, file: str = "users.csv", code: int = 3) -> Bad:
    return Bad(name, OK, line, words, code, options=("--users", file), also={file: content})


def json_line(name: str, line: bytes, words: str) -> Bad:
    good = b'{"user": 1, "item": 2, "stars": 4.5}\n'
    return Bad(f"JSON: {name}", good + line + b"\n" + good, 2, words, file="ratings.jsonl")


def parquet(without: str = "", **columns: list[object]) -> bytes:
    """Return a table of as many rows as a column has."""
    n = max((len(values) for values in columns.values()), default=1)
    whole = {name: list(range(1, n + 1)) for name in ("user", "item", "rating") if name != without}
    if [] in columns.values():
        whole = {name: pa.array([], pa.int64()) for name in whole}
    pq.write_table(
        pa.table({**columns, **{k: v for k, v in whole.items() if not columns.get(k)}}), made := io.BytesIO()
    )
    return made.getvalue()


def packed(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


ROW = OK + b"1,11,3,978300001\n"
GOLDEN = [
    # The file as a whole.
    Bad("empty", b"", 1, "the file is empty"),
    Bad("blank lines alone", b"\n \r\n\n", 1, "the file is empty"),
    Bad("a byte order mark alone", b"\xef\xbb\xbf", 1, "the file is empty"),
    Bad("a header alone", b"userId,movieId,rating\n", 1, "the file ends behind its header"),
    Bad("a header and blank lines", b"\nuserId,movieId,rating\n\n\n", 2, "the file ends behind its header"),
    Bad("no separator", b"hello\nworld\n", 1, "one column: no tab, comma, semicolon, :: or | divides it"),
    Bad("a zip", b"PK\x03\x04\x14\x00", 1, "a zip"),
    Bad("Parquet that is cut off", b"PAR1\x15\x04\x15", 0, "is a damaged Parquet file, or none: it is cut off"),
    Bad("Parquet by its name alone", OK, 0, "is a damaged Parquet file, or none", file="ratings.parquet"),
    Bad("a packed Parquet", gzip.compress(b"PAR1\x15\x04\x15"), 1, "a Parquet file, not lines of text: write it to a"),
    Bad("UTF-16", "userId,movieId,rating\n1,2,3\n".encode("utf-16"), 1, "UTF-16; recli reads UTF-8"),
    Bad("a NUL in the first line", b"1,2,3\0\n1,2,3\n", 1, "a NUL byte"),
    Bad("old Mac line ends", b"userId,movieId,rating\r1,2,3\r1,3,4\r", 1, "a carriage return without a line feed"),
    Bad("half a gzip", gzip.compress(OK)[:-12], 0, "damaged gzip"),
    Bad("a gzip with a wrong checksum", gzip.compress(OK)[:-8] + b"\0" * 8, 0, "damaged gzip"),
    Bad("a header that does not end", b'userId,"movieId,rating\n1,2,3\n', 1, "or its quotation marks do not balance"),
    Bad("a header that is no UTF-8", b"usu\xe1rio,movieId,rating\n1,2,3\n", 1, "byte 0xe1 is not UTF-8"),
    # Columns.
    Bad("two columns of items", b"userId,movieId,item_id,rating\n1,2,3,4\n", 1, "more than one column", 4),
    Bad("two columns of stars", b"user,item,rating,score\n1,2,3,4\n", 1, "more than one column", 4),
    Bad("one name twice", b"user,item,rating,rating\n1,2,3,4\n", 1, "did you mean: rating, rating", 4),
    Bad("no column of stars", b"user,item,comment\na,b,c\n", 1, "no column is named as ratings usually are", 4),
    Bad("no usual name", b"a,b,c\nx,y,1\n", 1, "did you mean: a, b, c", 4),
    Bad("five columns without a header", b"1,2,3,4,5\n", 1, "no header says which column is which", 4),
    Bad("two columns", b"1,2\n", 1, "no header says which column is which", 4),
    Bad("stars that stand last", b"u1,i1,x,5\n", 1, "no header says which column is which", 4),
    Bad("a column that is not there", OK, 1, "'stars' is not there", 4, options=("--columns", "rating=stars")),
    Bad("a place that is not there", OK, 1, "the column '9' is not there", 4, options=("--columns", "rating=9")),
    # Fields.
    Bad("the last field missing", ROW + b"1,12,3\n", 4, "3 fields instead of 4"),
    Bad("a field too many", ROW + b"1,12,3,978300002,x\n", 4, "5 fields instead of 4"),
    Bad("another separator", ROW + b"1;12;3;978300002\n", 4, "1 field instead of 4"),
    Bad("a title with a comma", b"user,item,title,rating\n1,2,Good, the Bad,3\n", 2, "5 fields instead of 4"),
    Bad("a comma at the end", ROW + b"1,12,3,978300002,\n", 4, "5 fields instead of 4"),
    Bad("a sentence", ROW + b"-- end of file --\n", 4, "1 field instead of 4"),
    Bad("a row cut off", ROW + b"1,1", 4, "2 fields instead of 4"),
    # Quotes.
    Bad("a quote that does not end", ROW + b'1,"12,3,978300002\n2,10,3,1\n', 4, "a quoted cell that does not end"),
    Bad("a quote within a cell", ROW + b'1,1"2",3,978300002\n', 4, "a quotation mark that neither begins nor ends it"),
    Bad("letters behind a quote", ROW + b'1,"12"x,3,978300002\n', 4, "cell 2: a quotation mark"),
    Bad("a blank before a quote", ROW + b'1, "12",3,978300002\n', 4, "cell 2: a quotation mark"),
    Bad("an id of two lines", ROW + b'1,"1\n2",3,978300002\n', 4, r"column movieId: '1\n2' is more than a line"),
    # Bytes.
    Bad("a NUL", ROW + b"1,12\0,3,978300002\n", 4, "a NUL byte"),
    Bad("a lone carriage return", ROW + b"1,12\r,3,978300002\n", 4, "a carriage return without a line feed"),
    Bad("latin-1", ROW + b"1,caf\xe9,3,978300002\n", 4, "byte 0xe9 is not UTF-8"),
    Bad("half a character", ROW + b"1,caf\xc3,3,978300002\n", 4, "byte 0xc3 is not UTF-8"),
    Bad("a surrogate", ROW + b"1,\xed\xa0\x80,3,978300002\n", 4, "byte 0xed is not UTF-8"),
    Bad("a very long line", ROW + b"1," + b"x" * 70_000 + b",3,978300002\n", 4, "longer than 65,536 bytes"),
    Bad("a very long id", ROW + b"1," + b"x" * 129 + b",3,978300002\n", 4, "column movieId: longer than 128"),
    Bad("CRLF", ROW.replace(b"\n", b"\r\n") + b"1,12,x,978300002\r\n", 4, "column rating: 'x' is no number"),
    # Values.
    Bad("no user", ROW + b",12,3,978300002\n", 4, "column userId: a blank cell"),
    Bad("a blank item", ROW + b"1,  ,3,978300002\n", 4, "column movieId: a blank cell"),
    Bad("no stars", ROW + b"1,12,,978300002\n", 4, "column rating: a blank cell"),
    Bad("NaN for a time", ROW + b"1,12,3,nan\n", 4, "column timestamp: 'nan' is no finite number"),
    Bad("NaN", ROW + b"1,12,NaN,978300002\n", 4, "column rating: 'NaN' is no finite number"),
    Bad("infinity", ROW + b"1,12,-inf,978300002\n", 4, "column rating: '-inf' is no finite number"),
    Bad("a number beyond all", ROW + b"1,12,1e999,978300002\n", 4, "column rating: '1e999' is no finite number"),
    Bad("a number beyond any scale", ROW + b"1,12,1e31,978300002\n", 4, "column rating: '1e31' is further from 0"),
    Bad("words for stars", ROW + b"1,12,good,978300002\n", 4, "column rating: 'good' is no number"),
    Bad("a decimal comma", b'user,item,rating\n1,2,"4,5"\n', 2, "write 4.5, not 4,5"),
    Bad("digits of another script", ROW + "1,12,٣,978300002\n".encode(), 4, "column rating: '٣' is no number"),
    Bad("a hexadecimal number", ROW + b"1,12,0x3,978300002\n", 4, "column rating: '0x3' is no number"),
    Bad("too many stars", ROW + b"1,12,6,978300002\n", 4, "rating: 6 is outside 1 to 5", options=("--scale", "1:5")),
    Bad("too few stars", ROW + b"1,12,0.5,978300002\n", 4, "0.5 is outside 1 to 5", options=("--scale", "1:5")),
    Bad("a word for a time", ROW + b"1,12,3,yesterday\n", 4, "column timestamp: 'yesterday' is no time"),
    Bad("a date that is none", ROW + b"1,12,3,2001-02-30\n", 4, "column timestamp: '2001-02-30' is no time"),
    Bad("a time beyond all", ROW + b"1,12,3,1e300\n", 4, "column timestamp: '1e300' is no time in any unit"),
    Bad("the header again", ROW + OK, 4, "column rating: 'rating' is no number"),
    # Other syntaxes.
    Bad("TSV", b"1\t2\t3\t4\n1\t2\tx\t4\n", 2, "column 3: 'x' is no number", file="u.data"),
    Bad("a blank instead of a tab", b"1\t2\t3\t4\n1\t2\t3 4\n", 2, "3 fields instead of 4", file="u.data"),
    Bad("colons", b"1::2::3::4\n1::2::::4\n", 2, "column 3: a blank cell", file="ratings.dat"),
    Bad("single colons", b"1::2::3::4\n1:2:3:4\n", 2, "1 field instead of 4", file="ratings.dat"),
    Bad("a semicolon missing", b'"u";"i";"3"\n"user";"item""4"\n', 2, "2 fields instead of 3",
        options=("--columns", "user=1,item=2,rating=3")),
    Bad("a column that has no name", b"1,2,3\n", 1, "the column 'user' is not there", 4,
        options=("--columns", "user=user,item=2,rating=3")),
    Bad("blanks", b"1 2  3 4\n1 2 3\n", 2, "3 fields instead of 4", file="ratings_data.txt"),
    Bad("blanks and a decimal comma", b"a b  3\na c\t4,5\n", 2, "column 3: '4,5' is no number: write 4.5",
        file="ratings_data.txt"),
    Bad("prose", b"to be or not\nto have or be\n", 1, "one column: no tab", file="ratings.txt"),
    Bad("bars", b"user|item|rating\n1|2|3\n1|2|3|\n", 3, "4 fields instead of 3", file="ratings.txt"),
    Bad("a gzip of a bad file", gzip.compress(ROW + b"1,12,x,1\n"), 4, "column rating: 'x'", file="ratings.csv.gz"),
    Bad("zstd of a bad file", packed(ROW + b"1,12,x,1\n"), 4, "column rating: 'x'", file="ratings.csv.zst"),
    Bad("half a zstd", packed(OK)[:-5], 0, "is a damaged zstd: Truncated"),
    Bad("a zstd with bytes behind it", packed(OK) + b"more", 0, "is a damaged zstd"),
    # JSON lines.
    Bad("JSON: a list", b'[{"user": 1, "item": 2, "rating": 3}]\n', 1, "a JSON list, not one object a line"),
    Bad("JSON: a list of many lines", b'[\n {"user": 1}]\n', 1, "a JSON list", file="ratings.json"),
    Bad("JSON: an object of many lines", b'{\n"user": 1}\n', 1, "no JSON: Expecting", file="ratings.json"),
    Bad("JSON: no object", b"3\n", 1, "no JSON object, but a number or text", file="ratings.jsonl"),
    Bad("JSON: no keys", b"{}\n", 1, "an object without keys", file="ratings.jsonl"),
    Bad("JSON: no stars", b'{"user": 1, "item": 2}\n', 1, "no column is named as ratings usually are", 4),
    Bad("JSON: two items", b'{"user": 1, "asin": 2, "isbn": 2, "stars": 1}\n', 1, "did you mean: asin, isbn", 4),
    json_line("a key missing", b'{"user": 1, "item": 2}', "column stars: the key is not there"),
    json_line("null", b'{"user": 1, "item": null, "stars": 3}', "column item: a blank cell"),
    json_line("true as an id", b'{"user": true, "item": 2, "stars": 3}', "column user: true is no id"),
    json_line("NaN as an id", b'{"user": NaN, "item": 2, "stars": 3}', "column user: NaN is no id"),
    json_line("true as stars", b'{"user": 1, "item": 2, "stars": true}', "column stars: 'true' is no number"),
    json_line("NaN", b'{"user": 1, "item": 2, "stars": NaN}', "column stars: 'NaN' is no finite number"),
    json_line("infinity", b'{"user": 1, "item": 2, "stars": -Infinity}', "'-Infinity' is no finite number"),
    json_line("a number beyond all", b'{"user": 1, "item": 2, "stars": 1e999}', "'1e999' is no finite number"),
    json_line("many digits", b'{"user": 1, "item": 2, "stars": ' + b"9" * 5000 + b"}", "is no finite number"),
    json_line("text for stars", b'{"user": 1, "item": 2, "stars": "good"}', "column stars: 'good' is no number"),
    json_line("nested stars", b'{"user": 1, "item": 2, "stars": {"n": 3}}', "an object instead of a single value"),
    json_line("a list of ids", b'{"user": [1], "item": 2, "stars": 3}', "column user: a list instead of a single"),
    json_line("a key twice", b'{"user": 1, "item": 2, "stars": 3, "user": 4}', "the key 'user' comes twice"),
    json_line("half a surrogate", b'{"user": "\\ud83d", "item": 2, "stars": 3}', "half of a surrogate pair"),
    json_line("a NUL in a text", b'{"user": "a\\u0000", "item": 2, "stars": 3}', "column user: a NUL"),
    json_line("an id of two lines", b'{"user": "a\\nb", "item": 2, "stars": 3}', "is more than a line"),
    json_line("deep", b"[" * 60_000, "lists or objects within each other, too deep"),
    json_line("cut off", b'{"user": 1, "item": 2, "stars"', "no JSON: Expecting ':' delimiter at character 31"),
    json_line("two objects", b'{"user": 1, "item": 2, "stars": 3} {}', "no JSON: Extra data"),
    json_line("a comma behind", b'{"user": 1, "item": 2, "stars": 3},', "no JSON: Extra data"),
    json_line("single quotes", b"{'user': 1}", "no JSON: Expecting property name"),
    json_line("a list", b"[1, 2, 3]", "no JSON object, but a list"),
    json_line("code", b"__import__('os').system('true')", "no JSON: Expecting value"),
    items("items: JSON without an id", b'{"asin": 1, "title": "A"}\n{"title": "B"}\n', 2, "the key is not there",
          "meta.jsonl"),
    items("items: JSON with a list of titles", b'{"asin": 1, "title": ["A"]}\n', 1, "a list instead of", "meta.json"),
    # Parquet, of which rows are counted.
    Bad("Parquet: no rows", parquet(user=[]), 0, "there are no rows", file="r.parquet"),
    Bad("Parquet: null", parquet(user=[1, None]), 0, "r.parquet: row 2: column user: a blank cell", file="r.parquet"),
    Bad("Parquet: NaN", parquet(rating=[float("nan"), 1.0]), 0, "row 1: column rating: 'nan' is no finite number",
        file="r.parquet"),
    Bad("Parquet: fractions as ids", parquet(item=[1.5]), 0, "column item is of type double: item ids are integers",
        file="r.parquet"),
    Bad("Parquet: lists", parquet(rating=[[1]]), 0, "ratings are numbers", file="r.parquet"),
    Bad("Parquet: outside", parquet(rating=[6]), 0, "row 1: column rating: 6 is outside 1 to 5", file="r.parquet",
        options=("--scale", "1:5")),
    Bad("Parquet: two items", parquet("item", asin=[1], isbn=[2]), 0, "did you mean: asin, isbn", 4, "r.parquet",
        options=("--columns", "user=user")),
    Bad("Parquet: no stars", parquet("rating"), 0, "no column is named as ratings", 4, "r.parquet"),
    # Items.
    items("items: titles of blanks", b"1 Toy Story 1995\n2 Top Gun 1986\n", 1, "one column", "titles.txt"),
    items("items: empty", b"", 1, "the file is empty"),
    items("items: no ids", b"title,genres\nA,B\n", 1, "no column of item ids", code=4),
    items("items: an id again", ITEMS + b"10,Other,\n", 3, "column movieId: '10' is described by an earlier line"),
    items("items: no title", ITEMS + b"11,,Drama\n", 3, "column title: a blank cell"),
    items("items: a comma", ITEMS + b"11,Good, the Bad,Drama\n", 3, "4 fields instead of 3"),
    items("items: latin-1", ITEMS + b"11,Caf\xe9,Drama\n", 3, "byte 0xe9 is not UTF-8"),
    items("items: a field missing", b"id,title,year\n1,A\n", 2, "2 fields instead of 3"),
    items("items: :: missing", b"10::Good (1990)::Drama\n11::Bad\n", 2, "2 fields instead of 3", "movies.dat"),
    items("u.item: a bar missing", U_ITEM + U_ITEM[3:], 2, "23 fields instead of 24", "u.item"),
    items("u.item: a date", U_ITEM + b"1" + U_ITEM.replace(b"Jan", b"01"), 2, "release date: '01-01-1990'", "u.item"),
    items("u.item: a flag", U_ITEM + b"1" + U_ITEM[:-2] + b"2\n", 2, "Western: '2' is neither 0 nor 1", "u.item"),
    items("u.item: a field at the end", U_ITEM + b"1" + U_ITEM[:-1] + b"|0\n", 2, "'0' is no link", "u.item"),
    # Users.
    users("users: an id again", USERS + b"1,30\n", 3, "column user_id: '1' is described by an earlier line"),
    users("users: a field missing", USERS + b"2\n", 3, "1 field instead of 2"),
    users("users: no header", b"1,20\n", 1, "no header names the columns", code=4),
    users("users: two columns of a name", b"user_id,age,age\n1,2,3\n", 1, "each column needs a name of its own"),
    users("u.user: a field too many", b"1|24|M|x|85711\n2|24|M|x|y|1\n", 2, "6 fields instead of 5", "u.user"),
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.torture
@pytest.mark.parametrize("bad", GOLDEN, ids=lambda bad: bad.name)
def test_what_is_wrong_is_named_and_nothing_is_kept(recli: Recli, here: Path, bad: Bad, tally: Tally) -> None:
    for name, content in {bad.file: bad.content, **bad.also}.items():
        (here / name).write_bytes(content)
    ran = recli("import", bad.file, "--name", "own", *bad.options)
    assert ran.code == bad.code, ran.err
    at_fault = next(iter(bad.also), bad.file)
    assert (f"recli: error: {at_fault}:{bad.line}: " if bad.line else at_fault) in ran.err
    assert bad.words in ran.err
    assert ran.out == ""
    assert Store(here / "artifacts").dataset_names() == []
    tally("golden")


def test_a_file_is_read_to_its_end_and_five_lines_are_quoted(recli: Recli, here: Path) -> None:
    (here / "ratings.csv").write_bytes(OK + b"1,2,x,4\n" * 9)
    ran = recli("import", "ratings.csv", "--name", "own")
    assert "ratings.csv:3: column rating: 'x' is no number (9 of 10 lines cannot be taken; line 4:" in ran.err
    assert ran.err.count("'x' is no number") == 5
    assert "fix: recli import ratings.csv --name own --on-bad skip" in ran.err


def test_what_is_skipped_is_counted_by_its_reason(recli: Recli, here: Path) -> None:
    (here / "ratings.csv").write_bytes(OK + b"\n1,11,x,5\n1,12,3\n1,10,5,978299999\n1,13,nan,1\n2,10,1,7\n2,10,2,7\n")
    ran = recli("import", "ratings.csv", "--name", "own", "--on-bad", "skip", "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert (told["lines"], told["accepted"], told["rejected"]) == (7, 4, 3)
    assert told["rejected_by"] == {"number": 1, "fields": 1, "not finite": 1}
    assert (told["duplicates"], told["ratings"], told["blank_lines"]) == (2, 2, 1)
    assert [(bad["line"], bad["column"], bad["reason"]) for bad in told["examples"]] == [
        (4, "rating", "number"), (5, "", "fields"), (7, "rating", "not finite"),
    ]  # fmt: skip
    assert "3 lines of 7 rejected (1 number, 1 fields, 1 not finite); the first is line 4" in ran.err


def test_nothing_is_left_where_every_line_is_skipped(recli: Recli, here: Path) -> None:
    (here / "ratings.csv").write_bytes(b"user,item,rating\n1,2,x\n")
    ran = recli("import", "ratings.csv", "--name", "own", "--on-bad", "skip")
    assert ran.code == 3
    assert "no line of 1 can be taken" in ran.err
