"""``train`` goes on with its own run and with no other, and refuses a checkpoint that it cannot trust."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recli.core.config import ModelConfig
from recli.core.errors import BusyError, IntegrityError, RecliError, StorageError, UsageError
from recli.core.results.train import TrainResult
from recli.core.run import Epoch, Stage
from recli.core.split import SplitSpec
from recli.operations.checkpoints import FitOptions, run_key
from recli.operations.train import configure, train
from recli.store import Store

CONFIG = configure("dot", {"epochs": 4, "embedding_size": 4})
ALWAYS = FitOptions(every=0)
RESUME = FitOptions(every=0, resume=True)


@pytest.fixture
def store(tiny_copy: Store) -> Store:
    return tiny_copy


def key(store: Store, config: ModelConfig = CONFIG, spec: SplitSpec | None = None, **how: bool) -> str:
    return run_key(config, store.dataset("tiny"), spec or SplitSpec(), **({"deterministic": False} | how))


def stop_after(number: int) -> Callable[[Epoch | Stage], None]:
    """Press Ctrl-C in the epoch that comes after."""

    def on_epoch(epoch: Epoch | Stage) -> None:
        if isinstance(epoch, Epoch) and epoch.epoch > number:
            raise KeyboardInterrupt

    return on_epoch


def interrupt(store: Store, after: int = 2, how: FitOptions = ALWAYS) -> Path:
    """Leave a checkpoint, and return its directory."""
    with pytest.raises(KeyboardInterrupt):
        train(store, CONFIG, dataset="tiny", on_epoch=stop_after(after), how=how)
    return store.root / "checkpoints" / key(store)


def resume(store: Store, how: FitOptions = RESUME) -> TrainResult:
    return train(store, CONFIG, dataset="tiny", how=how)


def weights(store: Store, result: TrainResult) -> bytes:
    return (result.path / "weights.npz").read_bytes()


def test_a_resumed_run_publishes_what_an_uninterrupted_one_does(store: Store) -> None:
    whole = train(store, CONFIG, dataset="tiny")
    heard: list[int] = []
    interrupt(store, how=FitOptions(every=0, on_kept=heard.append))
    assert heard == [1, 2]
    resumed = resume(store)
    assert weights(store, resumed) == weights(store, whole)
    assert resumed.metrics == whole.metrics
    assert [(e.epoch, e.loss, e.val_loss) for e in resumed.history] == [
        (e.epoch, e.loss, e.val_loss) for e in whole.history
    ]
    told = [json.loads((run.path / "manifest.json").read_text())["fit"]["resumed_after"] for run in (whole, resumed)]
    assert told == [None, 2]
    assert list((store.root / "checkpoints").iterdir()) == []


def test_without_resume_it_begins_at_the_start_and_with_nothing_to_resume_too(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    interrupt(store)
    assert train(store, CONFIG, dataset="tiny", how=ALWAYS).resumed_after is None
    assert resume(store).resumed_after is None
    assert caplog.messages == ["no checkpoint of this run: it begins at the start"]
    train(store, configure("bias", {}), dataset="tiny", how=RESUME)
    assert caplog.messages[1:] == ["bias is solved in one go: there is nothing to resume"]


def test_only_what_computes_the_same_is_the_same_run(store: Store) -> None:
    other = configure("dot", {"epochs": 5, "embedding_size": 4})
    keys = {
        key(store),
        key(store, other),
        key(store, configure("deep", {"epochs": 4, "embedding_size": 4})),
        key(store, spec=SplitSpec(seed=1)),
        key(store, deterministic=True),
    }
    assert len(keys) == 5
    assert key(store) in keys
    before = key(store)
    items = store.dataset("tiny")
    files = {name: items.read_bytes(name) for name in items.manifest.files if name.endswith(".csv")}
    store.publish_dataset("tiny", files, {})
    assert key(store) != before


def test_a_fast_fit_leaves_the_disk_alone(store: Store) -> None:
    interrupt(store, how=FitOptions())
    assert list((store.root / "checkpoints").iterdir()) == []


def test_the_run_that_another_process_is_at_is_not_resumed_nor_disturbed(store: Store) -> None:
    path = interrupt(store)
    before = (path / "state.npz").read_bytes()
    with store.checkpointing(key(store)):
        with pytest.raises(BusyError, match="another process"):
            resume(store)
        assert train(store, CONFIG, dataset="tiny", how=ALWAYS).resumed_after is None
    assert (path / "state.npz").read_bytes() == before


def test_a_disk_that_refuses_a_checkpoint_ends_no_training(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: Any) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(Store, "publish_checkpoint", full)
    assert resume(store).version == 2
    assert "no checkpoint could be kept: the disk is full" in caplog.messages


def truncate(path: Path) -> None:
    (path / "state.npz").write_bytes((path / "state.npz").read_bytes()[:-9])


def flip(path: Path) -> None:
    data = bytearray((path / "state.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (path / "state.npz").write_bytes(data)


def link(path: Path) -> None:
    (path / "state.npz").rename(path.parent / "elsewhere")
    (path / "state.npz").symlink_to(path.parent / "elsewhere")


def without_manifest(path: Path) -> None:
    (path / "checkpoint.json").unlink()


def rewritten(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Forge the manifest, sums included, as somebody could who can write the store."""

    def forge(path: Path) -> None:
        record = json.loads((path / "checkpoint.json").read_text())
        change(record)
        data = json.dumps(record).encode()
        (path / "checkpoint.json").write_bytes(data)
        sums = {name: entry["sha256"] for name, entry in record["files"].items()}
        sums["checkpoint.json"] = hashlib.sha256(data).hexdigest()
        (path / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))

    return forge


