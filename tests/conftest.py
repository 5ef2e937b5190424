"""Data and models that many tests share: made once a session, never written to by a test."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from recli.core.errors import NetworkError
from recli.operations.fetch import fetch
from recli.operations.train import configure, train
from recli.store import Store

from .torture import Tally

settings.register_profile("recli", deadline=None)  # the first example may pay for an import
settings.load_profile("recli")

SHARED_ZIP = Path(__file__).parents[2] / "shared" / "data" / "ml-100k.zip"
"""The real data set, where the project lies beside a copy of it."""


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no test see or touch the store and the options of the person who runs it."""
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tmp_path / "artifacts"))
    monkeypatch.setenv("RECLI_CONFIG", "")


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Undo what a command did to the logger."""
    log = logging.getLogger("recli")
    level, handlers, propagate = log.level, list(log.handlers), log.propagate
    yield
    log.setLevel(level)
    log.handlers, log.propagate = handlers, propagate


@pytest.fixture(scope="session")
def tally() -> Iterator[Tally]:
    """Counts cases for the table of ``make torture``; mark the test ``torture``, and count what has passed."""
    counted = Tally()
    yield counted
    counted.keep()


@pytest.fixture(scope="session")
def ml_100k(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the real MovieLens-100K: from the zip beside the project, or else from the network."""
    store = Store(tmp_path_factory.mktemp("ml-100k") / "artifacts")
    try:
        fetch(store, "ml-100k", origin=str(SHARED_ZIP) if SHARED_ZIP.exists() else None)
    except NetworkError as error:
        pytest.skip(f"MovieLens-100K is neither beside the project nor within reach: {error}")
    return store


@pytest.fixture(scope="session")
def trained(ml_100k: Store) -> Store:
    """The same store with one version of every model at its defaults."""
    for model in ("bias", "dot", "deep"):
        config = configure(model, {})
        train(ml_100k, config)
    return ml_100k


@pytest.fixture
def tiny_copy(tiny: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The synthetic store, for a test to add to or damage."""
    root = tmp_path_factory.mktemp("copy") / "store"
    # Not the layouts that another test's maps have left there: who counts what is in the copy would count them too.
    shutil.copytree(tiny.root, root, ignore=shutil.ignore_patterns("projections"))
    return Store(root)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the synthetic dataset and quickly trained models."""
    store = Store(tmp_path_factory.mktemp("tiny") / "artifacts")
    fetch(store, "tiny")
    for model, options in (("bias", {}), ("dot", {"epochs": 3, "embedding_size": 8})):
        config = configure(model, options)
        train(store, config, dataset="tiny")
    return store


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose titles try whatever shows them; tests may tag and train in it, and remove nothing."""
    from .hostile import fill

    return fill(Store(tmp_path_factory.mktemp("hostile") / "artifacts"))
