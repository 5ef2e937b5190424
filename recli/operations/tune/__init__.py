"""Search a model's hyperparameters by validation error, and publish the best as ``train`` would."""

import csv
import dataclasses
import hashlib
import io
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from recli import __version__
from recli.core.config import ModelConfig, Scalar
from recli.core.errors import InputDataError, TrainingDivergedError, UsageError, require, require_one_of
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.tune import Study, Trial, TuneResult
from recli.core.split import SplitSpec
from recli.data.splits import make_split
from recli.models import registry
from recli.models.spaces import RANKERS, Space, space_of
from recli.operations.datasets import open_dataset
from recli.operations.train import draft, publish, split_for
from recli.operations.tune.search import Search, require_optuna
from recli.operations.tune.trial import METRICS, Task
from recli.store import Store

__all__ = ["METRICS", "Plan", "plan", "tune"]

TRIALS_FILE = "trials.csv"
_FIX = "recli tune --help"

OnTrials = Callable[[Study, tuple[Trial, ...], Trial | None], None]
"""Hears of all trials that have ended, and which was the latest; once before the first, ``None``, then after each."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to search, checked before anything slow begins."""

    model: str
    metric: str
    fixed: Mapping[str, Scalar]
    """Hyperparameters that the search leaves alone, the seed among them."""
    space: Space
    """Those that it sets."""
    config: ModelConfig
    """The first trial."""

    @property
    def defaults(self) -> dict[str, Scalar]:
        """What the first trial has for the hyperparameters that are searched."""
        return {name: value for name, value in self.config.parameters().items() if name in self.space}


def plan(model: str, *, metric: str | None = None, fixed: Mapping[str, str] | None = None, seed: int = 0) -> Plan:
    """Check what a person asks for.

    Args:
        model: a name of the registry.
        metric: one of ``METRICS``; by default ``ndcg`` for models that rank, else ``mae``.
        fixed: name of a hyperparameter → its value as typed; the search leaves it alone.
        seed: of the search, and of every fit.

    Raises:
        NotFoundError: there is no such model.
        UsageError: a metric or hyperparameter is not the model's, or nothing is left to search.
    """
    chosen = metric or ("ndcg" if model in RANKERS else "mae")
    space = space_of(model, to_rank=chosen == "ndcg")
    typed = {name.replace("-", "_"): text for name, text in (fixed or {}).items()}
    values = {name: _typed(model, name, text) for name, text in typed.items()}
    config = registry.configure(model, {"seed": seed, **values})
    require_one_of("--metric", chosen, METRICS, fix=_FIX)
    has_median = model == "bayes" or config.parameters().get("loss") == "ordinal"
    require(
        chosen != "median_mae" or has_median,
        f"{model} predicts one number: there is no median",
        fix=f"recli tune {model} --metric mae",
    )
    left = {name: own for name, own in space.items() if name not in values}
    require(bool(left), f"nothing is left of {model} to search by {chosen}", fix=f"recli tune {model}")
    return Plan(model, chosen, {"seed": seed, **values}, left, config)


def _typed(model: str, name: str, text: str) -> Scalar:
    """Read a value as the model's configuration has it.

    Raises:
        UsageError: it is no such value; a name that the model lacks is left to the registry.
    """
    kind = get_type_hints(registry.config_class(model)).get(name)
    try:
        return float(text) if kind is float else text if kind is str or kind is None else int(text)
    except ValueError:
        raise UsageError(f"--fix {name}={text}: not a number that {model} can have", fix=_FIX) from None


