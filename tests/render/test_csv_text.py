import pytest

from recli.render.csv_text import rows_text, text_cell


@pytest.mark.parametrize(
    ("text", "cell", "raw"),
    [
        ("Fargo (1996)", "Fargo (1996)", "Fargo (1996)"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")', '=HYPERLINK("x")'),
        ("+1", "'+1", "+1"),
        ("-1", "'-1", "-1"),
        ("@SUM", "'@SUM", "@SUM"),
        ("＝1", "'＝1", "＝1"),
        ("\t=1", "'\\x09=1", "\\x09=1"),
        ("1=1", "1=1", "1=1"),
        ("", "", ""),
    ],
)
def test_no_cell_is_a_formula_unless_asked_for(text: str, cell: str, raw: str) -> None:
    assert text_cell(text) == cell
    assert text_cell(text, raw=True) == raw


def test_csv_quotes_and_tsv_does_not() -> None:
    rows = [(7, 0.123456789, None, 'A "b", c')]
    assert rows_text(rows, ",") == '7,0.123457,,"A ""b"", c"\n'
    assert rows_text(rows, "\t") == '7\t0.123457\t\tA "b", c\n'


def test_only_text_is_guarded_against_spreadsheets() -> None:
    rows = [(-1, -0.5, "=1+1")]
    assert rows_text(rows, ",") == "-1,-0.5,'=1+1\n"
    assert rows_text(rows, ",", raw=True) == "-1,-0.5,=1+1\n"
