"""The closed list of models: what a name may mean, and nothing else is ever loaded."""

import dataclasses
import difflib
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from recli.core.config import ModelConfig, Scalar
from recli.core.errors import IntegrityError, NotFoundError, UsageError
from recli.models import configs
from recli.models.recommender import Arrays, Recommender

_CONFIGS: Mapping[str, type[ModelConfig]] = {
    "dot": configs.DotConfig,
    "deep": configs.DeepConfig,
    "bias": configs.BiasConfig,
}
_CLASSES = {
    "dot": ("recli.models.dot", "DotModel"),
    "deep": ("recli.models.deep", "DeepModel"),
    "bias": ("recli.models.bias", "BiasModel"),
}

NAMES = tuple(_CONFIGS)
"""Every model; where a command needs item vectors and is told no model, the earlier name is preferred."""


def check_name(model: str) -> None:
    """Raise ``NotFoundError``, with the nearest names, unless there is such a model."""
    if model not in NAMES:
        near = difflib.get_close_matches(model, NAMES) or NAMES
        raise NotFoundError(f"no model is called {model!r}", fix=f"recli train {near[0]}", candidates=near)


def configure(model: str, parameters: Mapping[str, Scalar]) -> ModelConfig:
    """Make a model's configuration from the hyperparameters that a person gave; the others keep their defaults.

    Raises:
        NotFoundError: there is no such model.
        UsageError: the model has no such hyperparameter, or its value is out of range.
    """
    check_name(model)
    config = _CONFIGS[model]
    known = {field.name for field in dataclasses.fields(config)}
    for name in parameters:
        if name not in known:
            raise UsageError(
                f"the model {model} has no --{name.replace('_', '-')}", fix=f"recli train {model} {_options(known)}"
            )
    values: dict[str, Any] = dict(parameters)
    return config(**values)


def create(config: ModelConfig) -> Recommender:
    """Make an untrained model."""
    return _model_class(config.model)(config)


def load(model: str, parameters: Mapping[str, Scalar], arrays: Arrays) -> Recommender:
    """Make the trained model that a manifest and its arrays describe.

    Raises:
        IntegrityError: they fit no model of the registry.
    """
    try:
        config = configure(model, parameters)
    except (NotFoundError, UsageError, TypeError) as error:
        raise IntegrityError(f"the manifest describes no known model: {error}", fix="recli models list") from error
    return _model_class(model).load(config, arrays)


def _model_class(model: str) -> type[Recommender]:
    module, name = _CLASSES[model]
    found: type[Recommender] = getattr(import_module(module), name)
    return found


def _options(names: set[str]) -> str:
    return "  (it takes " + ", ".join(sorted("--" + name.replace("_", "-") for name in names)) + ")"
