"""Every model that can go on with an interrupted fit gives the bits of one that was not interrupted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.core.run import Epoch, Stage
from recli.models import registry
from recli.models.checkpoints import ResumableRecommender
from recli.models.recommender import Arrays, FitReport
from tests.models.test_contract import QUICK
from tests.models.test_training import data

SHORT: dict[str, Any] = {"embedding_size": 4, "epochs": 6, "batch_size": 32}
FITS: list[tuple[str, dict[str, Any]]] = [
    *((name, SHORT | {"patience": None}) for name in ("dot", "deep", "hybrid", "bpr", "elsa")),
    ("dot", SHORT | {"loss": "ordinal", "optimizer": "adagrad", "learning_rate": 0.3, "patience": 4, "epochs": 40}),
    ("dot", SHORT | {"optimizer": "adagrad"}),
    ("deep", SHORT | {"loss": "ordinal", "learning_rate": 0.1, "patience": 4, "epochs": 40}),
    ("bayes", QUICK["bayes"] | {"chains": 3, "sweeps": 6, "burn_in": 2, "samples": 3}),
]


class KilledError(Exception):
    """Raised where a process would be killed."""


class Memory:
    """Keeps the checkpoint after some epochs, and ends the fit there."""

    def __init__(self, last: int | None, kept: Arrays | None = None) -> None:
        self._last, self.kept = last, kept

    def found(self, read: Callable[[Arrays], Any]) -> Any:
        return None if self.kept is None else read(self.kept)

    def offer(self, done: int, arrays: Callable[[], Arrays]) -> None:
        self.kept = arrays()
        if done == self._last:
            raise KilledError


def fit(
    name: str, parameters: dict[str, Any], checkpoints: Memory, heard: list[Epoch | Stage]
) -> tuple[ResumableRecommender, FitReport]:
    model = registry.create(registry.configure(name, parameters))
    assert isinstance(model, ResumableRecommender)
    return model, model.fit(data(), heard.append, checkpoints)


def numbers(report: FitReport) -> list[tuple[float, float | None]]:
    return [(epoch.loss, epoch.val_loss) for epoch in report.history]


@pytest.mark.parametrize(("name", "parameters"), FITS)
def test_interrupted_twice_and_gone_on_it_is_the_same(name: str, parameters: dict[str, Any]) -> None:
    whole, report = fit(name, parameters, Memory(None), heard := [])
    total, kept = len(heard), None
    for last in (1, total - 1):
        with pytest.raises(KilledError):
            fit(name, parameters, memory := Memory(last, kept), [])
        kept = memory.kept
    model, resumed = fit(name, parameters, Memory(None, kept), rest := [])
    assert len(rest) == 1
    assert (report.resumed_after, resumed.resumed_after) == (None, total - 1)
    assert numbers(resumed) == numbers(report)
    assert (resumed.best_epoch, resumed.stopped_early) == (report.best_epoch, report.stopped_early)
    for array, own in whole.save().items():
        assert np.array_equal(model.save()[array], own), array


def test_what_is_done_needs_no_epoch_more() -> None:
    whole, _ = fit("dot", SHORT, memory := Memory(None), [])
    again, report = fit("dot", SHORT, Memory(None, memory.kept), heard := [])
    assert heard == []
    assert report.resumed_after == len(report.history) == SHORT["epochs"]
    assert np.array_equal(again.item_vectors(), whole.item_vectors())


def test_a_model_says_in_what_steps_it_goes_on() -> None:
    able = {name for name in registry.NAMES if isinstance(
        registry.create(registry.configure(name, {})), ResumableRecommender)}  # fmt: skip
    assert able == {name for name in registry.NAMES if registry.config_class(name).resumes_after}
    assert able == {name for name, _ in FITS}


@pytest.mark.parametrize("name", ["dot", "bayes"])
def test_what_another_fit_left_is_refused(name: str) -> None:
    parameters = dict(FITS)[name]
    with pytest.raises(KilledError):
        fit(name, parameters, memory := Memory(1), [])
    other = {"bayes": {"rank": 5}, "dot": {"embedding_size": 8}}[name]
    with pytest.raises(IntegrityError, match="stored array"):
        fit(name, parameters | other, Memory(None, memory.kept), [])
