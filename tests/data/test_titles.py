from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.dataset import ItemTable
from recli.core.errors import NotFoundError, UsageError
from recli.core.vocabulary import Vocabulary
from recli.data.files import load_dataset
from recli.data.titles import choose_item, items_titled, search_titles
from recli.store import Store


def items(rated: list[tuple[str, int]]) -> ItemTable:
    n = len(rated)
    return ItemTable(
        vocabulary=Vocabulary(np.arange(n)),
        titles=tuple(title for title, _ in rated),
        years=np.zeros(n, np.int32),
        release_dates=("",) * n,
        genres=((),) * n,
        urls=("",) * n,
        n_ratings=np.array([ratings for _, ratings in rated], np.int32),
        mean_ratings=np.zeros(n, np.float32),
    )


FILMS = items(
    [
        ("Star Trek: First Contact (1996)", 365),  # 0
        ("Star Trek VI: The Undiscovered Country (1991)", 161),  # 1
        ("Empire Strikes Back, The (1980)", 367),  # 2
        ("Misérables, Les (1995)", 10),  # 3
        ("Up (2009)", 50),  # 4
        ("Usual Suspects, The (1995)", 267),  # 5
        ("Pumping Iron (1977)", 900),  # 6
        ("City of Lost Children, The (Cité des enfants perdus, La) (1995)", 80),  # 7
        ("[red]Alien[/red] (1979)", 5),  # 8
        ("Chasing Amy (1997)", 124),  # 9
        ("Chasing Amy (1997)", 255),  # 10
        ("Godfather, The (1972)", 413),  # 11
    ]
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Star Trek", [0, 1]),
        ("star TREK", [0, 1]),
        ("  star   trek ", [0, 1]),
        ("undiscovered", [1]),
        ("Empire Strikes Back, The", [2]),
        ("The Empire Strikes Back", [2]),
        ("the empire strikes back (1980)", [2]),
        ("les miserables", [3]),
        ("MISÉRABLES, les", [3]),
        ("The City of Lost Children", [7]),
        ("cite des enfants", [7]),
        ("[red]Alien", [8]),
        ("chasing amy", [10, 9]),
        ("(1995)", [5, 7, 3]),
    ],
)
def test_a_title_is_found_whatever_its_case_accents_and_article(query: str, found: list[int]) -> None:
    search = search_titles(FILMS, query)
    assert list(search.nums) == found
    assert search.exact


def test_a_title_that_is_the_query_comes_before_better_known_ones_that_contain_it() -> None:
    assert search_titles(FILMS, "up").nums == (4,)
    assert search_titles(items([("Upstairs (1990)", 999), ("Up (2009)", 1)]), "up").nums == (1, 0)
    assert search_titles(items([("Upstairs (1990)", 999), ("Up (2009)", 1)]), "up (2009)").nums == (1,)


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("star trak first contact", 0),
        ("godfahter", 11),
        ("Godfahter (1972)", 11),
        ("the godfather(1972)", 11),
        ("godfather 1972", 11),
        ("usual suspcts", 5),
        ("empire strickes back", 2),
        ("chasing aimy", 10),
    ],
)
def test_typos_are_forgiven_and_said_so(query: str, best: int) -> None:
    search = search_titles(FILMS, query)
    assert search.nums[0] == best
    assert not search.exact


def test_what_is_like_nothing_is_not_found_and_what_is_a_little_like_it_is_named() -> None:
    with pytest.raises(NotFoundError, match="no title is like") as refusal:
        search_titles(FILMS, "qqqqzzzz")
    assert refusal.value.candidates == ()
    assert refusal.value.exit_code == 4
    with pytest.raises(NotFoundError) as refusal:
        search_titles(FILMS, "star tracks")
    assert "Star Trek: First Contact (1996)" in refusal.value.candidates


@pytest.mark.parametrize("query", ["", "   ", "\t"])
def test_nothing_is_no_query(query: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        search_titles(FILMS, query)


def test_an_empty_table_has_nothing_near() -> None:
    with pytest.raises(NotFoundError):
        search_titles(items([]), "anything")


@given(st.lists(st.tuples(st.text(), st.integers(0, 9)), min_size=1, max_size=20), st.text(), st.randoms())
def test_every_title_finds_itself_and_no_query_breaks_the_search(
    rated: list[tuple[str, int]], query: str, random: object
) -> None:
    films = items(rated)
    for asked in (query, rated[0][0]):
        try:
            search = search_titles(films, asked)
        except (NotFoundError, UsageError):
            assert asked is query or not asked.strip() or not search_key(asked)
            continue
        assert asked is query or 0 in search.nums


def search_key(text: str) -> str:
    """What is left of a title of combining accents only."""
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).strip()


def test_on_movielens(ml_100k: Store) -> None:
    films = load_dataset(ml_100k.dataset("ml-100k")).items
    found = search_titles(films, "Star Trek").nums
    assert {(films.vocabulary.id(num), int(films.n_ratings[num])) for num in found} == {
        (222, 365), (227, 161), (228, 244), (229, 171), (230, 199), (380, 116), (449, 117), (450, 63)
    }  # fmt: skip
    assert films.vocabulary.id(found[0]) == 222
    assert films.vocabulary.id(search_titles(films, "Chasing Amy").nums[0]) == 268


def test_a_whole_title_is_no_part_of_another() -> None:
    numbered = items([("1984 (1984)", 5), ("2010: The Year (1984)", 9), ("1984", 7)])
    assert items_titled(numbered, "1984") == (2, 0)
    assert items_titled(numbered, "2010") == ()


def test_a_year_that_stands_beside_the_title_tells_two_apart() -> None:
    remade = replace(items([("The Fly", 90), ("Fly, The", 20)]), years=np.array([1986, 1958], np.int32))
    assert search_titles(remade, "the fly").nums == (0, 1)
    assert search_titles(remade, "The Fly (1958)").nums == (1,)
    assert choose_item(remade, "The Fly (1958)") == 1
    with pytest.raises(NotFoundError) as caught:
        choose_item(remade, "The Fly")
    assert caught.value.candidates == ("0 = The Fly (1986)", "1 = Fly, The (1958)")
