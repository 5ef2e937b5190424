"""What ``doctor`` finds, and how it ends."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from recli.core.errors import BusyError, IntegrityError, NotFoundError, RecliError, StorageError, UsageError
from recli.core.results.doctor import Diagnosis, Finding
from recli.operations import doctor as module
from recli.operations.doctor import doctor as look
from recli.operations.doctor import require_usable
from recli.operations.doctor_shell import terminal
from recli.store import Store


@pytest.fixture(autouse=True)
def _quick_tensorflow(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let TensorFlow be imported by the test that is about it alone."""
    if "tensorflow" not in request.node.name:
        monkeypatch.setattr(module, "_tensorflow", lambda: Finding("python", "TensorFlow runs", "ok", "2"))


def doctor(store: Store, read_settings: Callable[[], Path | None] = lambda: None) -> Diagnosis:
    return look(store, read_settings)


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


def test_a_store_that_is_this_directory_is_looked_at(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.root)
    assert found(Store(Path()), "content").detail.startswith("1 dataset, 2 models")


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
    monkeypatch.setattr(module, "_TENSORFLOW", "import json; print('2.0', '3.5', 'CPU', 'CPU')")
    assert module._tensorflow().detail == "2.0 on 2 CPU, imported in 3.5 s"


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


def test_the_worst_problem_decides_how_it_ends() -> None:
    kinds = (BusyError, NotFoundError, UsageError, StorageError, IntegrityError)  # a busy store has no rank: the last
    codes = [kind.exit_code for kind in kinds]
    problems = [Finding("store", f"{code}", "problem", "", exit_code=code) for code in codes]
    ended = []
    for n in range(1, 6):
        with pytest.raises(RecliError, match=f"store, {codes[n - 1]}") as refusal:
            require_usable(Diagnosis(tuple(problems[:n])))
        ended.append(refusal.value.exit_code)
    assert ended == [6, 4, 2, 8, 5]


def test_the_file_of_settings_that_holds_is_named_and_a_wrong_one_is_a_problem(tiny: Store) -> None:
    def wrong() -> Path:
        raise UsageError("recli.toml:1: no command has an option 'n'", fix="recli --help")

    assert found(tiny, "file").detail == "none: every default holds"
    (told,) = (one for one in doctor(tiny, lambda: Path("/x/recli.toml")).findings if one.about == "settings")
    assert (told.status, told.detail) == ("ok", "/x/recli.toml")
    (told,) = doctor(tiny, wrong).problems
    assert (told.about, told.exit_code, told.fix) == ("settings", 2, "recli --help")


@pytest.mark.parametrize(
    ("shell", "file", "text", "status"),
    [
        ("/bin/bash", ".bashrc", 'eval "$(recli completion bash)"', "ok"),
        ("/bin/bash", ".bash_profile", "source <(recli completion bash)", "ok"),
        ("/bin/bash", ".bashrc", "# nothing", "warning"),
        ("/bin/bash", ".zshrc", "recli completion zsh", "warning"),
        ("/bin/zsh", ".zshrc", "eval $(recli completion zsh)", "ok"),
        ("/usr/bin/fish", ".config/fish/completions/recli.fish", "complete -c recli", "ok"),
        ("/usr/bin/fish", ".config/fish/config.fish", "", "warning"),
        ("/bin/sh", ".profile", "", "ok"),
        ("", ".profile", "", "ok"),
    ],
)
def test_completion_is_looked_for_where_the_shell_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str, file: str, text: str, status: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", shell)
    monkeypatch.delenv("ZDOTDIR", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    told = next(one for one in terminal() if one.name == "completion")
    assert (told.status, bool(told.fix)) == (status, status == "warning")


def test_a_start_up_file_that_cannot_be_read_is_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/bin/bash")
    os.mkfifo(tmp_path / ".bashrc")
    assert next(one for one in terminal() if one.name == "completion").status == "warning"
