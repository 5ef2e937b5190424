"""A line that is not quite right is answered with one that is: each fix can be copied, and runs."""

import shlex

import pytest

from recli.store import Store
from tests.cli.conftest import Recli
from tests.cli.test_hints import parse


@pytest.fixture(autouse=True)
def _small_store(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny.root))


def fix_of(recli: Recli, line: str) -> str:
    (fix,) = [said for said in recli(*shlex.split(line)).err.splitlines() if said.startswith("  fix: ")]
    return fix.removeprefix("  fix: ")


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("--json models list", "recli models list --json"),
        ("models --json list", "recli models list --json"),
        ("stats", "recli stats tiny"),
        ("stats --dataset tiny", "recli stats tiny"),
        ("explain --term=nDCG", "recli explain nDCG"),
        ("similar the lantern keeper -n 3", "recli similar 'the lantern keeper' -n 3"),
        ("similar 21 --model dot", "recli similar --id 21"),
        ("similar Keeper --plot", "recli similar --help"),
        ("models gc", "recli models gc --keep-last 3 --dry-run"),
        ("recommend --user 9999", "recli recommend --user 1"),
    ],
)
def test_a_fix_is_the_line_that_was_meant_and_runs(recli: Recli, line: str, fix: str) -> None:
    assert fix_of(recli, line) == fix
    ran = recli(*shlex.split(fix)[1:])
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("line", "fix"),
    [
        ("train", "recli train --dataset tiny"),
        ("train bias tiny", "recli train bias --dataset tiny"),
        ("train --model dot", "recli train dot"),
        ("tune dot tiny --trials 3", "recli tune dot --dataset tiny --trials 3"),
        ("--artifacts x stats", "recli stats --artifacts x"),
        ("models tag dot", "recli models tag dot:3 champion"),
        ("similar --id 1 --model bias", "recli train ease --dataset tiny"),
        ("compare bias ease", "recli train ease --dataset tiny"),
        ("recommend --user 1 --model bias --explain", "recli train ease --dataset tiny"),
        ("train ease --dataset tiny --epochs 3", "recli train ease --dataset tiny"),
        ("train bias -d tiny --split kfold:1", "recli train bias --split kfold:5 --dataset tiny"),
    ],
)
def test_a_fix_that_takes_a_while_parses(recli: Recli, line: str, fix: str) -> None:
    assert fix_of(recli, line) == fix
    parse(shlex.split(fix)[1:])


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("train dot --lr 0.1", "--learning-rate"),
        ("train dot --batch 64", "--batch-size"),
        ("train dot --bs 64", "--batch-size"),
        ("similar Keeper -k 5", "-n"),
        ("similar Keeper --top 5", "-n"),
        ("recommend --user 1 --year-range 1990", "--year"),
    ],
)
def test_an_option_is_guessed_by_its_words_and_their_initials(recli: Recli, line: str, meant: str) -> None:
    (guessed,) = [said for said in recli(*line.split()).err.splitlines() if said.startswith("  did you mean: ")]
    assert guessed.removeprefix("  did you mean: ").split(", ")[0] == meant


def test_nothing_far_fetched_is_guessed(recli: Recli) -> None:
    for line in ("similar zzzzqqq", "recommend --user 9999", "similar --id 4711", "predict --user 9999 --item 1"):
        ran = recli(*line.split())
        assert ran.code == 4
        assert "did you mean" not in ran.err
    assert "knows no user '9999': ids go from 1 to 60" in ran.err


def test_models_alone_lists_and_help_is_a_command_too(recli: Recli) -> None:
    assert recli("models").out == recli("models", "list").out
    assert recli("models", "--json").out == recli("models", "list", "--json").out
    assert recli("help", "models", "gc").out == recli("models", "gc", "--help").out
    assert recli("help").out == recli("--help").out


def test_several_words_are_one_term(recli: Recli) -> None:
    assert recli("explain", "cold", "start").out == recli("explain", "cold start").out
