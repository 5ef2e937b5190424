import numpy as np
import pytest

from recli.core.dataset import NO_YEAR
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings
from recli.models import memory, neighbors
from recli.models.interactions import Interactions
from recli.models.neighbors import Standardized, neighbor_lists
from recli.models.recommender import UNKNOWN, NeighborLists, TrainingData
from recli.models.similarity_parts import (
    Part,
    agreement_part,
    genre_part,
    metadata_parts,
    partial_correlations,
    taste_part,
    year_part,
)
from tests.models.test_interactions import data_of
from tests.models.toys import training_data

ALL = slice(0, 3)
FAMILIES = 4
"""Items 0 … 4 are seen and liked by one crowd, 5 … 9 by the next, and so on."""


def crowds(scale: float = 1.0, metadata: Metadata | None = None, unseen: int = 0) -> TrainingData:
    """Each of 80 users rates most films of their own family, high or low together, and a few others at random."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(80):
        mood = rng.integers(2, 5)
        for item in range(5 * FAMILIES):
            own = item // 5 == user % FAMILIES
            if rng.random() < (0.8 if own else 0.15):
                rows.append((user, item, float(mood + rng.integers(0, 2) if own else rng.integers(1, 6)) * scale))
    users, items, stars = zip(*rows, strict=True)
    ratings = Ratings(
        np.array(users, np.int32), np.array(items, np.int32), np.array(stars, np.float32), np.zeros(len(rows), np.int64)
    )
    return training_data(80, 5 * FAMILIES + unseen, ratings, metadata=metadata)


def family_share(lists: NeighborLists) -> float:
    """How much of the four nearest is an item's own family."""
    return float(np.mean(lists.nums[: 5 * FAMILIES, :4] // 5 == np.arange(5 * FAMILIES)[:, None] // 5))


def test_families_are_found_from_ratings_alone() -> None:
    lists = neighbor_lists(crowds())
    assert list(lists) == ["ratings"]
    assert lists["ratings"].nums.shape == (20, 19)
    assert family_share(lists["ratings"]) > 0.9  # by chance 4 of 19


def test_the_scale_of_the_stars_changes_nothing() -> None:
    whole, half = neighbor_lists(crowds())["ratings"], neighbor_lists(crowds(scale=0.5))["ratings"]
    assert np.array_equal(whole.nums, half.nums)
    assert half.similarities == pytest.approx(whole.similarities, abs=1e-4)


def test_a_similarity_is_symmetric_and_below_one() -> None:
    lists = neighbor_lists(crowds())["ratings"]
    found = np.zeros((20, 20))
    np.put_along_axis(found, lists.nums, lists.similarities, axis=1)
    assert found == pytest.approx(found.T, abs=1e-6)
    assert -1 < found.min() < 0 < found.max() < 1


def test_partial_correlation_of_two_items_by_hand() -> None:
    from scipy.sparse import csr_matrix

    # The inverse of XᵀX + I is [[2, -1], [-1, 3]] / 5: 1 / √(2 · 3).
    assert partial_correlations(csr_matrix([[1.0, 1.0], [1.0, 0.0]]), 1.0)[0, 1] == pytest.approx(6**-0.5)


def test_agreement_is_a_cosine_shrunk_by_shared_users() -> None:
    interactions = Interactions.of(data_of([(0, 0, 5), (0, 1, 5), (1, 0, 1), (1, 1, 1), (2, 2, 3)]))
    deviations = interactions.residuals.toarray()
    a, b = deviations[:, 0], deviations[:, 1]
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    rows = agreement_part(interactions).rows(ALL)
    assert rows[0, 1] == pytest.approx(cosine * 2 / (2 + 20))  # two users rated both
    assert rows[0, 2] == 0


def test_taste_by_hand() -> None:
    # Nobody rated two of the items, and three items have one dimension: that of item 1, which has most ratings.
    rows = taste_part(Interactions.of(data_of([(0, 0, 5), (1, 1, 1), (2, 1, 4)]))).rows(ALL)
    assert rows == pytest.approx(np.diag([0.0, 1.0, 0.0]))


def test_genres_by_hand() -> None:
    # Of three items all have drama, which so counts nothing; war counts log(3 / 2), noir log 3.
    metadata = Metadata(np.zeros(3, np.int32), (("drama", "war"), ("war", "noir", "drama"), ("drama",)), {})
    rows = genre_part(metadata).rows(ALL)
    assert rows[0, 1] == pytest.approx(np.log(1.5) / (np.log(1.5) + np.log(3)))
    assert rows[0, 2] == 0
    assert rows[2, 2] == 0  # nothing but a genre that all have


def test_years_by_hand_and_an_unknown_year_is_near_none() -> None:
    metadata = Metadata(np.array([1990, 2000, 0], np.int32), ((),) * 3, {})
    rows = year_part(metadata).rows(ALL)
    assert rows[0, 1] == pytest.approx(np.exp(-1))
    assert rows[2].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("years", "genres", "n_parts"),
    [
        ([1990, 2000, NO_YEAR], [(), (), ()], 1),
        ([1990, 1990, NO_YEAR], [(), (), ()], 0),  # one year tells nothing apart
        ([1990, 2000, NO_YEAR], [("war",), (), ()], 2),
    ],
)
def test_what_is_known_of_items_is_a_sign(years: list[int], genres: list[tuple[str, ...]], n_parts: int) -> None:
    assert len(metadata_parts(Metadata(np.array(years, np.int32), tuple(genres), {}))) == n_parts


def test_years_alone_bring_items_nearer() -> None:
    # Four items of one crowd, as like as ratings can tell; two are of 1950, two of 2000.
    users, items = (nums.ravel().astype(np.int32) for nums in np.meshgrid(np.arange(20), np.arange(4), indexing="ij"))
    stars = (1 + users % 5).astype(np.float32)
    years = Metadata(np.array([1950, 2000, 1950, 2000], np.int32), ((),) * 4, {})
    alike = training_data(20, 4, Ratings(users, items, stars, np.zeros(80, np.int64)), metadata=years)
    assert neighbor_lists(alike)["metadata"].nums[:, 0].tolist() == [2, 3, 0, 1]


def test_a_sign_is_counted_in_standard_deviations_of_both_items() -> None:
    values = np.array([[9, 1, 2, 6], [1, 9, 3, 5], [2, 3, 9, 7], [6, 5, 7, 9]], np.float64)
    measured = Standardized.of([Part(2.0, lambda block: values[block])], np.ones(4, np.bool_))
    # Item 0 has 1, 2, 6 with the others: mean 3, variance (4 + 1 + 9) / 3. Item 3 has 6, 5, 7: mean 6, variance 2 / 3.
    expected = ((6 - 3) / (14 / 3) ** 0.5 + (6 - 6) / (2 / 3) ** 0.5) / 2
    assert measured.mean(slice(0, 1))[0, 3] == pytest.approx(expected)


def test_a_sign_that_is_the_same_for_all_says_nothing() -> None:
    measured = Standardized.of([Part(1.0, lambda block: np.ones((block.stop - block.start, 4)))], np.ones(4, np.bool_))
    assert measured.mean(slice(0, 4)).tolist() == np.zeros((4, 4)).tolist()


def families_of(n: int) -> Metadata:
    genres = tuple((f"family {num // 5 % FAMILIES}",) for num in range(n))
    return Metadata(np.full(n, 1995, np.int32), genres, {})


def test_an_item_without_ratings_has_a_list_by_metadata_alone_and_stands_in_none() -> None:
    lists = neighbor_lists(crowds(metadata=families_of(21), unseen=1))
    assert list(lists) == ["metadata", "ratings"]
    by_metadata, by_ratings = lists["metadata"], lists["ratings"]
    assert set(by_metadata.nums[20, :5].tolist()) == {0, 1, 2, 3, 4}  # number 20 is of family 0
    assert set(by_ratings.nums[20].tolist()) == {UNKNOWN}
    assert not by_ratings.similarities[20].any()
    assert not (by_metadata.nums == 20).any()
    assert not (by_ratings.nums == 20).any()


def test_metadata_helps_where_ratings_are_few() -> None:
    data = crowds(metadata=families_of(20))
    few = data.train.take(np.arange(0, len(data.train), 4))
    lists = neighbor_lists(training_data(80, 20, few, metadata=data.metadata))
    assert family_share(lists["metadata"]) > family_share(lists["ratings"])


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([(0, 0, 4)], id="one rating"),
        pytest.param([(0, 0, 4), (0, 1, 2), (0, 2, 5)], id="one user"),
        pytest.param([(0, 0, 4), (1, 0, 2), (2, 0, 1)], id="one item that anyone rated"),
        pytest.param([(u, i, 3.3) for u in range(3) for i in range(3)], id="constant ratings"),
    ],
)
def test_the_smallest_data_give_sound_lists(rows: list[tuple[int, int, float]]) -> None:
    lists = neighbor_lists(data_of(rows))["ratings"]
    rated = {item for _, item, _ in rows}
    assert np.isfinite(lists.similarities).all()
    for num, near in enumerate(lists.nums.tolist()):
        assert {other for other in near if other != UNKNOWN} == (rated - {num} if num in rated else set())


