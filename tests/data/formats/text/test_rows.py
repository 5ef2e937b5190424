"""Rows of several lines, and lines that only seem to begin one; the rest is held by the golden and generated files."""

import pytest

from recli.data.formats.accounting import Accounting
from recli.data.formats.text.rows import COLONS, CSV, TSV, Table, Walked, split_line, walk


def walked(text: str, fields: int = 2, *, last: bool = True) -> tuple[Walked[list[str]], Accounting]:
    account = Accounting()
    return walk(text.encode(), 10, Table(CSV, fields, "utf-8", list), account, last=last), account


def test_a_quoted_cell_may_hold_line_ends_and_is_one_line() -> None:
    found, account = walked('1,"two\r\nlines"\n2,b\n')
    assert found.rows == [["1", "two\nlines"], ["2", "b"]]
    assert (account.lines, account.accepted, found.lines) == (2, 2, 3)


def test_a_stray_quote_costs_its_line_and_no_other() -> None:
    found, account = walked('1,"a\n2,b\n3,c\n"4,d\n5,e\n')
    assert found.rows == [["2", "b"], ["3", "c"], ["5", "e"]]
    assert [(bad.line, bad.reason) for bad in account.examples] == [(10, "quotes"), (13, "quotes")]
    assert account.lines == 5


def test_a_row_goes_on_in_the_next_block() -> None:
    found, account = walked('1,a\n2,"two\n', last=False)
    assert (found.rows, found.lines, found.rest) == ([["1", "a"]], 1, b'2,"two\n')
    assert account.lines == 1
    found, account = walked('1,a\n2,"two\n', last=True)
    assert (found.rest, account.rejected_by) == (b"", {"quotes": 1})


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('a,"b,c",d', ["a", "b,c", "d"]),
        ('"say ""hi"""', ['say "hi"']),
        ('"",', ["", ""]),
        ('"a"', ["a"]),
        (",", ["", ""]),
    ],
)
def test_quotes_are_those_of_rfc_4180(line: str, cells: list[str]) -> None:
    assert split_line(line, CSV) == cells


def test_elsewhere_a_quotation_mark_is_a_sign_like_others() -> None:
    assert split_line('"a\tb"', TSV) == ['"a', 'b"']


def test_a_title_may_hold_the_separator() -> None:
    table = Table(COLONS, 3, "utf-8", list, title=1)
    found = walk(b"1::A::B:::Drama\n2::C::War\n", 1, table, Accounting())
    assert found.rows == [["1", "A::B:", "Drama"], ["2", "C", "War"]]
