"""The table of ``make torture``: met and unmet rows, and that nothing is counted which stands in no row."""

import json
from pathlib import Path

import pytest

from tests import torture
from tests.torture import FORMATS, GENERATED, ROWS, Tally, sized, table

ENOUGH = {name: row.least for name, row in ROWS.items()} | {f"{FORMATS}CSV": GENERATED.least}


def test_every_row_is_met_by_as_many_cases_as_are_wanted() -> None:
    lines, met = table(ENOUGH)
    assert met
    assert len(lines) == 2 + len(ROWS) + 1
    assert all(line.endswith("| yes |") for line in lines[2:])
    assert any(line.startswith("| generated files: `CSV` |") and "| 5,000 files | 5,000 |" in line for line in lines)


@pytest.mark.parametrize("name", ENOUGH)
def test_one_case_too_few_is_told_and_leaves_the_table_unmet(name: str) -> None:
    lines, met = table(ENOUGH | {name: ENOUGH[name] - 1})
    assert not met
    assert [line.endswith("| **no** |") for line in lines[2:]].count(True) == 1


def test_a_row_that_nobody_counted_is_there_with_none() -> None:
    lines, met = table({name: n for name, n in ENOUGH.items() if name != "kills"})
    assert not met
    assert any(ROWS["kills"].test in line and line.endswith("| 0 | **no** |") for line in lines)


def test_without_a_format_whose_files_were_generated_the_table_is_not_met() -> None:
    assert not table({name: row.least for name, row in ROWS.items()})[1]


def test_what_is_counted_stands_in_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally()
    with pytest.raises(KeyError):
        tally("fautls")
    tally("faults")
    tally("faults", 2)
    tally(f"{FORMATS}CSV", 7)
    monkeypatch.delenv(torture.COUNTS, raising=False)
    tally.keep()
    monkeypatch.setenv(torture.COUNTS, str(tmp_path / "counts.json"))
    tally.keep()
    assert json.loads((tmp_path / "counts.json").read_text()) == {"faults": 3, f"{FORMATS}CSV": 7}


def test_all_cases_or_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    for full, cases in ((True, 60), (False, 3)):
        monkeypatch.setattr(torture, "FULL", full)
        assert sized(3, 60) == cases
