import numpy as np
import pytest

from recli.core.errors import InputDataError, NotFoundError, UsageError
from recli.operations.artifacts import TEST_ROWS, load_predictor, open_version
from recli.operations.datasets import open_dataset
from recli.operations.filters import ItemFilter
from recli.operations.recommend import recommend_to_all, recommend_to_new, recommend_to_user
from recli.operations.shelf import Wish
from recli.operations.train import configure, train
from recli.store import Store


@pytest.fixture(scope="module")
def store(tiny: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The synthetic store with models that rank."""
    import shutil

    root = tmp_path_factory.mktemp("ranked") / "store"
    shutil.copytree(tiny.root, root)
    copy = Store(root)
    for model in ("ranker", "ease"):
        train(copy, configure(model, {}), dataset="tiny")
    return copy


def ids(result: object) -> list[int]:
    return [item.item_id for item in result.items]  # type: ignore[attr-defined]


def test_the_best_unseen_items_of_a_user_by_the_models_own_scores(store: Store) -> None:
    data, predictor = open_dataset(store, "tiny"), load_predictor(open_version(store, "ranker"))
    user = data.users.vocabulary.id(5)
    seen = data.ratings.item_nums[data.ratings.user_nums == 5]
    scores = predictor.scores(np.array([5], np.int32))[0]
    scores[seen] = -np.inf
    best = np.argsort(-scores, kind="stable")[:4]
    found = recommend_to_user(store, str(user), wish=Wish(n=4))
    assert found.ref == "ranker:1"
    assert ids(found) == [data.items.vocabulary.id(num) for num in best.tolist()]
    assert [item.rank for item in found.items] == [1, 2, 3, 4]
    assert [item.score for item in found.items] == pytest.approx(scores[best])
    stars = predictor.predict(np.full(4, 5, np.int32), best.astype(np.int32)).values
    assert [item.rating for item in found.items] == pytest.approx(stars)
    assert (found.n_excluded, found.by_popularity) == (len(seen), False)


def test_what_is_left_out_is_all_that_was_rated_or_trained_or_nothing(store: Store) -> None:
    data = open_dataset(store, "tiny")
    rows = np.flatnonzero(data.ratings.user_nums == 5)
    test = np.isin(rows, open_version(store, "ranker").read_array(TEST_ROWS))
    assert 0 < test.sum() < len(rows)
    everything = Wish(n=1000, exclude="nothing")
    all_ids = set(ids(recommend_to_user(store, "6", wish=everything)))
    for exclude, left_out in (("rated", rows), ("trained", rows[~test])):
        found = set(ids(recommend_to_user(store, "6", wish=Wish(n=1000, exclude=exclude))))
        gone = {data.items.vocabulary.id(num) for num in data.ratings.item_nums[left_out].tolist()}
        assert found == all_ids - gone


def test_all_users_get_what_each_alone_gets(store: Store) -> None:
    everybody = recommend_to_all(store, wish=Wish(n=3))
    rows = [row for block in everybody.blocks for row in block]
    assert len({row.user_id for row in rows}) == everybody.n_users
    for user in (rows[0].user_id, rows[-1].user_id):
        alone = recommend_to_user(store, str(user), wish=Wish(n=3))
        mine = [row.item for row in rows if row.user_id == user]
        assert [item.item_id for item in mine] == ids(alone)
        assert [item.score for item in mine] == pytest.approx([item.score for item in alone.items], abs=1e-4)


def test_all_users_may_hear_of_what_was_held_out(store: Store) -> None:
    data = open_dataset(store, "tiny")
    rated = set(zip(data.ratings.user_nums.tolist(), data.ratings.item_nums.tolist(), strict=True))
    for exclude, overlaps in (("rated", False), ("trained", True)):
        blocks = recommend_to_all(store, wish=Wish(n=5, exclude=exclude)).blocks
        pairs = {
            (data.users.vocabulary.num(row.user_id), data.items.vocabulary.num(row.item.item_id))
            for block in blocks
            for row in block
        }
        assert bool(pairs & rated) == overlaps


def test_somebody_new_with_a_users_ratings_hears_much_the_same(store: Store) -> None:
    data = open_dataset(store, "tiny")
    trained = np.ones(len(data.ratings), np.bool_)
    trained[open_version(store, "ranker").read_array(TEST_ROWS)] = False
    rows = np.flatnonzero(trained & (data.ratings.user_nums == 5))
    rates = [
        f"{data.items.vocabulary.id(num)}={stars}"
        for num, stars in zip(data.ratings.item_nums[rows].tolist(), data.ratings.values[rows].tolist(), strict=True)
    ]
    wish = Wish(n=5, exclude="trained")
    new = recommend_to_new(store, rates, wish=wish)
    assert new.user_id is None
    assert len(new.given) == len(rows)
    assert ids(new) == ids(recommend_to_user(store, "6", wish=wish))


def test_nobody_in_particular_is_told_what_most_people_rated(store: Store) -> None:
    found = recommend_to_new(store, wish=Wish(n=3))
    support = load_predictor(open_version(store, "ranker")).support.items
    best = np.argsort(-support, kind="stable")[:3]
    vocabulary = open_dataset(store, "tiny").items.vocabulary
    assert found.by_popularity
    assert ids(found) == [vocabulary.id(num) for num in best.tolist()]


def test_reasons_are_the_persons_own_ratings_and_their_shares(store: Store) -> None:
    found = recommend_to_new(store, ["Orbit of Glass=5", "14=3"], wish=Wish(n=2, explain=True))
    for item in found.items:
        assert item.reasons
        assert {reason.item_id for reason in item.reasons} <= {1, 14}
        assert {reason.stars for reason in item.reasons} <= {5, 3}
        assert sum(reason.share for reason in item.reasons) == pytest.approx(1)
    known = recommend_to_user(store, "6", wish=Wish(n=1, explain=True)).items[0]
    assert known.reasons
    assert len(known.reasons) <= 3
    assert all(reason.stars is not None for reason in known.reasons)


def test_filters_hold_and_too_few_is_what_is_left(store: Store) -> None:
    wish = Wish(n=50, filter=ItemFilter.read(("western",), None))
    found = recommend_to_user(store, "6", wish=wish)
    data = open_dataset(store, "tiny")
    assert 0 < len(found.items) < 50
    assert all("Western" in data.items.genres[data.items.vocabulary.num(i) or 0] for i in ids(found))


def test_diversity_changes_the_list_and_keeps_its_head(store: Store) -> None:
    plain, diverse = (recommend_to_user(store, "6", wish=Wish(n=8, diversity=share)) for share in (0.0, 0.7))
    assert ids(plain)[0] == ids(diverse)[0]
    assert ids(plain) != ids(diverse)


@pytest.mark.parametrize(
    ("wish", "told"),
    [({"n": 0}, "-n"), ({"diversity": 1.5}, "--diversity"), ({"exclude": "some"}, "rated, trained, nothing")],
)
def test_a_wish_that_cannot_be_is_refused(wish: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Wish(**wish)  # type: ignore[arg-type]


def test_models_that_cannot_say_so(store: Store) -> None:
    with pytest.raises(UsageError, match="no sum over ratings"):
        recommend_to_user(store, "6", model="dot", wish=Wish(explain=True))
    assert [recommend_to_user(store, "6", model=name).explainable for name in ("dot", "ranker")] == [False, True]
    with pytest.raises(NotFoundError, match="no user '9999'"):
        recommend_to_user(store, "9999")
    with pytest.raises(UsageError, match="not for --all-users"):
        recommend_to_all(store, wish=Wish(explain=True))


def test_a_rating_that_cannot_be_is_refused_before_anything_is_shown(store: Store) -> None:
    with pytest.raises(InputDataError, match="from 1 to 5"):
        recommend_to_new(store, ["1=9"])


def test_without_a_model_the_way_to_one_is_told(tmp_path: object) -> None:
    with pytest.raises(NotFoundError, match="no model has been trained") as error:
        recommend_to_new(Store(tmp_path), [])  # type: ignore[arg-type]
    assert error.value.fix == "recli train"
