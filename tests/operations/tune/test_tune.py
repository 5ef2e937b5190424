"""A search from its plan to the version that comes of it."""

import csv
import json
import sys

import pytest

from recli.core.errors import BusyError, IntegrityError, NotFoundError, TrainingDivergedError, UsageError
from recli.core.reference import ArtifactRef
from recli.core.results.tune import INTERRUPTED, TuneResult
from recli.operations.tune import plan, search, tune
from recli.operations.tune.trial import Outcome
from recli.store import Store


def tuned(store: Store, trials: int, *, model: str = "bias", **options) -> TuneResult:
    return tune(store, plan(model), trials=trials, dataset="tiny", **{"jobs": 1, **options})


def drawn(result: TuneResult) -> list[tuple[dict, float | None]]:
    return [(dict(trial.parameters), trial.value) for trial in result.trials]


def test_the_default_is_first_and_the_best_is_published_with_the_study(tiny_copy: Store) -> None:
    result = tuned(tiny_copy, 5)
    assert result.trials[0].parameters == {"damping": 5.0}
    values = [trial.value for trial in result.trials]
    assert result.best.value == min(values) <= values[0]
    artifact = tiny_copy.model(ArtifactRef.parse(result.published.ref))
    about = artifact.manifest.about
    assert about["parameters"]["damping"] == result.best.parameters["damping"]
    tuning = about["tuning"]
    assert (tuning["metric"], tuning["trials"], tuning["best_trial"]) == ("mae", 5, result.best.number)
    assert tuning["space"] == {"damping": {"kind": "real", "low": 0.5, "high": 50, "log": True}}
    rows = list(csv.DictReader(artifact.read_bytes("trials.csv").decode().splitlines()))
    assert [float(row["mae"]) for row in rows] == values
    # The published version is fitted as `train` does it: a model without epochs learns from validation rows too.
    assert about["split"]["rows"]["validation"] == 0


def test_one_by_one_the_same_seed_gives_the_same_trials_interrupted_or_not(
    tiny_copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = drawn(tuned(tiny_copy, 6))
    run, calls = search.run_trial, []

    def interrupted(task, parameters) -> Outcome:
        calls.append(parameters)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return run(task, parameters)

    monkeypatch.setattr(search, "run_trial", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tuned(tiny_copy, 6, fresh=True)
    again = tuned(tiny_copy, 6)
    assert again.study.earlier == 3
    assert [trial.error for trial in again.trials].count(INTERRUPTED) == 1
    assert [own for own in drawn(again) if own[1] is not None] == whole
    assert drawn(tuned(tiny_copy, 6, fresh=True)) == whole


def test_a_study_goes_on_to_as_many_trials_as_are_asked_for_in_all(tiny_copy: Store) -> None:
    first = tuned(tiny_copy, 3)
    heard = []
    more = tuned(tiny_copy, 5, on_trials=lambda study, trials, latest: heard.append(latest and latest.number))
    assert more.path == first.path
    assert heard == [None, 3, 4]
    assert drawn(more)[:3] == drawn(first)
    done = tuned(tiny_copy, 2)
    assert (len(done.trials), done.study.earlier) == (5, 5)
    other = tune(tiny_copy, plan("bias", metric="rmse"), trials=1, dataset="tiny", jobs=1)
    assert other.path != first.path
    assert len(other.trials) == 1


def test_a_trial_that_fails_stops_nothing_unless_all_do(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = search.run_trial

    def diverging(task, parameters) -> Outcome:
        return Outcome(None, 0.1, "it diverged") if parameters["damping"] == 5.0 else run(task, parameters)

    monkeypatch.setattr(search, "run_trial", diverging)
    result = tuned(tiny_copy, 3)
    assert [trial.error for trial in result.trials] == ["it diverged", "", ""]
    assert result.default is None
    monkeypatch.setattr(search, "run_trial", lambda task, parameters: Outcome(None, 0.1, "it diverged"))
    before = tiny_copy.versions("bias")
    with pytest.raises(TrainingDivergedError, match="it diverged"):
        tuned(tiny_copy, 2, fresh=True)
    assert tiny_copy.versions("bias") == before


def test_side_by_side_in_processes(tiny_copy: Store) -> None:
    result = tuned(tiny_copy, 3, model="ease", jobs=2)
    assert result.study.metric == "ndcg"
    assert result.best.value == max(trial.value for trial in result.trials)
    assert len(result.trials) == 3


def test_a_study_on_the_disk_is_plain_json_that_one_process_holds(tiny_copy: Store) -> None:
    path = tuned(tiny_copy, 2).path
    lines = path.read_text().splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    with path.open("a") as file:
        file.write('{"op_code": 5, "half a li')  # as a killed process leaves it
    assert len(tuned(tiny_copy, 3).trials) == 3
    with tiny_copy.study(path.stem), pytest.raises(BusyError):
        tuned(tiny_copy, 3)
    path.write_text('["no study"]\n')
    with pytest.raises(IntegrityError) as error:
        tuned(tiny_copy, 3)
    assert error.value.fix == "recli tune --fresh"


def test_no_trial_begins_after_the_time_is_over(tiny_copy: Store) -> None:
    tuned(tiny_copy, 2)
    result = tuned(tiny_copy, 5, timeout=0)
    assert (result.timed_out, len(result.trials)) == (True, 2)
    assert not tuned(tiny_copy, 2, timeout=0).timed_out
    with pytest.raises(UsageError, match="--timeout must be a number of seconds, not nan"):
        tuned(tiny_copy, 2, timeout=float("nan"))


def test_what_is_fixed_is_not_searched(tiny_copy: Store) -> None:
    what = plan("dot", fixed={"epochs": "1", "embedding-size": "4"}, seed=3)
    assert what.space.keys() == {"learning_rate", "batch_size"}
    result = tune(tiny_copy, what, trials=1, dataset="tiny", jobs=1)
    assert result.published.config == {**result.published.config, "epochs": 1, "embedding_size": 4, "seed": 3}


@pytest.mark.parametrize(
    ("model", "options", "kind"),
    [
        ("nope", {}, NotFoundError),
        ("dot", {"metric": "accuracy"}, UsageError),
        ("dot", {"metric": "median_mae"}, UsageError),
        ("dot", {"fixed": {"epochs": "many"}}, UsageError),
        ("dot", {"fixed": {"wings": "2"}}, UsageError),
        ("bias", {"fixed": {"damping": "1"}}, UsageError),
        ("ranker", {"metric": "ndcg"}, UsageError),
    ],
)
def test_what_cannot_be_searched_is_refused_first(model: str, options: dict, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        plan(model, **options)


def test_without_optuna_it_says_how_to_get_it(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UsageError) as error:
        tuned(tiny, 1)
    assert error.value.fix == "pip install 'recli[tune]'"
