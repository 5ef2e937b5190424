"""Which syntax a file's first lines tell; the golden and generated files hold what is read then."""

import pytest

from recli.core.errors import InputDataError
from recli.data.formats.text.sniffing import begin


@pytest.mark.parametrize(
    ("text", "name", "syntax"),
    [
        ("1 2 3\n", "ratings_data.txt", "spaces"),
        ("  7   55\t3  978300760\n", "u.data", "spaces"),  # blanks around tabs
        ("1\t\t2 3\n4 5 1\n", "u.data", "spaces"),
        ("user item stars\na b x\n", "r.txt", "spaces"),
        ("a b c d 5\na b c d 4\n", "r.txt", "spaces"),
        ("1, 2, 3\n4, 5, 1\n", "r.txt", "CSV"),
        ("1\tToy Story 2\t3\n", "r.txt", "TSV"),
        ("Toy Story 2|5\nRocky III 2|4\n", "r.txt", "|"),
    ],
)
def test_blanks_divide_where_no_sign_does(text: str, name: str, syntax: str) -> None:
    assert begin(text.encode(), name, "utf-8", spaces=True).syntax.name == syntax


@pytest.mark.parametrize(
    ("text", "spaces"), [("the cat sat\nthe dog ran\n", True), ("1 Toy 5\n2 Heat 4\n", False), ("a 5\n", True)]
)
def test_prose_is_not_divided_by_its_blanks(text: str, spaces: bool) -> None:
    with pytest.raises(InputDataError, match="one column"):
        begin(text.encode(), "r.txt", "utf-8", spaces=spaces)
