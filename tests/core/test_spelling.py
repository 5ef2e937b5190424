"""Guesses at what was meant."""

import pytest

from recli.core.errors import UsageError, require_one_of
from recli.core.spelling import near


@pytest.mark.parametrize(
    ("text", "names", "meant"),
    [
        ("tnse", ["pca", "tsne", "umap"], ["tsne"]),
        ("mea", ["map", "mse", "mae"], ["mae", "mse", "map"]),  # alike to 2/3 each; only mae has the same letters
        ("ACTON", ["Comedy", "Action"], ["Action"]),
        ("clibration", ["calibration", "validation"], ["calibration"]),  # 20/21 against 14/20: more than 0.2 apart
        ("zzz", ["pca", "tsne"], []),
        ("", ["pca"], []),
        ("ndcg", ["nDCG", "NDCG"], ["nDCG", "NDCG"]),
    ],
)
def test_names_that_are_spelled_alike_come_best_first(text: str, names: list[str], meant: list[str]) -> None:
    assert near(text, names) == meant


def test_no_more_names_than_are_asked_for() -> None:
    assert near("dot:1", [f"dot:{n}" for n in range(1, 9)], most=2)[0] == "dot:1"
    assert len(near("dot:1", [f"dot:{n}" for n in range(1, 9)], most=2)) == 2


def test_a_choice_that_there_is_not_names_the_choices_and_the_nearest() -> None:
    with pytest.raises(UsageError, match="--by must be one of mae, rmse, not rsme") as refusal:
        require_one_of("--by", "rsme", ("mae", "rmse"), fix="recli compare --help")
    assert (refusal.value.candidates, refusal.value.fix) == (("rmse",), "recli compare --help")
