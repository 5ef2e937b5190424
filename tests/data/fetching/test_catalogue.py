import pytest

from recli.core.errors import NotFoundError
from recli.data.fetching.catalogue import catalogue, lookup


def test_the_default_dataset_comes_first() -> None:
    assert [known.name for known in catalogue()][:2] == ["ml-100k", "tiny"]


def test_movielens_is_pinned_and_says_its_terms() -> None:
    known = lookup("ml-100k")
    assert known.archive is not None
    assert known.archive.url.startswith("https://")
    assert known.archive.size == 4_924_029
    assert set(known.archive.members) == {"u.data", "u.item", "u.user"}
    assert "no redistribution" in known.licence
    assert "Harper" in known.citation
    assert "10.1145/2827872" in known.citation


@pytest.mark.parametrize(("typed", "nearest"), [("ml100k", "ml-100k"), ("tin", "tiny")])
def test_an_unknown_name_gets_the_nearest_one(typed: str, nearest: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        lookup(typed)
    assert caught.value.candidates == (nearest,)
    assert caught.value.fix == "recli fetch --list"
    assert caught.value.exit_code == 4


def test_a_name_like_no_other_gets_all_names() -> None:
    with pytest.raises(NotFoundError) as caught:
        lookup("???")
    assert caught.value.candidates[:2] == ("ml-100k", "tiny")
