"""What a waiting person sees, on a real (pseudo-)terminal."""

import re

from recli.store import Store
from tests.terminal import on_a_terminal


def last_screen(shown: str) -> list[str]:
    """Return the lines after the last redrawing, without escape codes."""
    last = re.split(r"\x1b\[\d*A", shown)[-1]
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", last).replace("\r", "").splitlines()


def test_quiet_shows_nothing(tiny_copy: Store) -> None:
    argv = [
        "train",
        "dot",
        "-d",
        "tiny",
        "--epochs",
        "40",
        "--embedding-size",
        "2",
        "-q",
        "--artifacts",
        str(tiny_copy.root),
    ]
    assert on_a_terminal(argv, also_stdout=False, TERM="xterm") == (0, "")


def test_a_table_taller_than_the_screen_shows_the_latest_epochs_and_at_the_end_all(tiny_copy: Store) -> None:
    argv = ["train", "dot", "-d", "tiny", "--epochs", "40", "--embedding-size", "2", "--artifacts", str(tiny_copy.root)]
    code, shown = on_a_terminal(argv, also_stdout=False, TERM="xterm", LINES="12")
    assert code == 0
    assert re.search(r"epoch 35 of 40, about \d+ s left", shown)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    final = plain[plain.rindex("val_loss") :]
    epochs = [int(match) for match in re.findall(r"^ *(\d+)   \d\.\d{4}", final, flags=re.M)]
    assert epochs == list(range(1, 41))


def test_an_error_before_the_first_epoch_leaves_no_table(tiny: Store) -> None:
    code, shown = on_a_terminal(
        ["train", "dot", "-d", "nothing", "--artifacts", str(tiny.root)], also_stdout=False, TERM="xterm"
    )
    assert code == 4
    assert next(line for line in last_screen(shown) if line.strip()).startswith("recli: error: no dataset 'nothing'")
