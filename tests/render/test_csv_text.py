import pytest

from recli.render.csv_text import text_cell


@pytest.mark.parametrize(
    ("text", "cell", "raw"),
    [
        ("Fargo (1996)", "Fargo (1996)", "Fargo (1996)"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")', '=HYPERLINK("x")'),
        ("+1", "'+1", "+1"),
        ("-1", "'-1", "-1"),
        ("@SUM", "'@SUM", "@SUM"),
        ("\t=1", "'\\x09=1", "\\x09=1"),
        ("1=1", "1=1", "1=1"),
        ("", "", ""),
    ],
)
def test_no_cell_is_a_formula_unless_asked_for(text: str, cell: str, raw: str) -> None:
    assert text_cell(text) == cell
    assert text_cell(text, raw=True) == raw
