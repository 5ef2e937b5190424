"""Which file holds, what it says, and on which line."""

import errno
from pathlib import Path

import pytest

from recli.core.errors import UsageError
from recli.operations.config import VARIABLE, config_file


@pytest.fixture(autouse=True)
def _no_named_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)


def test_the_nearest_file_holds_up_to_the_repository_s_root(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "recli.toml").write_text("n = 1\n")
    found = config_file(inner)
    assert found and found.path == tmp_path / "recli.toml"
    (tmp_path / "repository" / ".git").mkdir()
    assert config_file(inner) is None
    (inner.parent / "pyproject.toml").write_text("[tool.recli]\nn = 2\n")
    found = config_file(inner)
    assert found and found.values == {"n": 2}


def test_a_pyproject_that_does_not_speak_of_recli_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nrecli = 1\n")
    assert config_file(tmp_path) is None


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "recli.toml").write_text('# mine\nmodel = "dot"\n\n[similar]\nn = 3\nrate = [\n  "a=1",\n]\nmin = 4\n')
    found = config_file(tmp_path)
    assert found
    places = (("model",), ("similar", "n"), ("similar", "rate"), ("similar", "min"))
    assert [int(found.at(place).rpartition(":")[2]) for place in places] == [2, 5, 6, 9]


@pytest.mark.parametrize(
    ("content", "line"), [(b"a = 1\nb = \n", "2"), (b"a = 1\n\xff = 2\n", "2"), (b"[a\n", "1"), (b'a = """', "1")]
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, content: bytes, line: str) -> None:
    (tmp_path / "recli.toml").write_bytes(content)
    with pytest.raises(UsageError, match=rf"recli\.toml:{line}: no"):
        config_file(tmp_path)


def test_a_file_that_cannot_be_read_is_refused_as_one_that_is_no_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    (tmp_path / "recli.toml").write_text("n = 1\n")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"recli\.toml cannot be read: Permission denied"):
        config_file(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"), [("n = " + "9" * 5_000, "thousands of digits"), ("n = " + "[" * 50_000, "nested too deeply")]
)
def test_what_no_computer_reads_is_the_files_fault(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "recli.toml").write_text(content)
    with pytest.raises(UsageError, match=words):
        config_file(tmp_path)


def test_a_named_file_holds_and_an_empty_name_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recli.toml").write_text("n = 1\n")
    other = tmp_path / "other.toml"
    other.write_text("n = 2\n")
    monkeypatch.setenv(VARIABLE, str(other))
    found = config_file(tmp_path)
    assert found and found.values == {"n": 2}
    monkeypatch.setenv(VARIABLE, "")
    assert config_file(tmp_path) is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone.toml"))
    with pytest.raises(UsageError, match="which is no file"):
        config_file(tmp_path)
