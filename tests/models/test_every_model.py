"""What the rest of recli needs of every model of the registry, beside the contract of its predictions."""

import dataclasses
import re

import pytest
import typer

from recli.cli.main import app
from recli.cli.train import HYPERPARAMETERS
from recli.core.run import Metrics
from recli.core.split import SplitSpec
from recli.models import registry
from recli.operations.card import model_card

METRICS = Metrics(n=10, mae=0.7, mse=0.8, rmse=0.9, cold=1, clipped=2)


def train_options() -> dict[str, str]:
    """Name of an option of ``recli train`` → its help."""
    command = typer.main.get_command(app).commands["train"]
    return {param.name: param.help or "" for param in command.params}


@pytest.mark.parametrize("name", registry.NAMES)
def test_it_has_a_card(name: str) -> None:
    config = registry.configure(name, {})
    about = {
        "parameters": config.parameters(),
        "parameter_count": 3,
        "dataset": {"name": "d", "source": "s", "users": 1, "items": 1, "ratings": 1, "scale": {"low": 1, "high": 5}},
        "split": SplitSpec().record(),
    }
    card = model_card(config, about, {"train": METRICS, "validation": None, "test": METRICS}, METRICS).decode()
    assert card.startswith(f"# {name}\n")
    assert config.summary in card
    assert "| test | 10 | 0.7000 | 0.9000 | – | 1 | 2 |" in card
    assert "validation |" not in card


@pytest.mark.parametrize("name", registry.NAMES)
def test_every_hyperparameter_is_an_option_and_its_help_tells_the_default(name: str) -> None:
    options = train_options()
    for field in dataclasses.fields(registry.config_class(name)):
        assert field.name in HYPERPARAMETERS
        told = re.search(rf"\b{name}\b[^:]*: ([^.,\s]+(?:\.\d+)?)", options[field.name])
        if told is not None:
            default = getattr(registry.configure(name, {}), field.name)
            assert told[1] == (f"{default:g}" if isinstance(default, float) else str(default)), field.name
        else:
            assert field.name in ("seed", "patience"), f"--{field.name} does not tell the default of {name}"


def test_no_option_is_read_by_no_model() -> None:
    fields = {field.name for name in registry.NAMES for field in dataclasses.fields(registry.config_class(name))}
    assert set(HYPERPARAMETERS) == fields
    assert set(HYPERPARAMETERS) <= train_options().keys()
