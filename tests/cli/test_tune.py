import json

import pytest

from recli.store import Store
from tests.cli.conftest import Recli


@pytest.fixture(autouse=True)
def _small_store(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny_copy.root))


def test_one_fold_of_several_is_searched_and_all_of_them_are_refused(recli: Recli) -> None:
    argv = ("tune", "bias", "-d", "tiny", "--trials", "2", "--jobs", "1", "--json")
    refused = recli(*argv, "--split", "kfold:3")
    assert refused.code == 2
    assert "rows that judge one would choose for another" in refused.err
    assert "recli tune bias --split kfold:3/1" in refused.err
    found = json.loads(recli(*argv, "--split", "kfold:3/1").out)
    assert found["ref"] == "bias:2"
    differing = json.loads(recli("models", "diff", "bias:1", "bias:2", "--json").out)
    assert "kfold:3/1" in json.dumps(differing["sections"])