def test_blocks_and_length_change_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = neighbor_lists(crowds())["ratings"]
    monkeypatch.setattr(neighbors, "BLOCK", 3)
    short = neighbor_lists(crowds(), length=5)["ratings"]
    assert np.array_equal(short.nums, whole.nums[:, :5])
    assert short.similarities == pytest.approx(whole.similarities[:, :5], abs=1e-6)


@pytest.mark.parametrize("unseen", [0, 1])
def test_many_items_have_the_same_families_from_candidates(monkeypatch: pytest.MonkeyPatch, unseen: int) -> None:
    monkeypatch.setattr(neighbors, "MOST_ITEMS", 19)
    monkeypatch.setattr(neighbors, "conditional_part", lambda interactions: pytest.fail("it was made"))
    lists = neighbor_lists(crowds(metadata=families_of(20 + unseen), unseen=unseen))
    assert list(lists) == ["metadata", "ratings"]
    assert family_share(lists["ratings"]) > 0.7  # by chance 4 of 19
    assert family_share(lists["metadata"]) > 0.9
    if unseen:
        assert set(lists["metadata"].nums[20, :5].tolist()) == {0, 1, 2, 3, 4}
        assert set(lists["ratings"].nums[20].tolist()) == {UNKNOWN}
    assert not any((own.nums == 20).any() for own in lists.values())


def test_a_square_that_memory_has_no_room_for_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 1000)
    monkeypatch.setattr(neighbors, "conditional_part", lambda interactions: pytest.fail("it was made"))
    assert family_share(neighbor_lists(crowds())["ratings"]) > 0.7
