"""What an object becomes; the golden files hold what it cannot be."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recli.data.formats.text import rating_files as reading
from recli.data.formats.text.described import read_items, read_users
from recli.data.formats.text.json_lines import is_json
from recli.data.formats.text.rating_files import RatingFile, Wanted, read_ratings
from tests.torture import FORMATS, Tally, sized

GUESS = Wanted({}, None, "utf-8", "recli import --columns")


def read(path: Path, content: bytes, *, plain: bool = True) -> RatingFile:
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        if not plain:
            patch.setattr(reading, "plain_block", lambda *_: None)
        return read_ratings(path, GUESS, lambda _: None)


@pytest.mark.parametrize(
    ("content", "suffix", "known"),
    [
        (b'{"user": 1}\n', ".txt", True),
        (b'\n  [{"user": 1}]\n', "", True),
        (b"x\n", ".ndjson", True),
        (b"{a},b,3\n", ".csv", False),
        (b"[a],b,3\n", ".csv", False),
        (b'{"user": \xff}\n', "", False),
    ],
)
def test_json_is_known_by_its_ending_or_its_first_line(content: bytes, suffix: str, known: bool) -> None:
    assert is_json(content, suffix) == known


def test_numbers_are_taken_as_they_are_spelled_and_texts_of_numbers_too(tmp_path: Path) -> None:
    lines = [
        {"user": 7, "item": "007", "score": "4.50", "ts": 978300760.9},
        {"ts": "2001-01-01", "user": "7", "item": "x\ty", "score": 4},
    ]
    found = read(tmp_path / "r", "\r\n".join(map(json.dumps, lines)).encode())
    assert (found.ratings.user_ids.tolist(), found.ratings.item_ids.tolist()) == ([7, 7], ["007", "x\ty"])
    assert (found.ratings.values.tolist(), found.ratings.timestamps.tolist()) == ([4.5, 4.0], [978300760, 978307200])
    assert (found.count.header, found.count.lines, found.count.format) == (False, 2, "JSON lines")


def test_a_column_that_the_first_line_lacks_is_seen_further_on_and_a_time_may_be_left_out(tmp_path: Path) -> None:
    content = (
        b'{"user": 1, "item": 2, "stars": 3}\n{"user": 1, "item": 3, "stars": 3, "time": 5}\n{"user": 1, "item": 4}'
    )
    found = read(tmp_path / "r", content)
    assert found.count.columns["timestamp"] == "time"
    assert found.ratings.timestamps.tolist() == [0, 5]
    assert [(bad.line, bad.column, bad.problem) for bad in found.count.examples] == [
        (3, "stars", "the key is not there")
    ]


_VALUES = st.sampled_from([1, "1", "u", " b ", "naïve", "日", 2.5, "x" * 129, None, True, float("nan"), [1], {}, "a\0",
                           "\ud800", "\r", "2001-01-01", -5, 10**20])  # fmt: skip
_OBJECTS = st.fixed_dictionaries(
    {"user": _VALUES, "item": _VALUES, "stars": _VALUES}, optional={"date": _VALUES, "more": _VALUES}
)
_GOOD = st.fixed_dictionaries({"user": st.integers(0, 9), "item": st.integers(0, 9), "stars": st.integers(1, 5)})
_NOISE = st.sampled_from(
    ["", "{", "[]", "3", '{"user":1,"user":2}', "\r", "\0", "{}}", "\u2028", '{"user": "\\ud800"}']
)


@pytest.mark.torture
def test_lines_read_at_once_are_what_a_line_by_line_reading_says(
    tmp_path_factory: pytest.TempPathFactory, tally: Tally
) -> None:
    path = tmp_path_factory.mktemp("generated") / "r.jsonl"
    line = st.one_of(_GOOD.map(json.dumps), _OBJECTS.map(json.dumps), _NOISE)

    @settings(max_examples=sized(60, 5_000))
    @given(st.lists(line, max_size=6), st.sampled_from(["", ', "date": 4']))
    def check(lines: list[str], date: str) -> None:
        content = "\n".join([f'{{"user": 1, "item": 2, "stars": 3{date}}}', *lines]).encode()
        once, slow = read(path, content), read(path, content, plain=False)
        assert once.count == slow.count
        assert once.count.accepted + once.count.rejected == once.count.lines
        assert once.count.lines == sum(bool(line.strip(" \r")) for line in content.decode().split("\n"))
        for column in ("user_ids", "item_ids", "values", "timestamps"):
            assert getattr(once.ratings, column).tolist() == getattr(slow.ratings, column).tolist()
        tally(FORMATS + "JSON lines")

    check()


def test_genres_may_be_a_list_and_what_is_nested_is_kept_of_people(tmp_path: Path) -> None:
    (tmp_path / "meta.jsonl").write_text(
        '{"asin": "B1", "title": "A", "year": 1995, "genres": ["Comedy, light"]}\n{"asin": "B2", "title": "B"}\n'
    )
    first, second = read_items(tmp_path / "meta.jsonl", None).rows
    assert (first.genres, first.year, second.genres, second.title) == (("Comedy, light",), 1995, (), "B")
    (tmp_path / "users.jsonl").write_text(
        '{"user_id": 5, "elite": [1, 2], "new": true}\n{"user_id": 6, "elite": null}\n'
    )
    one, other = read_users(tmp_path / "users.jsonl", None).rows
    assert (one.user_id, one.metadata) == (5, {"elite": "1|2", "new": "true"})
    assert other.metadata == {"elite": "", "new": ""}
