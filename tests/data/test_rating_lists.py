import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.errors import InputDataError, NotFoundError, RecliError, UsageError
from recli.core.ratings import RatingScale
from recli.data.fetching.tiny import generate
from recli.data.rating_lists import Statement, read_file, read_options, understand

ITEMS = generate().items
SCALE = RatingScale(1, 5)


def file(folder: Path, content: str | bytes, name: str = "me.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def written(statements: list[Statement]) -> list[tuple[str, str]]:
    return [(statement.item, statement.stars) for statement in statements]


def test_the_last_equals_sign_divides() -> None:
    assert written(read_options(["1=5", "E = mc² = 4.5"])) == [("1", "5"), ("E = mc²", "4.5")]


@pytest.mark.parametrize("text", ["Orbit of Glass", "=5", "Orbit of Glass=", "", " = "])
def test_an_option_without_title_or_stars_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="TITLE=STARS"):
        read_options([text])


@pytest.mark.parametrize(
    "content",
    [
        "title,rating\nUntitled Reel,4\n14,2\n",
        "\ufeffTitle,Rating\r\nUntitled Reel,4\r\n14,2\r\n",
        "Untitled Reel,4\n14,2",
        "Untitled Reel\t4\n\n14\t2\n",
        "stars,seen,movie\n4,yes,Untitled Reel\n2,no,14\n",
        '"Untitled Reel","4"\n"14","2"\n',
        '"Untitled Reel"\t4\n14\t2\n',
        "Film,Stars\nUntitled Reel,4\n14,2\n",
        "productId,overall\nUntitled Reel,4\n14,2\n",
        "Item ID;Stars\nUntitled Reel;4\n14;2\n",
    ],
)
def test_files_as_people_write_them(tmp_path: Path, content: str) -> None:
    assert written(read_file(file(tmp_path, content))) == [("Untitled Reel", "4"), ("14", "2")]


def test_where_a_header_has_an_id_and_a_title_the_id_counts(tmp_path: Path) -> None:
    path = file(tmp_path, "title,item_id,rating\nwhatever,16,3\n")
    assert written(read_file(path)) == [("16", "3")]
    assert read_file(path)[0].where == f"{path}:2"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("title,rating\n", "it ends behind its header"),
        ("title,rating\nUntitled Reel\n", ":2: no item and stars"),
        ("Untitled Reel,4\n,3\n", ":2: no item and stars"),
        (b"title,rating\nCaf\xe9,3\n", ":2: not UTF-8"),
        ('title,rating\n"Untitled,3\n', ":2: "),
        ("1\t3\t4\t881250949\n", ":1: 4 columns, and no header"),
    ],
)
def test_what_is_no_list_of_ratings_is_refused_with_its_line(tmp_path: Path, content: str | bytes, told: str) -> None:
    path = file(tmp_path, content)
    with pytest.raises(InputDataError, match=r"me\.csv") as error:
        read_file(path)
    assert told in error.value.message


def test_a_file_that_is_not_there_or_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        read_file(tmp_path / "no.csv")
    with pytest.raises(InputDataError, match="is a directory"):
        read_file(tmp_path)


@given(st.binary(max_size=200))
def test_no_file_whatsoever_ends_in_anything_but_statements_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = file(tmp_path_factory.mktemp("any"), content)
    try:
        statements = read_file(path)
        assert statements
        understand(statements, ITEMS, SCALE)
    except RecliError as error:
        assert error.exit_code in (2, 3, 4)


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"title,rating\nUntitled Reel,4\n,3\n")))
    with pytest.raises(InputDataError, match="stdin:3: no item and stars"):
        read_file(Path("-"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Untitled Reel,4\n")))
    (found,) = read_file(Path("-"))
    assert (found.item, found.stars, found.where) == ("Untitled Reel", "4", "stdin:1")


def test_titles_and_ids_are_understood_and_the_same_twice_is_once() -> None:
    found = understand(read_options(["untitled reel=4", "14=2.5", "16=4"]), ITEMS, SCALE)
    assert [ITEMS.vocabulary.id(num) for num in found.item_nums.tolist()] == [16, 14]
    assert found.values.tolist() == [4, 2.5]
    assert found.item_nums.dtype == np.int32


def test_a_title_that_is_the_query_is_meant_even_where_others_contain_it() -> None:
    found = understand(read_options(["Orbit of Glass=5"]), ITEMS, SCALE)
    assert ITEMS.vocabulary.id(int(found.item_nums[0])) == 1


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("lantern=4", ["4 = Lantern Keeper, The (1987)", "5 = Lantern Keeper's Daughter, The (1992)"]),
        ("Silent Harbour=4", ["14 = Silent Harbour (1958)", "15 = Silent Harbour (1958)"]),
        ("Untiteld Reel=4", ["16 = Untitled Reel"]),
    ],
)
def test_a_title_that_may_mean_several_lists_their_ids(text: str, candidates: list[str]) -> None:
    with pytest.raises(NotFoundError, match="say which by its id") as error:
        understand(read_options([text]), ITEMS, SCALE)
    assert sorted(error.value.candidates) == candidates


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["16=6"], "ratings go from 1 to 5, not 6"),
        (["16=0.5"], "ratings go from 1 to 5, not 0.5"),
        (["16=many"], "'many' is no number of stars"),
        (["16=nan"], "ratings go from 1 to 5, not nan"),
        (["16=4", "untitled reel=3"], "has 3 stars here and 4 in --rate '16=4'"),
    ],
)
def test_stars_that_cannot_be_are_refused(texts: list[str], told: str) -> None:
    with pytest.raises(InputDataError) as error:
        understand(read_options(texts), ITEMS, SCALE)
    assert told in error.value.message
