"""Defaults out of a file: flag before environment before file before the option's own."""

import json
from pathlib import Path

import pytest

from recli.store import Store
from tests.cli.conftest import Recli


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Write the file that holds for the commands of a test."""
    file = tmp_path / "recli.toml"
    monkeypatch.setenv("RECLI_CONFIG", str(file))
    monkeypatch.delenv("RECLI_ARTIFACTS")

    def write(text: str) -> Path:
        file.write_text(text, encoding="utf-8")
        return file

    return write


def rows(out: str) -> int:
    return len(out.splitlines()) - 1


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    recli: Recli, says, tiny: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(f'artifacts = "{tmp_path / "nowhere"}"\ndataset = "tiny"\n\n[stats]\nn = 3\n')
    argv = ("stats", "tiny", "--popularity")
    assert recli(*argv).code == 4
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny.root))
    assert rows(recli(*argv).out) == 3
    assert rows(recli(*argv, "-n", "2").out) == 2
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tmp_path / "elsewhere"))
    assert rows(recli(*argv, "--artifacts", str(tiny.root)).out) == 3


def test_what_a_run_does_not_read_is_refused_of_its_line_alone(recli: Recli, says, tiny: Store) -> None:
    says(f'artifacts = "{tiny.root}"\n\n[compare]\nk = 5\n')
    assert recli("compare", "dot", "bias").code == 0
    assert recli("compare", "dot", "bias", "--k", "5").code == 2


def test_a_path_in_a_file_starts_from_the_file(recli: Recli, says, tiny: Store, tmp_path: Path) -> None:
    (tmp_path / "store").symlink_to(tiny.root)
    says('artifacts = "store"\n')
    assert recli("stats", "tiny").code == 0


def test_a_table_wins_over_the_top_and_hyperparameters_go_to_the_models_that_have_them(
    recli: Recli, says, tiny_copy: Store
) -> None:
    says(f'artifacts = "{tiny_copy.root}"\ndataset = "tiny"\nseed = 1\n\n[train]\nseed = 2\nepochs = 2\n')
    trained = json.loads(recli("train", "dot", "--json").out)
    assert len(trained["history"]) == 2
    manifest = json.loads((Path(trained["path"]) / "manifest.json").read_text())
    assert '"seed": 2' in json.dumps(manifest["parameters"])
    assert recli("train", "bias", "-q").code == 0  # it has no epochs: the file's are not meant for it


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ('[similar]\nn = "x"\n', ":2: ", "wants a whole number"),
        ("[similar]\nn = 0\n", ":2: ", "n"),
        ("[similar]\nenn = 3\n", ":2: ", "has no option 'enn'"),
        ("[simlar]\nn = 3\n", ":1: ", "no command 'simlar'"),
        ("colour = true\n", ":1: ", "no command has an option 'colour'"),
        ("[similar]\nn = \n", ":2: ", "no TOML"),
    ],
)
def test_what_no_command_has_is_told_with_file_and_line(
    recli: Recli, says, text: str, where: str, message: str
) -> None:
    file = says(text)
    ran = recli("similar", "alien")
    assert ran.code == 2
    assert f"{file}{where}" in ran.err.replace("\n  ", " ")
    assert message in ran.err.replace("\n  ", " ")
    assert recli("similar", "--help").code == 0


def test_a_value_ends_only_the_commands_that_cannot_take_it(recli: Recli, says, tiny_copy: Store) -> None:
    file = says(f'artifacts = "{tiny_copy.root}"\ndataset = "tiny"\nvalidation_fraction = 0\n')
    assert recli("train", "bias", "-q").code == 0
    for argv in (("tune", "bias"), ("config", "tune")):
        ran = recli(*argv)
        assert ran.code == 2
        assert f"{file}:3: validation_fraction: 0 is not in the range" in ran.err.replace("\n  ", " ")
    says(f'artifacts = "{tiny_copy.root}"\nvalidation_fraction = 0\n\n[tune]\nvalidation_fraction = 0.2\n')
    assert {one["option"]: one["value"] for one in json.loads(recli("config", "tune", "--json").out)["settings"]}[
        "validation_fraction"
    ] == 0.2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("validation_fraction = 1\n", "validation_fraction: 1 is not in the range"),  # of train nor of tune
        ("seed = -1\n", "seed: -1 is not in the range"),
        ("diversity = 2\n", "diversity: 2 is not in the range"),
        ("diversity = 2.50\n", "diversity: 2.5 is not in the range"),
    ],
)
def test_a_value_that_no_command_can_take_ends_all_and_is_written_as_in_the_file(
    recli: Recli, says, text: str, message: str
) -> None:
    says(text)
    ran = recli("stats", "tiny")
    assert (ran.code, message in ran.err.replace("\n  ", " ")) == (2, True)


def test_config_says_what_is_set_and_where(recli: Recli, says, monkeypatch: pytest.MonkeyPatch) -> None:
    file = says('model = "dot"\n\n[similar]\nmin_ratings = 5\n')
    monkeypatch.setenv("RECLI_ARTIFACTS", "/somewhere")
    told = json.loads(recli("config", "--json").out)
    assert told["file"] == str(file)
    found = {(one["command"], one["option"]): (one["value"], one["source"], one["where"]) for one in told["settings"]}
    assert found == {
        (None, "artifacts"): ("/somewhere", "environment", "RECLI_ARTIFACTS"),
        (None, "model"): ("dot", "file", f"{file}:1"),
        ("similar", "min_ratings"): (5, "file", f"{file}:4"),
    }
    similar = {one["option"]: one["source"] for one in json.loads(recli("config", "similar", "--json").out)["settings"]}
    assert (similar["n"], similar["model"], similar["min_ratings"]) == ("default", "file", "file")
    assert recli("config", "--path").out == f"{file}\n"


def test_values_of_a_file_are_text_that_nothing_obeys(recli: Recli, says) -> None:
    says('model = "\\u001b[31m$(touch x)"\n')
    ran = recli("config")
    assert "\x1b" not in ran.out + ran.err
