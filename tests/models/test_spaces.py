"""Where a search may go."""

import pytest

from recli.core.errors import NotFoundError
from recli.models.registry import NAMES, configure
from recli.models.spaces import Choice, Dimension, space_of


def ends(own: Dimension) -> tuple[object, ...]:
    return own.values if isinstance(own, Choice) else (own.low, own.high)


@pytest.mark.parametrize("model", NAMES)
def test_a_space_holds_the_defaults_and_nothing_that_the_model_refuses(model: str) -> None:
    space, defaults = space_of(model), configure(model, {}).parameters()
    assert space
    for name, own in space.items():
        assert own.holds(defaults[name]), name
        for end in ends(own):
            assert own.holds(end)
            assert configure(model, {name: end}).parameters()[name] == end


def test_a_ranking_is_not_searched_by_what_moves_stars_alone() -> None:
    assert space_of("ease").keys() - space_of("ease", to_rank=True).keys() == {"damping"}
    assert space_of("dot", to_rank=True) == space_of("dot")


def test_a_space_of_no_model() -> None:
    with pytest.raises(NotFoundError):
        space_of("nope")
