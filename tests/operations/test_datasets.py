from pathlib import Path

import pytest

from recli.core.errors import NotFoundError
from recli.operations.datasets import open_dataset
from recli.store import Store


@pytest.mark.parametrize(
    ("name", "fix"), [("ml-100k", "recli fetch"), ("tiny", "recli fetch tiny"), ("mine", "recli fetch --list")]
)
def test_a_dataset_that_can_be_fetched_comes_with_the_command_that_does(tmp_path: Path, name: str, fix: str) -> None:
    with pytest.raises(NotFoundError) as refusal:
        open_dataset(Store(tmp_path), name)
    assert refusal.value.fix == fix


def test_a_dataset_of_the_store_is_loaded(tiny: Store) -> None:
    assert len(open_dataset(tiny, "tiny").ratings) == 1132
