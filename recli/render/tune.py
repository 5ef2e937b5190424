"""A search: the leaderboard while it runs, and what came of it."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recli.core.config import Scalar
from recli.core.results.tune import Study, Trial, TuneResult
from recli.render.metrics import metric_table
from recli.render.tables import heading, plural, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

BEST = 5
"""Trials in a leaderboard."""
_NAMES = {"mae": "MAE", "rmse": "RMSE", "median_mae": "median MAE", "ndcg": "nDCG@10"}
_SHORT = {"embedding_size": "size", "learning_rate": "rate", "batch_size": "batch", "hidden_units": "hidden",
          "regularization": "reg.", "unknown_rate": "unseen", "dropout": "drop"}  # fmt: skip
"""Names of hyperparameters where many stand beside each other."""


def tune_view(result: TuneResult) -> View:
    """Show the best trials and the version that came of them."""
    study, train = result.study, result.published
    names = list(study.defaults)
    ranked = study.ranked(result.trials)
    failed = [trial for trial in result.trials if trial.value is None]
    ranks = {trial.number: rank for rank, trial in enumerate(ranked, 1)}
    return View(
        json={
            "ref": train.ref,
            "model": study.model,
            "dataset": study.dataset,
            "metric": study.metric,
            "split": study.split,
            "seed": study.seed,
            "best": _json(result.best),
            "default": result.default and _json(result.default),
            "trials": [_json(trial) for trial in result.trials],
            "earlier": study.earlier,
            "jobs": study.jobs,
            "study": str(result.path),
            "timed_out": result.timed_out,
            "config": dict(train.config),
            "metrics": {part: errors and dataclasses.asdict(errors) for part, errors in train.metrics.items()},
            "baseline": dataclasses.asdict(train.baseline),
            "seconds": round(result.seconds, 3),
        },
        header=("rank", "trial", study.metric, "seconds", "error", *names),
        rows=[
            (ranks.get(own.number), own.number, own.value, own.seconds, own.error, *map(own.parameters.get, names))
            for own in [*ranked, *failed]
        ],
        quiet=[train.ref],
        terminal=lambda: _terminal(result),
        subject=_outcome(result),
        notes=_notes(result),
        next=f"recli evaluate {train.ref}",
    )


def _json(trial: Trial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "value": trial.value,
        "parameters": dict(trial.parameters),
        "seconds": round(trial.seconds, 3),
        "error": trial.error,
    }


def _outcome(result: TuneResult) -> str:
    best, study = result.best, result.study
    return f"{result.published.ref}: trial {best.number} of {len(result.trials)}, {_metric(study)} {_value(best.value)}"


def _metric(study: Study) -> str:
    return f"{_NAMES[study.metric]} on validation rows"


def _notes(result: TuneResult) -> list[str]:
    study, default, best = result.study, result.default, result.best
    notes = []
    if result.timed_out:
        notes.append(f"the time was over after {plural(_counted(result.trials), 'trial')} of {study.wanted:,}")
    if default is not None and default.value is not None and best.value is not None:
        if default == best:
            notes.append("no trial was better than the model's defaults, which were published")
        else:
            notes.append(
                f"the model's defaults have {_value(default.value)}: {abs(default.value - best.value):.4f} worse"
            )
    failed = sum(trial.value is None for trial in result.trials)
    if failed:
        notes.append(f"{plural(failed, 'trial')} failed")
    if study.jobs > 1:
        notes.append("trials ran beside each other, so another run finds others: --jobs 1 repeats itself")
    return notes


def _terminal(result: TuneResult) -> "RenderableType":
    study, train = result.study, result.published
    rows = [(part, errors) for part, errors in train.metrics.items() if errors]
    detail = f"{study.dataset} · {plural(len(result.trials), 'trial')} in {result.seconds:.0f} s · {train.path}"
    return stack(
        heading(train.ref, detail),
        leaderboard(study, result.trials),
        metric_table([*rows, ("bias on test", train.baseline)]),
    )


def leaderboard(study: Study, trials: Sequence[Trial]) -> "RenderableType":
    """Show the best trials, best first, and the defaults if they are not among them."""
    ranked = study.ranked(tuple(trials))
    shown = ranked[:BEST] + [trial for trial in ranked[BEST:] if trial.parameters == study.defaults]
    names = list(study.defaults)
    rows = [
        (_called(study, trial), _value(trial.value), *(_parameter(trial.parameters.get(name), 2) for name in names))
        for trial in shown
    ]
    short = [_SHORT.get(name, name) for name in names]
    return table(("trial", _NAMES[study.metric], *short), rows, left=("trial",))


def _called(study: Study, trial: Trial) -> str:
    return f"{trial.number} default" if trial.parameters == study.defaults else str(trial.number)


def search_table(study: Study, trials: Sequence[Trial]) -> "RenderableType":
    """Show the leaderboard so far, and how far the search is."""
    from rich.console import Group
    from rich.text import Text

    return Group(leaderboard(study, trials), Text(progress_line(study, trials), style="dim"))


def progress_line(study: Study, trials: Sequence[Trial]) -> str:
    """Return how far the search is, and how long it may take."""
    ended = [trial for trial in trials if trial.value is not None]
    failed = len(trials) - len(ended)
    done = f"{_counted(trials)} of {study.wanted} trials" + (f", {failed} failed" if failed else "")
    if not ended:
        return f"{done} · {study.jobs} at a time · the first is the default"
    left = max(0, study.wanted - _counted(trials)) * sum(trial.seconds for trial in ended) / len(ended) / study.jobs
    return f"{done} · {study.jobs} at a time" + (f" · about {left:.0f} s left" if left else "")


def trial_line(study: Study, trials: Sequence[Trial], trial: Trial) -> str:
    """Return the trial that ended last, in one line, with the best so far."""
    own = " ".join(f"{name}={_parameter(value)}" for name, value in trial.parameters.items())
    value = trial.error if trial.value is None else f"{study.metric} {_value(trial.value)}"
    best = study.ranked(tuple(trials))
    so_far = f"  best {_value(best[0].value)} (trial {best[0].number})" if best else ""
    return f"trial {trial.number}, {_counted(trials)}/{study.wanted}  {value}{so_far}  {trial.seconds:.1f} s  {own}"


def _counted(trials: Sequence[Trial]) -> int:
    return sum(trial.counts for trial in trials)


def start_line(study: Study) -> str:
    """Return what is about to happen, where an earlier run left trials."""
    left = max(0, study.wanted - study.earlier)
    if not left:
        return (
            f"the study has its {plural(study.earlier, 'trial')} already: only the best is fitted (--fresh begins anew)"
        )
    return f"the study goes on: {plural(study.earlier, 'trial')} from before, {left:,} to go (--fresh begins anew)"


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _parameter(value: Scalar, digits: int = 3) -> str:
    """Return a value to so many digits; no exponent for what is large: 300, not 3e+02."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
