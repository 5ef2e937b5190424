"""Fit a model on several folds, side by side where the machine has the cores, and publish a version for each."""

import dataclasses
import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from recli.core.config import ModelConfig
from recli.core.dataset import Dataset
from recli.core.errors import TrainingDivergedError, UsageError
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.crossval import CrossvalResult, Fold, FoldDone
from recli.core.results.train import TrainResult
from recli.core.run import Metrics
from recli.core.split import Split, SplitSpec
from recli.data.splits import make_split
from recli.models import backend
from recli.operations.datasets import open_dataset
from recli.operations.train import Draft, draft, publish, split_for
from recli.store import Store

Task = tuple[SplitSpec, Split]
OnFold = Callable[[FoldDone], None]

_log = logging.getLogger("recli")


def cross_validate(
    store: Store,
    config: ModelConfig,
    specs: Sequence[SplitSpec],
    *,
    dataset: str = DEFAULT_DATASET,
    on_fold: OnFold | None = None,
    deterministic: bool = False,
) -> CrossvalResult:
    """Fit on each split, then publish: all versions, or none where one fit fails.

    Args:
        store: holds the dataset, and the new versions afterwards, in the order of the splits.
        config: of the model, from ``configure``; every fold has the same seed.
        specs: at least two, each adapted by ``split_for``.
        dataset: its name.
        on_fold: called after each fit, in the order they end.
        deterministic: compute the same bits on any number of cores.

    Raises:
        NotFoundError: the dataset is not in the store, or has no such fold.
        InputDataError: the dataset cannot be split so.
        StorageError: the store cannot be written; found out before the fits.
        TrainingDivergedError: a fit ran off; it says which, and nothing was published.
    """
    started = time.perf_counter()
    data = open_dataset(store, dataset)
    tasks = [(spec, make_split(data, spec)) for spec in (split_for(config, spec) for spec in specs)]
    store.prepare()
    drafts: dict[int, Draft] = {}
    for number, made in _drafts(config, data, tasks, deterministic=deterministic):
        drafts[number] = made
        if on_fold:
            name, seconds = tasks[number][0].name, time.perf_counter() - started
            on_fold(FoldDone(name, len(drafts), len(tasks), _test(made.metrics).rmse, seconds))
    before = max(store.versions(config.model), default=None)
    published = [publish(store, drafts[number], started) for number in range(len(tasks))]
    result = _result(config, [spec for spec, _ in tasks], published, time.perf_counter() - started)
    return dataclasses.replace(result, before=f"{config.model}:{before}" if before else None)


def _drafts(
    config: ModelConfig, data: Dataset, tasks: Sequence[Task], *, deterministic: bool
) -> Iterator[tuple[int, Draft]]:
    """Yield each fold's number and draft, as they are done.

    A process a fold, on its share of the cores; but bayes has its chains to spread, which are more than folds and leave
    no core idle, and bias is done before a process has started.
    """
    if config.fits_in_turn or _cores() == 1:
        yield from (_fold(config, data, task, number, deterministic=deterministic) for number, task in enumerate(tasks))
    else:
        yield from _side_by_side(config, data, tasks, deterministic=deterministic)


def _side_by_side(
    config: ModelConfig, data: Dataset, tasks: Sequence[Task], *, deterministic: bool
) -> Iterator[tuple[int, Draft]]:
    import joblib
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    # A copy in memory: joblib would send a mapped file by its name, and the store's maps have none.
    data = dataclasses.replace(data, ratings=data.ratings.take(np.arange(len(data.ratings))))
    jobs = min(_cores(), len(tasks))
    threads = max(1, _cores() // jobs)
    calls = (
        joblib.delayed(_fold_in_process)(
            config, data, task, number, threads, _log.getEffectiveLevel(), deterministic=deterministic
        )
        for number, task in enumerate(tasks)
    )
    # Nothing is put into temporary files: an interrupt could leave them behind.
    with joblib.parallel_config(backend="loky", inner_max_num_threads=threads):
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", max_nbytes=None)
    try:
        with _unheard_by_children():
            done = parallel(calls)
        yield from done
    except TerminatedWorkerError as error:
        raise UsageError(
            "a process that fitted a fold was ended from outside, perhaps for lack of memory; nothing was published",
            fix=f"recli train {config.model} --split {tasks[0][0]}",
        ) from error


@contextmanager
def _unheard_by_children() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: this one ends them, and each would print where it was.

    They inherit that the signal is blocked. Here it only waits, and is heard once they have started.
    """
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as loky_tracker

    for tracker in (resource_tracker, loky_tracker):
        tracker.ensure_running()  # each is a process whose start would unblock the signal again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _fold_in_process(
    config: ModelConfig, data: Dataset, task: Task, number: int, threads: int, level: int, *, deterministic: bool
) -> tuple[int, Draft]:
    """Fit one fold in a process that has a share of the cores."""
    _log.setLevel(level)
    backend.limit_threads(threads)
    return _fold(config, data, task, number, deterministic=deterministic)


def _fold(config: ModelConfig, data: Dataset, task: Task, number: int, *, deterministic: bool) -> tuple[int, Draft]:
    spec, rows = task
    try:
        return number, draft(config, data, spec, rows, deterministic=deterministic)
    except TrainingDivergedError as error:
        raise TrainingDivergedError(
            f"fold {spec}: {error.message}; nothing of this run was published", fix=error.fix
        ) from error


def _cores() -> int:
    import joblib

    return int(joblib.cpu_count())


def _result(
    config: ModelConfig, specs: Sequence[SplitSpec], published: Sequence[TrainResult], seconds: float
) -> CrossvalResult:
    folds = tuple(
        Fold(spec.name, made.ref, made.metrics, _test(made.metrics), made.baseline)
        for spec, made in zip(specs, published, strict=True)
    )
    tests, baselines = [fold.test for fold in folds], [fold.baseline for fold in folds]
    return CrossvalResult(
        model=config.model,
        dataset=published[0].dataset,
        config=config.parameters(),
        folds=folds,
        mean={name: float(np.mean(values)) for name, values in _errors(tests).items()},
        sd={name: float(np.std(values, ddof=1)) for name, values in _errors(tests).items()},
        baseline_mean={name: float(np.mean(values)) for name, values in _errors(baselines).items()},
        baseline_sd={name: float(np.std(values, ddof=1)) for name, values in _errors(baselines).items()},
        seconds=seconds,
    )


def _test(metrics: Mapping[str, Metrics | None]) -> Metrics:
    test = metrics["test"]
    if test is None:
        raise ValueError("a fold has no test rows, which make_split refuses")
    return test


def _errors(metrics: Sequence[Metrics]) -> dict[str, list[float]]:
    """Return name → value in each fold, for what every fold has as a real number; counts are none."""
    columns = {field.name: [getattr(m, field.name) for m in metrics] for field in dataclasses.fields(Metrics)}
    return {name: values for name, values in columns.items() if all(isinstance(value, float) for value in values)}
