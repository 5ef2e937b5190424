from unittest.mock import Mock

import numpy as np
import pytest

from recli.core.errors import NotFoundError
from recli.core.ratings import RatingScale
from recli.data.build import RatingColumns, assemble
from recli.operations.people import known_user


def test_the_user_to_try_can_be_typed_into_a_shell_whatever_their_id() -> None:
    ratings = RatingColumns(
        np.array(["Ann B; ls", "x"]), np.array([1, 1]), np.array([3, 4], np.float32), np.zeros(2, np.int64)
    )
    data = assemble("letters", ratings, [], [], scale=RatingScale(1, 5), source={})
    with pytest.raises(NotFoundError, match="letters has no user 'nobody'") as error:
        known_user(Mock(), Mock(), data, "nobody", "rated")
    assert error.value.fix == "recli recommend --user 'Ann B; ls'"
