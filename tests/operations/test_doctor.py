"""What ``doctor`` finds, and how it ends."""

import subprocess
from pathlib import Path

import pytest

from recli.core.errors import IntegrityError, NotFoundError, StorageError
from recli.core.results.doctor import Finding
from recli.operations import doctor as module
from recli.operations.doctor import doctor, require_usable
from recli.store import Store


@pytest.fixture(autouse=True)
def _quick_tensorflow(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let TensorFlow be imported by the test that is about it alone."""
    if "tensorflow" not in request.node.name:
        monkeypatch.setattr(module, "_tensorflow", lambda: Finding("python", "TensorFlow runs", "ok", "2"))


def found(store: Store, name: str) -> Finding:
    return next(finding for finding in doctor(store).findings if finding.name == name)


def test_where_all_is_well_nothing_is_wrong(tiny: Store) -> None:
    diagnosis = doctor(tiny)
    assert diagnosis.problems == ()
    require_usable(diagnosis)
    content = found(tiny, "content").detail
    assert content.startswith("1 dataset, 2 models")


def test_a_store_that_is_not_there_is_a_warning_and_stays_away(tmp_path: Path) -> None:
    place = found(Store(tmp_path / "none"), "place")
    assert (place.status, place.fix) == ("warning", "recli fetch")
    assert not (tmp_path / "none").exists()


def test_damage_is_a_problem_that_names_its_version(tiny_copy: Store) -> None:
    weights = tiny_copy.root / "models" / "dot" / "0001" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    diagnosis = doctor(tiny_copy)
    assert [problem.name for problem in diagnosis.problems] == ["dot:1"]
    with pytest.raises(IntegrityError, match="dot:1"):
        require_usable(diagnosis)


def test_a_full_disk_is_a_storage_problem(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NO_DISK", 1 << 60)
    with pytest.raises(StorageError):
        require_usable(doctor(tiny))


def test_a_package_of_another_version_is_a_problem(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "requires", lambda _: ['numpy<1; python_version > "3"', 'optuna<1; extra == "tune"', "absent"]
    )
    problems = doctor(tiny).problems
    assert [problem.name for problem in problems] == ["numpy", "absent"]
    assert problems[0].fix == 'pip install "numpy<1"'
    with pytest.raises(NotFoundError):
        require_usable(doctor(tiny))


def test_a_tensorflow_that_crashes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TENSORFLOW", "import os; os.abort()")
    told = module._tensorflow()
    assert told.status == "problem"
    assert "exit -6" in told.detail


def test_a_tensorflow_that_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("python", 120)

    monkeypatch.setattr(module.subprocess, "run", hang)
    assert "longer than 120 s" in module._tensorflow().detail


def test_a_module_that_lies_here_is_not_run_with_tensorflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('planted')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "_TENSORFLOW", "import json; print('2.0', 'CPU', 'CPU')")
    assert module._tensorflow().detail == "2.0 on 2 CPU"


def test_a_tensorflow_that_says_nothing_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TENSORFLOW", "pass")
    assert module._tensorflow().detail == "unknown on no device"


@pytest.mark.parametrize("below", ["file", "loop"])
def test_a_place_where_no_store_can_be_is_a_problem(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    place = found(Store(tmp_path / below / "store"), "place")
    assert (place.status, place.exit_code) == ("problem", 8)


def test_a_recli_that_is_not_installed_is_a_warning(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> list[str]:
        raise module.PackageNotFoundError(name)

    monkeypatch.setattr(module, "requires", nothing)
    assert found(tiny, "packages").status == "warning"
