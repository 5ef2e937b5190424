"""The search itself: optuna proposes, trials answer, and a file of JSON lines remembers.

optuna's journal file is plain JSON: nothing that is read from it can run code. The defaults are trial 0. Each proposal
is drawn by a sampler of its own, seeded by the study's seed and the number of finished trials: so trials that run one
after the other are the same whether or not the search was interrupted.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from recli.core.config import Scalar
from recli.core.errors import IntegrityError, UsageError
from recli.core.results.tune import INTERRUPTED, Trial
from recli.models.spaces import Choice, Real, Space
from recli.operations.tune.trial import Outcome, Task, run_trial

if TYPE_CHECKING:
    import optuna

_ERROR, _SECONDS = "recli:error", "recli:seconds"

OnTrial = Callable[[tuple[Trial, ...], Trial], None]
"""Hears of all trials that have ended, and which was the latest, after each."""


def require_optuna() -> None:
    """Import optuna.

    Raises:
        UsageError: the extra is not installed.
    """
    try:
        import optuna
    except ModuleNotFoundError as missing:
        if missing.name != "optuna":
            raise
        raise UsageError("tuning needs optuna, which is an extra", fix="pip install 'recli[tune]'") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)


class Search:
    """A study in a file, which one process at a time may continue."""

    def __init__(self, path: Path, space: Space, defaults: Mapping[str, Scalar], *, maximize: bool, seed: int) -> None:
        """Open it, or begin it with the defaults; trials that an earlier run left running are recorded as failed.

        Raises:
            IntegrityError: the file is no study, or not of this space.
        """
        self._space, self._seed = space, seed
        self._asked: dict[int, optuna.Trial] = {}
        try:
            self._study = _open(path, maximize=maximize)
            self._begin(defaults)
            foreign = [t.number for t in self.trials if not all(space[k].holds(v) for k, v in t.parameters.items())]
        except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
            raise IntegrityError(f"{path} is no study of this space: {error}", fix="recli tune --fresh") from error
        if foreign:
            raise IntegrityError(f"{path}: trial {foreign[0]} lies outside of the space", fix="recli tune --fresh")

    def _begin(self, defaults: Mapping[str, Scalar]) -> None:
        from optuna.trial import TrialState

        for left in self._study.get_trials(states=(TrialState.RUNNING,)):
            self._study.tell(left.number, state=TrialState.FAIL)
        if not self.counted and not self._study.get_trials(states=(TrialState.WAITING,)):
            self._study.enqueue_trial(dict(defaults))

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All trials that have ended."""
        return tuple(_trial(own) for own in self._study.get_trials(deepcopy=False) if own.state.is_finished())

    @property
    def counted(self) -> tuple[Trial, ...]:
        """Those that ran to their end, if only to diverge."""
        return tuple(trial for trial in self.trials if trial.counts)

    def run(self, task: Task, wanted: int, *, jobs: int, deadline: float | None, on_trial: OnTrial) -> bool:
        """Run trials until there are ``wanted`` in all; return whether the deadline (``time.monotonic``) came first.

        Trials that run at the deadline are waited for. Where anything else ends the search, those that run are recorded
        as interrupted, and the next run of the same study asks for others in their place.
        """
        running: dict[Future[Outcome], int] = {}
        with _executor(jobs) as submit:
            try:
                while True:
                    late = deadline is not None and time.monotonic() >= deadline
                    owed = wanted - len(self.counted) - len(running)
                    for _ in range(0 if late else min(jobs - len(running), owed)):
                        number = self._ask(alone=jobs == 1)
                        running[submit(task, dict(self._asked[number].params))] = number
                    if not running:
                        return late and owed > 0
                    for ended in wait(running, return_when=FIRST_COMPLETED).done:
                        number = running.pop(ended)
                        self._tell(number, _outcome(ended))
                        trials = self.trials
                        on_trial(trials, next(trial for trial in trials if trial.number == number))
            finally:
                for number in list(self._asked):
                    self._tell(number, Outcome(None, 0.0, INTERRUPTED))

    def _ask(self, *, alone: bool) -> int:
        """Ask for the next trial and return its number; with ``alone``, none runs beside it."""
        import optuna

        self._study.sampler = optuna.samplers.TPESampler(
            # A large step, so that the draws of one study are not those of another's next trial.
            seed=(self._seed * 1_000_003 + len(self.counted) + len(self._asked)) % 2**32,
            n_startup_trials=min(10, 2 + 2 * len(self._space)),
            constant_liar=not alone,
        )
        asked = self._study.ask({name: _distribution(own) for name, own in self._space.items()})
        self._asked[asked.number] = asked
        return asked.number

    def _tell(self, number: int, outcome: Outcome) -> None:
        from optuna.trial import TrialState

        asked = self._asked.pop(number)
        asked.set_user_attr(_SECONDS, round(outcome.seconds, 3))
        if outcome.value is None:
            asked.set_user_attr(_ERROR, outcome.error)
            self._study.tell(asked, state=TrialState.FAIL)
        else:
            self._study.tell(asked, outcome.value)


class _Held:
    """The lock that optuna asks for before it writes: the store holds the file for this process already."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


def _open(path: Path, *, maximize: bool) -> "optuna.Study":
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(path), lock_obj=cast(Any, _Held()))),
        study_name="recli",
        direction="maximize" if maximize else "minimize",
        load_if_exists=True,
    )


def _trial(frozen: "optuna.trial.FrozenTrial") -> Trial:
    noted = frozen.user_attrs
    error = str(noted.get(_ERROR, "" if frozen.values else INTERRUPTED))
    value = float(frozen.values[0]) if frozen.values else None
    return Trial(frozen.number, dict(frozen.params), value, float(noted.get(_SECONDS, 0.0)), error)


def _distribution(own: Any) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if isinstance(own, Choice):
        return CategoricalDistribution(own.values)
    kind = FloatDistribution if isinstance(own, Real) else IntDistribution
    return kind(own.low, own.high, log=own.log)


@contextmanager
def _executor(jobs: int) -> Iterator[Callable[[Task, Mapping[str, Scalar]], Future[Outcome]]]:
    """Yield a way to start trials: in this process one by one, or in ``jobs`` others, which end with the block."""
    if jobs == 1:
        yield _here
        return
    from joblib.externals.loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(max_workers=jobs, initializer=_ignore_interrupts)
    try:
        yield lambda task, parameters: pool.submit(run_trial, task, parameters)
    finally:
        pool.shutdown(wait=True, kill_workers=True)


def _outcome(ended: "Future[Outcome]") -> Outcome:
    from concurrent.futures import BrokenExecutor

    try:
        return ended.result()
    except BrokenExecutor:
        raise UsageError(
            "the system ended a trial's process, for want of memory if nobody else did", fix="recli tune --jobs 1"
        ) from None


def _here(task: Task, parameters: Mapping[str, Scalar]) -> Future[Outcome]:
    """Run a trial now. What it raises comes from here, before anybody waits for it."""
    done: Future[Outcome] = Future()
    done.set_result(run_trial(task, parameters))
    return done


def _ignore_interrupts() -> None:
    """Let Ctrl-C reach the process that people talk to, and no other."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
