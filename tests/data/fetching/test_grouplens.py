import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.errors import InputDataError
from recli.data.fetching.grouplens import GENRES, parse_items, parse_ratings, parse_users

FLAGS = "|0" * 18
GOOD_ITEM = f"1|A (1990)|01-Jan-1990|||1{FLAGS}"


def test_ratings_keep_their_order(miniature: dict[str, bytes]) -> None:
    ratings = parse_ratings(miniature["u.data"])
    assert ratings.user_ids.tolist() == [7, 3, 7, 9]
    assert ratings.item_ids.tolist() == [20, 5, 5, 20]
    assert ratings.values.tolist() == [5, 1, 3, 4]
    assert ratings.timestamps.tolist() == [881250949, 891717742, 878887116, 880606923]
    assert ratings.values.dtype == np.float32


def test_items_have_title_year_date_genres_and_link(miniature: dict[str, bytes]) -> None:
    cafe, unknown, keeper = parse_items(miniature["u.item"])
    assert (cafe.item_id, cafe.title, cafe.year) == (5, "Café of Lost Umbrellas (1996)", 1996)
    assert cafe.genres == ("Comedy", "Romance")
    assert cafe.url == "http://example.org/5"
    assert (unknown.year, unknown.release_date, unknown.genres) == (0, "", ("unknown",))
    assert (keeper.year, keeper.release_date) == (1988, "4-Mar-1988")  # the date's year, not the title's


def test_users_have_four_columns(miniature: dict[str, bytes]) -> None:
    users = parse_users(miniature["u.user"])
    assert [user.user_id for user in users] == [3, 7, 9]
    assert users[1].metadata == {"age": "53", "gender": "F", "occupation": "other", "zip_code": "T8H1N"}


def test_a_missing_newline_at_the_end_loses_nothing() -> None:
    assert len(parse_ratings(b"1\t2\t3\t4\n1\t3\t3\t4").values) == 2


def test_an_odd_control_character_in_a_title_ends_no_line() -> None:
    (item,) = parse_items(GOOD_ITEM.replace("A (", "A\x85\x1cB (").encode("latin-1"))
    assert item.title == "A\x85\x1cB (1990)"


@pytest.mark.parametrize(
    ("second_line", "message"),
    [
        ("1\t2\t3", "u.data:2: 3 fields instead of 4"),
        ("1\t2\t3\t4\t5", "u.data:2: 5 fields instead of 4"),
        ("", "u.data:2: 1 fields instead of 4"),
        ("1\t2\t6\t4", "u.data:2: '6' is no rating"),
        ("1\t2\t3.5\t4", "u.data:2: '3.5' is no rating"),
        ("1\t2\tnan\t4", "u.data:2: 'nan' is no rating"),
        ("x\t2\t3\t4", "u.data:2: 'x' is no user id"),
        ("01\t2\t3\t4", "u.data:2: '01' is no user id"),
        ("1\t-2\t3\t4", "u.data:2: '-2' is no item id"),
        ("1\t1_0\t3\t4", "u.data:2: '1_0' is no item id"),
        ("1\t2\t3\t4\r", r"u.data:2: '4\r' is no timestamp"),
        ("1\t2\t3\t" + "9" * 16, "u.data:2: '9999999999999999' is no timestamp"),
        ("8\t8\t4\t9", "u.data:2: user 8 rates item 8 again, as in line 1"),
        ("x" * 70_000, "u.data:2: the line is 70000 characters long"),
    ],
)
def test_a_bad_rating_names_file_and_line(second_line: str, message: str) -> None:
    with pytest.raises(InputDataError) as caught:
        parse_ratings(f"8\t8\t3\t4\n{second_line}\n9\t9\t3\t4\n".encode())
    assert caught.value.message == message
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("second_line", "message"),
    [
        (f"2|B|C|01-Jan-1990|||1{FLAGS}", "u.item:2: 25 fields instead of 24"),
        (f"2||01-Jan-1990|||1{FLAGS}", "u.item:2: the title is empty"),
        (f"2|B|1990-01-01|||1{FLAGS}", "u.item:2: '1990-01-01' is no release date"),
        (f"2|B|01-Foo-1990|||1{FLAGS}", "u.item:2: '01-Foo-1990' is no release date"),
        (f"2|B||||2{FLAGS}", "u.item:2: the flag of unknown is '2', neither 0 nor 1"),
        (f"1|B||||1{FLAGS}", "u.item:2: item 1 again"),
    ],
)
def test_a_bad_item_names_file_and_line(second_line: str, message: str) -> None:
    with pytest.raises(InputDataError) as caught:
        parse_items(f"{GOOD_ITEM}\n{second_line}\n".encode())
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("second_line", "message"),
    [
        ("2|30|F|writer", "u.user:2: 4 fields instead of 5"),
        ("2|old|F|writer|1", "u.user:2: 'old' is no age"),
        ("2|30|X|writer|1", "u.user:2: 'X' is no gender"),
        ("1|30|F|writer|1", "u.user:2: user 1 again"),
    ],
)
def test_a_bad_user_names_file_and_line(second_line: str, message: str) -> None:
    with pytest.raises(InputDataError) as caught:
        parse_users(f"1|24|M|technician|85711\n{second_line}\n".encode())
    assert caught.value.message == message


@pytest.mark.parametrize("parse", [parse_ratings, parse_items, parse_users])
def test_an_empty_file_is_refused(parse) -> None:
    with pytest.raises(InputDataError, match=r"^u\.\w+:1: the file is empty"):
        parse(b"")


@pytest.mark.parametrize("parse", [parse_ratings, parse_items, parse_users])
@given(content=st.binary() | st.text(alphabet="0123456789\t|\n\r-JanMF", max_size=200).map(str.encode))
def test_any_bytes_are_parsed_or_refused(parse, content: bytes) -> None:
    try:
        parse(content)
    except InputDataError as error:
        assert error.message[6] == ":"


@given(st.data())
def test_ratings_are_read_exactly_or_refused(data: st.DataObject) -> None:
    ids = st.integers(0, 10**15 - 1)
    rows = data.draw(st.lists(st.tuples(ids, ids, st.integers(1, 5), ids), min_size=1, unique_by=lambda row: row[:2]))
    parsed = parse_ratings("\n".join("\t".join(map(str, row)) for row in rows).encode())
    columns = (parsed.user_ids, parsed.item_ids, parsed.values, parsed.timestamps)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == rows


def test_genres_are_nineteen() -> None:
    assert len(GENRES) == len(set(GENRES)) == 19
