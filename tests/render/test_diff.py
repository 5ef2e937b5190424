import io

from rich.console import Console

from recli.core.results.diff import DiffRow, ModelDiff
from recli.render.diff import diff_view
from recli.render.view import View, quiet_text, tsv_text

SECTIONS = {
    "configuration": (DiffRow("model", "dot", "dot"), DiffRow("parameters.epochs", 10, 15)),
    "data": (DiffRow("fingerprint", "a" * 64, "a" * 63 + "b"),),
    "split": (DiffRow("seed", 0, 0),),
    "metrics": (DiffRow("test.mae", 0.716564123, None),),
    "other": (DiffRow("note", "[red]x\x1b", "y"),),
}


def view(*, everything: bool = False, first: str = "dot:1") -> View:
    return diff_view(ModelDiff((first, "dot:2"), SECTIONS), everything=everything)


def on_terminal(made: View, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), markup=False, highlight=False)
    with console.capture() as capture:
        console.print(made.terminal(), crop=False)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_only_what_differs_is_shown_unless_all_is_asked_for() -> None:
    assert tsv_text(view()).splitlines() == [
        "section\tname\tfirst\tsecond",
        "configuration\tparameters.epochs\t10\t15",
        f"data\tfingerprint\t{'a' * 64}\t{'a' * 63}b",
        "metrics\ttest.mae\t0.716564\t",
        "other\tnote\t[red]x\\x1b\ty",
    ]
    assert view().notes == ["2 values in common hidden (--all shows them)"]
    assert "split\tseed\t0\t0" in tsv_text(view(everything=True))
    assert view(everything=True).notes == []
    assert quiet_text(view()).splitlines()[0] == "configuration.parameters.epochs"


def test_a_difference_at_the_end_of_a_long_value_is_seen_at_any_width() -> None:
    for width in (80, 200):
        lines = on_terminal(view(), width)
        assert max(map(len, lines)) <= width
        assert any(line.endswith("b") for line in lines)
        assert any("[red]x" in line for line in lines)
        assert not any("\x1b" in line for line in lines)


def test_versions_of_different_data_are_not_to_be_compared() -> None:
    assert view().next is None
    same = ModelDiff(("dot:1", "dot:2"), {"data": (DiffRow("fingerprint", "a", "a"),)})
    assert diff_view(same).next == "recli compare dot:1 dot:2"


def test_a_version_beside_itself_says_so() -> None:
    same = diff_view(ModelDiff(("dot:2", "dot:2"), {"split": (DiffRow("seed", 0, 0),)}))
    assert same.notes == ["both are dot:2"]
    assert on_terminal(same, 80) == ["dot:2  nothing differs"]
