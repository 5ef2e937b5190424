import pytest

from recli.core.errors import UsageError
from recli.core.split import SplitSpec


@pytest.mark.parametrize(
    "fields",
    [
        {"test_fraction": 0.0},
        {"test_fraction": 1.0},
        {"test_fraction": float("nan")},
        {"validation_fraction": 1.0},
        {"validation_fraction": -0.1},
        {"seed": -1},
        {"seed": 2**32},
    ],
)
def test_a_split_that_cannot_be_is_refused_by_the_name_of_its_option(fields: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="--"):
        SplitSpec(**fields)


def test_the_default_is_the_notebooks() -> None:
    assert SplitSpec() == SplitSpec(test_fraction=0.2, validation_fraction=0.1, seed=0)
