import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from recli.core.errors import InputDataError, IntegrityError, NetworkError
from recli.data.fetching import pypi_copy
from recli.data.fetching.pypi_copy import fetch_copy, parse_items

FOLDER = "recbole/dataset_example/ml-100k/ml-100k"
HEADER = b"item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
ITEMS = (
    HEADER
    + (
        "5\tCafé of Lost Umbrellas\t1996\tComedy Romance\n"
        "11\tunkonwn\tunkonwn\tunknown\n"
        "20\tBadger (1999) Sings, The (1998)\tV\tAnimation Children's\n"
    ).encode()
)
INTER = b"user_id:token\titem_id:token\trating:float\ttimestamp:float\n7\t20\t5\t881250949\n"
USER = b"user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n7\t53\tF\tother\tT8H1N\n"
ZipOf = Callable[[Mapping[str, bytes]], bytes]


@pytest.fixture
def wheel(zip_of: ZipOf, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(pypi_copy, "ITEMS_SHA256", hashlib.sha256(ITEMS).hexdigest())
    return zip_of({f"{FOLDER}.inter": INTER, f"{FOLDER}.item": ITEMS, f"{FOLDER}.user": USER, "recbole/run.py": b""})


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Replaces pip: the function given writes into the folder asked for; the commands run are returned."""

    def replace(write: Callable[[Path], None], code: int = 0, stderr: bytes = b"") -> list[list[str]]:
        commands: list[list[str]] = []

        def run(command: list[str], *, env: Mapping[str, str], **options: Any) -> subprocess.CompletedProcess[bytes]:
            commands.append(command)
            write(Path(env["PIP_DEST"]))
            return subprocess.CompletedProcess(command, code, b"", stderr)

        monkeypatch.setattr(subprocess, "run", run)
        return commands

    return replace


def writes(content: bytes, name: str = "recbole-1.2.1-py3-none-any.whl") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def test_ratings_and_users_are_rebuilt_and_nothing_is_left(pip, wheel: bytes, scratch: Path) -> None:
    pip(writes(wheel))
    copy = fetch_copy()
    assert copy.members == {"u.data": b"7\t20\t5\t881250949\n", "u.user": b"7|53|F|other|T8H1N\n"}
    assert len(copy.items) == 3
    assert list(scratch.iterdir()) == []


def test_pip_may_neither_ask_nor_run_the_package(pip, wheel: bytes) -> None:
    commands = pip(writes(wheel))
    fetch_copy()
    (command,) = commands
    assert command[:4] == [sys.executable, "-P", "-m", "pip"]
    assert {pypi_copy.REQUIREMENT, "--no-deps", "--only-binary=:all:", "--no-input"} <= set(command)


def test_titles_get_their_year_back(wheel: bytes) -> None:
    cafe, unknown, badger = parse_items(ITEMS)
    assert (cafe.title, cafe.year, cafe.genres) == ("Café of Lost Umbrellas (1996)", 1996, ("Comedy", "Romance"))
    assert (unknown.title, unknown.year, unknown.genres) == ("unknown", 0, ("unknown",))
    assert (badger.title, badger.year) == ("Badger (1999) Sings, The (1998) (V)", 1998)
    assert (cafe.release_date, cafe.url) == ("", "")


def test_another_item_table_is_refused() -> None:
    with pytest.raises(IntegrityError, match=r"ml-100k\.item in recbole==1\.2\.1 is another file"):
        parse_items(ITEMS)


@pytest.mark.parametrize(
    ("content", "place"), [(b"id\n", ":1"), (HEADER + b"1\tA\t1990\n", ":2"), (HEADER + b"x\tA\t1990\tWar\n", ":2")]
)
def test_a_malformed_item_table_names_the_line(monkeypatch: pytest.MonkeyPatch, content: bytes, place: str) -> None:
    monkeypatch.setattr(pypi_copy, "ITEMS_SHA256", hashlib.sha256(content).hexdigest())
    with pytest.raises(InputDataError, match=f"^ml-100k.item{place}: "):
        parse_items(content)


def test_a_pip_that_fails_is_a_network_error_with_its_last_words(pip, scratch: Path) -> None:
    pip(lambda folder: None, code=1, stderr=b"WARNING: retrying\nERROR: No matching distribution found\n")
    with pytest.raises(NetworkError, match=r"pip could not download recbole==1\.2\.1: ERROR: No matching") as caught:
        fetch_copy()
    assert caught.value.fix == "recli fetch ml-100k --from PATH"
    assert list(scratch.iterdir()) == []


def test_a_pip_that_dies_silently_is_a_network_error(pip) -> None:
    pip(lambda folder: None, code=-9)
    with pytest.raises(NetworkError, match="exit code -9"):
        fetch_copy()


@pytest.mark.parametrize("error", [FileNotFoundError("python"), subprocess.TimeoutExpired("pip", 600)])
def test_a_pip_that_cannot_run_is_a_network_error(pip, error: Exception) -> None:
    def fail(folder: Path) -> None:
        raise error

    pip(fail)
    with pytest.raises(NetworkError, match="pip could not download"):
        fetch_copy()


def test_an_environment_without_pip_is_a_network_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(NetworkError, match="pip could not download"):
        fetch_copy()


def test_a_pip_that_gives_no_wheel_is_a_network_error(pip) -> None:
    pip(lambda folder: None)
    with pytest.raises(NetworkError, match="pip gave 0 wheels"):
        fetch_copy()


def test_a_damaged_wheel_is_an_integrity_error(pip, wheel: bytes, scratch: Path) -> None:
    pip(writes(wheel[:-30]))
    with pytest.raises(IntegrityError, match=r"recbole-1\.2\.1-py3-none-any\.whl"):
        fetch_copy()
    assert list(scratch.iterdir()) == []


def test_an_interruption_leaves_nothing(pip, scratch: Path) -> None:
    def interrupt(folder: Path) -> None:
        (folder / "half.whl").write_bytes(b"half")
        raise KeyboardInterrupt

    pip(interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch_copy()
    assert list(scratch.iterdir()) == []