def older(record: dict[str, Any]) -> None:
    record["environment"]["tensorflow"] = "1.0.0; rm -r /"


def silent(record: dict[str, Any]) -> None:
    record["environment"] = [1]


def other_run(record: dict[str, Any]) -> None:
    record["name"] = "dot-0"


def huge(record: dict[str, Any]) -> None:
    record["files"]["state.npz"]["arrays"]["weight0"] = ["float32", [10**9, 4]]


@pytest.mark.parametrize(
    ("damage", "words", "fix"),
    [
        (truncate, "bytes, not", "rm -r "),
        (flip, "has changed", "rm -r "),
        (link, "symbolic link", "rm -r "),
        (without_manifest, "is missing", "rm -r "),
        (rewritten(older), "written with tensorflow 1.0.0", "python -m pip install 'tensorflow==1.0.0; rm -r /'"),
        (rewritten(silent), "does not say what wrote it", "rm -r "),
        (rewritten(other_run), "is of another artifact", "rm -r "),
        (rewritten(huge), "not the .npz", "rm -r "),
    ],
)
def test_a_checkpoint_that_cannot_be_trusted_is_refused_and_begins_no_run(
    store: Store, damage: Callable[[Path], None], words: str, fix: str
) -> None:
    path = interrupt(store)
    damage(path)
    with pytest.raises(IntegrityError, match=words) as error:
        resume(store)
    assert str(path) in str(error.value)
    assert error.value.fix is not None
    assert error.value.fix.startswith(fix)
    assert store.versions("dot") == [1]
    assert train(store, CONFIG, dataset="tiny", how=ALWAYS).version == 2  # and without --resume nothing is in the way


def test_a_checkpoint_with_right_sums_and_wrong_arrays_is_refused(store: Store) -> None:
    path = interrupt(store)
    artifact = store.checkpoint(key(store))
    assert artifact is not None
    arrays = artifact.read_arrays("state.npz")
    store.publish_checkpoint(path.name, {"state.npz": arrays | {"rng": arrays["rng"] * 0}}, artifact.manifest.about)
    with pytest.raises(IntegrityError, match="the stored array rng is no state of a generator") as error:
        resume(store)
    assert error.value.fix == f"rm -r {path}"


def test_a_checkpoint_that_is_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    path = interrupt(store)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecliError, match="symbolic link"):
        resume(store)
    assert (tmp_path / "elsewhere" / "state.npz").exists()


def test_determinism_has_to_be_asked_for_before_tensorflow_starts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(store, CONFIG, dataset="tiny")
    monkeypatch.setattr("recli.models.backend._deterministic", False)
    with pytest.raises(UsageError, match="in a new one"):
        train(store, CONFIG, dataset="tiny", how=FitOptions(deterministic=True))


def test_it_says_where_it_goes_on(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    interrupt(store)
    resume(store)
    assert caplog.messages == ["resuming after epoch 2"]
