import numpy as np
import pytest

from recli.core.dataset import Dataset
from recli.data.fetching.tiny import generate

FINGERPRINT = "735dd49cc11d5732c0e92898fee1eccba50f9164a81c36aa0d758a87539119cd"


@pytest.fixture(scope="module")
def tiny() -> Dataset:
    return generate()


def test_every_platform_generates_the_same_rows(tiny: Dataset) -> None:
    assert tiny.fingerprint == FINGERPRINT


def test_another_seed_generates_other_rows() -> None:
    assert generate(1).fingerprint != FINGERPRINT


def test_it_is_small_and_whole(tiny: Dataset) -> None:
    assert (len(tiny.users), len(tiny.items), len(tiny.ratings)) == (60, 40, 1132)
    assert set(tiny.ratings.values.tolist()) == {1, 2, 3, 4, 5}
    assert np.bincount(tiny.ratings.user_nums).min() >= 8
    assert sorted(tiny.items.n_ratings)[:4] == [1, 2, 3, 4]
    pairs = set(zip(tiny.ratings.user_nums.tolist(), tiny.ratings.item_nums.tolist(), strict=True))
    assert len(pairs) == len(tiny.ratings)
    assert tiny.ratings.timestamps.min() >= 946_684_800


def test_it_says_that_it_is_synthetic(tiny: Dataset) -> None:
    assert tiny.source["synthetic"] is True
    assert "seed 0" in tiny.source["notes"][0]


def test_its_titles_are_awkward_on_purpose(tiny: Dataset) -> None:
    titles = tiny.items.titles
    assert len(titles) - len(set(titles)) == 1
    assert sum(title.startswith("Orbit of Glass") for title in titles) == 3
    assert any(not title.isascii() for title in titles)
    assert max(len(title) for title in titles) > 80
    assert [titles[num] for num in range(40) if tiny.items.year(num) is None] == ["Untitled Reel"]
    assert tiny.items.vocabulary.num(13) is None


def test_tastes_explain_more_than_biases_do(tiny: Dataset) -> None:
    """The second singular value of what biases leave stands out from the noise after it: two axes of taste."""
    table = np.full((60, 40), np.nan)
    table[tiny.ratings.user_nums, tiny.ratings.item_nums] = tiny.ratings.values
    table -= np.nanmean(table, axis=0)
    table -= np.nanmean(table, axis=1, keepdims=True)
    strengths = np.linalg.svd(np.nan_to_num(table), compute_uv=False)
    assert strengths[1] > 1.5 * strengths[2]
