import numpy as np
import pytest

from recli.core.errors import InputDataError, IntegrityError
from recli.data.fetching.folds import fold_rows
from recli.data.fetching.grouplens import parse_ratings

RATINGS = parse_ratings(b"7\t20\t5\t100\n3\t5\t1\t200\n7\t5\t3\t300\n")


def test_rows_are_found_by_user_and_item_whatever_their_order() -> None:
    found = fold_rows(RATINGS, {"u1.test": b"7\t5\t3\t300\n7\t20\t5\t100\n", "ub.test": b"3\t5\t1\t200\n"})
    assert {name: rows.tolist() for name, rows in found.items()} == {"u1": [0, 2], "ub": [1]}
    assert found["u1"].dtype == np.int32


@pytest.mark.parametrize("row", [b"7\t6\t3\t300\n", b"7\t5\t4\t300\n", b"7\t5\t3\t301\n"])
def test_a_row_that_is_no_rating_of_the_dataset_is_refused_by_its_line(row: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"u1\.test:2"):
        fold_rows(RATINGS, {"u1.test": b"3\t5\t1\t200\n" + row})


def test_a_malformed_line_is_named_with_its_file() -> None:
    with pytest.raises(InputDataError, match=r"ua\.test:1"):
        fold_rows(RATINGS, {"ua.test": b"7\t20\n"})
