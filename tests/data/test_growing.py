import numpy as np

from recli.data.growing import CHUNK, Growing, looked_up


def test_a_column_that_grows_holds_all_its_rows_in_order() -> None:
    column = Growing(np.int64)
    for start in range(0, 5_000, 700):
        column.extend(np.arange(start, start + 700))
    assert len(column) == 5_600
    assert column.whole().tolist() == list(range(5_600))


def test_a_column_without_rows_is_empty() -> None:
    assert Growing(np.float32).whole().shape == (0,)


def test_looking_up_chunk_by_chunk_is_looking_up_at_once_and_may_be_in_place() -> None:
    places = (np.arange(CHUNK + 5) % 3).astype(np.int32)
    table = np.array([30, 10, 20], np.int32)
    expected = table[places]
    assert np.array_equal(looked_up(table, places), expected)
    looked_up(table, places, out=places)
    assert np.array_equal(places, expected)
