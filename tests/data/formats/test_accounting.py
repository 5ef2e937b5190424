"""Reasons for which a line is rejected: each is known, and docs/data.md explains each."""

import re
from pathlib import Path

from recli.data.formats.accounting import REASONS

PROJECT = Path(__file__).parents[3]


def test_every_reason_that_is_given_is_one_of_those_known() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "recli/data").rglob("*.py"))
    given = set(re.findall(r'Rejected\(\s*"([a-z ]+)"', sources))
    assert given
    assert given <= REASONS.keys()


def test_the_page_explains_every_reason() -> None:
    page = (PROJECT / "docs/data.md").read_text(encoding="utf-8")
    assert [reason for reason in REASONS if f"`{reason}`" not in page] == []
