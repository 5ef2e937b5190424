from recli.core.flat import flatten


def test_nested_records_become_rows() -> None:
    record = {"a": {"b": 1.5, "c": {"d": None}}, "e": [1, 2], "f": "x"}
    assert list(flatten(record)) == [("a.b", 1.5), ("a.c.d", None), ("f", "x")]
    assert list(flatten(record, lists=True)) == [("a.b", 1.5), ("a.c.d", None), ("e", "[1, 2]"), ("f", "x")]
