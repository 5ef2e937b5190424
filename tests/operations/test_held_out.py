import numpy as np

from recli.operations.held_out import common_rows


def test_rows_that_stand_in_every_list_come_ascending() -> None:
    lists = [np.array(rows) for rows in ([5, 1, 3], [3, 5, 5, 0], [9, 5, 3])]
    assert common_rows(lists, 10).tolist() == [3, 5]  # a row that a list names twice counts once
    assert common_rows([np.array([1]), np.array([2])], 3).tolist() == []
