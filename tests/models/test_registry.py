import pytest

from recli.core.errors import NotFoundError, UsageError
from recli.models.registry import configure


def test_what_is_not_given_keeps_the_models_value() -> None:
    assert configure("dot", {"epochs": 3}).parameters() == {
        "seed": 0,
        "embedding_size": 64,
        "epochs": 3,
        "batch_size": 1024,
        "learning_rate": 0.002,
        "loss": "mae",
        "optimizer": "auto",
        "patience": None,
    }
    assert configure("deep", {}).parameters()["dropout"] == 0.5
    assert configure("deep", {}).parameters()["hidden_units"] == 64


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        ("dot", "epochs", 0, "--epochs must be at least 1, not 0"),
        ("dot", "embedding_size", 0, "--embedding-size must be at least 1"),
        ("dot", "batch_size", -1, "--batch-size must be at least 1"),
        ("dot", "learning_rate", 0.0, "--learning-rate must be a number > 0"),
        ("dot", "learning_rate", float("nan"), "--learning-rate must be a number > 0"),
        ("dot", "loss", "huber", "--loss must be mae, mse or ordinal, not huber"),
        ("dot", "patience", 0, "--patience must be at least 1"),
        ("dot", "seed", 2**32, "--seed must be 0 to"),
        ("deep", "dropout", 1.0, "--dropout must be at least 0 and less than 1"),
        ("hybrid", "unknown_rate", 1.0, "--unknown-rate must be at least 0 and less than 1"),
        ("bpr", "regularization", -0.1, "--regularization must be a number"),
        ("bpr", "damping", float("nan"), "--damping must be a number"),
        ("als", "rank", 0, "--rank must be at least 1"),
        ("als", "iterations", 0, "--iterations must be at least 1"),
        ("als", "regularization", 0.0, "--regularization must be a number > 0"),
        ("bias", "damping", float("inf"), "--damping must be a number"),
        ("bias", "sweeps", 0, "--sweeps must be at least 1"),
    ],
)
def test_values_that_cannot_be_are_refused_by_the_name_of_their_option(
    model: str, name: str, value: float, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        configure(model, {name: value})


def test_an_option_of_another_model_is_refused_with_those_it_has() -> None:
    with pytest.raises(UsageError, match="the model bias has no --dropout") as refusal:
        configure("bias", {"dropout": 0.1})
    assert "--damping" in refusal.value.message


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(NotFoundError) as refusal:
        configure("deeep", {})
    assert refusal.value.candidates == ("deep",)
