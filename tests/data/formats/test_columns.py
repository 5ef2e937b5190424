import pytest

from recli.core.errors import NotFoundError, UsageError
from recli.data.formats.columns import RATING_ROLES, Places, find_columns, is_header, parse_columns


def find(text: str, said: str = "", *, header: bool = True) -> Places:
    return find_columns(
        "r.csv:1", text.split(","), header=header, said=parse_columns(said) if said else {}, fix="recli import"
    )


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("userId,movieId,rating,timestamp", (0, 1, 2, 3)),
        ("User-ID,ISBN,Book-Rating", (0, 1, 2, None)),
        (",overall,reviewerID,asin,unixReviewTime", (2, 3, 1, 4)),
        ("user_id:token,item_id:token,rating:float,timestamp:float", (0, 1, 2, 3)),
        (" SCORE ,User Name,film", (1, 2, 0, None)),
        ("user,user_id,movie,movieId,stars,value,date,timestamp", (1, 3, 4, 7)),  # an id before a name
    ],
)
def test_usual_names_are_known_in_any_case(header: str, places: tuple[int | None, ...]) -> None:
    assert find(header) == places


def test_columns_without_names_stand_in_order() -> None:
    assert find("1,2,4.5", header=False) == (0, 1, 2, None)
    assert find("a,b,4.5,978300000", header=False) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("user=reader", (3, 1, 2, None)),
        ("user=Reader", (3, 1, 2, None)),  # as written where that is there, else in any case
        ("user=4,rating=rating", (3, 1, 2, None)),
        ("timestamp=reader", (0, 1, 2, 3)),
    ],
)
def test_what_a_person_says_wins(said: str, places: tuple[int | None, ...]) -> None:
    assert find("user,item,rating,reader", said) == places


def test_a_column_may_be_called_like_a_place() -> None:
    assert find("2,user,item,rating", "user=2") == (0, 2, 3, None)


def test_without_a_header_all_that_is_needed_is_said() -> None:
    assert find("5,1,2,x,y", "user=2,item=3,rating=1", header=False) == (1, 2, 0, None)
    with pytest.raises(NotFoundError, match="no column is named as items usually are"):
        find("5,1,2,x,y", "user=2,rating=1", header=False)


def test_two_columns_for_one_thing_are_the_candidates() -> None:
    with pytest.raises(NotFoundError) as caught:
        find("rating,asin,parent_asin,user_id")
    assert caught.value.candidates == ("asin", "parent_asin")
    assert find("rating,asin,parent_asin,user_id", "item=asin") == (3, 1, 0, None)


@pytest.mark.parametrize(
    ("first", "header"),
    [
        ("userId,movieId,rating", True),
        ("userId,movieId,rating,2020", True),
        ("a,b,c", True),  # no number: it cannot be a rating
        ("1,2,3", False),
        ("user,x,5", False),  # somebody whose id is user
    ],
)
def test_a_header_is_told_from_a_rating(first: str, header: bool) -> None:
    assert is_header(first.split(","), RATING_ROLES, least=0) is header


@pytest.mark.parametrize("text", ["", "user", "user=", "=x", "who=x", "user=a,user=b", "user=a,,item=b"])
def test_what_names_no_columns_is_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_columns(text)
