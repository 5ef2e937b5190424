"""The page a person reads about a version: ``card.md``."""

from collections.abc import Mapping
from typing import Any

from recli.core.config import ModelConfig
from recli.core.run import Metrics


def model_card(
    config: ModelConfig, about: Mapping[str, Any], metrics: Mapping[str, Metrics | None], baseline: Metrics
) -> bytes:
    """Write a model card (Mitchell et al., *Model Cards for Model Reporting*, 2019) from what the manifest says."""
    dataset, split = about["dataset"], about["split"]
    lines = [
        f"# {config.model}",
        "",
        f"Predicts star ratings by {config.summary}.",
        "",
        "## Errors",
        "",
        "| rows | n | MAE | RMSE | MAE of the median | cold | clipped |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_row(part, errors) for part, errors in metrics.items() if errors is not None),
        _row("test, bias baseline", baseline),
        "",
        "Cold rows have a user or an item that training never saw: the bias baseline answers, or metadata where the"
        " model reads it.",
        "Clipped rows were predicted outside the rating scale and moved to its edge.",
        "",
        "## Training",
        "",
        f"- Data: {dataset['name']} ({dataset['source']}), {dataset['ratings']:,} ratings of {dataset['items']:,} items"
        f" by {dataset['users']:,} users, {dataset['scale']['low']:g} to {dataset['scale']['high']:g} stars",
        f"- Split `{split['name']}`: {split['words']}",
        f"- Hyperparameters: {', '.join(f'{name} {value}' for name, value in about['parameters'].items())}",
        f"- Trainable numbers: {about['parameter_count']:,}",
        "",
        "## Use",
        "",
        "Trained on the ratings of one community at one time; it knows nothing of other people or later items.",
        "Errors are averages: check rare items and new users before relying on single predictions.",
        "",
    ]
    return "\n".join(lines).encode()


def _row(label: str, errors: Metrics) -> str:
    median = "–" if errors.median_mae is None else f"{errors.median_mae:.4f}"
    numbers = f"{errors.n:,} | {errors.mae:.4f} | {errors.rmse:.4f} | {median} | {errors.cold:,} | {errors.clipped:,}"
    return f"| {label} | {numbers} |"
