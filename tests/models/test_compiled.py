"""Compiling once for many fits."""

import numpy as np
import pytest

from recli.models import compiled, registry
from recli.models.compiled import Loop
from tests.models.test_contract import ADDITIVE, QUICK, pairs, silent, toy


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Loop]:
    """The loops that are compiled from here on."""
    compiled.forget()
    loops: list[Loop] = []
    init = Loop.__init__

    def noting(self: Loop, *arguments: object) -> None:
        loops.append(self)
        init(self, *arguments)

    monkeypatch.setattr(Loop, "__init__", noting)
    return loops


def fit(name: str, **parameters: float | str) -> np.ndarray:
    data = toy(ADDITIVE)
    model = registry.create(registry.configure(name, QUICK[name] | {"epochs": 2} | parameters))
    model.fit(data, silent)
    return model.predict(*pairs(data))


@pytest.mark.parametrize("name", ["dot", "deep", "bpr"])
def test_seeds_and_learning_rates_share_what_is_compiled(name: str, made: list[Loop]) -> None:
    for parameters in ({"seed": 1}, {"seed": 2}, {"seed": 1, "learning_rate": 0.2}, {"seed": 1, "epochs": 3}):
        fit(name, **parameters)
    assert len(made) == 1
    assert made[0]._epoch.experimental_get_tracing_count() == 1


def test_a_shared_loop_gives_what_a_fresh_one_gives(made: list[Loop]) -> None:
    fit("deep", seed=1, dropout=0.5)
    shared = fit("deep", seed=2, dropout=0.5)
    compiled.forget()
    assert np.array_equal(fit("deep", seed=2, dropout=0.5), shared)
    assert len(made) == 2


def test_another_architecture_or_loss_is_another_loop(made: list[Loop]) -> None:
    for parameters in ({}, {"embedding_size": 5}, {"loss": "mse"}, {"loss": "ordinal"}):
        fit("dot", **parameters)
    assert len(made) == 4


def test_only_the_latest_loops_are_kept(made: list[Loop], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "KEPT", 2)
    for size in (2, 3, 2, 4, 2, 3):
        fit("dot", embedding_size=size)
    assert len(made) == 4  # 2, 3 and 4; then 3 again, which 4 had pushed out
