"""``recli reproduce`` from its arguments to its exit code; the work itself is tested with its operation."""

import json
from pathlib import Path

import pytest

from recli.operations import reproduce as operation
from recli.store import Store
from tests.cli.conftest import Recli
from tests.render.samples import reproduce_result


@pytest.mark.parametrize(("failing", "code"), [(True, 10), (False, 0)])
def test_a_value_that_does_not_hold_closes_the_gate_after_all_is_shown(
    recli: Recli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failing: bool, code: int
) -> None:
    monkeypatch.setattr(operation, "reproduce", lambda *args, **options: reproduce_result(failing=failing))
    page = tmp_path / "seed.md"
    ran = recli("reproduce", "--report", str(page), "--json")
    assert ran.code == code
    assert json.loads(ran.out)["failed"] == int(failing)
    assert ("1 of 4 values do not hold" in ran.err) == failing
    assert page.read_text().startswith("# The notebook")
    assert (tmp_path / "seed.md_files" / "map-tsne.png").read_bytes() == b"\x89PNG picture"


def test_what_cannot_be_done_is_refused_before_the_work(recli: Recli, tiny: Store, tmp_path: Path) -> None:
    missing = recli("reproduce", "--artifacts", str(tiny.root))
    assert (missing.code, "fix: recli fetch" in missing.err) == (4, True)
    unknown = recli("reproduce", "--report", str(tmp_path / "seed.pdf"))
    assert (unknown.code, "fix: recli reproduce --report" in unknown.err) == (2, True)
    assert recli("reproduce", "--report", str(tmp_path / "no" / "seed.html")).code == 8
