from typing import Any

import pytest

from recli.core.errors import UsageError
from recli.core.split import SplitSpec


@pytest.mark.parametrize(
    "fields",
    [
        {"test_fraction": 0.0},
        {"test_fraction": 1.0},
        {"test_fraction": float("nan")},
        {"validation_fraction": 1.0},
        {"validation_fraction": -0.1},
        {"seed": -1},
        {"seed": 2**32},
        {"method": "users"},
        {"method": "user:last"},
        {"method": "kfold", "folds": 5, "fold": 6},
        {"method": "given", "given": "u9"},
    ],
)
def test_a_split_that_cannot_be_is_refused_by_the_name_of_its_option(fields: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="--"):
        SplitSpec(**fields)


def test_the_default_is_the_notebooks() -> None:
    assert SplitSpec() == SplitSpec(test_fraction=0.2, validation_fraction=0.1, seed=0, method="random")
    assert SplitSpec.parse("random") == (SplitSpec(),)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("user", ["user"]),
        ("user:last:2", ["user:last:2"]),
        ("time", ["time"]),
        ("kfold:3", ["kfold:3/1", "kfold:3/2", "kfold:3/3"]),
        ("kfold:3/2", ["kfold:3/2"]),
        ("u1", ["u1"]),
        ("u1, ub,time", ["u1", "ub", "time"]),
    ],
)
def test_a_text_gives_specs_whose_names_give_them_back(text: str, names: list[str]) -> None:
    specs = SplitSpec.parse(text, test_fraction=0.3, validation_fraction=0.25, seed=7)
    assert [str(spec) for spec in specs] == names
    assert {(spec.test_fraction, spec.validation_fraction, spec.seed) for spec in specs} == {(0.3, 0.25, 7)}
    again = SplitSpec.parse(",".join(names), test_fraction=0.3, validation_fraction=0.25, seed=7)
    assert again == specs


@pytest.mark.parametrize(
    "text",
    ["", "tiem", "user:last", "user:last:0", "user:first:2", "kfold", "kfold:1", "kfold:0", "kfold:5/0", "kfold:5/6",
     "kfold:101", "kfold:05", "kfold:５", "u6", "u1,", "u1,u1", "kfold:2,kfold:2/1", "RANDOM"],
)  # fmt: skip
def test_a_text_that_means_no_split_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(UsageError, match="--split") as caught:
        SplitSpec.parse(text)
    assert caught.value.fix


def test_the_record_holds_the_numbers_that_count_and_no_others() -> None:
    assert SplitSpec.parse("user:last:2", seed=3)[0].record() == {
        "name": "user:last:2",
        "method": "user:last",
        "words": "each user's newest 2 rows to judge; of the others, each user's newest 10% to watch training; seed 3",
        "last": 2,
        "validation_fraction": 0.1,
        "seed": 3,
    }
    assert SplitSpec(0.25, 0.0).record() == {
        "name": "random",
        "method": "random",
        "words": "25% of the rows at random to judge; seed 0",
        "test_fraction": 0.25,
        "validation_fraction": 0.0,
        "seed": 0,
    }
    assert SplitSpec.parse("kfold:5/2")[0].record().items() >= {"folds": 5, "fold": 2}.items()
    assert SplitSpec.parse("ua")[0].record()["given"] == "ua"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("use:last:3", "user:last:3"),
        ("user:last", "user:last:1"),
        ("kfolds:5", "kfold:5"),
        ("kfold:4:2", "kfold:4/2"),
        ("random,tme", "time"),
        ("RANDOM", "random"),
    ],
)
def test_a_misspelled_split_is_guessed_with_the_numbers_it_has(text: str, meant: str) -> None:
    with pytest.raises(UsageError) as refusal:
        SplitSpec.parse(text)
    assert refusal.value.candidates[0] == meant
    assert refusal.value.fix == f"recli train --split {meant}"
    SplitSpec.parse(meant)
