import pytest

from recli.core.errors import NotFoundError
from recli.core.results.diff import DiffRow, ModelDiff
from recli.core.split import SplitSpec
from recli.operations.diff import diff_models
from recli.operations.train import configure, train
from recli.store import Store


def differing(diff: ModelDiff, section: str) -> dict[str, tuple[object, object]]:
    return {row.name: (row.first, row.second) for row in diff.sections[section] if row.differs}


def test_what_differs_stands_in_its_section(tiny_copy: Store) -> None:
    train(tiny_copy, configure("bias", {"damping": 9.0}), dataset="tiny", split=SplitSpec(test_fraction=0.1))
    found = diff_models(tiny_copy, "bias:1", "bias")
    assert found.refs == ("bias:1", "bias:2")
    assert differing(found, "configuration") == {"parameters.damping": (5.0, 9.0)}
    assert differing(found, "data") == {}
    assert {"test_fraction": (0.2, 0.1), "rows.test": (227, 114)}.items() <= differing(found, "split").items()
    assert differing(found, "metrics")["test.n"] == (227, 114)
    assert differing(found, "metrics")["baseline.n"] == (227, 114)
    assert differing(found, "environment").keys() <= {"created"}


def test_what_one_does_not_say_is_none(tiny: Store) -> None:
    found = differing(diff_models(tiny, "dot", "bias"), "configuration")
    assert found["model"] == ("dot", "bias")
    assert found["parameters.epochs"] == (3, None)
    assert found["parameters.damping"] == (None, 5.0)


def test_nothing_differs_from_itself(tiny: Store) -> None:
    found = diff_models(tiny, "dot", "dot:1")
    assert not [row for rows in found.sections.values() for row in rows if row.differs]
    assert DiffRow("name", "tiny", "tiny") in found.sections["data"]


def test_a_version_that_is_not_there_is_refused(tiny: Store) -> None:
    with pytest.raises(NotFoundError):
        diff_models(tiny, "dot", "dot:9")
