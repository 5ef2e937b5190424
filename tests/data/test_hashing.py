import numpy as np
import pytest

from recli.core.split import SplitSpec
from recli.data.hashing import shares
from recli.data.splits import make_split
from recli.operations.datasets import open_dataset
from recli.store import Store


def test_shares_are_those_that_spark_gave() -> None:
    # Of shiftrightunsigned(xxhash64(0L, user, item), 11) / pow(2, 53); tests/operations/test_on_spark.py asks again.
    told = shares(np.array([0, 1, 0], np.int32), np.array([0, 0, 1], np.int32), 0)
    assert told.tolist() == [0.8521639780148468, 0.417842837118762, 0.2197279772166738]
    assert shares(np.zeros(1, np.int32), np.zeros(1, np.int32), 1).item() == 0.3515733940984552


def test_shares_are_spread_evenly() -> None:
    users, items = (nums.astype(np.int32) for nums in np.divmod(np.arange(100_000), 100))
    counts, _ = np.histogram(shares(users, items, 0), bins=10, range=(0, 1))
    assert np.abs(counts - 10_000).max() < 400  # four standard deviations


def test_the_split_holds_out_the_rows_with_the_lowest_shares(tiny: Store) -> None:
    data, spec = (
        open_dataset(tiny, "tiny"),
        SplitSpec(method="hash", test_fraction=0.3, validation_fraction=0.5, seed=4),
    )
    split = make_split(data, spec)
    low = np.flatnonzero(shares(data.ratings.user_nums, data.ratings.item_nums, 4) < 0.3)
    assert sorted(split.test.tolist()) == low.tolist()
    assert len(split.validation) == pytest.approx(len(split.train), abs=1)
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything.tolist()) == list(range(len(data.ratings)))