def tune(
    store: Store,
    search_plan: Plan,
    *,
    trials: int,
    dataset: str = DEFAULT_DATASET,
    split: SplitSpec | None = None,
    timeout: float | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    on_trials: OnTrials | None = None,
) -> TuneResult:
    """Search, then fit the best configuration as ``train`` does and publish it with the study.

    The study is kept in the store and goes on where it ended, until it has ``trials`` in all.

    Args:
        store: holds the dataset, the study, and the new version afterwards.
        search_plan: from ``plan``.
        trials: how many, with those of earlier runs.
        dataset: its name.
        split: how to split; validation rows are what the search goes by.
        timeout: seconds after which no trial is begun.
        jobs: trials at a time; by default one a core, and one for ``bayes``, which uses all cores itself.
        fresh: forget the trials of earlier runs.
        on_trials: called before the first trial and after each.

    Raises:
        NotFoundError: the dataset is not in the store.
        UsageError: optuna is not installed, or no share of the rows validates.
        InputDataError: the dataset is too small for a row that validates.
        BusyError: another process continues the same study.
        TrainingDivergedError: no trial gave a value; nothing was published.
        StorageError: the store cannot be written.
    """
    started = time.perf_counter()
    require(timeout is None or timeout >= 0, f"--timeout must be a number of seconds, not {timeout}", fix=_FIX)
    require_optuna()
    spec = split or SplitSpec()
    require(
        spec.validation_fraction > 0, "tuning goes by validation rows: --validation-fraction 0 leaves none", fix=_FIX
    )
    data = open_dataset(store, dataset)
    rows = make_split(data, spec)
    if len(rows.validation) == 0:
        raise InputDataError(f"no row of {dataset} validates: tuning has nothing to go by", fix=_FIX)
    task = Task(store.root.absolute(), dataset, spec, search_plan.model, search_plan.metric, search_plan.fixed)
    name = _study_name(search_plan, dataset, data.fingerprint, spec)
    maximize, seed = search_plan.metric == "ndcg", int(search_plan.fixed["seed"] or 0)
    with store.study(name, fresh=fresh) as path:
        search = Search(path, search_plan.space, search_plan.defaults, maximize=maximize, seed=seed)
        earlier = len(search.counted)
        at_a_time = _jobs(search_plan.model, jobs, trials - earlier)
        study = Study(
            search_plan.model, dataset, search_plan.metric, maximize, spec.name, seed, trials, at_a_time, earlier,
            search_plan.defaults,
        )  # fmt: skip
        tell = on_trials or (lambda study, ended, latest: None)
        tell(study, search.trials, None)
        deadline = None if timeout is None else time.monotonic() + timeout
        timed_out = search.run(
            task, trials, jobs=at_a_time, deadline=deadline, on_trial=lambda ended, latest: tell(study, ended, latest)
        )
        ended = search.trials
    ranked = study.ranked(ended)
    if not ended or not ranked:
        why = ended[-1].error if ended else "the time was over before the first"
        raise TrainingDivergedError(f"no trial of {study.model} gave a value: {why}", fix=_FIX)
    best = registry.configure(study.model, {**search_plan.fixed, **ranked[0].parameters})
    final = split_for(best, spec)
    made = draft(best, data, final, rows if final == spec else make_split(data, final))
    made = dataclasses.replace(
        made,
        about={**made.about, "tuning": _about(study, search_plan, ranked[0], ended)},
        files={**made.files, TRIALS_FILE: _csv(study, search_plan.space, ended)},
    )
    result = TuneResult(study, ended, path, timed_out, publish(store, made, started), 0.0)
    return dataclasses.replace(result, seconds=time.perf_counter() - started)


def _study_name(search_plan: Plan, dataset: str, fingerprint: str, spec: SplitSpec) -> str:
    """Name a study by all that its trials have in common: equal names mean comparable trials."""
    common = {
        "recli": __version__,
        "fingerprint": fingerprint,
        "split": dataclasses.asdict(spec),
        "metric": search_plan.metric,
        "fixed": dict(search_plan.fixed),
        "space": {name: repr(own) for name, own in search_plan.space.items()},
        "defaults": search_plan.defaults,
    }
    digest = hashlib.sha256(json.dumps(common, sort_keys=True).encode()).hexdigest()[:12]
    return f"{search_plan.model}-{dataset}-{search_plan.metric.replace('_', '-')}-{digest}"


def _jobs(model: str, asked: int | None, owed: int) -> int:
    most = asked or (1 if model == "bayes" else os.cpu_count() or 1)
    return max(1, min(most, owed))


def _about(study: Study, search_plan: Plan, best: Trial, trials: tuple[Trial, ...]) -> dict[str, Any]:
    """Return what the manifest says of the search."""
    return {
        "metric": study.metric,
        "on": "validation rows",
        "trials": len(trials),
        "failed": sum(trial.value is None for trial in trials),
        "best_trial": best.number,
        "best_value": best.value,
        "seed": study.seed,
        "jobs": study.jobs,
        "fixed": dict(search_plan.fixed),
        "space": {
            name: {"kind": type(own).__name__.lower(), **dataclasses.asdict(own)}
            for name, own in search_plan.space.items()
        },
        "sampler": "TPE (optuna)",
    }


def _csv(study: Study, space: Space, trials: tuple[Trial, ...]) -> bytes:
    """Return the trials as a table, one row each in the order of their numbers."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("trial", study.metric, "seconds", "error", *space))
    for trial in trials:
        value = "" if trial.value is None else trial.value
        own = ("" if (set_ := trial.parameters.get(name)) is None else set_ for name in space)
        writer.writerow((trial.number, value, round(trial.seconds, 3), trial.error, *own))
    return file.getvalue().encode()
