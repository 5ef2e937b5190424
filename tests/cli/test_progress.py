"""What a waiting person sees, on a real (pseudo-)terminal."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest

from recli.cli.progress import ranking, reading
from recli.operations import ranks
from recli.store import Store
from tests.cli.conftest import Recli
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
    assert re.search(r"epoch 35 of 40, (?:\d+\.\d epochs/s, )?about \d+ s left", shown)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    final = plain[plain.rindex("epoch ") :]
    epochs = [int(match) for match in re.findall(r"^ *(\d+)   \d\.\d{4}", final, flags=re.M)]
    assert epochs == list(range(1, 41))


def test_an_error_before_the_first_epoch_leaves_no_table(tiny: Store) -> None:
    code, shown = on_a_terminal(
        ["train", "dot", "-d", "nothing", "--artifacts", str(tiny.root)], also_stdout=False, TERM="xterm"
    )
    assert code == 4
    assert next(line for line in last_screen(shown) if line.strip()).startswith("recli: error: no dataset 'nothing'")


BAYES = ["train", "bayes", "-d", "tiny", "--chains", "2", "--sweeps", "4", "--burn-in", "2", "--samples", "2"]


def test_a_model_of_chains_shows_a_bar_and_leaves_nothing_of_it(tiny_copy: Store) -> None:
    code, shown = on_a_terminal([*BAYES, "--artifacts", str(tiny_copy.root)], also_stdout=False, TERM="xterm")
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    assert "fitting bayes" in plain
    assert "0 of 2 chains" in plain
    assert re.search(r"2 of 2 chains, about 0 s left", plain)
    assert "chains" not in "".join(last_screen(shown))


def test_elsewhere_each_chain_is_a_plain_line(recli: Recli, tiny_copy: Store) -> None:
    done = recli(*BAYES, "--artifacts", str(tiny_copy.root))
    assert re.findall(r"^chain (\d)/2  \d+\.\d s(?:, about \d+ s left)?$", done.err, flags=re.M) == ["1", "2"]


def test_folds_are_lines_over_a_bar_that_goes(tiny_copy: Store) -> None:
    argv = ["train", "bias", "-d", "tiny", "--split", "kfold:3", "--artifacts", str(tiny_copy.root)]
    code, shown = on_a_terminal(argv, also_stdout=False, TERM="xterm")
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
    assert "fitting 3 folds of bias" in plain
    assert re.findall(r"fold kfold:3/(\d) done \((\d) of 3\)  RMSE \d\.\d{4}", plain) == [
        ("1", "1"),
        ("2", "2"),
        ("3", "3"),
    ]
    assert "fitting" not in "".join(last_screen(shown))


def test_a_long_ranking_tells_how_far_it_is(recli: Recli, tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ("evaluate", "dot", "--artifacts", str(tiny.root))
    assert "ranking" not in recli(*argv).err
    monkeypatch.setattr(ranking, "SILENCE", 0.0)
    monkeypatch.setattr(ranks, "BLOCK", 25)
    told = [line for line in recli(*argv).err.splitlines() if line.startswith("ranking")]
    assert told == [f"ranking dot:1: {done} of {told[0].split()[-2]} users" for done in (25, 50)]
    assert recli(*argv, "-q").err == ""


def test_a_short_ranking_draws_no_bar(tiny: Store) -> None:
    code, shown = on_a_terminal(["evaluate", "dot", "--artifacts", str(tiny.root)], also_stdout=False, TERM="xterm")
    assert code == 0
    assert not re.search(r"ranking|\x1b", shown)


def test_a_long_ranking_draws_a_bar(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, int, int]] = []
    monkeypatch.setattr(ranking, "A_MOMENT", -1.0)
    monkeypatch.setattr(ranking, "animated", lambda: True)
    monkeypatch.setattr(ranking, "_users_bar", lambda: nullcontext(lambda *users: shown.append(users)))
    with ranking.ranking_progress(quiet=False) as on_ranked:
        on_ranked("dot:1", 128, 943)
        on_ranked("dot:1", 943, 943)
    assert shown == [("dot:1", 128, 943), ("dot:1", 943, 943)]


def test_a_long_reading_draws_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, int, int | None]] = []
    monkeypatch.setattr(reading, "A_MOMENT", -1.0)
    monkeypatch.setattr(reading, "animated", lambda: True)
    monkeypatch.setattr(reading, "_bytes_bar", lambda name: nullcontext(lambda *read: shown.append((name, *read))))
    for name in ("-", "evil\x1b[2J.csv", "a-name-of-thirty-characters.csv"):
        with reading.reading_bar(Path(name), quiet=False) as on_read:
            on_read(10, 20)
    assert shown == [("stdin", 10, 20), ("evil\\x1b[2J.csv", 10, 20), ("a-name-of-thirty-ch…", 10, 20)]


def test_a_short_reading_draws_no_bar(tiny_copy: Store, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("user,item,rating\n1,2,3\n2,2,4\n")
    argv = ["import", str(tmp_path / "own.csv"), "--name", "own", "--artifacts", str(tiny_copy.root)]
    code, shown = on_a_terminal(argv, also_stdout=False, TERM="xterm")
    assert code == 0
    assert not re.search(r"reading|\x1b", shown)


def test_a_terminal_that_cannot_move_its_cursor_gets_lines(tiny_copy: Store) -> None:
    argv = ["train", "dot", "-d", "tiny", "--epochs", "2", "--embedding-size", "2", "--artifacts", str(tiny_copy.root)]
    code, shown = on_a_terminal(argv, also_stdout=False, TERM="dumb")
    assert code == 0
    assert "\x1b" not in shown
    assert re.findall(r"^epoch (\d)/2  loss \d\.\d{4}", shown, flags=re.M) == ["1", "2"]


def test_stopping_early_is_told_on_a_pipe_too(recli: Recli, tiny_copy: Store) -> None:
    argv = ["train", "dot", "-d", "tiny", "--epochs", "60", "--patience", "1", "--learning-rate", "0.3"]
    done = recli(*argv, "--artifacts", str(tiny_copy.root))
    told = re.search(r"^stopped after epoch (\d+) of 60: the weights of epoch (\d+) are kept", done.err, flags=re.M)
    assert told, done.err
    assert int(told[1]) == int(told[2]) + 1
