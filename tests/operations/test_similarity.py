from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recli.core.errors import IntegrityError, NotFoundError
from recli.models.recommender import UNKNOWN
from recli.operations.artifacts import NEIGHBORS, open_version
from recli.operations.similar import pair, similar_by_id
from recli.operations.similarity import ByLists, methods, open_similarity
from recli.operations.train import configure, train
from recli.store import Store


@pytest.fixture
def both(tiny_copy: Store) -> Store:
    """A store with bias and dot, and with ease, whose fit leaves lists."""
    assert train(tiny_copy, configure("ease", {}), dataset="tiny").has_neighbors
    return tiny_copy


def test_a_version_tells_its_methods_best_first(both: Store) -> None:
    assert methods(open_version(both, "ease")) == ("metadata", "ratings")
    assert methods(open_version(both, "dot")) == ("vectors",)
    assert methods(open_version(both, "bias")) == ()


@pytest.mark.parametrize(
    ("model", "method", "answers"),
    [
        (None, None, ("ease:1", "metadata")),
        (None, "ratings", ("ease:1", "ratings")),
        (None, "vectors", ("dot:1", "vectors")),
        ("dot", None, ("dot:1", "vectors")),
        ("ease", None, ("ease:1", "metadata")),
    ],
)
def test_lists_come_before_vectors_unless_a_person_chooses(
    both: Store, model: str | None, method: str | None, answers: tuple[str, str]
) -> None:
    found = similar_by_id(both, "1", model=model, method=method)
    assert (found.ref, found.method) == answers
    assert found.neighbors


def test_a_method_that_the_version_has_not_is_not_found_and_its_own_are_named(both: Store) -> None:
    with pytest.raises(NotFoundError, match="ease:1 has no method 'vectors'") as refusal:
        similar_by_id(both, "1", model="ease", method="vectors")
    assert refusal.value.candidates == ("metadata", "ratings")
    with pytest.raises(NotFoundError, match="no model with the method 'magic'"):
        similar_by_id(both, "1", method="magic")


def test_neighbours_are_those_of_the_list_with_enough_ratings(both: Store) -> None:
    space = open_similarity(both, "ease", "ratings")
    assert isinstance(space, ByLists)
    query = space.items.vocabulary.parse("1")
    assert query is not None
    listed = [num for num in space.lists.nums[query].tolist() if num != UNKNOWN]
    expected = [space.items.vocabulary.id(num) for num in listed if space.items.n_ratings[num] >= 20]
    found = similar_by_id(both, "1", model="ease", method="ratings", n=1000)
    assert [neighbor.item_id for neighbor in found.neighbors] == expected
    assert found.cut_at is None  # 40 items: a list holds them all
    everyone = similar_by_id(both, "1", model="dot", n=1000)
    assert (found.hidden, found.untrained) == (everyone.hidden, everyone.untrained)


def test_a_pair_is_compared_by_vectors_where_there_are_some(both: Store) -> None:
    assert pair(both, "1", "2").method == "vectors"
    assert pair(both, "1", "2", model="ease").method == "metadata"
    first, second = (pair(both, *ids, method="ratings").similarity for ids in (("1", "2"), ("2", "1")))
    assert first == pytest.approx(second)
    assert pair(both, "1", "1", method="ratings").similarity == 1


def rewritten(store: Store, change: Callable[[dict[str, Any]], None]) -> Store:
    """Publish ease again with other lists."""
    old = open_version(store, "ease")
    files: dict[str, Any] = {
        name: old.read_bytes(name) for name in old.manifest.files if name.endswith((".csv", ".md", ".json"))
    }
    files |= {name: dict(old.read_arrays(name)) for name in old.manifest.files if name.endswith(".npz")}
    files |= {name: np.array(old.read_array(name)) for name in old.manifest.files if name.endswith(".npy")}
    change(files[NEIGHBORS])
    store.publish_model("ease", files, dict(old.manifest.about))
    return store


def test_a_short_list_says_where_it_ends_and_compares_no_pair_beyond(both: Store) -> None:
    def shorten(arrays: dict[str, Any]) -> None:
        for name in arrays:
            arrays[name] = np.ascontiguousarray(arrays[name][:, :3])

    store = rewritten(both, shorten)
    found = similar_by_id(store, "1", min_ratings=0)
    assert len(found.neighbors) == 3
    assert found.cut_at == 3
    space = open_similarity(store, "ease", "metadata")
    far = next(num for num in range(1, 40) if space.between(0, num) is None)
    a, b = (str(space.items.vocabulary.id(num)) for num in (0, far))
    with pytest.raises(NotFoundError, match="keeps the 3 nearest of an item by metadata"):
        pair(store, a, b, model="ease")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda arrays: arrays["metadata_nums"].__setitem__((0, 0), 40), id="an item that is none"),
        pytest.param(lambda arrays: arrays["metadata_nums"].__setitem__((0, 0), -2), id="a negative num"),
        pytest.param(lambda arrays: arrays["metadata_similarities"].__setitem__((0, 0), np.nan), id="no number"),
        pytest.param(lambda arrays: arrays.update(metadata_nums=arrays["metadata_nums"][:-1]), id="an item too few"),
        pytest.param(lambda arrays: arrays.pop("metadata_similarities"), id="no similarities"),
        pytest.param(
            lambda arrays: arrays.update(metadata_nums=arrays["metadata_nums"].astype(np.int64)), id="another dtype"
        ),
    ],
)
def test_lists_that_do_not_fit_are_refused(both: Store, damage: Callable[[dict[str, Any]], None]) -> None:
    def change(arrays: dict[str, Any]) -> None:
        arrays |= {name: array.copy() for name, array in arrays.items()}
        damage(arrays)

    with pytest.raises(IntegrityError):
        similar_by_id(rewritten(both, change), "1")
