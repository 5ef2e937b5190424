from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import NotFoundError
from recli.operations.similar import pair, similar_by_id, similar_by_title
from recli.operations.spaces import open_space
from recli.store import Store


def test_neighbours_by_hand_from_the_stored_vectors(tiny: Store) -> None:
    space = open_space(tiny, None, users=False)
    query = 5
    item_id = str(space.points.vocabulary.id(query))
    found = similar_by_id(tiny, item_id, n=100, min_ratings=0)
    vectors = np.asarray(space.vectors, np.float64)
    norms = np.linalg.norm(vectors, axis=1)
    expected = {
        space.points.vocabulary.id(num): vectors[num] @ vectors[query] / (norms[num] * norms[query] + 1e-7)
        for num in range(len(vectors))
        if num != query and space.trained[num]
    }
    assert {n.item_id: pytest.approx(n.similarity, abs=1e-5) for n in found.neighbors} == expected
    similarities = [n.similarity for n in found.neighbors]
    assert similarities == sorted(similarities, reverse=True)
    assert [n.rank for n in found.neighbors] == list(range(1, len(expected) + 1))


def test_few_ratings_are_hidden_and_counted(tiny: Store) -> None:
    everyone = similar_by_id(tiny, "1", n=1000, min_ratings=0)
    known = similar_by_id(tiny, "1", n=1000, min_ratings=20)
    assert everyone.hidden == 0
    assert all(n.ratings >= 20 for n in known.neighbors)
    assert known.hidden == sum(n.ratings < 20 for n in everyone.neighbors) > 0
    assert len(known.neighbors) + known.hidden == len(everyone.neighbors)


def test_an_item_that_training_never_saw_is_no_ones_neighbour(trained: Store) -> None:
    space = open_space(trained, "dot", users=False)
    found = similar_by_id(trained, "50", n=2000, min_ratings=0)
    assert found.untrained == int((~space.trained).sum()) > 0
    assert len(found.neighbors) == 1682 - 1 - found.untrained
    assert 50 not in {n.item_id for n in found.neighbors}
    assert {n.item_id for n in found.neighbors} <= set(range(1, 1683))


def test_a_pair_is_named_by_ids_or_titles_and_is_symmetric(trained: Store) -> None:
    by_id, by_title = pair(trained, "50", "181"), pair(trained, "Return of the Jedi", "Star Wars")
    assert (by_id.a.item_id, by_id.b.item_id) == (50, 181)
    assert by_id.similarity == pytest.approx(by_title.similarity, abs=1e-6)
    assert pair(trained, "50", "50").similarity == pytest.approx(1, abs=1e-5)


def test_on_movielens_star_wars_is_near_its_sequels(trained: Store) -> None:
    found = similar_by_title(trained, "Star Wars", model="dot")
    assert found.query.item_id == 50
    assert {n.item_id for n in found.neighbors[:2]} == {172, 181}
    assert found.query.ratings == 583


def test_the_first_model_of_the_registry_that_has_vectors_answers(tiny: Store) -> None:
    assert similar_by_id(tiny, "1").ref == "dot:1"
    with pytest.raises(NotFoundError, match="bias:1 knows no similar items"):
        similar_by_id(tiny, "1", model="bias")


@pytest.mark.parametrize("item_id", ["411", "x", "1_0"])
def test_an_unknown_id_is_not_found_and_the_range_of_ids_is_named(tiny: Store, item_id: str) -> None:
    with pytest.raises(NotFoundError, match=f"no item has the id '{item_id}': ids go from 1 to 41"):
        similar_by_id(tiny, item_id)


def test_what_is_not_found_is_looked_up_in_the_models_own_dataset(tiny: Store) -> None:
    for ask in (
        lambda: similar_by_title(tiny, "qqqzzzxxx"),
        lambda: similar_by_id(tiny, "4711"),
        lambda: pair(tiny, "1", "qqqzzzxxx"),
    ):
        with pytest.raises(NotFoundError) as refusal:
            ask()
        assert refusal.value.fix == "recli stats tiny --popularity"


def test_where_no_title_fits_an_id_is_the_fix(tiny: Store) -> None:
    with pytest.raises(NotFoundError) as refusal:
        similar_by_title(tiny, "21")
    assert refusal.value.fix == "recli similar --id 21"


def test_101_is_dalmatians_and_the_id_of_heavy_metal(trained: Store) -> None:
    found = similar_by_title(trained, "101")
    assert found.query.title == "101 Dalmatians (1996)"
    assert found.has_the_id
    assert found.has_the_id.title == "Heavy Metal (1981)"


def test_neighbours_of_an_item_that_training_never_saw_are_said_to_mean_nothing(trained: Store) -> None:
    space = open_space(trained, "dot", users=False)
    unseen, seen = int(np.flatnonzero(~space.trained)[0]), int(np.flatnonzero(space.trained)[0])
    unseen_id, seen_id = (str(space.points.vocabulary.id(num)) for num in (unseen, seen))
    found = similar_by_id(trained, unseen_id, model="dot")
    assert not found.query_trained
    assert found.untrained == int((~space.trained).sum()) - 1
    assert similar_by_id(trained, seen_id, model="dot").query_trained
    assert not pair(trained, seen_id, unseen_id, model="dot").trained
    assert pair(trained, seen_id, seen_id, model="dot").trained


def test_no_model_at_all_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as refusal:
        similar_by_title(Store(tmp_path), "Star Wars")
    assert refusal.value.fix == "recli train"
