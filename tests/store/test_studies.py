"""Studies grow: what is half written goes, what is whole stays, and one process writes."""

from pathlib import Path

import pytest

from recli.core.errors import BusyError, StorageError
from recli.store import Store


def test_a_half_written_line_goes_and_the_rest_stays(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.study("dot-tiny") as path:
        assert path == store.root / "studies" / "dot-tiny.jsonl"
        path.write_text('{"a": 1}\n{"b":')
    with store.study("dot-tiny") as path:
        assert path.read_text() == '{"a": 1}\n'
    with store.study("dot-tiny", fresh=True) as path:
        assert path.read_text() == ""
    assert store.model_names() == []


def test_two_cannot_write_and_a_link_is_not_followed(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.study("one"), store.study("other"), pytest.raises(BusyError, match=r"one\.jsonl"), store.study("one"):
        pass
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (store.root / "studies" / "link.jsonl").symlink_to(elsewhere)
    with pytest.raises(StorageError, match=r"link\.jsonl"), store.study("link", fresh=True):
        pass
    assert elsewhere.read_text() == "precious"


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden"])
def test_no_name_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name"), Store(tmp_path / "store").study(name):
        pass
