"""When a value counts as reproduced."""

import math

import pytest

from recli.operations.reproduce.checking import Check, Exact, Expectation, Found, Missing, Near, Within, judge_check
from recli.operations.reproduce.expected import CHECKS

ABSENT = Missing("UMAP is not installed", "pip install x")


@pytest.mark.parametrize(
    ("expects", "found", "status"),
    [
        (Exact(943), 943, "pass"),
        (Exact(943), 942, "fail"),
        (Exact("1"), 1, "fail"),
        (Near(3.529860, 6), 3.5298601, "pass"),
        (Near(3.529860, 6), 3.529861, "fail"),
        (Near(13.719), 13.7186, "pass"),
        (Near(13.719), 13.7184, "fail"),
        (Near(13.719), "", "fail"),
        (Within(0.70, 0.76, "0.735"), 0.70, "pass"),
        (Within(0.70, 0.76, "0.735"), 0.7601, "fail"),
        (Within(0.70, 0.76, "0.735"), math.nan, "fail"),
        (Exact(1682), ABSENT, "skipped"),
    ],
)
def test_status(expects: Expectation, found: Found, status: str) -> None:
    assert judge_check(Check("k", "Data", "a value", expects), found, is_copy=False).status == status


@pytest.mark.parametrize(
    ("reason", "is_copy", "found", "status"),
    [
        ("no dates", True, 1987.74, "noted"),
        ("no dates", True, 1987.95, "pass"),
        ("no dates", False, 1987.74, "fail"),
        ("", True, 1987.74, "fail"),
    ],
)
def test_only_a_known_difference_of_the_copy_is_noted(reason: str, is_copy: bool, found: float, status: str) -> None:
    result = judge_check(Check("k", "Data", "mean year", Near(1987.95, 2), reason), found, is_copy=is_copy)
    assert (result.status, result.note) == (status, reason if status == "noted" else "")


def test_what_a_reader_sees_of_each_kind() -> None:
    ranged = judge_check(Check("k", "Models", "MAE", Within(0.70, 0.76, "0.735")), 0.73214, is_copy=False)
    assert (ranged.expected, ranged.expected_text, ranged.found_text) == ((0.70, 0.76), "0.700 to 0.760", "0.732")
    assert (ranged.kind, ranged.source) == ("range", "seed run: 0.735")
    skipped = judge_check(Check("k", "Maps", "points", Exact(1682)), ABSENT, is_copy=False)
    assert (skipped.found, skipped.found_text, skipped.note) == (None, "–", "UMAP is not installed: pip install x")
    assert skipped.expected_text == "1,682"


def test_every_value_has_a_key_of_its_own_and_ranges_hold_the_notebooks_run() -> None:
    assert len({check.key for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        if isinstance(check.expects, Within):
            assert check.expects.holds(float(check.expects.seed_run)), check.name
