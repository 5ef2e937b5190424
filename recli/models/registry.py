"""The closed list of models: what a name may mean, and nothing else is ever loaded."""

import dataclasses
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from recli.core.config import ModelConfig, Scalar
from recli.core.errors import IntegrityError, NotFoundError, UsageError
from recli.core.spelling import near
from recli.models import configs
from recli.models.recommender import Arrays, Recommender

_MODELS: Mapping[str, tuple[type[ModelConfig], str, str]] = {
    "bayes": (configs.BayesConfig, "recli.models.bayes", "BayesModel"),
    "dot": (configs.DotConfig, "recli.models.dot", "DotModel"),
    "deep": (configs.DeepConfig, "recli.models.deep", "DeepModel"),
    "ease": (configs.EaseConfig, "recli.models.ease", "EaseModel"),
    "elsa": (configs.ElsaConfig, "recli.models.elsa", "ElsaModel"),
    "ranker": (configs.RankerConfig, "recli.models.ranker", "RankerModel"),
    "hybrid": (configs.HybridConfig, "recli.models.hybrid", "HybridModel"),
    "bpr": (configs.BprConfig, "recli.models.bpr", "BprModel"),
    "als": (configs.AlsConfig, "recli.models.als", "AlsModel"),
    "bias": (configs.BiasConfig, "recli.models.bias", "BiasModel"),
}
"""Name → its configuration, and the module and class to import once it is wanted."""

NAMES = tuple(_MODELS)
"""Every model; where a command is told no model, the earliest name is preferred that can do what it needs."""

TO_RECOMMEND = ("bayes", "ranker", "ease", "elsa", "bpr", "hybrid", "dot", "deep", "als", "bias")
"""Every model, the better it ranks items for a user the earlier."""


def config_class(model: str) -> type[ModelConfig]:
    """Return the class of a model's configuration.

    Raises:
        NotFoundError: there is no such model; the nearest names are the candidates.
    """
    if model not in _MODELS:
        meant = near(model, NAMES) or NAMES
        raise NotFoundError(f"no model is called {model!r}", fix=f"recli train {meant[0]}", candidates=meant)
    return _MODELS[model][0]


def configure(model: str, parameters: Mapping[str, Scalar]) -> ModelConfig:
    """Make a model's configuration from the hyperparameters that a person gave; the others keep their defaults.

    Raises:
        NotFoundError: there is no such model.
        UsageError: the model has no such hyperparameter, or its value is out of range.
    """
    config = config_class(model)
    known = [field.name for field in dataclasses.fields(config)]
    for name in parameters:
        if name not in known:
            options = [_option(own) for own in known]
            raise UsageError(
                f"the model {model} has no {_option(name)}: it has {', '.join(options)}", fix=f"recli train {model}"
            )
    values: dict[str, Any] = dict(parameters)
    return config(**values)


def folds_in(model: str) -> bool:
    """Tell whether versions of a model can take in a new user without a new fit, as some of its settings may not."""
    return _model_class(model).fold_in is not Recommender.fold_in


def explains(model: str) -> bool:
    """Tell whether a model's scores are sums over the user's ratings."""
    return _model_class(model).contributions is not Recommender.contributions


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
    _, module, name = _MODELS[model]
    found: type[Recommender] = getattr(import_module(module), name)
    return found


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
